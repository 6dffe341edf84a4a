package kernel

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// The flags of a process.
const (
	flagDying  = 1 << iota // its end is decided: every call answers ErrKilled
	flagTraced             // a trace is about it, whatever the topic
)

// is reports whether a flag is set.
func (p *process) is(flag uint32) bool { return p.flags.Load()&flag != 0 }

// process is one actor. Its lock guards everything below it; what comes before
// is fixed at creation or atomic. The interpreter state is touched only by the
// running task.
//
// It is not longer than Go's allocator gives in its class of 768 bytes: 8 of them
// it needs itself, and the next class is 896.
//
// At most one process's lock is held at a time. The locks of timers and run queues,
// and those of behaviours, may be taken while it is held; those of names and of scopes
// of groups are taken before it. Never the other way round.
type process struct {
	rt        *Runtime
	host      *Host
	pid       hostapi.PID
	serial    uint64
	started   time.Time
	context   []hostapi.Entry // sorted by key, never changed
	behaviour Behaviour       // what it does
	flags     atomic.Uint32   // flagDying, flagTraced
	remains   atomic.Int32    // of burying and unwinding, what is not yet done
	steps     atomic.Int64    // executed in the whole life; the running task adds
	sent      atomic.Int64    // messages; the running task counts
	memory    atomic.Int64    // charged by the engine; the running task sets it
	noted     int64           // steps when the guard began to watch, which owns it
	runnable  int64           // since when it waits for a worker, in ns of an epoch of the meter; 0: that is not measured

	mu       sync.Mutex
	state    state
	live     bool // the top level has been executed (2.4)
	loading  bool // a top level runs: at creation or in an upgrade
	warned   bool // of a long mailbox
	exceeded bool // the time slice by far, once; the worker's own
	resting  bool // dead, and no worker is about to unwind its stacks
	options  hostapi.Options
	end      *hostapi.Result // decided, by the first cause (2.22)
	entry    *Entry          // whose code runs, in the version loaded
	seldom   *seldom         // nil before there is any of it

	// Coroutines.
	runq    taskQueue // runnable
	current *task
	first   task // of the tasks; here, to save making it
	tasks   taskList
	count   int32 // coroutines alive, manual ones included
	unread  int32 // messages in the mailbox
	worker  int32 // that runs the process, -1 if none
	turns   int32 // that it had on a worker

	// Mailbox.
	views  views
	seq    uint64   // of the item that arrived last
	topic  string   // of the message read last, for crash reports
	sentTo *process // by the last send to a PID; the running task's own

	// Relations.
	links    processSet
	watchers processSet // who monitors this process
	watching processSet // whom it monitors
	creator  Creator    // who hears what becomes of it; nil: nobody

	// Time.
	timers *timerList // nil before the first

	// Budgets.
	slice       int          // steps left of the time slice
	sinceRead   int64        // executed since the last read from the mailbox
	added       int32        // bytes that the core keeps since kept was estimated (17.8)
	kept        atomic.Int32 // by the core for the process when that was estimated last, in KiB
	instance    hostapi.Instance
	upgrade     *upgrade
	seed        uint64
	coroutineID int32 // of the last
	channels    int32 // made
}

// seldom is what few processes have; the others are smaller for it.
type seldom struct {
	names     []string
	witnesses []Witness      // of its end, in the order in which they began to care
	pending   []*process     // being created by this process
	history   []Failure      // of the service or child that it runs for
	away      *away          // outside the runtime
	stop      *hostapi.Error // that it ends with once it only reads messages (71.1)
	talk      *talk          // with others: calls and offers
	deadline  *deadline      // of the earliest cancel
	probes    []*probe       // who want to know where its code stands
	halted    bool           // by who looks into the runtime: nothing of it runs (63.2)
	errands   *errands       // of Go code
	doom      doom           // by a link; zero if no cascade has struck it
	removed   bool           // killed by a supervisor
	late      bool           // killed by the shutdown, for which it did not stop in time
	locals    map[any]any    // of modules
	traces    map[*task]*traced
}

// rarely gives what few processes have, to be changed. The lock is held.
func (p *process) rarely() *seldom {
	if p.seldom == nil {
		p.seldom = &seldom{}
	}
	return p.seldom
}

