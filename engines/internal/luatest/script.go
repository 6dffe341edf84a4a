package luatest

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

// Path is the file that the sources of tests say they are.
const Path = "src/test.lua"

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
	p := s.Compile(t, text, extra...)
	task.loading = true
	defer func() { task.loading = false }()
	return p.Load(task)
}

// Call calls a method of the instance and gives payload copies of its results.
func Call(t testing.TB, in hostapi.Instance, task *Task, method string, args ...hostapi.Value) ([]hostapi.Value, error) {
	t.Helper()
	f, err := in.Method(method)
	if err != nil {
		return nil, err
	}
	if f == nil {
		t.Fatalf("no method %s", method)
	}
	values, err := f.Call(task, args)
	if err != nil {
		return nil, err
	}
	for i, v := range values {
		if values[i], err = in.Copy(v, hostapi.NewCopier(hostapi.DefaultPayloadLimits)); err != nil {
			return nil, err
		}
	}
	return values, nil
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
	return Call(t, in, task, "main", args...)
}

// describe gives all that an error says.
func describe(err error, task *Task) string {
	var e *hostapi.Error
	switch {
	case errors.As(err, &e):
		return e.Error() + "\n" + e.Stack
	case err == nil:
		return "no error"
	case task.Cause != nil:
		return "a fault: " + task.Stack
	}
	return err.Error()
}
