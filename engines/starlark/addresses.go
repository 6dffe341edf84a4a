package starlark

import "math/bits"

// addresses is a set of addresses of the Go heap, where nothing moves. Unlike a
// map it can be cleared and filled again at little cost. The zero value is empty.
type addresses struct {
	slots []uintptr // a power of two of them, at least half of them free; 0 is none
	n     int
}

// add puts a into the set. It reports false if it is there already, or nil.
func (s *addresses) add(a uintptr) bool {
	if a == 0 {
		return false
	}
	if 2*s.n >= len(s.slots) {
		s.grow()
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
	i := int(uint64(a) * 0x9e3779b97f4a7c15 >> (64 - bits.Len(uint(len(s.slots)-1))))
	for ; s.slots[i] != a; i = (i + 1) & (len(s.slots) - 1) {
		if s.slots[i] == 0 {
			s.slots[i] = a
			return true
		}
	}
	return false
}

func (s *addresses) grow() {
	old := s.slots
	s.slots = make([]uintptr, max(1024, 2*len(old)))
	for _, a := range old {
		if a != 0 {
			s.put(a)
		}
	}
}

// clear empties the set. One that is far too large for what it held is dropped,
// or small censuses would take the time to clear it.
func (s *addresses) clear() {
	if len(s.slots) > 1024 && s.n < len(s.slots)/16 {
		s.slots = nil
	}
	clear(s.slots)
	s.n = 0
}
