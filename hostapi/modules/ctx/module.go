// Package ctx is the script module ctx: the context values of a process (13.23
// and 13.24 of docs/spec).
package ctx

import "github.com/understudy-run/understudy/hostapi"

// Module is the module ctx. An entry must list it (14.15).
var Module = (&hostapi.Module{
	Name: "ctx",
	Doc:  "The context values of the process: those of its spawner, extended by with_context, fixed at its creation (13.23).",
	Funcs: []*hostapi.Func{
		{
			Name:    "get",
			Doc:     "A copy of one context value (13.24).",
			Params:  []hostapi.Param{{Name: "key", Accept: hostapi.AcceptString, Doc: "not empty"}},
			Results: []hostapi.Param{{Name: "value", Accept: hostapi.AcceptAny, Doc: "the value"}},
			Returns: hostapi.OrError,
			Errors:  []hostapi.Kind{hostapi.Invalid, hostapi.NotFound},
			Run: func(c hostapi.Call) error {
				key := c.Arg(0).Str()
				if key == "" {
					return hostapi.Errorf(hostapi.Invalid, "key cannot be empty")
				}
				v, ok := c.Task().Process().ContextValue(key)
				if !ok {
					return hostapi.Errorf(hostapi.NotFound, "key not found: %s", key)
				}
				c.Push(v)
				return nil
			},
		},
		{
			Name:    "all",
			Doc:     "A copy of all context values (13.24).",
			Results: []hostapi.Param{{Name: "values", Type: "map", Accept: hostapi.AcceptTable, Doc: "by name; empty if there are none"}},
			Run: func(c hostapi.Call) error {
				return hostapi.Give(c, hostapi.MapOf(c.Task().Process().ContextValues()...), nil)
			},
		},
	},
}).Named().Prompt()
