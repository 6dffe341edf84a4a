package ledger

import "math/bits"

// addresses is a set of addresses of the Go heap, where nothing moves: what a
// census has seen. Unlike a map it can be cleared and filled again at little
// cost. The zero value is empty. Not safe for concurrent use.
type addresses struct {
	slots []uintptr // a power of two of them, at least half of them free; 0 is none
	n     int
}

const (
	fewAddresses  = 256     // the least number of slots
	manyAddresses = 1 << 16 // slots from which on they grow more slowly
	slotsPerLook  = 256
)

// add puts a into the set of a tally. It reports false if it is there already, or 0.
func (s *addresses) add(a uintptr, t *Tally) bool {
	if a == 0 {
		return false
	}
	if 2*s.n >= len(s.slots) {
		s.grow(t)
	}
	if !s.put(a) {
		return false
	}
	s.n++
	return true
}

// put finds the place of a and fills it.
func (s *addresses) put(a uintptr) bool {
	// Fibonacci hashing: the upper bits of the product are well mixed.
	mask := len(s.slots) - 1
	i := int(uint64(a) * 0x9e3779b97f4a7c15 >> (64 - bits.Len(uint(mask))))
	for ; s.slots[i] != a; i = (i + 1) & mask {
		if s.slots[i] == 0 {
			s.slots[i] = a
			return true
		}
	}
	return false
}

// grow makes the set larger. Others have their turn in between.
func (s *addresses) grow(t *Tally) {
	old := s.slots
	n := 4 * len(old)
	if len(old) >= manyAddresses {
		n = 2 * len(old)
	}
	n = max(fewAddresses, n)
	t.reserve(8 * n)
	s.slots = make([]uintptr, n)
	for i, a := range old {
		if a != 0 {
			s.put(a)
		}
		if i%slotsPerLook == slotsPerLook-1 {
			t.Look(slotsPerLook / 4) // without heed of the answer: the set must be whole
		}
	}
}

// clear empties the set. One that is far too large for what it held is dropped,
// or small censuses would take the time to clear it.
func (s *addresses) clear() {
	if len(s.slots) > fewAddresses && s.n < len(s.slots)/32 {
		s.slots = nil
	}
	clear(s.slots)
	s.n = 0
}
