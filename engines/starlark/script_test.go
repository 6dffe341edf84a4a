package starlark

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

func source(text string, imports ...hostapi.Import) hostapi.Source {
	return hostapi.Source{
		ID: "app:test", Path: "src/test.star", Text: text,
		Modules: append(modules.Standard(), probe), Imports: imports,
	}
}

func compile(t testing.TB, text string, imports ...hostapi.Import) hostapi.Program {
	t.Helper()
	p, err := New().Compile(source(text, imports...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// loadProgram loads a program as the task.
func loadProgram(t testing.TB, p hostapi.Program, task *enginetest.Task) (hostapi.Instance, error) {
	t.Helper()
	in, err := task.Load(p)
	if task.Cause != nil {
		t.Fatalf("a fault: %v\n%s", task.Cause, task.Stack)
	}
	return in, err
}

// callMethod calls a method as the task.
func callMethod(t testing.TB, in hostapi.Instance, task *enginetest.Task, name string, args ...hostapi.Value) ([]hostapi.Value, error) {
	t.Helper()
	values, err := task.Call(t, in, name, args...)
	if task.Cause != nil {
		t.Fatalf("a fault: %v\n%s", task.Cause, task.Stack)
	}
	return values, err
}

// run loads text and calls its main.
func run(t testing.TB, task *enginetest.Task, text string, args ...hostapi.Value) ([]hostapi.Value, error) {
	t.Helper()
	in, err := loadProgram(t, compile(t, text), task)
	if err != nil {
		return nil, err
	}
	return callMethod(t, in, task, "main", args...)
}

// body indents lines as the body of main.
func body(lines string) string {
	return "def main():\n    " + strings.ReplaceAll(strings.TrimSpace(lines), "\n", "\n    ") + "\n"
}
