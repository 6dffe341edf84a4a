package golua

import (
	"sync"
	"sync/atomic"
	"weak"

	"github.com/understudy-run/understudy/hostapi"
)

// place is what a manual coroutine takes of max_coroutines. It refers to nothing
// that keeps the coroutine or its process alive.
type place struct {
	co   weak.Pointer[coroutine]
	left bool
}

// leave gives the place back, once.
func (p *place) leave(t hostapi.Task) {
	if !p.left {
		p.left = true
		t.RemoveCoroutine()
		t.Grow(-stateSize)
	}
}

// lost are the places of manual coroutines whose handles are garbage. The
// garbage collector adds to them, the process's running task takes them.
type lost struct {
	some   atomic.Bool
	mu     sync.Mutex
	places []*place
}

func (lo *lost) add(p *place) {
	lo.mu.Lock()
	lo.places = append(lo.places, p)
	lo.mu.Unlock()
	lo.some.Store(true)
}

// reap ends the manual coroutines that the script has lost.
func (th *thread) reap() {
	lo := th.in.lost
	if !lo.some.Load() {
		return
	}
	lo.mu.Lock()
	lo.some.Store(false)
	places := lo.places
	lo.places = nil
	lo.mu.Unlock()
	for _, p := range places {
		if co := p.co.Value(); co != nil {
			delete(th.in.suspended, co)
			co.unwind()
		}
		p.leave(th.run.task)
	}
}
