package kernel

import (
	"context"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// stuckTime is how long an operation that was told to stop may take for that before it
// is logged (40.6).
const stuckTime = 10 * time.Second

// operation is work outside the runtime for which a task waits. Its fields are
// guarded by the lock of the process; those above the line are fixed.
type operation struct {
	p      *process
	host   *Host
	entry  string // of the code that has begun it
	task   *task
	away   *away
	op     hostapi.Op
	work   func(context.Context) (hostapi.Done, error)
	ctx    context.Context
	cancel context.CancelFunc
	began  time.Time
	counts bool // against the limits of 40.3

	timer    schedule.Timer  // of the timeout
	late     *schedule.Timer // of stuckTime, once it was told to stop
	due      *schedule.Timer // of an answer in place of the work, or of work in a simulated run
	place    *hostapi.Place  // that the work needs; nil: none
	waiting  bool            // the task waits for it; otherwise nobody wants its result
	over     bool            // nothing is left of it
	threaded bool            // it has a thread
	grown    int64           // bytes charged (40.7)
	done     hostapi.Done

	span   hostapi.Span // nil: nothing is traced
	growth atomic.Int64 // bytes read
	begun  atomic.Bool  // it waits for no place and no thread
}

// Await implements hostapi.Outside.
func (p *process) Await(op hostapi.Op, work func(context.Context) (hostapi.Done, error)) (hostapi.Done, error) {
	t := p.current
	if err := p.EnterToWait(); err != nil {
		return hostapi.Done{}, err
	}
	h := p.rt.handling(p.entry.ID, op)
	if h.how == refuse {
		return hostapi.Done{}, hostapi.AsError(h.err)
	}
	if err := p.admitOperation(); err != nil {
		return hostapi.Done{}, err
	}
	o := &operation{p: p, task: t, op: op, work: work, counts: true}
	o.begin(h)
	if err := t.park(); err != nil {
		return hostapi.Done{}, err
	}
	return o.done, nil
}

// begin starts the operation. It leaves the lock held, for the task to park.
func (o *operation) begin(h Handling) {
	p := o.p
	o.ctx, o.cancel = context.WithCancel(p.rt.ctx)
	o.host, o.entry, o.waiting = p.host, p.entry.ID, true
	o.began = p.rt.clock.Now()
	p.mu.Lock()
	o.away = p.goAway()
	o.away.operations.Add(o, o)
	o.task.wait.begin(o.op.Name, true)
	o.outward()
	if o.op.Timeout > 0 {
		o.timer.Fire = func(time.Time) { o.expire() }
		p.rt.timers.Set(&o.timer, o.began.Add(o.op.Timeout))
	}
	switch {
	case h.how == answer:
		o.begun.Store(true)
		o.due = &schedule.Timer{Fire: func(time.Time) { o.deliver(h.done, h.err) }}
		o.done = h.done
		p.rt.timers.Set(o.due, o.began.Add(h.after))
	case o.op.Places != nil:
		o.place = o.op.Places.Ask(o.enter)
	default:
		o.enter()
	}
}

// enter begins the work, once there is a thread for it if it holds one. It takes no lock
// of a process.
func (o *operation) enter() {
	if o.op.Thread {
		o.p.rt.threads.ask(o)
	} else {
		o.start()
	}
}

// start has the work done elsewhere. It takes no lock of a process.
func (o *operation) start() {
	o.begun.Store(true)
	rt := o.p.rt
	if rt.realTime {
		rt.abroad.do(o.perform)
		return
	}
	after := time.Duration(rt.NextSeed() % uint64(time.Millisecond))
	o.due = &schedule.Timer{Fire: func(time.Time) { o.perform() }}
	rt.timers.Set(o.due, rt.clock.Now().Add(after))
}

// perform does the work, unless nobody wants it any more.
func (o *operation) perform() {
	// With the lock the task has parked, so that a work that uses the process by
	// mistake finds no task running and gets an error.
	o.p.mu.Lock()
	wanted := o.waiting
	o.p.mu.Unlock()
	var d hostapi.Done
	var err error
	if wanted {
		d, err = o.safely()
	}
	if o.threaded {
		o.p.rt.threads.leave()
	}
	o.deliver(d, err)
}

// safely does the work; a panic in it fails the process (40.8).
func (o *operation) safely() (d hostapi.Done, err error) {
	defer func() {
		if r := recover(); r != nil {
			fault := ErrFault(r, debug.Stack())
			o.p.Kill(fault, nil)
			d, err = hostapi.Done{}, fault
		}
	}()
	return o.work(charged{o.ctx, o})
}

// deliver ends the operation: its result goes to the task, or nobody wants it.
func (o *operation) deliver(d hostapi.Done, err error) {
	p := o.p
	p.mu.Lock()
	taken := o.claim()
	if d.Ended != nil {
		o.away.held = slices.DeleteFunc(o.away.held, func(h hostapi.Held) bool { return h == d.Ended })
	}
	if taken && err == nil && d.Held != nil && len(o.away.held) >= p.limits().Handles {
		err = hostapi.Errorf(hostapi.RateLimited, "too many open handles")
	}
	if taken && err == nil {
		o.done = d
		if d.Held != nil {
			o.away.held = append(o.away.held, d.Held)
		}
		o.task.wait.complete(-1, hostapi.Value{}, true, nil, nil)
	} else if taken {
		o.task.wait.complete(-1, hostapi.Value{}, false, hostapi.AsError(err), nil)
	}
	// Who has the result may begin another one at once, which counts in place of this.
	drop := d.Held != nil && (!taken || err != nil)
	if !drop {
		o.finish()
	}
	p.mu.Unlock()
	o.cancel()
	if taken {
		o.tell(d, err)
	}
	if drop {
		release(d.Held, context.Background(), true)
		p.mu.Lock()
		o.finish()
		p.mu.Unlock()
	}
	if o.place != nil && d.Held == nil {
		o.op.Places.Leave()
	}
}

// claim reports whether the task still waits for the result, which from then on it does
// not. The lock is held.
func (o *operation) claim() bool {
	wanted := o.waiting && o.p.end == nil && !o.task.discarded
	o.waiting = false
	if o.timer.Fire != nil {
		o.p.rt.timers.Remove(&o.timer)
	}
	return wanted
}

// stop lets nobody wait for the result any more, and tells the work to stop; an operation
// that has not begun is over. It reports what claim does, and gives what an answer would
// have brought, to be released. The lock is held.
func (o *operation) stop() (wanted bool, dropped []hostapi.Held) {
	wanted = o.claim()
	rt := o.p.rt
	switch {
	case o.over:
	case o.due != nil:
		if !rt.timers.Remove(o.due) {
			break
		}
		if o.finish(); o.done.Held != nil {
			dropped = []hostapi.Held{o.done.Held}
		}
		if o.threaded {
			rt.threads.leave()
		}
		if o.place != nil {
			o.op.Places.Leave()
		}
	case o.place != nil && o.place.Withdraw():
		o.finish()
	case o.op.Thread && rt.threads.withdraw(o):
		if o.finish(); o.place != nil {
			o.op.Places.Leave()
		}
	case rt.realTime && o.late == nil:
		o.late = &schedule.Timer{Fire: func(time.Time) { o.stuck() }}
		rt.timers.Set(o.late, rt.clock.Now().Add(stuckTime))
	}
	o.cancel()
	return wanted, dropped
}

// finish takes the operation off the books. The lock is held.
func (o *operation) finish() {
	if o.over {
		return
	}
	o.over = true
	if o.late != nil {
		o.p.rt.timers.Remove(o.late)
	}
	if o.counts {
		o.p.rt.operations.Add(-1)
		o.host.operations.Add(-1)
	}
	o.away.grown -= o.grown
	o.away.operations.Remove(o)
	o.away.settled()
}

// expire ends the wait at the timeout, whether or not the work has ended (40.2).
func (o *operation) expire() {
	o.p.mu.Lock()
	wanted, dropped := o.stop()
	err := hostapi.Errorf(hostapi.Timeout, "timed out after %s", o.op.Timeout)
	if wanted {
		o.task.wait.complete(-1, hostapi.Value{}, false, err, nil)
	}
	o.p.mu.Unlock()
	if wanted {
		o.tell(hostapi.Done{}, err)
	}
	o.away.release(o.p, dropped, true)
}

// stuck tells that the work has not stopped (40.6).
func (o *operation) stuck() {
	o.p.mu.Lock()
	over := o.over
	o.p.mu.Unlock()
	if !over {
		o.p.rt.Emit(OutsideStuck{PID: o.p.pid, Entry: o.entry, Op: o.op.Name, After: stuckTime})
	}
}

// tell tells that the call has got its result.
func (o *operation) tell(d hostapi.Done, err error) {
	rt := o.p.rt
	if o.span != nil {
		o.span.End(rt.clock.Now(), rt.secrets.Error(errorOf(err)))
	}
	if o.counts && rt.meter.measuring() {
		rt.meter.outsideDone(o.op, err, rt.clock.Now().Sub(o.began))
	}
	if !o.counts || !rt.observed() {
		return
	}
	e := OutsideDone{PID: o.p.pid, Entry: o.entry, Op: o.op, Took: rt.clock.Now().Sub(o.began), Result: d.Value}
	if err != nil {
		e.Result, e.Err = hostapi.Value{}, rt.secrets.Error(hostapi.AsError(err))
	}
	rt.Emit(e)
}

// errorOf is hostapi.AsError, nil if there is none.
func errorOf(err error) *hostapi.Error {
	if err == nil {
		return nil
	}
	return hostapi.AsError(err)
}

// AfterFunc implements hostapi.Outside.
func (p *process) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	rt := p.rt
	t := &schedule.Timer{Fire: func(time.Time) {
		if !rt.realTime {
			f()
			return
		}
		rt.abroad.do(f)
	}}
	rt.timers.Set(t, rt.clock.Now().Add(d))
	return func() bool { return rt.timers.Remove(t) }
}
