// Package env is the script module env: variables of the environment that an entry was
// granted (section 45 of docs/spec).
package env

import (
	"context"

	"github.com/understudy-run/understudy/hostapi"
)

// Kind is the kind of entries that grant variables (45.1).
const Kind = "env"

// Module is the module env. An entry must list it (14.15).
var Module = (&hostapi.Module{
	Name:  "env",
	Doc:   "Variables that the entry was granted (45.1).",
	Funcs: []*hostapi.Func{get, getAll},
}).Named()

// Variables are the resource of kind env: names and values. An embedding program may
// define a map[string]string instead.
type Variables map[string]string

// granted gives the variables of all resources of the kind that the entry lists, the first
// first. They were read when the program started, or are read now (41.6).
func granted(p hostapi.Process) ([]Variables, error) {
	var out []Variables
	for _, g := range p.Resources(Kind) {
		resource, err := g.Open(context.Background())
		if err != nil {
			return nil, err
		}
		switch v := resource.(type) {
		case Variables:
			out = append(out, v)
		case map[string]string:
			out = append(out, v)
		default:
			return nil, hostapi.Errorf(hostapi.Internal, "%s is a %T, which does not serve as %s", g.ID, resource, Kind)
		}
	}
	return out, nil
}

var get = &hostapi.Func{
	Name:    "get",
	Doc:     "The value of a variable that is granted; of several entries that have it the first counts (45.1).",
	Params:  []hostapi.Param{{Name: "name", Accept: hostapi.AcceptString}},
	Results: []hostapi.Param{{Name: "value", Accept: hostapi.AcceptString}},
	Returns: hostapi.OrError,
	Errors:  []hostapi.Kind{hostapi.NotFound, hostapi.Unavailable},
	Run: func(c hostapi.Call) error {
		all, err := granted(c.Task().Process())
		if err != nil {
			return err
		}
		for _, v := range all {
			if value, ok := v[c.Arg(0).Str()]; ok {
				return hostapi.Give(c, hostapi.String(value), nil)
			}
		}
		return hostapi.Errorf(hostapi.NotFound, "variable not found: %s", c.Arg(0).Str())
	},
}

var getAll = &hostapi.Func{
	Name:    "get_all",
	Doc:     "All variables that are granted and have a value (45.1).",
	Results: []hostapi.Param{{Name: "variables", Accept: hostapi.AcceptTable, Type: "map"}},
	Errors:  []hostapi.Kind{hostapi.Unavailable},
	Run: func(c hostapi.Call) error {
		all, err := granted(c.Task().Process())
		if err != nil {
			return err
		}
		m, seen := &hostapi.Map{Unordered: true}, map[string]bool{}
		for _, v := range all {
			for name, value := range v {
				if !seen[name] {
					seen[name] = true
					m.Entries = append(m.Entries, hostapi.Field(name, hostapi.String(value)))
				}
			}
		}
		m.Entries = m.Sorted()
		return hostapi.Give(c, hostapi.Wrap(m), nil)
	},
}
