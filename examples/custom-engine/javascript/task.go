package javascript

import (
	"errors"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/dop251/goja"
	"github.com/understudy-run/understudy/hostapi"
)

const (
	slice    = 100  // calls of tick between two of Task.Tick
	steps    = 10   // what a call of tick counts for
	maxDepth = 4000 // of nested calls
)

// task is one coroutine of a process.
type task struct {
	hostapi.Task
	in     *instance
	realm  *realm
	ticks  int
	killed bool // for ever
	inside bool // a call of the host API, which must not run script code
}

// newTask makes the task current and gives it a realm.
func (in *instance) newTask(ht hostapi.Task) *task {
	t := &task{Task: ht, in: in}
	in.current = t
	for _, r := range in.realms {
		if r.task == nil {
			t.realm, r.task = r, t
			return t
		}
	}
	if len(in.realms) == 1 {
		in.realms[0].depth = in.stackDepth(in.realms[0])
	}
	in.enter(t)
	return t
}

// end gives the realm back. A panic is a fault of the engine (clause 2.24); a
// kill leaves a stack that is of no further use.
func (t *task) end(err *error) {
	if r := recover(); r != nil {
		t.killed = true
		*err = t.Fault(r, debug.Stack())
	}
	if t.realm.task, t.realm.depth = nil, 0; t.killed {
		t.in.realms = slices.DeleteFunc(t.in.realms, func(r *realm) bool { return r == t.realm })
	}
}

// tick is called by the rewritten program, on the stack of r.
func (t *task) tick(r *realm) goja.Value {
	t.check()
	if t.ticks++; t.ticks >= slice {
		t.ticks = 0
		// The interpreter's own limit could not be caught by the script.
		if t.in.stackDepth(r) > maxDepth {
			panic(t.realm.NewTypeError("stack overflow"))
		}
		t.host(func() error { return t.Tick(slice * steps) })
	}
	return goja.Undefined()
}

// check stops a killed task at the next function, round of a loop, or call.
func (t *task) check() {
	if t.killed {
		panic(&goja.InterruptedError{}) // no catch or finally of a script sees it
	}
	if t.inside {
		panic(t.realm.NewTypeError("no getter may run here"))
	}
}

// enclose runs f, in which no code of the script may run.
func (t *task) enclose(f func() error) error {
	defer func(before bool) { t.inside = before }(t.inside)
	t.inside = true
	return f()
}

// host makes a call of the host API, which may park the task, and throws the
// error that it gives.
func (t *task) host(call func() error) {
	t.check()
	err := t.enclose(func() error {
		if len(t.in.realms) > 1 {
			t.realm.depth = t.in.stackDepth(t.realm)
			if t.isAstray() {
				t.in.astray = t
			}
		}
		return t.in.onlyIn(t, call())
	})
	t.in.current = t
	if errors.Is(err, hostapi.ErrKilled) {
		t.killed = true
		t.check()
	}
	if err != nil {
		panic(t.in.fromHost(hostapi.Wrap(hostapi.AsError(err))))
	}
}

// isAstray reports whether the call comes from the stack of another realm, below
// a getter, constructor or callback that was made there. If it waits, and the
// owner of that stack goes on, their frames get mixed up.
func (t *task) isAstray() bool {
	t.in.frames = t.realm.CaptureCallStack(1, t.in.frames[:0])
	if len(t.in.frames) > 0 && strings.HasPrefix(t.in.frames[0].FuncName(), hostName) {
		return false // the usual case: it comes from its own stack
	}
	for _, r := range t.in.realms {
		if r != t.realm && t.in.stackDepth(r) != r.depth {
			return true
		}
	}
	return false
}

// onlyIn fails the process if t runs although another task waits astray.
func (in *instance) onlyIn(t *task, err error) error {
	if in.astray == t {
		in.astray = nil
	}
	if in.astray != nil && !errors.Is(err, hostapi.ErrKilled) {
		return t.Fault("a coroutine waits on the stack of another", debug.Stack())
	}
	return err
}

// failure gives the error of an uncaught throw (clause 2.18).
func (t *task) failure(err error) error {
	var interrupted *goja.InterruptedError
	var thrown *goja.Exception
	if errors.As(err, &interrupted) {
		return hostapi.ErrKilled
	}
	if !errors.As(err, &thrown) {
		return &hostapi.Error{Kind: hostapi.Internal, Message: err.Error(), Stack: err.Error()} // stack overflow
	}
	e := &hostapi.Error{Kind: hostapi.Internal}
	if given := t.in.toHost(thrown.Value()).Err(); given != nil {
		e = new(*given)
	} else {
		_ = t.enclose(func() error {
			if t.realm.Try(func() { e.Message = toBytes(thrown.Value().ToString()) }) != nil {
				e.Message = "uncaught value"
			}
			return nil
		})
		e.Message = strings.TrimPrefix(e.Message, "Error: ")
	}
	if e.Stack == "" {
		e.Stack = thrown.String()
		for _, f := range thrown.Stack() {
			p := f.Position()
			e.Frames = append(e.Frames, hostapi.Frame{Source: p.Filename, Line: p.Line, Name: f.FuncName()})
		}
	}
	return e
}
