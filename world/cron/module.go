// Package cron is the script module cron, and the schedules that it reads (section 42 of
// docs/spec).
package cron

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
	modtime "github.com/understudy-run/understudy/hostapi/modules/time"
)

// Module is the module cron. An entry must list it (14.15).
var Module = (&hostapi.Module{
	Name:  "cron",
	Doc:   "When something is due by a cron expression (section 42).",
	Funcs: []*hostapi.Func{next},
}).Named()

var next = &hostapi.Func{
	Name: "next",
	Doc: "The first time after the one given at which the expression is due: minute, hour, day, month, weekday; " +
		"or @hourly, @daily, @weekly, @monthly (42.8).",
	Params: []hostapi.Param{
		{Name: "expr", Accept: hostapi.AcceptString, Doc: `such as "30 9 * * MON-FRI"`},
		{Name: "after", Object: (*modtime.Time)(nil).ObjectType(), Accept: hostapi.AcceptObject},
		{
			Name: "zone", Object: (*modtime.Location)(nil).ObjectType(), Accept: hostapi.AcceptString | hostapi.AcceptObject, Type: "location or string",
			Optional: true, Keyword: true, Doc: "by whose clocks, also by name; UTC if left out",
		},
	},
	Results: []hostapi.Param{{Name: "time", Object: (*modtime.Time)(nil).ObjectType(), Accept: hostapi.AcceptObject, Doc: "in that zone"}},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound},
	Run: func(c hostapi.Call) error {
		s, err := Parse(c.Arg(0).Str())
		if err != nil {
			return err
		}
		zone, err := zoneOf(c.Task().Process(), c.Arg(2))
		if err != nil {
			return err
		}
		at, ok := s.Next(c.Arg(1).Object().(*modtime.Time).Time(), zone)
		if !ok {
			return hostapi.Errorf(hostapi.Invalid, "never due")
		}
		return hostapi.Give(c, hostapi.ObjectOf(modtime.New(at)), nil)
	},
}

// zoneOf gives the zone that an argument stands for.
func zoneOf(p hostapi.Process, v hostapi.Value) (*time.Location, error) {
	switch o := v.Object().(type) {
	case *modtime.Location:
		return o.Location(), nil
	}
	if v.IsNil() {
		return time.UTC, nil
	}
	return modtime.Zone(p, v.Str())
}
