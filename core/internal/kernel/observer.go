package kernel

import (
	"sync"

	"github.com/understudy-run/understudy/core/internal/container"
)

// observer is the embedding program as it is told what happens: one event after the
// other. Who finds that another goroutine is telling leaves its event to that one; so
// the observer may cause further events without being called from within itself.
type observer struct {
	tell func(RuntimeEvent) // nil: nobody observes

	mu      sync.Mutex
	events  container.Deque[RuntimeEvent]
	telling bool
}

// observe tells an event, unless that is done by whoever is telling already. No
// lock is held.
func (o *observer) observe(e RuntimeEvent) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.events.PushBack(e)
	if o.telling {
		return
	}
	o.telling = true
	for o.events.Len() > 0 {
		o.tellNext()
	}
	o.telling = false
}

// tellNext tells the oldest event, without the lock.
func (o *observer) tellNext() {
	e := o.events.PopFront()
	o.mu.Unlock()
	defer o.mu.Lock()
	o.tell(e)
}
