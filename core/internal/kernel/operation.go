package kernel

import (
	"context"
	"runtime/debug"
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// operation is work outside the runtime for which a task waits. Its fields are
// guarded by the lock of the process; those above the line are fixed.
type operation struct {
	p      *process
	task   *task
	away   *away
	op     hostapi.Op
	work   func(context.Context) (hostapi.Done, error)
	ctx    context.Context
	cancel context.CancelFunc

	timer   schedule.Timer
	place   *hostapi.Place // that the work needs; nil: none
	waiting bool           // the task waits for it; otherwise nobody wants its result
	done    hostapi.Done
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
	o := p.begin(t, op, work, h)
	if err := t.park(); err != nil {
		return hostapi.Done{}, err
	}
	return o.done, nil
}

// begin starts an operation. It leaves the lock held, for the task to park.
func (p *process) begin(t *task, op hostapi.Op, work func(context.Context) (hostapi.Done, error), h Handling) *operation {
	o := &operation{p: p, task: t, op: op, work: work, waiting: true}
	o.ctx, o.cancel = context.WithCancel(p.rt.ctx)
	p.mu.Lock()
	o.away = p.goAway()
	o.away.operations.Add(o, o)
	t.wait.begin(op.Name, true)
	now := p.rt.clock.Now()
	if op.Timeout > 0 {
		o.timer.Fire = func(time.Time) { o.expire() }
		p.rt.timers.Set(&o.timer, now.Add(op.Timeout))
	}
	switch {
	case h.how == answer:
		p.rt.timers.Set(&schedule.Timer{Fire: func(time.Time) { o.deliver(h.done, h.err) }}, now.Add(h.after))
	case op.Places != nil:
		o.place = op.Places.Ask(o.start)
	default:
		o.start()
	}
	return o
}

// start has the work done elsewhere. It takes no lock.
func (o *operation) start() {
	rt := o.p.rt
	if rt.realTime {
		rt.abroad.Add(1)
		go func() {
			defer rt.abroad.Done()
			o.perform()
		}()
		return
	}
	after := time.Duration(rt.NextSeed() % uint64(time.Millisecond))
	rt.timers.Set(&schedule.Timer{Fire: func(time.Time) { o.perform() }}, rt.clock.Now().Add(after))
}

// perform does the work, unless nobody wants it any more.
func (o *operation) perform() {
	// With the lock the task has parked, so that a work that uses the process by
	// mistake finds no task running and gets an error.
	o.p.mu.Lock()
	wanted := o.waiting
	o.p.mu.Unlock()
	if !wanted {
		o.deliver(hostapi.Done{}, nil)
		return
	}
	defer func() {
		if r := recover(); r != nil {
			err := ErrFault(r, debug.Stack())
			o.p.Kill(err, nil)
			o.deliver(hostapi.Done{}, err)
		}
	}()
	o.deliver(o.work(o.ctx))
}

// deliver ends the operation: its result goes to the task, or nobody wants it.
func (o *operation) deliver(d hostapi.Done, err error) {
	p := o.p
	p.mu.Lock()
	taken := o.claim()
	if taken && err == nil {
		o.done = d
		if d.Held != nil {
			o.away.held = append(o.away.held, d.Held)
		}
		o.task.wait.complete(-1, hostapi.Value{}, true, nil, nil)
	} else if taken {
		o.task.wait.complete(-1, hostapi.Value{}, false, hostapi.AsError(err), nil)
	}
	p.mu.Unlock()
	o.cancel()
	if d.Held != nil && (!taken || err != nil) {
		release(d.Held, context.Background(), true)
	}
	if o.place != nil && d.Held == nil {
		o.op.Places.Leave()
	}
	p.mu.Lock()
	o.away.operations.Remove(o)
	o.away.settled()
	p.mu.Unlock()
}

// claim reports whether the task still waits for the result, which from then on it
// does not; an operation that has not begun is over then. The lock is held.
func (o *operation) claim() bool {
	wanted := o.waiting && o.p.end == nil && !o.task.discarded
	o.waiting = false
	if o.place != nil && o.place.Withdraw() {
		o.away.operations.Remove(o)
		o.away.settled()
	}
	if o.timer.Fire != nil {
		o.p.rt.timers.Remove(&o.timer)
	}
	return wanted
}

// expire ends the wait at the timeout, whether or not the work has ended (40.2).
func (o *operation) expire() {
	o.p.mu.Lock()
	if o.claim() {
		err := hostapi.Errorf(hostapi.Timeout, "timed out after %s", o.op.Timeout)
		o.task.wait.complete(-1, hostapi.Value{}, false, err, nil)
	}
	o.p.mu.Unlock()
	o.cancel()
}

// AfterFunc implements hostapi.Outside.
func (p *process) AfterFunc(d time.Duration, f func()) (stop func() bool) {
	rt := p.rt
	t := &schedule.Timer{Fire: func(time.Time) {
		if !rt.realTime {
			f()
			return
		}
		rt.abroad.Add(1)
		go func() {
			defer rt.abroad.Done()
			f()
		}()
	}}
	rt.timers.Set(t, rt.clock.Now().Add(d))
	return func() bool { return rt.timers.Remove(t) }
}
