package os

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/number"
)

var timeFunc = &hostapi.Func{
	Name: "time",
	Doc: "The current time, or the local time given by fields, in seconds since 1970. " +
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
		return hostapi.Errorf(hostapi.Invalid, "time: argument #1 (fields) must be a map, got %s", c.Arg(0).TypeName())
	}
	fields := [len(fieldLimits)]int{now.Year(), int(now.Month()), now.Day()}
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
	t := time.Date(fields[0], time.Month(fields[1]), fields[2], fields[3], fields[4], fields[5], 0, now.Location())
	c.Push(hostapi.Int(t.Unix()))
	return nil
}
