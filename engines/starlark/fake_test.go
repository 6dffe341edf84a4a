package starlark

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

// fakeTask is as much of a task as the tests of the engine need.
type fakeTask struct {
	process fakeProcess
	handle  fakeCoroutine
	ticks   int
	steps   int
	killAt  int // the tick at which the task is killed; 0 never
	killed  bool
	loading bool
	fault   any
}

type fakeProcess struct {
	hostapi.Process // nil: what is not overridden is not used
	lines           []string
}

func (p *fakeProcess) Print(line string) error {
	p.lines = append(p.lines, line)
	return nil
}

func (p *fakeProcess) PID() hostapi.PID { return "{test|1}" }

type fakeCoroutine struct{ hostapi.Handle }

func (*fakeCoroutine) ObjectType() *hostapi.ObjectType { return hostapi.CoroutineType }
func (*fakeCoroutine) String() string                  { return "coroutine" }
func (*fakeCoroutine) Status() string                  { return "running" }

func (t *fakeTask) Tick(n int) error {
	t.steps += n
	if t.ticks++; t.ticks == t.killAt {
		t.killed = true
	}
	if t.killed {
		return hostapi.ErrKilled
	}
	return nil
}

func (t *fakeTask) Grow(int64) error                     { return nil }
func (t *fakeTask) Loading() bool                        { return t.loading }
func (t *fakeTask) AddCoroutine() error                  { return nil }
func (t *fakeTask) RemoveCoroutine()                     {}
func (t *fakeTask) MemoryLimit() int64                   { return 0 }
func (t *fakeTask) PayloadLimits() hostapi.PayloadLimits { return hostapi.DefaultPayloadLimits }
func (t *fakeTask) Coroutine() hostapi.Coroutine         { return &t.handle }
func (t *fakeTask) Process() hostapi.Process             { return &t.process }

func (t *fakeTask) Fault(cause any, stack []byte) error {
	t.fault, t.killed = fmt.Sprintf("%v\n%s", cause, stack), true
	return hostapi.ErrKilled
}

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

func loadProgram(t testing.TB, p hostapi.Program, task *fakeTask) (hostapi.Instance, error) {
	t.Helper()
	task.loading = true
	in, err := p.Load(task)
	task.loading = false
	if task.fault != nil {
		t.Fatalf("fault: %v", task.fault)
	}
	return in, err
}

func callMethod(t testing.TB, in hostapi.Instance, task *fakeTask, name string, args ...hostapi.Value) ([]hostapi.Value, error) {
	t.Helper()
	f, err := in.Method(name)
	if err != nil {
		return nil, err
	}
	if f == nil {
		t.Fatalf("no method %s", name)
	}
	values, err := f.Call(task, args)
	if task.fault != nil {
		t.Fatalf("fault: %v", task.fault)
	}
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

// run loads text and calls its main.
func run(t testing.TB, task *fakeTask, text string, args ...hostapi.Value) ([]hostapi.Value, error) {
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

func describe(err error) string {
	var e *hostapi.Error
	if errors.As(err, &e) {
		return e.Error() + "\n" + e.Stack
	}
	return err.Error()
}
