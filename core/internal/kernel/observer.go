package kernel

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/understudy-run/understudy/core/internal/container"
)

// observer is who is told what happens, one event after the other: the embedding program,
// and whoever looks into the runtime. Who finds that another goroutine is telling leaves
// its event to that one; so those who are told may cause further events without being
// called from within themselves.
type observer struct {
	audience atomic.Pointer[audience] // nil: nobody observes

	mu      sync.Mutex
	events  container.Deque[RuntimeEvent]
	telling bool
}

// audience are those who observe at one time. It is never changed.
type audience struct {
	listeners []*listener
	all       bool // one of them wants what happens all the time
}

type listener struct {
	tell func(RuntimeEvent)
	all  bool
}

// subscribe adds who is told from now on. The function returned takes it away again: an
// event that is being told on another goroutine may still reach it.
func (o *observer) subscribe(all bool, tell func(RuntimeEvent)) (stop func()) {
	l := &listener{tell, all}
	o.change(func(list []*listener) []*listener { return append(slices.Clone(list), l) })
	return func() {
		o.change(func(list []*listener) []*listener {
			return slices.DeleteFunc(slices.Clone(list), func(other *listener) bool { return other == l })
		})
	}
}

func (o *observer) change(f func([]*listener) []*listener) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var list []*listener
	if a := o.audience.Load(); a != nil {
		list = a.listeners
	}
	if list = f(list); len(list) == 0 {
		o.audience.Store(nil)
		return
	}
	all := slices.ContainsFunc(list, func(l *listener) bool { return l.all })
	o.audience.Store(&audience{list, all})
}

// anybody reports whether somebody is told what happens.
func (o *observer) anybody() bool { return o.audience.Load() != nil }

// everything reports whether somebody is told what happens all the time.
func (o *observer) everything() bool {
	a := o.audience.Load()
	return a != nil && a.all
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
	a := o.audience.Load()
	if a == nil {
		return
	}
	o.mu.Unlock()
	defer o.mu.Lock()
	for _, l := range a.listeners {
		l.tell(e)
	}
}

// Observe implements core.Runtime.
func (rt *Runtime) Observe(all bool, tell func(RuntimeEvent)) (stop func()) {
	return rt.observer.subscribe(all, tell)
}
