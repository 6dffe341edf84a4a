package app_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/hostapi"
)

// fakeEngine compiles every text that does not contain "syntax error". It is
// hostile where an app asks for it: "panic" and "failure" do what they say.
type fakeEngine struct {
	info hostapi.Info

	mu       sync.Mutex
	compiled []hostapi.Source
}

type fakeProgram struct {
	engine *fakeEngine
	source hostapi.Source
}

func (p *fakeProgram) Load(hostapi.Task) (hostapi.Instance, error) {
	return nil, errors.New("not needed")
}

func (e *fakeEngine) Info() hostapi.Info { return e.info }

func (e *fakeEngine) Compile(src hostapi.Source) (hostapi.Program, error) {
	e.mu.Lock()
	e.compiled = append(e.compiled, src)
	e.mu.Unlock()
	for _, i := range src.Imports {
		if p, ok := i.Program.(*fakeProgram); !ok || p.engine != e {
			panic("import of another engine")
		}
	}
	switch at := strings.Index(src.Text, "syntax error"); {
	case strings.Contains(src.Text, "unknown place"):
		return nil, &hostapi.SyntaxError{Path: src.Path, Message: "somewhere"}
	case strings.Contains(src.Text, "panic"):
		panic("engine is broken")
	case strings.Contains(src.Text, "failure"):
		return nil, errors.New("compiler is tired")
	case at >= 0:
		before := src.Text[:at]
		line := strings.Count(before, "\n") + 1
		column := at - strings.LastIndexByte(before, '\n')
		return nil, &hostapi.SyntaxError{Path: src.Path, Line: line, Column: column, Message: "unexpected error"}
	}
	return &fakeProgram{e, src}, nil
}

// compilations gives the ids compiled, in order.
func (e *fakeEngine) compilations() []string {
	var ids []string
	for _, s := range e.compiled {
		ids = append(ids, s.ID)
	}
	return ids
}

func newEngine(name, language, extension string) *fakeEngine {
	return &fakeEngine{info: hostapi.Info{Name: name, Language: language, Extension: extension}}
}

// world is what the apps of the tests are checked against.
type world struct {
	gopherlua, golua, starlark *fakeEngine
}

func newWorld() *world {
	return &world{
		gopherlua: newEngine("gopherlua", "lua", ".lua"),
		golua:     newEngine("golua", "lua", ".lua"),
		starlark:  newEngine("starlark", "starlark", ".star"),
	}
}

func (w *world) options() app.Options {
	o := app.Options{Engines: []hostapi.Engine{w.golua, w.gopherlua, w.starlark}}
	for _, name := range []string{"process", "channel", "errors"} {
		o.Modules = append(o.Modules, &hostapi.Module{Name: name, Always: true})
	}
	for _, name := range []string{"time", "log", "supervisor"} {
		o.Modules = append(o.Modules, &hostapi.Module{Name: name})
	}
	return o
}

// files makes a file system out of names and texts in turn.
func files(namesAndTexts ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(namesAndTexts); i += 2 {
		fsys[namesAndTexts[i]] = &fstest.MapFile{Data: []byte(namesAndTexts[i+1])}
	}
	return fsys
}

func mustLoad(t *testing.T, fsys fstest.MapFS) *app.App {
	t.Helper()
	a, diags := load(t, fsys, newWorld().options())
	if err := diags.Err(); err != nil {
		t.Fatalf("Load:\n%v", err)
	}
	if a == nil {
		t.Fatal("Load gave neither an app nor an error")
	}
	return a
}

// expect compares diagnostics with the beginnings of their lines.
func expect(t *testing.T, diags app.Diagnostics, want ...string) {
	t.Helper()
	for i := range max(len(diags), len(want)) {
		switch {
		case i >= len(diags):
			t.Errorf("missing: %s", want[i])
		case i >= len(want):
			t.Errorf("too many: %s", diags[i])
		case !strings.HasPrefix(diags[i].String(), want[i]):
			t.Errorf("got  %s\nwant %s", diags[i], want[i])
		}
	}
}

func lookup[T app.Entry](t *testing.T, a *app.App, id string) T {
	t.Helper()
	e, ok := a.Lookup(id).(T)
	if !ok {
		t.Fatalf("Lookup(%q) = %T", id, a.Lookup(id))
	}
	return e
}

func equal[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}
