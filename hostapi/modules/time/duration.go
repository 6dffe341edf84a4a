package time

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Duration is a duration as an object of scripts (10.5).
type Duration struct {
	hostapi.Handle
	d time.Duration
}

// ObjectType is the type of durations.
func (*Duration) ObjectType() *hostapi.ObjectType { return durationType }

// String gives the form 1h30m45s.
func (d *Duration) String() string { return d.d.String() }

// Duration gives the duration, for functions that take one in any form (10.1).
func (d *Duration) Duration() time.Duration { return d.d }

var durationType = &hostapi.ObjectType{
	Name: "duration",
	Doc:  "A duration; its text form is like 1h30m45s (10.5).",
	Methods: []*hostapi.Func{
		durationMethod("nanoseconds", "integer", func(d time.Duration) hostapi.Value { return hostapi.Int(d.Nanoseconds()) }),
		durationMethod("microseconds", "integer, truncated", func(d time.Duration) hostapi.Value { return hostapi.Int(d.Microseconds()) }),
		durationMethod("milliseconds", "integer, truncated", func(d time.Duration) hostapi.Value { return hostapi.Int(d.Milliseconds()) }),
		durationMethod("seconds", "float", func(d time.Duration) hostapi.Value { return hostapi.Float(d.Seconds()) }),
		durationMethod("minutes", "float", func(d time.Duration) hostapi.Value { return hostapi.Float(d.Minutes()) }),
		durationMethod("hours", "float", func(d time.Duration) hostapi.Value { return hostapi.Float(d.Hours()) }),
	},
}

func durationMethod(name, doc string, get func(time.Duration) hostapi.Value) *hostapi.Func {
	return &hostapi.Func{
		Name:    name,
		Doc:     "The duration in " + name + " (10.5).",
		Results: []hostapi.Param{{Name: name, Accept: hostapi.AcceptNumber, Doc: doc}},
		Run:     func(c hostapi.Call) error { return hostapi.Give(c, get(c.Self().(*Duration).d), nil) },
	}
}

var parseDurationFunc = &hostapi.Func{
	Name:    "parse_duration",
	Doc:     "A duration object from any of the three forms of a duration (10.1, 10.4).",
	Params:  []hostapi.Param{{Name: "x", Accept: hostapi.AcceptDuration, Doc: "string, number of nanoseconds, or duration"}},
	Results: []hostapi.Param{{Name: "duration", Object: durationType, Accept: hostapi.AcceptObject, Doc: "a new duration"}},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		d, err := duration(c.Arg(0))
		return hostapi.Give(c, hostapi.ObjectOf(&Duration{d: d}), err)
	},
}

// duration reads a duration in any form.
func duration(v hostapi.Value) (time.Duration, error) {
	d, ok := hostapi.DurationOf(v)
	if !ok {
		return 0, hostapi.Errorf(hostapi.Invalid, "invalid duration %s", v)
	}
	return d, nil
}

// positiveDuration reads a duration where zero and less make no sense.
func positiveDuration(v hostapi.Value) (time.Duration, error) {
	d, err := duration(v)
	if err == nil && d <= 0 {
		return 0, hostapi.Errorf(hostapi.Invalid, "invalid duration %s: duration must be > 0", v)
	}
	return d, err
}
