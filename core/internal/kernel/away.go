package kernel

import (
	"context"
	"slices"
	"time"

	"github.com/understudy-run/understudy/core/internal/container"
	"github.com/understudy-run/understudy/hostapi"
)

// releaseTime is how long the end of a process waits at most for what it held and
// for its operations (40.9).
const releaseTime = time.Second

// away is what a process has outside the runtime: operations under way, what it
// holds, feeds. It is guarded by the lock of the process.
type away struct {
	operations container.Ordered[*operation, *operation]
	held       []hostapi.Held // in order of opening
	feeds      []*feed        // that are open
	grown      int64          // bytes that operations have read and not delivered
	releasing  int            // releases under way that no operation stands for
	idle       chan struct{}  // closed when nothing of these is left, if somebody waits for that
}

// goAway gives what the process has outside, nothing at first. The lock is held.
func (p *process) goAway() *away {
	own := p.rarely()
	if own.away == nil {
		own.away = &away{}
		own.witnessedBy(own.away)
	}
	return own.away
}

// recall tells all operations that nobody waits for them, closes the feeds, and
// takes what is held, in the order in which it is to be released. The lock is held.
func (a *away) recall() (held []hostapi.Held) {
	var dropped []hostapi.Held
	for o := range a.operations.All() {
		if o.waiting && o.span != nil {
			o.span.End(o.p.rt.clock.Now(), hostapi.Errorf(hostapi.Canceled, "nobody waits any more"))
		}
		_, more := o.stop()
		dropped = append(dropped, more...)
	}
	for _, f := range a.feeds {
		f.end()
	}
	held = a.held
	a.held, a.feeds = nil, nil
	slices.Reverse(held)
	return append(held, dropped...)
}

// settled closes idle if no operation and no release is left. The lock is held.
func (a *away) settled() {
	if a.idle != nil && a.operations.Len()+a.releasing == 0 {
		close(a.idle)
		a.idle = nil
	}
}

// whenIdle gives a channel that is closed when no operation and no release is left. The
// lock is held.
func (a *away) whenIdle() <-chan struct{} {
	idle := make(chan struct{})
	a.idle = idle
	a.settled()
	return idle
}

// stuck names the oldest operation that has not returned, "" if all have. The lock is
// held.
func (a *away) stuck() string {
	for o := range a.operations.All() {
		return o.op.Name
	}
	return ""
}

// busy reports whether an end has to wait for anything. The lock is held.
func (a *away) busy() bool {
	return len(a.held) > 0 || a.operations.Len()+a.releasing > 0
}

// Departed implements Witness: nobody reads the feeds any more. What is held is
// released later, by buryOne.
func (a *away) Departed(p *process, _ []string, _ *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, f := range a.feeds {
		f.end()
	}
}

// Replaced implements Witness: what the old code has outside goes with it (40.11).
func (a *away) Replaced(p *process) {
	p.mu.Lock()
	held := a.recall()
	p.mu.Unlock()
	a.release(p, held, false)
}

// release releases what is held no more, while the process goes on; its end waits for
// that. No lock is held.
func (a *away) release(p *process, held []hostapi.Held, failed bool) {
	if len(held) == 0 {
		return
	}
	p.mu.Lock()
	a.releasing++
	p.mu.Unlock()
	p.rt.releaseAll(held, failed, func() {
		p.mu.Lock()
		a.releasing--
		a.settled()
		p.mu.Unlock()
	})
}

// releaseAll releases what is held, on another goroutine, and then calls done. In a
// simulated run it does that before it returns.
func (rt *Runtime) releaseAll(held []hostapi.Held, failed bool, done func()) {
	all := func() {
		defer done()
		ctx, cancel := context.WithTimeout(context.Background(), releaseTime)
		defer cancel()
		for _, h := range held {
			release(h, ctx, failed)
		}
	}
	if !rt.realTime {
		all()
		return
	}
	rt.abroad.do(all)
}

// release releases one thing. A panic in that must not end the program (2.24).
func release(h hostapi.Held, ctx context.Context, failed bool) {
	defer func() { _ = recover() }()
	h.Release(ctx, failed)
}

// Release implements hostapi.Outside.
func (p *process) Release(h hostapi.Held) (bool, error) {
	t := p.current
	if err := p.EnterToWait(); err != nil {
		return false, err
	}
	p.mu.Lock()
	a := p.outside()
	known := a != nil && slices.Contains(a.held, h)
	p.mu.Unlock()
	if !known {
		return false, nil
	}
	o := &operation{p: p, task: t, op: hostapi.Op{Name: "release"}, work: func(ctx context.Context) (hostapi.Done, error) {
		p.mu.Lock()
		i := slices.Index(a.held, h)
		if i >= 0 {
			a.held = slices.Delete(a.held, i, i+1)
		}
		p.mu.Unlock()
		if i >= 0 {
			release(h, ctx, false)
		}
		return hostapi.Done{Value: hostapi.Bool(i >= 0)}, nil
	}}
	o.begin(Perform())
	if err := t.park(); err != nil {
		return false, err
	}
	return o.done.Value.Bool(), nil
}
