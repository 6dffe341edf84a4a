package kernel

import (
	"sync"
	"time"
)

// burst bounds how many records of one sort are logged in a second; those beyond
// are counted by key, and told as counts. What fails or is lost again and again
// must not fill a disk, nor hide the rest (64.4).
type burst[K comparable] struct {
	rate int                // records in a second
	each int                // of them of one key; 0: as many
	rest func(key K) K      // the key of those beyond rate; nil: their own
	tell func(key K, n int) // logs how many were not
	// later calls a function after a time, so that the counts do not wait for the next
	// record; nil: they do.
	later func(d time.Duration, f func())

	mu     sync.Mutex
	second time.Time
	logged int
	seen   map[K]int // how often one was logged, with each
	order  []K       // keys of suppressed, in the order they came
	more   map[K]int
}

// admit reports whether a record may be logged now.
func (b *burst[K]) admit(now time.Time, key K) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.second) >= time.Second {
		b.tellAll()
		b.second, b.logged, b.seen = now, 0, nil
	}
	switch {
	case b.logged >= b.rate:
		if b.rest != nil {
			key = b.rest(key)
		}
	case b.each == 0:
		b.logged++
		return true
	case b.seen[key] < b.each:
		if b.seen == nil {
			b.seen = make(map[K]int)
		}
		b.seen[key]++
		b.logged++
		return true
	}
	if b.more == nil {
		b.more = make(map[K]int)
		if b.later != nil {
			b.later(b.second.Add(time.Second).Sub(now), b.flush)
		}
	}
	if b.more[key]++; b.more[key] == 1 {
		b.order = append(b.order, key)
	}
	return false
}

// flush tells what no further record may come to tell.
func (b *burst[K]) flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.tellAll()
}

// tellAll logs the counts. The lock is held.
func (b *burst[K]) tellAll() {
	for _, key := range b.order {
		b.tell(key, b.more[key])
	}
	b.order, b.more = nil, nil
}
