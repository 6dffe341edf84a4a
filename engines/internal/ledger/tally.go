package ledger

import "reflect"

// Tally adds up what a census finds, each thing once. The zero value is empty.
// Its tables serve one census after the other. Not safe for concurrent use.
type Tally struct {
	Bytes int64 // found so far, without large strings
	seen  addresses
	large spans
}

const (
	shortString = 64   // not worth a look whether it was seen
	largeString = 4096 // parts of it may be seen too
)

// First reports whether what is at an address is seen for the first time. It is
// false for address 0.
func (t *Tally) First(address uintptr) bool { return t.seen.add(address) }

// Text adds the bytes of a string. A short one counts each time, another once;
// what is cut out of a large one shares its memory. It reports whether Bytes has
// grown.
func (t *Tally) Text(s reflect.Value) bool {
	n := s.Len()
	switch {
	case n < shortString:
	case n >= largeString:
		t.large.add(s.Pointer(), n)
		return false
	case !t.seen.add(s.Pointer()):
		return false
	}
	t.Bytes += int64(n)
	return n > 0
}

// Total gives what was found.
func (t *Tally) Total() int64 { return t.Bytes + t.large.union() }

// Clear empties the tally.
func (t *Tally) Clear() {
	t.seen.clear()
	t.large.clear()
	t.Bytes = 0
}
