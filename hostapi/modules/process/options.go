package process

import (
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// options lists the options of a process (2.30). Its order is that of
// optionsShape and of the checks.
var options = []hostapi.Param{
	{Name: "trap_links", Accept: hostapi.AcceptBool, Optional: true, Doc: "failures of linked processes arrive as LINK_DOWN events instead of killing this process"},
	{Name: "upgradable", Accept: hostapi.AcceptBool, Optional: true, Doc: "OUTDATED events are delivered (13.17)"},
}

var optionsShape = &hostapi.Shape{
	Name:   "options",
	Doc:    "The options of a process; both are false at first and belong to the PID (2.30, 2.31).",
	Fields: options,
}

var optionFuncs = []*hostapi.Func{
	{
		Name:    "get_options",
		Doc:     "A fresh copy of the options (2.29).",
		Results: []hostapi.Param{{Name: "options", Type: "options", Accept: hostapi.AcceptTable, Doc: "record of all options"}},
		Run: func(c hostapi.Call) error {
			o := c.Task().Process().Options()
			c.Push(hostapi.Wrap(&hostapi.Record{
				Shape:  optionsShape,
				Values: []hostapi.Value{hostapi.Bool(o.TrapLinks), hostapi.Bool(o.Upgradable)},
			}))
			return nil
		},
	},
	{
		Name: "set_options",
		Doc: "Changes the options named and leaves the others. All are checked first and applied together; " +
			"wrong types and unknown names are returned, not raised (2.30).",
		Params: []hostapi.Param{{
			Name: "options", Accept: hostapi.AcceptAny, Type: "table", Optional: true,
			Doc: "map of option names to booleans; may be left out where options are passed by name",
		}},
		Keywords:   options,
		AnyKeyword: true,
		Results:    done,
		Returns:    hostapi.OrFalse,
		Errors:     []hostapi.Kind{hostapi.Invalid},
		Run:        setOptions,
	},
}

func setOptions(c hostapi.Call) error {
	given, ok := hostapi.OptionEntries(c, 0)
	if !ok || c.Arg(0).IsNil() && len(c.Keywords()) == 0 {
		message := "options parameter must be a table"
		if c.Len() == 0 {
			message = "set_options requires options: " + message
		}
		return hostapi.Errorf(hostapi.Invalid, "%s", message)
	}
	p := c.Task().Process()
	o := p.Options()
	fields := []*bool{&o.TrapLinks, &o.Upgradable}
	var unknown []string
	for _, e := range given {
		i := slices.IndexFunc(options, func(p hostapi.Param) bool {
			return e.Key.Type() == hostapi.TypeString && e.Key.Str() == p.Name
		})
		switch {
		case i < 0:
			unknown = append(unknown, keyText(e.Key))
		case e.Value.Type() != hostapi.TypeBool:
			return hostapi.Errorf(hostapi.Invalid, "%s must be a boolean", options[i].Name)
		default:
			*fields[i] = e.Value.Bool()
		}
	}
	if len(unknown) > 0 {
		// Tables have no order: name the same one every time.
		return hostapi.Errorf(hostapi.Invalid, "option %s is not supported", slices.MinFunc(unknown, strings.Compare))
	}
	return hostapi.Give(c, hostapi.Bool(true), p.SetOptions(o))
}

// keyText shows a key of a table; strings without quotes.
func keyText(k hostapi.Value) string {
	if k.Type() == hostapi.TypeString {
		return k.Str()
	}
	return k.String()
}
