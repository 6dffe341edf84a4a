package check_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-run/understudy/conformance"
	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

// seeing is an engine that keeps what it compiles.
type seeing struct {
	hostapi.Engine
	mu   sync.Mutex
	seen map[string]hostapi.Source // by text
}

func (e *seeing) Compile(src hostapi.Source) (hostapi.Program, error) {
	p, err := e.Engine.Compile(src)
	if err == nil {
		e.mu.Lock()
		e.seen[src.Text] = src
		e.mu.Unlock()
	}
	return p, err
}

// findings are those of one source alone.
func findings(t *testing.T, e hostapi.Engine, src hostapi.Source) []string {
	t.Helper()
	return groupFindings(t, e, src)
}

// The scripts of the conformance suite do many odd things, and nothing wrong but what
// they mean to do wrong, which is listed.
func TestNoFalseAlarms(t *testing.T) {
	meant := []string{
		"lua/sandbox.lua: warning: string has no 'dump'",             // it is absent (19.6)
		"lua/idioms.lua: warning: channel.select: unknown option",    // and passed over (8.11)
		"starlark/idioms.star: warning: process is read-only: 'pid'", // and raises (19.2)
	}
	seen := map[string]bool{}
	for _, e := range []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()} {
		s := &seeing{Engine: e, seen: map[string]hostapi.Source{}}
		conformance.RunSuite(t, conformance.Options{Engines: []conformance.Engine{{Engine: s}}, Schedules: 1, Parallel: 2})
		if len(s.seen) < 30 {
			t.Fatalf("only %d sources", len(s.seen))
		}
		for _, src := range s.seen {
			for _, found := range findings(t, e, src) {
				file, rest, _ := strings.Cut(found, ":")
				_, rest, _ = strings.Cut(rest, ":")
				i := slices.IndexFunc(meant, func(m string) bool { return strings.HasPrefix(file+":"+rest, m) })
				if i < 0 {
					t.Errorf("%s: %s", e.Info().Name, found)
					continue
				}
				seen[meant[i]] = true
			}
		}
	}
	if len(seen) != len(meant) {
		t.Errorf("found of those that are meant: %q", slices.Sorted(maps.Keys(seen)))
	}
}

// Nor do the other scripts here, which are Lua and Starlark of all kinds.
func TestNoFalseAlarmsInOtherScripts(t *testing.T) {
	meant := []string{
		"base_functions.lua:18: warning: math has no 'type'",   // it asks whether there is one
		"metatables.lua:14: warning: unknown global 'rawlen'",  // likewise
		"names_and_scopes.lua:11: warning: unknown global 'a'", // which are nil outside
		"names_and_scopes.lua:11: warning: unknown global 'b'", // of their scopes
		"throwing_2.lua:6: warning: errors is read-only: 'x'",  // and that raises
	}
	engines := map[string]hostapi.Engine{".lua": gopherlua.New(), ".star": starlark.New()}
	n := 0
	for _, dir := range []string{"cmd/understudycli/internal/workload", "engines/internal/luatest/testdata", "engines/starlark/testdata"} {
		entries, err := os.ReadDir(filepath.FromSlash("../../" + dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range entries {
			e := engines[filepath.Ext(f.Name())]
			if e == nil {
				continue
			}
			text, err := os.ReadFile(filepath.Join("../..", dir, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			src := hostapi.Source{ID: "a:b", Path: dir + "/" + f.Name(), Text: string(text), Modules: modules.Standard()}
			if _, err := e.Compile(src); err != nil {
				continue // it is a part of something
			}
			n++
			for _, found := range findings(t, e, src) {
				if !slices.ContainsFunc(meant, func(m string) bool { return strings.Contains(found, "/"+m) }) {
					t.Error(found)
				}
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d scripts", n)
	}
}

// groupFindings are those of sources that run in one process.
func groupFindings(t *testing.T, e hostapi.Engine, sources ...hostapi.Source) []string {
	t.Helper()
	list := make([]check.Source, len(sources))
	for i, src := range sources {
		list[i] = check.Source{Source: src, Outline: e.(hostapi.Outliner).Outline(src)}
		if list[i].Outline == nil {
			t.Fatalf("%s: no outline", src.Path)
		}
	}
	g := check.NewGroup(&check.App{Modules: modules.Standard()}, list)
	var out []string
	for i, src := range sources {
		for _, f := range g.Find(i) {
			kind := "error"
			if f.Warning {
				kind = "warning"
			}
			out = append(out, fmt.Sprintf("%s:%d: %s: %s", src.Path, f.Line, kind, f.Message))
		}
	}
	return out
}

// methodOf says what is wrong with the method main.
func methodOf(t *testing.T, e hostapi.Engine, src hostapi.Source) error {
	t.Helper()
	o := e.(hostapi.Outliner).Outline(src)
	if o == nil {
		t.Fatalf("%q: no outline", src.Text)
	}
	return check.NewGroup(&check.App{}, []check.Source{{Source: src, Outline: o}}).Method(0, "main")
}
