// Package coroutine is the part of the script module coroutine that every
// language has: coroutines scheduled by the runtime (9.1 to 9.9 of
// docs/spec). Lua engines put their functions for manual coroutines beside
// them (9.10), and answer yield themselves inside one.
package coroutine

import "github.com/understudy-run/understudy/hostapi"

// Module is the module coroutine. It is a global of every script (14.15).
var Module = (&hostapi.Module{
	Name:    "coroutine",
	Doc:     "Coroutines inside a process; they never run in parallel (section 9).",
	Always:  true,
	Library: true,
	Funcs: []*hostapi.Func{
		{
			Name: "spawn",
			Doc: "Starts a coroutine of the process; it runs to its first waiting point before the caller continues (9.1, 9.4). " +
				"An error that it does not catch fails the process (9.7).",
			Params: []hostapi.Param{{Name: "fn", Accept: hostapi.AcceptFunction, Doc: "called with the further arguments, which are passed by reference"}},
			Rest:   "args",
			// Languages with keyword arguments pass them on to fn.
			AnyKeyword: true,
			Results:    []hostapi.Param{{Name: "handle", Object: hostapi.CoroutineType, Accept: hostapi.AcceptObject, Doc: "serves for identity and printing only"}},
			Errors:     []hostapi.Kind{hostapi.Invalid, hostapi.RateLimited},
			Load:       hostapi.LoadBlocks,
			Run:        spawn,
		},
		{
			Name: "yield",
			Doc: "Lets the other runnable coroutines of the process run first (9.5). " +
				"With arguments it is for manual coroutines only and raises outside of one (9.11).",
			Rest:   "args",
			Errors: []hostapi.Kind{hostapi.Invalid},
			Load:   hostapi.LoadBlocks,
			Run: func(c hostapi.Call) error {
				if c.Len() > 0 {
					return hostapi.Errorf(hostapi.Invalid, "attempt to yield from outside a coroutine")
				}
				return c.Task().Process().Yield()
			},
		},
	},
	Types: []*hostapi.ObjectType{hostapi.CoroutineType},
}).Named().Prompt()

func spawn(c hostapi.Call) error {
	fn := c.Function(0)
	if fn == nil {
		return hostapi.Errorf(hostapi.Invalid, "coroutine.spawn: argument #1 (fn) must be a function")
	}
	if keywords := c.Keywords(); len(keywords) > 0 {
		k, ok := fn.(hostapi.KeywordFunction)
		if !ok {
			return hostapi.Errorf(hostapi.Invalid, "spawn: fn takes no keyword arguments")
		}
		fn = k.WithKeywords(keywords)
	}
	args := make([]hostapi.Value, c.Len()-1)
	for i := range args {
		args[i] = c.Arg(i + 1)
	}
	co, err := c.Task().Process().Go(fn, args)
	return hostapi.Give(c, hostapi.ObjectOf(co), err)
}
