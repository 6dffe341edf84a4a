package starlark

import (
	"errors"
	"runtime/debug"

	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

const (
	// slice is the number of steps between two ticks. The depth of the call
	// stack is looked at then too, and can have grown by half of it.
	slice = 1000
	// maxDepth bounds nested calls. A call takes about 1.4 KB of Go stack.
	maxDepth = 10000

	// taskQuery is the name of a module by which taskOf asks Thread.Load.
	taskQuery = internalPrefix + "task>"
)

// task is one coroutine of a process: an interpreter thread of its own.
type task struct {
	hostapi.Task
	instance *instance
	thread   starlark.Thread
	source   *program // whose top level runs, during Load, or an input's
	input    bool     // an input runs, which is a top level
	ticked   uint64   // steps reported so far
	native   uint64   // of those not yet reported, charged by native operations
	arrived  int64    // bytes of results of the host that are not yet noted
	shared   ledger.Shared
	killed   bool  // for ever
	prev     *task // of those that have not ended
	next     *task
	searched searched
	held     starlark.Value // see guardFew
	aborted  error          // why the thread is cancelled, if not killed; pcall clears it

	comprehension *comprehension // the innermost that is under way
	comprehended  *comprehension // the one that has just ended
}

//go:noinline
func (in *instance) newTask(ht hostapi.Task) *task {
	t := &task{Task: ht, instance: in}
	t.thread.Load = t.load
	t.thread.OnMaxSteps = tick
	t.thread.SetMaxExecutionSteps(slice)
	in.current = t
	if t.next = in.tasks; t.next != nil {
		t.next.prev = t
	}
	in.tasks = t
	return t
}

// taskOf gives the task of a thread. What the interpreter has for that, a map in
// each thread, would be a tenth of an idle process.
func taskOf(thread *starlark.Thread) *task {
	_, t := thread.Load(thread, taskQuery)
	return t.(*task)
}

// Error is what a script sees that loads a module of the name of taskQuery.
func (t *task) Error() string { return "module '" + taskQuery + "' not found" }

// tick reports the steps made and sets the next limit. It runs between two
// instructions; Task.Tick may park the task there.
func tick(thread *starlark.Thread) {
	t := taskOf(thread)
	n := thread.Steps - t.ticked
	t.ticked = thread.Steps
	pace := &t.instance.pace
	_, pause := pace.Report(int(n))
	err := t.Tick(int(n))
	if err == nil && pause > 0 {
		err = t.Pause(pause)
	}
	t.instance.current = t
	if err == nil {
		err = t.account(n)
	}
	if err != nil {
		t.kill()
		return
	}
	pace.Begin()
	thread.SetMaxExecutionSteps(thread.Steps + uint64(pace.Every()))
	if thread.CallStackDepth() > maxDepth {
		t.abort(errStackOverflow)
	}
}

var errStackOverflow = errors.New("stack overflow")

// abort makes the next instruction fail with an error that a script can catch.
func (t *task) abort(err error) {
	t.aborted = err
	t.thread.Cancel(err.Error())
}

// charge counts the work of a native operation as steps (clause 20.5). They are
// reported before the next instruction.
func (t *task) charge(steps int) {
	t.thread.Steps += uint64(max(steps, 0))
	t.native += uint64(max(steps, 0))
}

// kill makes the thread refuse every further instruction and gives the error to
// unwind with.
func (t *task) kill() error {
	t.killed = true
	t.thread.Cancel("killed")
	return hostapi.ErrKilled
}

// resumed is called when a call of hostapi returned: other tasks may have run
// meanwhile.
func (t *task) resumed(err error) error {
	t.instance.current = t
	if errors.Is(err, hostapi.ErrKilled) {
		return t.kill()
	}
	return err
}

// call runs a function as the whole of the task. A task that waits keeps its
// frame, so what needs room is done in others.
func (t *task) call(fn starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (results []hostapi.Value, err error) {
	defer t.end(&err)
	v, err := starlark.Call(&t.thread, fn, args, kwargs)
	if err == nil {
		err = t.aborted
	}
	return t.results(v, err)
}

// results gives what a function has returned as the core takes it.
//
//go:noinline
func (t *task) results(v starlark.Value, err error) ([]hostapi.Value, error) {
	if err != nil {
		return nil, t.failure(err)
	}
	// A returned tuple is the list of results (clause 2.16).
	list, ok := v.(starlark.Tuple)
	if !ok {
		return []hostapi.Value{toHost(v)}, nil
	}
	results := make([]hostapi.Value, len(list))
	for i, x := range list {
		results[i] = toHost(x)
	}
	return results, nil
}

// end is deferred: the task is over. A panic of the interpreter or of this
// package is a fault of the process (clause 2.24).
func (t *task) end(err *error) {
	if r := recover(); r == hostapi.ErrKilled { // see unwind
		*err = hostapi.ErrKilled
	} else if r != nil {
		t.fault(r, err)
	}
	t.done()
}

//go:noinline
func (t *task) fault(cause any, err *error) {
	t.killed = true
	*err = t.Fault(cause, debug.Stack())
}

// done forgets the task.
func (t *task) done() {
	if t.next != nil {
		t.next.prev = t.prev
	}
	if t.prev != nil {
		t.prev.next = t.next
	} else {
		t.instance.tasks = t.next
	}
}

// protected calls a function. A native one does not know that it was aborted.
func (t *task) protected(fn starlark.Value, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	v, err := starlark.Call(&t.thread, fn, args, kwargs)
	if err == nil && t.aborted != nil {
		err = t.aborted
	}
	if err != nil { // between a guard and what it was for, perhaps
		t.held = nil
	}
	return v, err
}
