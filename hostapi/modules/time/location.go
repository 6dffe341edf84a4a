package time

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/number"
)

// Location is a time zone as an object of scripts (10.14).
type Location struct {
	hostapi.Handle
	loc *time.Location
}

// ObjectType is the type of locations.
func (*Location) ObjectType() *hostapi.ObjectType { return locationType }

// String gives the name.
func (l *Location) String() string { return l.loc.String() }

// Location gives the time zone, for modules that compute by its clocks.
func (l *Location) Location() *time.Location { return l.loc }

// Zone gives the time zone of that name, as load_location does (10.14).
func Zone(p hostapi.Process, name string) (*time.Location, error) {
	switch name {
	case "":
		return nil, hostapi.Errorf(hostapi.Invalid, "time zone name cannot be empty")
	case "Local": // not that of the machine: tests replace the runtime's
		return p.Now().Location(), nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, hostapi.Errorf(hostapi.NotFound, "unknown time zone %s", name)
	}
	return loc, nil
}

var locationType = &hostapi.ObjectType{
	Name: "location",
	Doc:  "A time zone; its text form is its name (10.14).",
	Methods: []*hostapi.Func{{
		Name:    "string",
		Doc:     "The name (10.14).",
		Results: []hostapi.Param{{Name: "name", Accept: hostapi.AcceptString, Doc: "as given when it was made"}},
		Run:     func(c hostapi.Call) error { return hostapi.Give(c, hostapi.String(c.Self().String()), nil) },
	}},
}

var locationConsts = []hostapi.Const{
	{
		Name: "utc", Doc: "the location UTC (10.14)",
		Make: func(hostapi.Task) hostapi.Value { return hostapi.ObjectOf(&Location{loc: time.UTC}) },
	},
	{
		Name: "localtz", Doc: "the local time zone of the runtime (10.14)",
		Make: func(t hostapi.Task) hostapi.Value {
			return hostapi.ObjectOf(&Location{loc: t.Process().Now().Location()})
		},
	},
}

var locationFuncs = []*hostapi.Func{
	{
		Name:    "load_location",
		Doc:     "A time zone of the time zone database; \"Local\" is that of the runtime (10.14).",
		Params:  []hostapi.Param{{Name: "name", Accept: hostapi.AcceptString, Doc: "such as \"Europe/Lisbon\"; not empty"}},
		Results: []hostapi.Param{{Name: "location", Object: locationType, Accept: hostapi.AcceptObject, Doc: "the time zone"}},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound},
		Run: func(c hostapi.Call) error {
			loc, err := Zone(c.Task().Process(), c.Arg(0).Str())
			return hostapi.Give(c, hostapi.ObjectOf(&Location{loc: loc}), err)
		},
	},
	{
		Name: "fixed_zone",
		Doc:  "A time zone that always has the same offset (10.14).",
		Params: []hostapi.Param{
			{Name: "name", Accept: hostapi.AcceptString, Doc: "name and abbreviation"},
			{Name: "offset_seconds", Accept: hostapi.AcceptNumber, Doc: "integer, east of UTC"},
		},
		Results: []hostapi.Param{{Name: "location", Object: locationType, Accept: hostapi.AcceptObject, Doc: "a new time zone"}},
		Errors:  []hostapi.Kind{hostapi.Invalid},
		Run: func(c hostapi.Call) error {
			offset, err := number.Integer("offset_seconds", c.Arg(1), number.Seconds)
			return hostapi.Give(c, hostapi.ObjectOf(&Location{loc: time.FixedZone(c.Arg(0).Str(), int(offset))}), err)
		},
	},
}

// locationArg gives argument i, an optional location, or otherwise.
func locationArg(c hostapi.Call, i int, otherwise *time.Location) *time.Location {
	if l, ok := c.Arg(i).Object().(*Location); ok {
		return l.loc
	}
	return otherwise
}
