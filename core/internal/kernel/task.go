package kernel

import (
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// task is one coroutine of a process, running on a Go coroutine of its own. It
// implements hostapi.Task. Its fields belong to the running task or, while it
// is parked, to the lock of its process.
type task struct {
	p      *process
	body   func(*task) *hostapi.Result // what it runs next; nil result: the process goes on
	stack  *schedule.Stack             // that it runs on, nil before it has begun
	wait   waiter                      // what it waits for
	result *hostapi.Result             // ends the process, when the task is done

	id        int32 // within the process, from 1
	outcome   outcome
	discarded bool // must end, with the code that it ran
	done      bool
	handle    *coroutine

	prev, after *task // in taskList
	behind      *task // in taskQueue
}

// outcome is why a task gave up the worker.
type outcome uint8

const (
	taskParked outcome = iota // waits for something; it has left the lock of the process held
	taskPreempted
	taskDone
	taskStalled  // waits for room to print: nothing else of the process runs meanwhile
	taskUpgraded // has loaded the code that replaces the old one
)

// newTask makes a task of p that is not yet runnable. The lock of p is held, or
// p is not yet known to anyone else.
func (p *process) newTask(body func(*task) *hostapi.Result) *task {
	p.coroutineID++
	t := &p.first
	if t.p != nil {
		t = &task{}
	}
	t.p, t.body, t.id = p, body, p.coroutineID
	t.wait.task = t
	p.tasks.add(t)
	p.count++
	return t
}

// resume runs the task until it gives up the worker. After taskParked the lock of
// the process is held, else it is not.
func (t *task) resume() outcome {
	free := &t.p.host.stacks[t.p.worker]
	if t.stack == nil {
		t.stack = free.Take((*body)(t))
	}
	t.stack.Resume()
	if t.outcome == taskDone {
		free.Put(t.stack)
		t.done = true
		t.stack, t.body = nil, nil
	}
	return t.outcome
}

// body is a task as the stack sees it that it runs on.
type body task

// Run implements schedule.Body.
func (b *body) Run() {
	t := (*task)(b)
	defer func() {
		if r := recover(); r != nil {
			t.Fault(r, debug.Stack())
		}
		t.outcome = taskDone
	}()
	for t.body != nil && !t.dead() {
		body := t.body
		t.body = nil
		t.result = body(t)
	}
}

// String names the task within its process.
func (t *task) String() string { return fmt.Sprintf("coroutine(%d)", t.id) }

// dead reports whether the task must end.
func (t *task) dead() bool {
	return t.discarded || t.p.is(flagDying) || t.handle != nil && t.handle.discarded.Load()
}

// give gives up the worker and returns when the task is resumed.
func (t *task) give(o outcome) error {
	t.outcome = o
	t.stack.Pause()
	if t.dead() {
		return hostapi.ErrKilled
	}
	return nil
}

// failed is the error with which the task has ended, nil if with none.
func (t *task) failed() *hostapi.Error {
	if t.result == nil {
		return nil
	}
	return t.result.Err
}

// call is what every call of the runtime by a task begins with: a point where
// it may be stopped or preempted.
func (t *task) call() error {
	if t == nil { // no task of the process runs: it is another goroutine that calls
		return hostapi.Errorf(hostapi.Invalid, "used outside its call")
	}
	if t.dead() {
		return t.killed()
	}
	p := t.p
	if p.entry.metered {
		if err := t.burn(schedule.CallSteps); err != nil {
			return err
		}
	}
	if p.slice -= schedule.CallSteps; p.slice <= 0 {
		return t.give(taskPreempted)
	}
	return nil
}

// burn counts n steps, and ends the process if that was more fuel than it has.
func (t *task) burn(n int) error {
	p := t.p
	steps := p.steps.Add(int64(n))
	if p.rt.meter.measuring() {
		p.entry.meter.steps.Add(int64(n))
	}
	p.sinceRead += int64(n)
	if l := p.limits(); l.Fuel > 0 && steps > l.Fuel || l.FuelPerMessage > 0 && p.sinceRead > l.FuelPerMessage {
		p.Kill(errFuel(l, steps), p)
		return t.killed()
	}
	return nil
}

// errFuel is the end of a process by one of the two budgets of fuel, and says by which.
func errFuel(l *Limits, steps int64) *hostapi.Error {
	name, limit := "fuel.per_message", l.FuelPerMessage
	if l.Fuel > 0 && steps > l.Fuel {
		name, limit = "fuel.total", l.Fuel
	}
	return hostapi.Errorf(hostapi.LimitExceeded, "fuel exhausted").
		With("limit", hostapi.String(name)).With("steps", hostapi.Int(limit))
}

// Tick implements hostapi.Task.
func (t *task) Tick(n int) error {
	if t.dead() {
		return t.killed()
	}
	if err := t.burn(n); err != nil {
		return err
	}
	if pr := t.p.rt.profile.Load(); pr != nil {
		pr.ticked(t, n)
	}
	return t.use(n)
}

// Pause implements hostapi.Task.
func (t *task) Pause(n int) error {
	if t.dead() {
		return t.killed()
	}
	if !t.p.rt.realTime {
		return nil
	}
	if n < longPause {
		n = min(n, longSlice) // as much ends the slice
	}
	return t.use(n)
}

// RealTime implements hostapi.Task.
func (t *task) RealTime() bool { return t.p.rt.realTime }

// Turn implements hostapi.Task.
func (t *task) Turn() int { return int(t.p.turns) }

// Substitute implements hostapi.Task.
func (t *task) Substitute() hostapi.Substitute { return t.p.rt.substitute }

// Held implements hostapi.Task.
func (t *task) Held(function string, took time.Duration) {
	if p := t.p; p.rt.realTime && !p.exceeded {
		p.exceeded = true
		p.rt.Emit(LongSlice{PID: p.pid, Entry: p.entry.ID, Function: function, Took: took, At: t.line()})
	}
}

// use takes n steps off the time slice.
func (t *task) use(n int) error {
	p := t.p
	if p.slice -= n; p.slice <= 0 {
		return t.give(taskPreempted)
	}
	p.host.queue.Busy(int(p.worker))
	return nil
}

// Grow implements hostapi.Task.
func (t *task) Grow(n int64) error {
	if t.dead() {
		return t.killed()
	}
	p := t.p
	memory := max(0, p.memory.Load()+n)
	p.memory.Store(memory)
	if l := p.limits(); l.Memory > 0 && memory+int64(p.kept.Load())<<10 > l.Memory {
		return t.overdrawn()
	}
	return nil
}

// overdrawn ends the process, unless the core keeps less for it by now than when
// that was estimated last.
func (t *task) overdrawn() error {
	p := t.p
	p.mu.Lock()
	over := p.overdrawn()
	p.mu.Unlock()
	if !over {
		return nil
	}
	p.Kill(errMemoryLimit(p.limits().Memory), p)
	return t.killed()
}

// MemoryLimit implements hostapi.Task.
func (t *task) MemoryLimit() int64 { return t.p.limits().Memory }

// Loading implements hostapi.Task.
func (t *task) Loading() bool { return t.p.loading }

// AddCoroutine implements hostapi.Task.
func (t *task) AddCoroutine() error {
	t.p.mu.Lock()
	defer t.p.mu.Unlock()
	if t.discarded {
		return nil // its count went with its code
	}
	return t.p.addCoroutine()
}

// RemoveCoroutine implements hostapi.Task.
func (t *task) RemoveCoroutine() {
	t.p.mu.Lock()
	if !t.discarded {
		t.p.count--
	}
	t.p.mu.Unlock()
}

// addCoroutine counts one more coroutine against the limit. The lock is held.
func (p *process) addCoroutine() error {
	if int(p.count) >= p.limits().MaxCoroutines {
		return hostapi.Errorf(hostapi.RateLimited, "max coroutines limit exceeded")
	}
	p.count++
	p.keeps(bytesPerCoroutine, p)
	return nil
}

// Fault implements hostapi.Task.
func (t *task) Fault(cause any, stack []byte) error {
	at, frames := t.where()
	if at != "" {
		at += "\n"
	}
	err := ErrFault(cause, append([]byte(at), stack...))
	err.Frames = frames
	t.p.Kill(err, t.p)
	return hostapi.ErrKilled
}

// ErrFault is what a process fails with whose engine, module, outside work or
// supervisor has panicked (2.24).
func ErrFault(cause any, stack []byte) *hostapi.Error {
	err := hostapi.Errorf(hostapi.Internal, "internal error")
	err.Stack = fmt.Sprintf("panic: %v\n%s", cause, stack)
	return err
}

// PayloadLimits implements hostapi.Task.
func (t *task) PayloadLimits() hostapi.PayloadLimits { return t.p.limits().Payload }

// Process implements hostapi.Task.
func (t *task) Process() hostapi.Process { return t.p }

// Coroutine implements hostapi.Task.
func (t *task) Coroutine() hostapi.Coroutine {
	if t.handle == nil {
		t.handle = &coroutine{t: t}
	}
	return t.handle
}

// coroutine is the handle of a task.
type coroutine struct {
	hostapi.Handle
	t         *task
	discarded atomic.Bool // it must end, alone
}

func (c *coroutine) ObjectType() *hostapi.ObjectType { return hostapi.CoroutineType }
func (c *coroutine) String() string                  { return c.t.String() }
func (c *coroutine) Status() string {
	switch {
	case c.t.done:
		return "dead"
	case c.t.p.current == c.t:
		return "running"
	}
	return "suspended"
}

// Discard implements hostapi.Coroutine.
func (c *coroutine) Discard() {
	t, p := c.t, c.t.p
	c.discarded.Store(true) // of one that has ended nobody asks
	p.mu.Lock()
	a := p.outside()
	var dropped []hostapi.Held
	if a != nil {
		for o := range a.operations.All() {
			if o.task == t {
				_, more := o.stop()
				dropped = append(dropped, more...)
			}
		}
	}
	t.wait.complete(-1, hostapi.Value{}, false, hostapi.ErrKilled, nil)
	p.mu.Unlock()
	if a != nil {
		a.release(p, dropped, true)
	}
}

// taskList is the list of the tasks of a process, oldest first.
type taskList struct {
	first, last *task
	n           int
}

func (l *taskList) add(t *task) {
	t.prev = l.last
	if l.last == nil {
		l.first = t
	} else {
		l.last.after = t
	}
	l.last = t
	l.n++
}

func (l *taskList) remove(t *task) {
	if t.prev == nil {
		l.first = t.after
	} else {
		t.prev.after = t.after
	}
	if t.after == nil {
		l.last = t.prev
	} else {
		t.after.prev = t.prev
	}
	t.prev, t.after = nil, nil
	l.n--
}

// taskQueue is a queue of tasks that can run. A task is in it at most once.
type taskQueue struct{ first, last *task }

func (q *taskQueue) pushBack(t *task) {
	if q.last == nil {
		q.first = t
	} else {
		q.last.behind = t
	}
	q.last = t
}

func (q *taskQueue) pushFront(t *task) {
	t.behind = q.first
	q.first = t
	if q.last == nil {
		q.last = t
	}
}

// popFront takes the first task. The queue must not be empty.
func (q *taskQueue) popFront() *task {
	t := q.first
	q.first, t.behind = t.behind, nil
	if q.first == nil {
		q.last = nil
	}
	return t
}
