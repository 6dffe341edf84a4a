// Package os is the script module os: the time of day and its text (19.3 of
// docs/spec). It is written in Go alone, without the C library.
package os

import (
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/number"
)

// Module is the module os. It is a global of every script (14.15); in Lua it is
// a library table (19.2).
var Module = (&hostapi.Module{
	Name:    "os",
	Doc:     "The clock of the runtime: time of day, its text, running time (19.3).",
	Always:  true,
	Library: true,
	Funcs:   []*hostapi.Func{timeFunc, dateFunc, clockFunc, difftimeFunc},
	Consts: []hostapi.Const{
		{Name: "platform", Value: hostapi.String("understudy"), Doc: "always \"understudy\" (19.3)"},
	},
}).Named().Prompt()

var clockFunc = &hostapi.Func{
	Name:    "clock",
	Doc:     "Seconds since the process started; never decreasing (19.3).",
	Results: []hostapi.Param{{Name: "seconds", Accept: hostapi.AcceptNumber, Doc: "a float"}},
	Run: func(c hostapi.Call) error {
		p := c.Task().Process()
		c.Push(hostapi.Float(max(0, p.Now().Sub(p.Started()).Seconds())))
		return nil
	},
}

var difftimeFunc = &hostapi.Func{
	Name: "difftime",
	Doc:  "The difference a - b of two times in seconds (19.3).",
	Params: []hostapi.Param{
		{Name: "a", Accept: hostapi.AcceptNumber, Doc: "seconds since 1970"},
		{Name: "b", Accept: hostapi.AcceptNumber, Doc: "seconds since 1970"},
	},
	Results: []hostapi.Param{{Name: "seconds", Accept: hostapi.AcceptNumber, Doc: "a float"}},
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		return hostapi.Give(c, hostapi.Float(c.Arg(0).Float()-c.Arg(1).Float()), nil)
	},
}

// dateFields are the fields of os.time and of "*t", in the order in which
// os.time reads those that it needs.
var dateFields = []hostapi.Param{
	{Name: "year", Accept: hostapi.AcceptNumber, Optional: true, Doc: "this year if left out"},
	{Name: "month", Accept: hostapi.AcceptNumber, Optional: true, Doc: "1 to 12; this month if left out"},
	{Name: "day", Accept: hostapi.AcceptNumber, Optional: true, Doc: "1 to 31; today if left out"},
	{Name: "hour", Accept: hostapi.AcceptNumber, Optional: true, Doc: "12 if left out, which is noon, as in Lua; 0 is midnight"},
	{Name: "min", Accept: hostapi.AcceptNumber, Optional: true, Doc: "0 if left out"},
	{Name: "sec", Accept: hostapi.AcceptNumber, Optional: true, Doc: "0 if left out"},
	{Name: "wday", Accept: hostapi.AcceptAny, Optional: true, Doc: "weekday, 1 is Sunday; not read by os.time"},
	{Name: "yday", Accept: hostapi.AcceptAny, Optional: true, Doc: "day of the year from 1; not read by os.time"},
	{Name: "isdst", Accept: hostapi.AcceptBool, Optional: true, Doc: "whether the clocks show daylight saving time; as it is then if left out"},
}

// fieldLimits bound what os.time reads.
var fieldLimits = [...]int64{number.Years, number.Months, number.Days, number.Hours, number.Minutes, number.Seconds}
