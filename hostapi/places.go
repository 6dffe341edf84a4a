package hostapi

import "sync"

// Places bound how many operations of one sort are under way at once, as a pool bounds
// connections: an operation that names them in Op.Places is carried out once it has one.
// They are given in the order of asking. Safe for concurrent use.
type Places struct {
	mu          sync.Mutex
	most, taken int
	first, last *Place // that wait, the longest first
	waiting     int
}

// NewPlaces gives n places, all free; at least one.
func NewPlaces(n int) *Places { return &Places{most: max(1, n)} }

// Place is one place, or the wait for one.
type Place struct {
	places     *Places
	ready      func()
	prev, next *Place
	waiting    bool
}

// Ask asks for a place. ready is called once there is one: before Ask returns, or later
// by whoever leaves a place; it must return at once. The core calls it for operations.
func (p *Places) Ask(ready func()) *Place {
	place := &Place{places: p, ready: ready}
	p.mu.Lock()
	free := p.taken < p.most
	if free {
		p.taken++
	} else {
		place.waiting = true
		p.waiting++
		if place.prev = p.last; p.last == nil {
			p.first = place
		} else {
			p.last.next = place
		}
		p.last = place
	}
	p.mu.Unlock()
	if free {
		ready()
	}
	return place
}

// Withdraw ends the wait for a place, and reports whether it did: if not, the place was
// given, and is to be left.
func (w *Place) Withdraw() bool {
	w.places.mu.Lock()
	defer w.places.mu.Unlock()
	if !w.waiting {
		return false
	}
	w.places.remove(w)
	return true
}

// remove takes a wait out. The lock is held.
func (p *Places) remove(w *Place) {
	if w.prev == nil {
		p.first = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		p.last = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.prev, w.next, w.waiting = nil, nil, false
	p.waiting--
}

// Leave gives one place back: to who has waited longest, if anybody waits. Who leaves
// one holds no lock that ready takes.
func (p *Places) Leave() {
	p.mu.Lock()
	next := p.first
	if next == nil {
		p.taken--
	} else {
		p.remove(next)
	}
	p.mu.Unlock()
	if next != nil {
		next.ready()
	}
}

// Count tells how many places there are, how many of them are taken, and how many
// operations wait for one.
func (p *Places) Count() (most, taken, waiting int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.most, p.taken, p.waiting
}
