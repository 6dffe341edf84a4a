package os

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/number"
)

var timeFunc = &hostapi.Func{
	Name: "time",
	Doc: "The current time, or the local time given by fields, in seconds since 1970. " +
		"Without hour it is noon, as in Lua; without year, month or day, today. " +
		"Fields out of range normalise (19.3).",
	Params: []hostapi.Param{{
		Name: "fields", Accept: hostapi.AcceptTable, Type: "map", Optional: true,
		Doc: "year, month, day, hour, min, sec; left out where they are given by name",
	}},
	Keywords: dateFields,
	Results:  []hostapi.Param{{Name: "seconds", Accept: hostapi.AcceptNumber, Doc: "an integer"}},
	Errors:   []hostapi.Kind{hostapi.Invalid},
	Run:      runTime,
}

func runTime(c hostapi.Call) error {
	now := c.Task().Process().Now()
	if c.Arg(0).IsNil() && len(c.Keywords()) == 0 {
		c.Push(hostapi.Int(now.Unix()))
		return nil
	}
	if _, ok := hostapi.OptionEntries(c, 0); !ok {
		return hostapi.Errorf(hostapi.Invalid, "os.time: argument #1 (fields) must be a map, got %s", c.Arg(0).TypeName())
	}
	fields := [len(fieldLimits)]int{now.Year(), int(now.Month()), now.Day(), 12} // noon, as in Lua
	for i, limit := range fieldLimits {
		name := dateFields[i].Name
		v := hostapi.Option(c, 0, name)
		if v.IsNil() {
			continue
		}
		n, err := number.Integer(name, v, limit)
		if err != nil {
			return err
		}
		fields[i] = int(n)
	}
	var w wallClock
	switch v := hostapi.Option(c, 0, "isdst"); v.Type() {
	case hostapi.TypeNil:
	case hostapi.TypeBool:
		w.dst = new(v.Bool())
	default:
		return hostapi.Errorf(hostapi.Invalid, "isdst must be a boolean, got %s", v.TypeName())
	}
	// Seconds that the minute does not have are time that goes by, whatever the clocks
	// are put to meanwhile; the other fields are what the clocks show.
	second := min(max(fields[5], 0), 59)
	w.shows = time.Date(fields[0], time.Month(fields[1]), fields[2], fields[3], fields[4], second, 0, time.UTC).Unix()
	c.Push(hostapi.Int(w.instant(now.Location()) + int64(fields[5]-second)))
	return nil
}
