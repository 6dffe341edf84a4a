package golua

import (
	"errors"
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
	limit   int64 // memory
	used    int64
	fault   any
	stack   string
	manual  int // coroutines alive
	most    int // coroutines allowed; 0 is no limit
}

type fakeProcess struct {
	hostapi.Process // nil: what is not overridden is not used
	lines           []string
	task            *fakeTask
	late            bool // something was printed after the kill
}

func (p *fakeProcess) Print(line string) error {
	p.lines = append(p.lines, line)
	p.late = p.late || p.task.killed
	return nil
}

func (p *fakeProcess) Seed() uint64     { return 1 }
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
	return t.alive()
}

func (t *fakeTask) alive() error {
	if t.killed {
		return hostapi.ErrKilled
	}
	return nil
}

func (t *fakeTask) Grow(n int64) error {
	if t.used += n; t.limit > 0 && t.used > t.limit {
		t.killed = true
	}
	return t.alive()
}

func (t *fakeTask) Loading() bool { return t.loading }

func (t *fakeTask) AddCoroutine() error {
	if t.most > 0 && t.manual >= t.most {
		return hostapi.Errorf(hostapi.RateLimited, "max coroutines limit exceeded")
	}
	t.manual++
	return nil
}

func (t *fakeTask) RemoveCoroutine() { t.manual-- }

func (t *fakeTask) Fault(cause any, stack []byte) error {
	t.fault, t.stack, t.killed = cause, string(stack), true
	return hostapi.ErrKilled
}

func (t *fakeTask) PayloadLimits() hostapi.PayloadLimits { return hostapi.DefaultPayloadLimits }
func (t *fakeTask) Coroutine() hostapi.Coroutine         { return &t.handle }

func (t *fakeTask) Process() hostapi.Process {
	t.process.task = t
	return &t.process
}

// compile compiles a source with the standard modules and those given.
func compileSource(t testing.TB, text string, extra ...*hostapi.Module) hostapi.Program {
	t.Helper()
	p, err := New().Compile(hostapi.Source{
		ID: "app:test", Path: "src/test.lua", Text: text, Modules: append(modules.Standard(), extra...),
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// runMain loads text and calls its method main in the task.
func runMain(t testing.TB, task *fakeTask, text string, args ...hostapi.Value) ([]hostapi.Value, error) {
	t.Helper()
	task.loading = true
	in, err := compileSource(t, text).Load(task)
	if err != nil {
		return nil, err
	}
	task.loading = false
	defer in.Close()
	f, err := in.Method("main")
	if err != nil {
		return nil, err
	}
	if f == nil {
		t.Fatal("no method main")
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

// check runs body as main and compares what it printed.
func check(t *testing.T, body, want string) {
	t.Helper()
	task := &fakeTask{}
	_, err := runMain(t, task, "return { main = function()\n"+body+"\nend }")
	if err != nil {
		var e *hostapi.Error
		if errors.As(err, &e) {
			t.Fatalf("%s\n%s", err, e.Stack)
		}
		t.Fatalf("%v; fault %v\n%s", err, task.fault, task.stack)
	}
	got := strings.Join(task.process.lines, "\n")
	if got != strings.TrimSpace(want) {
		t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
}
