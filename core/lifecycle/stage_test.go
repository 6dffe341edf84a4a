package lifecycle_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/lifecycle"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// stage is an app on a simulated runtime. The code of its entries are Go
// functions: a source is the name of one, followed by words of its own.
type stage struct {
	*core.Runtime
	t    *testing.T
	sim  *core.Simulation
	run  *lifecycle.Run
	log  bytes.Buffer
	seen []string
	code map[string]func(s *stage, words []string, t hostapi.Task) ([]hostapi.Value, error)
}

// open loads the app whose index file has these entries and defines it; nothing
// is started.
func open(t *testing.T, seed uint64, code map[string]func(*stage, []string, hostapi.Task) ([]hostapi.Value, error), entries string) *stage {
	t.Helper()
	s := &stage{t: t, sim: core.NewSimulation(seed), code: code}
	log := slog.New(slog.NewTextHandler(&s.log, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		},
	}))
	s.Runtime = core.New(core.Options{Scheduler: s.sim, Seed: seed + 1, Log: log})
	var err error
	if s.run, err = lifecycle.New(s.Runtime, s.load(entries), lifecycle.Options{Log: log}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.run.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// load checks an app.
func (s *stage) load(entries string) *app.App {
	s.t.Helper()
	a, found := app.Load(fstest.MapFS{"_index.yaml": {Data: []byte("namespace: a\nentries:\n" + entries)}},
		app.Options{Engines: []hostapi.Engine{engine{s}}})
	if err := found.Err(); err != nil {
		s.t.Fatal(err)
	}
	return a
}

// see notes an observation.
func (s *stage) see(format string, args ...any) {
	s.seen = append(s.seen, fmt.Sprintf(format, args...))
}

// saw checks what was observed since the last time.
func (s *stage) saw(want ...string) {
	s.t.Helper()
	if !slices.Equal(s.seen, want) {
		s.t.Errorf("saw %q, want %q", s.seen, want)
	}
	s.seen = nil
}

// engine compiles the sources of a stage. It passes for the Lua engine.
type engine struct{ s *stage }

func (engine) Info() hostapi.Info {
	return hostapi.Info{Name: "gopherlua", Language: "lua", Extension: ".lua"}
}

func (e engine) Compile(src hostapi.Source) (hostapi.Program, error) {
	words := strings.Fields(src.Text)
	body := e.s.code[words[0]]
	for _, i := range src.Imports {
		words = append(append(words, "with"), i.Program.(program).words...)
	}
	if body == nil {
		return nil, &hostapi.SyntaxError{Path: src.Path, Line: 1, Column: 1, Message: "no code " + words[0]}
	}
	if words[0] == "flaky" {
		return program{e.s.flaky(words), words[1:]}, nil
	}
	return program{native.Program(func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
		return body(e.s, words[1:], t)
	}), words[1:]}, nil
}

// flaky gives a program whose top level fails as often as its second word says.
func (s *stage) flaky(words []string) hostapi.Program {
	left := len(words[1])
	return native.Loaded(func(t hostapi.Task) (func(string) native.Main, error) {
		if left > 0 {
			left--
			s.see("%s fails to load", t.Process().EntryID())
			return nil, hostapi.Errorf(hostapi.Unavailable, "not yet")
		}
		return func(string) native.Main {
			return func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
				return s.code["flaky"](s, words[1:], t)
			}
		}, nil
	})
}

// program is a function with its words, which those who import it append to
// their own.
type program struct {
	hostapi.Program
	words []string
}
