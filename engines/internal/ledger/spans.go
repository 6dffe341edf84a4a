package ledger

import (
	"cmp"
	"slices"
)

// spans are parts of memory that may overlap, such as strings that were cut out
// of others. The zero value is empty. Not safe for concurrent use.
type spans struct{ list []span }

type span struct{ from, to uintptr }

// add puts the n bytes from an address on into the set.
func (s *spans) add(from uintptr, n int) {
	s.list = append(s.list, span{from, from + uintptr(n)})
}

// union gives the number of bytes that the spans cover together.
func (s *spans) union() int64 {
	slices.SortFunc(s.list, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	total, end := uintptr(0), uintptr(0)
	for _, s := range s.list {
		if s.to > end {
			total += s.to - max(s.from, end)
			end = s.to
		}
	}
	return int64(total)
}

// clear empties the set.
func (s *spans) clear() { s.list = s.list[:0] }
