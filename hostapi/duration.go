package hostapi

import (
	"math"
	"strings"
	"time"
)

// Durationer is implemented by objects that stand for a duration.
type Durationer interface {
	Object
	Duration() time.Duration
}

// DurationOf reads a duration in any of the three forms of clause 10.1: a
// string, a number of nanoseconds, a Duration object. ok is false if v is
// malformed or out of range.
func DurationOf(v Value) (d time.Duration, ok bool) {
	switch v.Type() {
	case TypeInt:
		return time.Duration(v.Int()), true
	case TypeFloat:
		f := v.Float()
		if !(math.Abs(f) < math.MaxInt64) {
			return 0, false
		}
		return time.Duration(f), true
	case TypeString:
		return ParseDuration(v.Str())
	case TypeObject:
		if o, is := v.Object().(Durationer); is {
			return o.Duration(), true
		}
	}
	return 0, false
}

// ParseDuration reads the string form of clause 10.2: an optional sign and one
// or more decimal numbers, each with a unit out of ns, us, µs, ms, s, m and h;
// or "0". It is time.ParseDuration without the Greek letter mu and signed zeros.
func ParseDuration(s string) (time.Duration, bool) {
	if strings.ContainsRune(s, 'μ') {
		return 0, false
	}
	if s == "+0" || s == "-0" {
		return 0, false
	}
	d, err := time.ParseDuration(s)
	return d, err == nil
}
