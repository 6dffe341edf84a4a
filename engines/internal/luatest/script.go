// Package luatest tests what all Lua engines promise, on each engine with the
// same scripts, and has what the tests of one engine need for that. A script of
// testdata is the body of a main; its comments that begin with --> are what it must
// print, in order.
package luatest

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

// Path is the file that the sources of tests say they are.
const Path = "src/test.lua"

// Task is the task that scripts run as.
type Task = enginetest.Task

// Suite tests one Lua engine.
type Suite struct {
	// Engine is the engine under test.
	Engine hostapi.Engine
}

// Compile compiles a source with the standard modules and those given.
func (s Suite) Compile(t testing.TB, text string, extra ...*hostapi.Module) hostapi.Program {
	t.Helper()
	p, err := s.compile(text, extra...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (s Suite) compile(text string, extra ...*hostapi.Module) (hostapi.Program, error) {
	return s.Engine.Compile(hostapi.Source{
		ID: "app:test", Path: Path, Text: text, Modules: append(modules.Standard(), extra...),
	})
}

// Load loads text as the task.
func (s Suite) Load(t testing.TB, task *Task, text string, extra ...*hostapi.Module) (hostapi.Instance, error) {
	t.Helper()
	return task.Load(s.Compile(t, text, extra...))
}

// Run loads text as the task, calls its method main and closes it.
func (s Suite) Run(t testing.TB, task *Task, text string, args ...hostapi.Value) ([]hostapi.Value, error) {
	t.Helper()
	return s.RunWith(t, task, text, nil, args...)
}

// RunWith is Run with further modules.
func (s Suite) RunWith(t testing.TB, task *Task, text string, extra []*hostapi.Module, args ...hostapi.Value) ([]hostapi.Value, error) {
	t.Helper()
	in, err := s.Load(t, task, text, extra...)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return task.Call(t, in, "main", args...)
}

// Law runs the text of a script and compares what it prints.
func (s Suite) Law(t *testing.T, text string) {
	t.Helper()
	var want []string
	for line := range strings.Lines(text) {
		if _, after, ok := strings.Cut(strings.TrimRight(line, "\n"), "-->"); ok {
			want = append(want, strings.TrimPrefix(after, " "))
		}
	}
	if len(want) == 0 {
		t.Fatal("the script does not say what it prints")
	}
	task := &Task{}
	if _, err := s.Run(t, task, "return { main = function() "+text+"\nend }"); err != nil {
		t.Fatalf("%s, fault %v\n%s", enginetest.Describe(err), task.Cause, task.Stack)
	}
	if got := strings.Join(task.Output.Lines, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("printed\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// Probe gives what a chunk returns on the engine, as text joined by blanks.
func (s Suite) Probe(t *testing.T, chunk string) string {
	t.Helper()
	values, err := s.Run(t, &Task{}, `
		local function all(...)
			local out = {}
			for i = 1, select("#", ...) do out[i] = tostring((select(i, ...))) end
			return table.concat(out, " ")
		end
		return { main = function() return all((function() `+chunk+` end)()) end }`)
	if err != nil {
		return "error: " + err.Error()
	}
	return values[0].Str()
}
