package kernel

import (
	"context"
	"slices"
	"sync"

	"github.com/understudy-run/understudy/core/internal/container"
	"github.com/understudy-run/understudy/hostapi"
)

// DefaultMaxOutside is how many operations outside a runtime has under way at most that
// does not say (40.3).
const DefaultMaxOutside = 20000

// mostThreads is how many operations of a runtime hold a thread at once: those that the
// system lets no goroutine wait for otherwise, as for files (40.3).
const mostThreads = 64

// admitOperation counts one more operation of the process, its host and the runtime.
func (p *process) admitOperation() error {
	p.mu.Lock()
	own := 0
	if a := p.outside(); a != nil {
		own = a.operations.Len()
	}
	p.mu.Unlock()
	if own >= p.limits().Outside {
		return errTooMany()
	}
	if n := p.host.operations.Add(1); p.host.options.MaxOutside > 0 && n > int64(p.host.options.MaxOutside) {
		p.host.operations.Add(-1)
		return errTooMany()
	}
	if p.rt.operations.Add(1) > p.rt.maxOutside {
		p.rt.operations.Add(-1)
		p.host.operations.Add(-1)
		return errTooMany()
	}
	return nil
}

func errTooMany() error { return hostapi.Errorf(hostapi.RateLimited, "too many operations") }

// threads are given to operations that hold one; where there are more operations, the
// processes that have begun them take turns. Its lock may be taken while that of a process
// is held.
type threads struct {
	mu      sync.Mutex
	taken   int
	waiting container.Ordered[*process, *turn] // the next first
}

// turn is a process that waits for threads, with the operations that need them.
type turn struct {
	p     *process
	queue []*operation
}

// ask starts an operation once there is a thread for it.
func (t *threads) ask(o *operation) {
	t.mu.Lock()
	free := t.taken < mostThreads
	switch mine := t.waiting.Find(o.p); {
	case free:
		t.taken++
	case mine == nil:
		t.waiting.Add(o.p, &turn{o.p, []*operation{o}})
	default:
		mine.queue = append(mine.queue, o)
	}
	t.mu.Unlock()
	if free {
		o.threaded = true
		o.start()
	}
}

// leave gives a thread back.
func (t *threads) leave() {
	t.mu.Lock()
	var next *operation
	for first := range t.waiting.All() {
		next, first.queue = first.queue[0], first.queue[1:]
		t.waiting.Remove(first.p)
		if len(first.queue) > 0 {
			t.waiting.Add(first.p, first)
		}
		break
	}
	if next == nil {
		t.taken--
	}
	t.mu.Unlock()
	if next != nil {
		next.threaded = true
		next.start()
	}
}

// withdraw takes an operation out that waits for a thread, and reports whether it did.
func (t *threads) withdraw(o *operation) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	mine := t.waiting.Find(o.p)
	if mine == nil {
		return false
	}
	i := slices.Index(mine.queue, o)
	if i < 0 {
		return false
	}
	if mine.queue = slices.Delete(mine.queue, i, i+1); len(mine.queue) == 0 {
		t.waiting.Remove(o.p)
	}
	return true
}

// growStep is how many bytes an operation reads before they are charged (40.7).
const growStep = 64 << 10

// charged is the context of work, by which hostapi.Grow finds the operation.
type charged struct {
	context.Context
	o *operation
}

// Value implements context.Context.
func (c charged) Value(key any) any {
	if key == (hostapi.Charged{}) {
		return c.o.grow
	}
	return c.Context.Value(key)
}

// grow charges bytes that the work has read to its process.
func (o *operation) grow(n int64) error {
	p := o.p
	grown := o.growth.Add(n)
	if err := o.ctx.Err(); err != nil {
		return err
	}
	if grown/growStep == (grown-n)/growStep {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if !o.waiting {
		return context.Canceled
	}
	more := grown - o.grown
	o.grown += more
	o.away.grown += more
	p.keeps(more, nil)
	if p.end != nil {
		return context.Canceled
	}
	return nil
}
