package ledger

import "testing"

func TestAddressesAreSeenOnce(t *testing.T) {
	var s addresses
	var tally Tally
	for round, n := range []int{10, 100000, 3, 5000} {
		if s.add(0, &tally) {
			t.Error("0 is an address")
		}
		for pass, want := range []bool{true, false} {
			for i := range n {
				if got := s.add(uintptr(0xc000000000+16*i), &tally); got != want {
					t.Fatalf("round %d, pass %d: Add of address %d gave %v", round, pass, i, got)
				}
			}
		}
		if s.n != n {
			t.Errorf("round %d: %d addresses, want %d", round, s.n, n)
		}
		s.clear()
		if s.n != 0 {
			t.Errorf("round %d: %d addresses are left", round, s.n)
		}
	}
}

func TestUnionOfSpans(t *testing.T) {
	for _, c := range []struct {
		spans [][2]int // from, bytes
		want  int64
	}{
		{nil, 0},
		{[][2]int{{100, 50}}, 50},
		{[][2]int{{100, 50}, {100, 50}}, 50},
		{[][2]int{{100, 50}, {200, 50}}, 100},
		{[][2]int{{120, 10}, {100, 50}}, 50},
		{[][2]int{{140, 50}, {100, 50}}, 90},
		{[][2]int{{150, 50}, {100, 50}, {90, 200}}, 200},
	} {
		var s spans
		for range 2 {
			for _, x := range c.spans {
				s.add(uintptr(x[0]), x[1])
			}
			if got := s.union(); got != c.want {
				t.Errorf("%v: %d bytes, want %d", c.spans, got, c.want)
			}
			s.clear()
		}
	}
}