// rare gives what few processes have, to be read. The lock is held.
func (p *process) rare() seldom {
	if p.seldom == nil {
		return seldom{}
	}
	return *p.seldom
}

// outside gives what the process has outside the runtime, nil if there is nothing. The
// lock is held.
func (p *process) outside() *away {
	if p.seldom == nil {
		return nil
	}
	return p.seldom.away
}

// Process is a process as the neighbours of the kernel know it.
type Process = process

// Task is one of its coroutines, likewise.
type Task = task

type state uint8

const (
	idle    state = iota // nothing to run
	queued               // in the run queue of its host
	running              // on a worker
	stalled              // has something to run, but waits for room to print
	ended                // dead; its stacks may still have to be unwound
)

// resumeSteps is what switching to a coroutine costs of a time slice.
const resumeSteps = 20

// String identifies the process in traces.
func (p *process) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.describe()
}

// describe is String with the lock held.
func (p *process) describe() string { return fmt.Sprintf("%s %s", p.pid, p.entry.ID) }

// enqueue makes the process runnable, if it is not already. The lock is held.
//
// by, here and wherever it is passed down to this, is the process that a worker
// is running on this very goroutine, nil if there is none: only then may the
// woken process be left to that worker, which looks for more work afterwards.
func (p *process) enqueue(by *process) {
	if p.state != idle || p.halted() && p.end == nil {
		return
	}
	p.state = queued
	p.ready(by)
}

// ready puts the process into the run queue of its host. The lock is held.
func (p *process) ready(by *process) {
	from := -1
	if by != nil && by.host == p.host {
		from = int(by.worker)
	}
	if m := &p.rt.meter; m.measuring() {
		p.runnable = m.now()
	}
	p.host.queue.Ready(p, from)
}

// wake makes a task runnable: at the end of the queue of its process (9.3).
// The lock is held.
func (p *process) wake(t *task, by *process) {
	if p.state == ended {
		return
	}
	if p.upgrade != nil && t != p.upgrade.task {
		p.upgrade.held = append(p.upgrade.held, t)
		return
	}
	p.runq.pushBack(t)
	p.enqueue(by)
}

// Step implements Runnable.
func (p *process) Step(worker, slice int) (preempted bool) {
	if p.rt.meter.measuring() {
		s := p.beginStep()
		defer func() { p.endStep(s, preempted) }()
	}
	p.mu.Lock()
	p.worker = int32(worker)
	p.slice = slice
	p.turns++
	if pr := p.rt.profile.Load(); pr != nil {
		pr.seated(p, worker)
	}
	for {
		if p.state == ended {
			p.mu.Unlock()
			p.unwind()
			return false
		}
		p.state = running
		if p.end != nil {
			p.finish()
			return false
		}
		if own := p.seldom; own != nil && own.probes != nil {
			p.answerProbes()
		}
		if p.halted() {
			p.state = idle
			p.worker = -1
			p.mu.Unlock()
			return false
		}
		if p.runq.first == nil {
			if p.deadlocked() {
				p.decide(&hostapi.Result{Err: p.errDeadlock()})
			} else if own := p.seldom; own != nil && own.stop != nil && p.onlyReads() {
				p.decide(&hostapi.Result{Err: own.stop})
			}
			if p.end != nil {
				p.finish()
				return false
			}
			p.state = idle
			p.worker = -1
			p.mu.Unlock()
			return false
		}
		if p.slice <= 0 {
			p.state = queued
			p.worker = -1
			p.mu.Unlock()
			return true
		}
		t := p.runq.popFront()
		p.slice -= resumeSteps
		p.current = t
		p.mu.Unlock()

		outcome := t.resume()

		if outcome != taskParked {
			p.mu.Lock()
		}
		if p.slice < -longSlice {
			p.mu.Unlock()
			p.sliceExceeded(t)
			p.mu.Lock()
		}
		p.current = nil
		switch outcome {
		case taskPreempted:
			p.runq.pushFront(t)
		case taskStalled:
			p.runq.pushFront(t)
			if p.end == nil && p.rt.outlet.await(p) {
				p.state = stalled
				p.worker = -1
				p.mu.Unlock()
				return false
			}
		case taskDone:
			p.tasks.remove(t)
			p.count--
			if p.rt.tracer != nil {
				p.untrace(t, t.failed())
			}
			if t.result != nil {
				p.decide(t.result)
			}
		case taskUpgraded:
			p.mu.Unlock()
			p.replaceCode(t)
			p.mu.Lock()
		}
	}
}

