package ledger

import (
	"cmp"
	"slices"
)

// Spans are parts of memory that may overlap, such as strings that were cut out
// of others. The zero value is empty. Not safe for concurrent use.
type Spans struct{ spans []span }

type span struct{ from, to uintptr }

// Add puts the n bytes from an address on into the set.
func (s *Spans) Add(from uintptr, n int) {
	s.spans = append(s.spans, span{from, from + uintptr(n)})
}

// Union gives the number of bytes that the spans cover together.
func (s *Spans) Union() int64 {
	slices.SortFunc(s.spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	total, end := uintptr(0), uintptr(0)
	for _, s := range s.spans {
		if s.to > end {
			total += s.to - max(s.from, end)
			end = s.to
		}
	}
	return int64(total)
}

// Clear empties the set.
func (s *Spans) Clear() { s.spans = s.spans[:0] }
