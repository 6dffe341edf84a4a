package kernel

import (
	"sync"
	"time"
)

// burst bounds how many records of one sort are logged in a second; those beyond
// are counted by key, and told as counts. What fails or is lost again and again
// must not fill a disk.
type burst[K comparable] struct {
	rate int                // records in a second
	tell func(key K, n int) // logs how many were not

	mu     sync.Mutex
	second time.Time
	logged int
	order  []K // keys of suppressed, in the order they came
	more   map[K]int
}

// admit reports whether a record may be logged now.
func (b *burst[K]) admit(now time.Time, key K) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if now.Sub(b.second) >= time.Second {
		b.tellAll()
		b.second, b.logged = now, 0
	}
	if b.logged < b.rate {
		b.logged++
		return true
	}
	if b.more == nil {
		b.more = make(map[K]int)
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