// decide sets the end of the process; the first cause counts (2.22). The lock
// is held.
func (p *process) decide(r *hostapi.Result) bool {
	if p.end != nil {
		return false
	}
	if shown := p.rt.secrets.Error(r.Err); shown != r.Err {
		r = &hostapi.Result{Value: r.Value, Err: shown}
	}
	p.end = r
	p.flags.Or(flagDying)
	return true
}

// deadlocked reports whether every coroutine waits and nothing outside the
// process can wake one (20.11). The lock is held; the run queue is empty.
func (p *process) deadlocked() bool {
	if p.tasks.n == 0 {
		return false
	}
	for t := p.tasks.first; t != nil; t = t.after {
		if t.wait.external {
			return false
		}
	}
	return true
}

// finish ends a process whose end is decided and that no script runs any more:
// the lock is held and released. It runs on the worker of the process.
func (p *process) finish() {
	p.state = ended
	p.mu.Unlock()
	p.rt.bury(p, p)
	p.unwind()
}

// unwind ends the stacks of all tasks that are left: their calls answer
// ErrKilled, so nothing they do is seen. It runs on a worker.
func (p *process) unwind() {
	p.discardTasks(func(*task) bool { return true })
	p.closeInstance()
	p.doneWith()
}

// closeInstance releases the interpreter state. A fault in that must not end
// the worker (2.24).
func (p *process) closeInstance() {
	instance := p.instance
	p.instance = nil
	if instance == nil {
		return
	}
	defer func() {
		if r := recover(); r != nil {
			p.rt.log.Error("engine failed to release a process", "process", p.String(), "panic", r)
		}
	}()
	instance.Close()
}

// doneWith is called once after the burial and once after the unwinding of a
// process, in whatever order these are done: after both nothing is left of it.
func (p *process) doneWith() {
	if p.remains.Add(-1) == 0 {
		p.host.unwound()
	}
}

// discardTasks ends the stacks of some tasks, oldest first.
func (p *process) discardTasks(which func(*task) bool) {
	p.mu.Lock()
	var discarded []*task
	for t := p.tasks.first; t != nil; t = t.after {
		if which(t) {
			discarded = append(discarded, t)
		}
	}
	for _, t := range discarded {
		p.tasks.remove(t)
		p.untrace(t, nil)
		t.wait.withdraw()
		t.discarded = true
	}
	p.mu.Unlock()
	for _, t := range discarded {
		if t.stack == nil { // never ran
			t.done = true
			continue
		}
		p.current = t
		for o := t.resume(); o != taskDone; o = t.resume() {
			if o == taskParked {
				p.mu.Unlock()
			}
		}
	}
	p.current = nil
}

// Kill ends the process with the given error, whatever it does (20.6), unless
// its end was decided before.
func (p *process) Kill(err *hostapi.Error, by *process) {
	p.mu.Lock()
	if p.end == nil && by != nil && by.behaviour.Trusted() {
		p.rarely().removed = true
	}
	dead := p.behaviour.Strike(p, err, true, by)
	if dead {
		p.place(p.next())
	}
	p.mu.Unlock()
	if dead {
		p.rt.bury(p, by)
	}
}

// strikeDown is what a kill does to a process that is no part of the runtime: it
// decides that it ends with err, unless that was decided before. If no worker is
// running it, it is dead from now on, which needs no worker: strikeDown reports
// true, and the caller buries it once it has released the lock. Otherwise its task
// is stopped at its next call or tick. The lock is held.
func (p *process) strikeDown(err *hostapi.Error) (dead bool) {
	if !p.decide(&hostapi.Result{Err: err}) {
		return false
	}
	switch p.state {
	case idle, stalled:
		p.state, p.resting = ended, true
		return true
	case queued:
		p.state = ended
		return true
	}
	return false
}
