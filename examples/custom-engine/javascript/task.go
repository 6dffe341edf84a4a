package javascript

import (
	"errors"
	"slices"
	"strings"

	"github.com/dop251/goja"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

const (
	slice    = 100  // calls of tick between two of Task.Tick
	steps    = 10   // what a call of tick counts for
	maxDepth = 4000 // of nested calls
)

// task is one coroutine of a process.
type task struct {
	binding.Task
	in    *instance
	realm *realm
	ticks int
}

// newTask makes the task current and gives it a realm.
func (in *instance) newTask(ht hostapi.Task) *task {
	t := &task{Task: binding.Task{Task: ht}, in: in}
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

// end gives the realm back. A kill leaves a stack that is of no further use.
func (t *task) end() {
	if t.realm.task, t.realm.depth = nil, 0; t.Killed() {
		t.in.realms = slices.DeleteFunc(t.in.realms, func(r *realm) bool { return r == t.realm })
	}
}

// tick is called by the rewritten program, on the stack of r.
func (t *task) tick(r *realm) goja.Value {
	t.throw(t.Check())
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

// host makes a call of the runtime, which may park the task, and throws the
// error that it gives.
func (t *task) host(call func() error) {
	t.throw(t.Check())
	err := t.Do(func() error {
		t.look()
		return t.in.onlyIn(t, call())
	})
	t.in.current = t
	t.throw(err)
}

// throw throws err, if there is one. At a kill no catch or finally sees it.
func (t *task) throw(err error) {
	switch {
	case err == nil:
	case t.Killed():
		panic(&goja.InterruptedError{})
	default:
		panic(t.in.FromHost(hostapi.ErrorOf(hostapi.AsError(err))))
	}
}

// failure gives the error of an uncaught throw (clause 2.18).
func (t *task) failure(err error) error {
	var thrown *goja.Exception
	if t.Killed() {
		return hostapi.ErrKilled
	}
	if !errors.As(err, &thrown) { // stack overflow
		return binding.Uncaught(hostapi.Value{}, err.Error(), err.Error(), nil)
	}
	text := "uncaught value" // without a text form
	_ = t.Do(func() error {
		t.realm.Try(func() { text = toBytes(thrown.Value().ToString()) })
		return nil
	})
	var frames []hostapi.Frame
	for _, f := range thrown.Stack() {
		p := f.Position()
		frames = append(frames, hostapi.Frame{Source: p.Filename, Line: p.Line, Name: f.FuncName()})
	}
	return binding.Uncaught(toHost(thrown.Value()), strings.TrimPrefix(text, "Error: "), thrown.String(), frames)
}
