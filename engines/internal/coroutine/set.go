package coroutine

import (
	"runtime"
	"sync"
	"sync/atomic"
	"weak"
)

// Set are the manual coroutines of one process. It is used by one goroutine at a
// time. The zero Set is empty.
type Set[V any] struct {
	started map[*Coroutine[V]]struct{} // those that have a coroutine of Go
	lost    *lost[V]
}

// lost are the places of coroutines whose handles are garbage. The garbage
// collector adds to them, the process's running task takes them.
type lost[V any] struct {
	some   atomic.Bool
	mu     sync.Mutex
	places []*place[V] // guarded by mu
}

func (lo *lost[V]) add(p *place[V]) {
	lo.mu.Lock()
	lo.places = append(lo.places, p)
	lo.mu.Unlock()
	lo.some.Store(true)
}

func (lo *lost[V]) take() []*place[V] {
	if lo == nil || !lo.some.Load() {
		return nil
	}
	lo.mu.Lock()
	defer lo.mu.Unlock()
	lo.some.Store(false)
	places := lo.places
	lo.places = nil
	return places
}

// New makes a suspended coroutine.
func (s *Set[V]) New(body Body[V]) *Coroutine[V] {
	co := &Coroutine[V]{body: body, place: &place[V]{}}
	co.place.co = weak.Make(co)
	return co
}

// Track makes handle the script's value of co: when it is garbage, so is co.
func Track[V, H any](s *Set[V], co *Coroutine[V], handle *H) {
	if s.lost == nil {
		s.lost = &lost[V]{}
	}
	runtime.AddCleanup(handle, s.lost.add, co.place)
}

// Reap ends the coroutines that the script has lost and gives the number of
// those that had not ended.
func (s *Set[V]) Reap() int {
	n := 0
	for _, p := range s.lost.take() {
		if co := p.co.Value(); co != nil {
			delete(s.started, co)
			co.unwind()
		}
		if p.leave() {
			n++
		}
	}
	return n
}

// Close ends all coroutines that are suspended.
func (s *Set[V]) Close() {
	for co := range s.started {
		co.unwind()
	}
	s.started = nil
}
