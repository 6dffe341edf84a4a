package time

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/number"
)

var timeResult = []hostapi.Param{{Name: "time", Object: timeType, Accept: hostapi.AcceptObject, Doc: "a new time"}}

// timeFuncs make points in time (10.12, 10.13).
var timeFuncs = []*hostapi.Func{
	{
		Name:    "now",
		Doc:     "The current time of the runtime's clock, in its local time zone (10.12, 10.18).",
		Results: timeResult,
		Run:     func(c hostapi.Call) error { return hostapi.Give(c, wrapTime(c.Task().Process().Now()), nil) },
	},
	{
		Name: "date",
		Doc:  "The time with the given fields; fields out of range normalise (10.12).",
		Params: []hostapi.Param{
			{Name: "year", Accept: hostapi.AcceptNumber, Doc: "integer"},
			{Name: "month", Accept: hostapi.AcceptNumber, Doc: "integer, 1 is January"},
			{Name: "day", Accept: hostapi.AcceptNumber, Doc: "integer"},
			{Name: "hour", Accept: hostapi.AcceptNumber, Doc: "integer"},
			{Name: "minute", Accept: hostapi.AcceptNumber, Doc: "integer"},
			{Name: "second", Accept: hostapi.AcceptNumber, Doc: "integer"},
			{Name: "nanosecond", Accept: hostapi.AcceptNumber, Doc: "integer"},
			{Name: "location", Object: locationType, Accept: hostapi.AcceptObject, Optional: true, Keyword: true, Doc: "local if left out"},
		},
		Results: timeResult,
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Run: func(c hostapi.Call) error {
			n, err := integers(c, []string{"year", "month", "day", "hour", "minute", "second", "nanosecond"},
				number.Years, number.Months, number.Days, number.Hours, number.Minutes, number.Seconds, hostapi.MaxInt)
			if err != nil {
				return err
			}
			loc := locationArg(c, 7, c.Task().Process().Now().Location())
			c.Push(wrapTime(time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], n[6], loc)))
			return nil
		},
	},
	{
		Name: "unix",
		Doc:  "The time so many seconds and nanoseconds after 1970 began in UTC, in the local time zone (10.12).",
		Params: []hostapi.Param{
			{Name: "seconds", Accept: hostapi.AcceptNumber, Doc: "integer"},
			{Name: "nanoseconds", Accept: hostapi.AcceptNumber, Doc: "integer"},
		},
		Results: timeResult,
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Run: func(c hostapi.Call) error {
			n, err := integers(c, []string{"seconds", "nanoseconds"}, number.Seconds, hostapi.MaxInt)
			if err != nil {
				return err
			}
			return hostapi.Give(c, wrapTime(time.Unix(int64(n[0]), int64(n[1])).In(c.Task().Process().Now().Location())), nil)
		},
	},
	{
		Name: "parse",
		Doc:  "The time that a text stands for (10.13). Layouts are written with the reference time Mon Jan 2 15:04:05 MST 2006.",
		Params: []hostapi.Param{
			{Name: "layout", Accept: hostapi.AcceptString, Doc: "how the text is written"},
			{Name: "text", Accept: hostapi.AcceptString, Doc: "to be read"},
			{
				Name: "location", Object: locationType, Accept: hostapi.AcceptObject, Optional: true, Keyword: true,
				Doc: "for texts that name no time zone; UTC if left out",
			},
		},
		Results: timeResult,
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Run: func(c hostapi.Call) error {
			t, err := time.ParseInLocation(c.Arg(0).Str(), c.Arg(1).Str(), locationArg(c, 2, time.UTC))
			if err != nil {
				return hostapi.Errorf(hostapi.Invalid, "cannot parse %q as %q", c.Arg(1).Str(), c.Arg(0).Str())
			}
			c.Push(wrapTime(t))
			return nil
		},
	},
}

// integers gives the leading arguments of a call, numbers that must be
// integers, each within its limit.
func integers(c hostapi.Call, names []string, limits ...int64) ([]int, error) {
	out := make([]int, len(names))
	for i, name := range names {
		n, err := number.Integer(name, c.Arg(i), limits[i])
		if err != nil {
			return nil, err
		}
		out[i] = int(n)
	}
	return out, nil
}
