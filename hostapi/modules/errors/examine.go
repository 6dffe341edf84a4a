package errors

import "github.com/understudy-run/understudy/hostapi"

var wrapFunc = &hostapi.Func{
	Name: "wrap",
	Doc: "The same error with a context in front of its text form; kind, message, retryable and details stay (11.5). " +
		"A string is wrapped as an error with that message, nil gives nil.",
	Params: []hostapi.Param{
		{Name: "err", Accept: hostapi.AcceptError | hostapi.AcceptString | hostapi.AcceptNil, Doc: "what to wrap"},
		{Name: "context", Accept: hostapi.AcceptString, Doc: "put in front, followed by a colon"},
	},
	Results: []hostapi.Param{{Name: "error", Accept: hostapi.AcceptError | hostapi.AcceptNil, Doc: "a new error, nil for nil"}},
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		v, context := c.Arg(0), c.Arg(1).Str()
		if v.IsNil() {
			c.Push(hostapi.Value{})
			return nil
		}
		e := v.Err()
		if e == nil {
			e = &hostapi.Error{Message: v.Str(), Script: true}
		}
		size := len(e.Message) + len(context)
		for _, s := range e.Context {
			size += len(s) + len(": ")
		}
		if size > maxText {
			return hostapi.Errorf(hostapi.Invalid, "error text too long: more than %d bytes", maxText)
		}
		if err := c.Task().Tick(len(e.Context)); err != nil {
			return err
		}
		c.Push(hostapi.ErrorOf(e.Wrap(context)))
		return nil
	},
}

// maxText bounds the text form of a wrapped error: it is made anew whenever a
// script asks for it, in one operation (20.5).
const maxText = 1 << 20

var isFunc = &hostapi.Func{
	Name: "is",
	Doc:  "Whether a value is an error of a kind; false for values that are no errors (11.6).",
	Params: []hostapi.Param{
		{Name: "x", Accept: hostapi.AcceptAny, Doc: "any value"},
		{Name: "kind", Accept: hostapi.AcceptString, Doc: "one of the constants, or a kind of one's own"},
	},
	Results: []hostapi.Param{{Name: "is", Accept: hostapi.AcceptBool, Doc: "whether x is an error of that kind"}},
	Errors:  []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		e := c.Arg(0).Err()
		c.Push(hostapi.Bool(e != nil && string(e.Kind) == c.Arg(1).Str()))
		return nil
	},
}

var callStackFunc = &hostapi.Func{
	Name:   "call_stack",
	Doc:    "Where an error came from, as data; contents are engine-specific (11.7).",
	Params: []hostapi.Param{{Name: "err", Accept: hostapi.AcceptError, Doc: "an error"}},
	Results: []hostapi.Param{{
		Name: "stack", Type: "map", Accept: hostapi.AcceptTable | hostapi.AcceptNil,
		Doc: "{frames = {{source =, line =, name =}, ...}}, innermost first; nil if unknown",
	}},
	Errors: []hostapi.Kind{hostapi.Invalid},
	Run: func(c hostapi.Call) error {
		frames := c.Arg(0).Err().Frames
		if len(frames) == 0 {
			c.Push(hostapi.Value{})
			return nil
		}
		items := make([]hostapi.Value, len(frames))
		for i, f := range frames {
			items[i] = hostapi.MapOf(
				hostapi.Field("source", hostapi.String(f.Source)),
				hostapi.Field("line", hostapi.Int(int64(f.Line))),
				hostapi.Field("name", hostapi.String(f.Name)),
			)
		}
		c.Push(hostapi.MapOf(hostapi.Field("frames", hostapi.ListOf(items...))))
		return nil
	},
}
