// Package option reads the options of module functions (0.9).
package option

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Read gives the options of a call of f: one value for each of f.Keywords, nil where it
// was not given. They are the keyword arguments, or the fields of argument i. One that f
// does not know is Invalid; a value of the wrong type is thrown.
func Read(c hostapi.Call, f *hostapi.Func, i int) ([]hostapi.Value, error) {
	out := make([]hostapi.Value, len(f.Keywords))
	entries, ok := hostapi.OptionEntries(c, i)
	if !ok {
		return nil, hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "%s: options must be named", f.Name))
	}
next:
	for _, e := range entries {
		for k := range f.Keywords {
			p := &f.Keywords[k]
			if e.Key.Str() != p.Name {
				continue
			}
			if !p.Accepts(e.Value) {
				return nil, hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "%s: option %s must be a %s, got %s",
					f.Name, p.Name, p.TypeText(), e.Value.TypeName()))
			}
			out[k] = e.Value
			continue next
		}
		return nil, hostapi.Errorf(hostapi.Invalid, "%s: unknown option %s", f.Name, e.Key)
	}
	return out, nil
}

// TimeoutParam is the option timeout of an operation, for Func.Keywords.
func TimeoutParam(fallback time.Duration) hostapi.Param {
	return hostapi.Param{
		Name: "timeout", Accept: hostapi.AcceptDuration, Optional: true,
		Doc: "is waited at most, " + fallback.String() + " if left out (40.2)",
	}
}

// Timeout reads the option timeout of an operation: at least 1ms, fallback if it is nil
// (40.2).
func Timeout(v hostapi.Value, fallback time.Duration) (time.Duration, error) {
	if v.IsNil() {
		return fallback, nil
	}
	d, ok := hostapi.DurationOf(v)
	switch t := v.Type(); {
	case !ok:
		return 0, hostapi.Errorf(hostapi.Invalid, "invalid duration %s", v)
	case (t == hostapi.TypeInt || t == hostapi.TypeFloat) && d < time.Millisecond:
		return 0, hostapi.Errorf(hostapi.Invalid, "invalid duration %s: numbers are nanoseconds; write it as \"5s\" or \"200ms\"", v)
	case d < time.Millisecond:
		return 0, hostapi.Errorf(hostapi.Invalid, "invalid duration %s: must be at least 1ms", v)
	}
	return d, nil
}
