package ledger

// Stack is what a census has yet to look into, which may be a million things. It
// grows by chunks: nothing is copied, which would hold everybody up. The zero value
// is empty. Not safe for concurrent use.
type Stack[T any] struct {
	full  [][]T
	top   []T
	spare []T // an empty chunk, so that one comes and goes only once in a while
}

const chunk = 1024 // elements

// Push puts v on top.
func (s *Stack[T]) Push(v T) {
	if len(s.top) == cap(s.top) {
		s.extend()
	}
	s.top = append(s.top, v)
}

func (s *Stack[T]) extend() {
	if cap(s.top) > 0 {
		s.full = append(s.full, s.top)
	}
	if s.top, s.spare = s.spare, nil; s.top == nil {
		s.top = make([]T, 0, chunk)
	}
}

// Pop takes what is on top. It reports false if there is nothing.
func (s *Stack[T]) Pop() (v T, ok bool) {
	last := len(s.top) - 1
	if last < 0 {
		n := len(s.full) - 1
		if n < 0 {
			return v, false
		}
		s.spare, s.top = s.top, s.full[n]
		s.full[n] = nil
		s.full = s.full[:n]
		last = len(s.top) - 1
	}
	v = s.top[last]
	var none T
	s.top[last] = none
	s.top = s.top[:last]
	return v, true
}

// Clear empties the stack. It keeps one chunk.
func (s *Stack[T]) Clear() {
	clear(s.top)
	*s = Stack[T]{top: s.top[:0]}
}
