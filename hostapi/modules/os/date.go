package os

import (
	"math"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

var dateFunc = &hostapi.Func{
	Name: "date",
	Doc: "A time as text, or as a map of its fields (19.3). " +
		"In the format % introduces a letter as in strftime of the C locale, those of Lua 5.2; a leading ! means UTC, otherwise it is local time.",
	Params: []hostapi.Param{
		{Name: "format", Accept: hostapi.AcceptString, Optional: true, Doc: "\"%c\" if left out; \"*t\" and \"!*t\" ask for a map"},
		{Name: "t", Accept: hostapi.AcceptNumber, Optional: true, Doc: "seconds since 1970; now if left out"},
	},
	Results: []hostapi.Param{{
		Name: "date", Accept: hostapi.AcceptString | hostapi.AcceptTable,
		Doc: "text, or a map of year, month, day, hour, min, sec, wday (1 is Sunday), yday (from 1), isdst",
	}},
	Errors: []hostapi.Kind{hostapi.Invalid},
	Run:    runDate,
}

func runDate(c hostapi.Call) error {
	t := c.Task().Process().Now()
	if v := c.Arg(1); !v.IsNil() {
		s := math.Trunc(v.Float()) // as C turns a number into a time
		if !(math.Abs(s) <= hostapi.MaxInt) {
			return hostapi.Errorf(hostapi.Invalid, "t out of range: %s", v)
		}
		t = time.Unix(int64(s), 0).In(t.Location())
	}
	format := "%c"
	if v := c.Arg(0); !v.IsNil() {
		format = v.Str()
	}
	format, utc := strings.CutPrefix(format, "!")
	if utc {
		t = t.In(greenwich)
	}
	if format == "*t" {
		c.Push(fieldsOf(t))
		return nil
	}
	text, err := strftime(format, t)
	return hostapi.Give(c, hostapi.String(text), err)
}

// greenwich is UTC under the name that the C library gives it in such formats.
var greenwich = time.FixedZone("GMT", 0)

// fieldsOf gives a time as the map of "*t".
func fieldsOf(t time.Time) hostapi.Value {
	integer := func(name string, n int) hostapi.Entry { return hostapi.Field(name, hostapi.Int(int64(n))) }
	return hostapi.MapOf(
		integer("year", t.Year()),
		integer("month", int(t.Month())),
		integer("day", t.Day()),
		integer("hour", t.Hour()),
		integer("min", t.Minute()),
		integer("sec", t.Second()),
		integer("wday", int(t.Weekday())+1),
		integer("yday", t.YearDay()),
		hostapi.Field("isdst", hostapi.Bool(t.IsDST())),
	)
}
