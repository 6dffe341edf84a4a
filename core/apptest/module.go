package apptest

import (
	"slices"
	"time"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// module is the script module test, which test files have (60.6).
var module = &hostapi.Module{
	Name: "test",
	Doc:  "Assertions, virtual time and the processes of a test, in test files (section 60).",
	Funcs: []*hostapi.Func{
		equalFunc, notEqualFunc, okFunc, matchesFunc, nearFunc, raisesFunc, failFunc, skipFunc,
		spawnFunc, receiveFunc, expectExitFunc, expectNothingFunc,
		settleFunc, advanceFunc, startAppFunc, standInFunc, replaceFunc, eventsFunc, outputFunc, allowLeftFunc,
	},
	Shapes: []*hostapi.Shape{hostapi.ResultShape},
}

// Module is the script module test, for those who show what modules there are. Programs
// that run tests need not name it.
func Module() *hostapi.Module { return module }

// playOf gives the run that a call is made in.
func playOf(c hostapi.Call) (*play, error) {
	p, err := hostapi.NeedFacility[*play](c.Task().Process(), "module test")
	if err == nil && c.Task().Process().PID() != p.pid && !c.Task().Loading() {
		return nil, hostapi.Errorf(hostapi.Invalid, "only the process of the test may call module test")
	}
	return p, err
}

// failure is how a test fails: thrown.
func failure(note hostapi.Value, format string, args ...any) error {
	err := hostapi.Errorf(hostapi.Conflict, format, args...)
	if note.Type() == hostapi.TypeString {
		err.Message = note.Str() + ": " + err.Message
	}
	return hostapi.Raise(err)
}

var noteParam = hostapi.Param{Name: "note", Accept: hostapi.AcceptString, Optional: true, Keyword: true, Doc: "stands before the text of a failure"}

// timeoutOf gives argument i as a time.
func timeoutOf(c hostapi.Call, i int, otherwise time.Duration) (time.Duration, error) {
	if c.Arg(i).IsNil() {
		return otherwise, nil
	}
	d, ok := hostapi.DurationOf(c.Arg(i))
	if !ok || d < 0 {
		return 0, hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "invalid duration"))
	}
	return d, nil
}

const patience = 5 * time.Second // of virtual time

var timeoutParam = hostapi.Param{Name: "timeout", Accept: hostapi.AcceptDuration, Optional: true, Keyword: true, Doc: "of virtual time; 5s if it is left out"}

var failFunc = &hostapi.Func{
	Name: "fail", Doc: "Fails the test.",
	Params: []hostapi.Param{{Name: "text", Accept: hostapi.AcceptString, Doc: "why"}},
	Run:    func(c hostapi.Call) error { return failure(hostapi.Value{}, "%s", c.Arg(0).Str()) },
}

var skipFunc = &hostapi.Func{
	Name: "skip", Doc: "Ends the test, which counts as skipped.",
	Params: []hostapi.Param{{Name: "reason", Accept: hostapi.AcceptString, Doc: "is shown"}},
	Run: func(c hostapi.Call) error {
		p, err := playOf(c)
		if err != nil {
			return err
		}
		p.skip, p.skipped = c.Arg(0).Str(), true
		return failure(hostapi.Value{}, "skipped: %s", p.skip)
	},
}

var allowLeftFunc = &hostapi.Func{
	Name: "allow_left", Doc: "Lets the test leave processes and messages behind (60.10).",
	Run: func(c hostapi.Call) error {
		p, err := playOf(c)
		if err == nil {
			p.allowLeft = true
		}
		return err
	},
}

// eventKinds are the kinds of events that there are (60.17).
var eventKinds = []string{"process.started", "process.ended", "link.made", "link.down", "service.state", "child.restarted", "dead.letter", "outside.done"}

var eventsFunc = &hostapi.Func{
	Name: "events", Doc: "What has happened in the runtime so far, oldest first (60.17).",
	Params:  []hostapi.Param{{Name: "kind", Accept: hostapi.AcceptString, Optional: true, Doc: "of the events; all if it is left out"}},
	Results: []hostapi.Param{{Name: "events", Accept: hostapi.AcceptTable, Type: "list of maps", Doc: "with kind and at, and where it applies pid, entry, peer, reason, error"}},
	Run: func(c hostapi.Call) error {
		p, err := playOf(c)
		if err != nil {
			return err
		}
		if kind := c.Arg(0); !kind.IsNil() && !slices.Contains(eventKinds, kind.Str()) {
			return hostapi.Raise(hostapi.Errorf(hostapi.Invalid, "unknown kind of event %q%s", kind.Str(), spec.SuggestOrList(kind.Str(), eventKinds)))
		}
		events, _ := p.record.snapshot()
		var out []hostapi.Value
		for _, e := range events {
			if kind := c.Arg(0); kind.IsNil() || kind.Str() == e.Kind {
				out = append(out, e.value())
			}
		}
		c.Push(hostapi.ListOf(out...))
		return nil
	},
}

var outputFunc = &hostapi.Func{
	Name: "output", Doc: "The lines printed so far.",
	Results: []hostapi.Param{{Name: "lines", Accept: hostapi.AcceptTable, Type: "list of string", Doc: "oldest first"}},
	Run: func(c hostapi.Call) error {
		p, err := playOf(c)
		if err != nil {
			return err
		}
		_, lines := p.record.snapshot()
		out := make([]hostapi.Value, len(lines))
		for i, l := range lines {
			out[i] = hostapi.String(l)
		}
		c.Push(hostapi.ListOf(out...))
		return nil
	},
}
