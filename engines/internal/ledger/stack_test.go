package ledger

import "testing"

func TestStackGivesTheLastFirst(t *testing.T) {
	var s Stack[*int]
	var want []*int
	push := func(n int) {
		for range n {
			v := new(int)
			s.Push(v)
			want = append(want, v)
		}
	}
	pop := func(n int) {
		t.Helper()
		for range n {
			v, ok := s.Pop()
			if !ok || v != want[len(want)-1] {
				t.Fatalf("%d are left: popped %p, %v", len(want), v, ok)
			}
			want = want[:len(want)-1]
		}
	}
	for range 2 {
		for _, n := range []int{1, chunk, chunk + 1, 3 * chunk} {
			push(n)
			pop(n / 2)
			push(n)
			pop(len(want))
			if v, ok := s.Pop(); ok {
				t.Fatalf("popped %p of an empty stack", v)
			}
		}
		push(5*chunk + 7)
		s.Clear()
		want = nil
	}
	for _, chunk := range [][]*int{s.top[:cap(s.top)], s.spare[:cap(s.spare)]} {
		for i, v := range chunk {
			if v != nil {
				t.Fatalf("element %d is still referred to after Clear", i)
			}
		}
	}
}
