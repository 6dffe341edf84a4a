package luatest

import (
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
