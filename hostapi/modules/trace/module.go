// Package trace is the script module trace: spans of a script's own (64.2 of docs/spec).
package trace

import (
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/log"
)

// Module is the module trace. An entry must list it (14.15).
var Module = (&hostapi.Module{
	Name: "trace",
	Doc:  "Spans of a script's own, in the trace that a message belongs to; they cost next to nothing where nothing is traced (64.2).",
	Funcs: []*hostapi.Func{{
		Name: "start",
		Doc: "Begins a span: what this coroutine does from now on belongs to it, until it is stopped. " +
			"One that is not stopped ends with its coroutine (64.2).",
		Params: []hostapi.Param{
			{Name: "name", Accept: hostapi.AcceptString, Doc: "not empty"},
			{Name: "fields", Accept: hostapi.AcceptTable, Type: "map", Optional: true, Doc: "attributes; what is no payload value is written in its text form"},
		},
		AnyKeyword: true,
		Results:    []hostapi.Param{{Name: "span", Object: spanType, Accept: hostapi.AcceptObject, Doc: "to be stopped"}},
		Errors:     []hostapi.Kind{hostapi.Invalid},
		Run:        start,
	}},
	Types: []*hostapi.ObjectType{spanType},
}).Named().Prompt()

func start(c hostapi.Call) error {
	name := c.Arg(0).Str()
	if name == "" {
		return hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "name cannot be empty"))
	}
	s := &span{name: name}
	if f, ok := hostapi.FacilityOf[hostapi.Tracing](c.Task().Process()); ok && f.Traces() {
		attrs, err := log.Attributes(c)
		if err != nil {
			return err
		}
		if s.it, err = f.StartSpan(name, attrs); err != nil {
			return err
		}
	}
	c.Push(hostapi.ObjectOf(s))
	return nil
}

// span is a span as a script has it.
type span struct {
	hostapi.Handle
	name string
	it   hostapi.Span // nil: nothing is traced
}

var spanType = &hostapi.ObjectType{
	Name: "span",
	Doc:  "A span that was begun by trace.start.",
	Methods: []*hostapi.Func{{
		Name: "stop",
		Doc:  "Ends the span; a further stop does nothing (64.2).",
		Params: []hostapi.Param{{
			Name: "err", Accept: hostapi.AcceptError | hostapi.AcceptString | hostapi.AcceptNil, Optional: true, Doc: "what has failed",
		}},
		Run: stop,
	}},
}

// ObjectType implements hostapi.Object.
func (*span) ObjectType() *hostapi.ObjectType { return spanType }

// String implements hostapi.Object.
func (s *span) String() string { return "span(" + s.name + ")" }

func stop(c hostapi.Call) error {
	s := c.Self().(*span)
	f, ok := hostapi.FacilityOf[hostapi.Tracing](c.Task().Process())
	if s.it == nil || !ok {
		return nil
	}
	err := c.Arg(0).Err()
	if text := c.Arg(0); err == nil && text.Type() == hostapi.TypeString {
		err = &hostapi.Error{Kind: hostapi.Internal, Message: text.Str()}
	}
	f.StopSpan(s.it, err)
	return nil
}
