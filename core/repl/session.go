package repl

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/internal/driven"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// entryID is the entry of the process that runs inputs.
const entryID = "repl:input"

// Session is a process of an app that runs inputs, one after the other. Its methods are
// for one goroutine, but Interrupt.
type Session struct {
	rt    *core.Runtime
	path  string
	pid   hostapi.PID
	feed  hostapi.Feed
	ended chan hostapi.Result
	over  *hostapi.Result // that came from there

	line    int    // of the next input, from 1
	pending string // the lines of an input that goes on
	names   []string

	mu          sync.Mutex
	running     hostapi.Coroutine // that runs an input; nil: none does
	interrupted bool              // it was discarded
}

// Options say which process runs the inputs. Runtime, App and Host are needed.
type Options struct {
	// Runtime has what the process may use: the hosts of App are started, its entries
	// defined.
	Runtime *core.Runtime
	// App was loaded with app.Options.Typed.
	App *app.App
	// Host is where the process runs.
	Host string
	// Limits are those of the process; zero fields are as everywhere.
	Limits spec.Limits
	// Line is the number of the first line that is typed; 0: 1.
	Line int
}

// Start starts the process. The error is that of a process that cannot be started, or
// Unavailable for an engine that has no repl.
func Start(ctx context.Context, o Options) (*Session, error) {
	t := o.App.Typed
	s := &Session{rt: o.Runtime, path: t.Path, ended: make(chan hostapi.Result, 1), line: max(1, o.Line)}
	var grants []spec.Grant
	for _, r := range o.App.Resources() {
		grants = append(grants, spec.Grant{ID: r.ID})
	}
	ready := make(chan opened, 1)
	program := driven.Program{Program: t.Program, Drive: func(_ hostapi.Task, in hostapi.Instance) hostapi.Instance {
		return driven.Instance{Instance: in, Run: driven.Function(func(t hostapi.Task) ([]hostapi.Value, error) {
			evaluator, ok := in.(hostapi.Evaluator)
			if !ok {
				return nil, hostapi.Errorf(hostapi.Unavailable, "engine %s has no repl", o.App.Typed.Engine.Info().Name)
			}
			return s.serve(t, evaluator, ready)
		})}
	}}
	if err := s.rt.Define(core.Entry{
		ID: entryID, Program: program, Method: "main", Engine: t.Engine.Info().Name,
		Imports: t.Libraries, Resources: grants, Home: o.Host, Limits: o.Limits,
	}); err != nil {
		return nil, err
	}
	var err error
	if s.pid, err = s.rt.Start(ctx, hostapi.Spawn{ID: entryID, Host: o.Host}, func(r hostapi.Result) { s.ended <- r }); err != nil {
		return nil, err
	}
	select {
	case o := <-ready:
		s.feed, s.names = o.feed, o.names
		return s, nil
	case r := <-s.ended:
		return nil, r.Err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// opened is a process that takes inputs.
type opened struct {
	feed  hostapi.Feed
	names []string
}

// PID is that of the process.
func (s *Session) PID() hostapi.PID { return s.pid }

// Names are those that inputs may use, sorted.
func (s *Session) Names() []string { return s.names }

// serve takes inputs until the feed is closed: each runs in a coroutine of its own.
func (s *Session) serve(t hostapi.Task, in hostapi.Evaluator, ready chan<- opened) ([]hostapi.Value, error) {
	process := t.Process()
	feed, err := process.Feed(1)
	if err != nil {
		return nil, err
	}
	ready <- opened{feed, in.Names()}
	for {
		v, ok, err := feed.Channel().Receive()
		if err != nil || !ok {
			return nil, err
		}
		i := v.Object().(*input)
		i.session, i.in = s, in
		if _, err := process.Go(i, nil); err != nil {
			return nil, err
		}
	}
}

// Answer is what became of a line.
type Answer struct {
	// More says that the input goes on: it runs with the lines that follow.
	More bool
	// Values are what the input gave, as text.
	Values []string
	// Err is what it failed with, a syntax error included.
	Err error
	// Interrupted says that Interrupt has ended it.
	Interrupted bool
	// Ended is the end of the process, if that has ended by the input; a new session may
	// begin. The result is that of a process that has replaced its code if it is empty.
	Ended *hostapi.Result

	names []string
}

// Prompt gives the number of the next line, and whether it goes on with an input.
func (s *Session) Prompt() (line int, more bool) {
	return s.line + strings.Count(s.pending, "\n"), s.pending != ""
}

// Line adds a line, and runs the input if it is complete. It returns when that has ended.
func (s *Session) Line(text string) Answer { return s.run(s.pending+text, false) }

// End runs what is there of an input that goes on, as if it were complete.
func (s *Session) End() Answer {
	if s.pending == "" {
		return Answer{}
	}
	return s.run(s.pending, true)
}

// Drop forgets an input that goes on.
func (s *Session) Drop() {
	s.line += strings.Count(s.pending, "\n")
	s.pending = ""
}

func (s *Session) run(text string, last bool) Answer {
	i := &input{text: strings.Repeat("\n", s.line-1) + text, path: s.path, done: make(chan Answer, 1)}
	if err := s.feed.Put(context.Background(), hostapi.Wrap(i)); err != nil {
		return s.gone()
	}
	a := s.answer(i)
	if a.names != nil {
		s.names = a.names
	}
	if a.More && !last {
		s.pending = text + "\n"
		return a
	}
	a.More = false
	if s.line += strings.Count(text, "\n"); !last {
		s.line++
	}
	s.pending = ""
	return a
}

// answer waits for the end of an input.
func (s *Session) answer(i *input) Answer {
	a := <-i.done
	s.mu.Lock()
	interrupted := s.interrupted
	s.running, s.interrupted = nil, false
	s.mu.Unlock()
	switch {
	case !errors.Is(a.Err, hostapi.ErrKilled):
		return a
	case interrupted:
		return Answer{Interrupted: true}
	}
	return s.gone()
}

// gone says how the process has ended, or that other code runs in it.
func (s *Session) gone() Answer {
	if _, alive := s.rt.Inspect(s.pid); alive {
		return Answer{Ended: &hostapi.Result{}}
	}
	if s.over == nil {
		r := <-s.ended
		s.over = &r
	}
	return Answer{Ended: s.over}
}

// Interrupt ends the input that runs, if one does, and says so. It may be called from any
// goroutine.
func (s *Session) Interrupt() bool {
	s.mu.Lock()
	running := s.running
	s.interrupted = running != nil
	s.mu.Unlock()
	if running == nil {
		return false
	}
	running.Discard()
	return true
}

// Close lets the process end.
func (s *Session) Close() { s.feed.Close() }
