package lualib

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestTables(t *testing.T) {
	check(t, []example{
		{"table.concat", in(list("a", 1, 2.5, "b"), ", "), `"a, 1, 2.5, b"`},
		{"table.concat", in(list(1e15, 0.1)), `"10000000000000000.1"`},
		{"table.concat", in(list("a", "b", "c"), "-", 2, 3), `"b-c"`},
		{"table.concat", in(list()), `""`},
		{"table.concat", in(list("a", true)), `error: invalid value (at index 2) in table for 'concat'`},
		{"table.concat", in(list("a"), "", 1, 1e9), `error: invalid value (at index 2) in table for 'concat'`},
		{"table.concat", in("x"), `error: bad argument #1 to 'concat' (table expected, got string)`},
		{"table.pack", in(1, nil, "x", nil), `{1}`},
		{"table.pack", in(), `{}`},
		{"table.unpack", in(list(1, 2, 3)), `1 2 3`},
		{"table.unpack", in(list(1, 2, 3), 2), `2 3`},
		{"table.unpack", in(list(1), -1, 2), `nil nil 1 nil`},
		{"table.unpack", in(list(), 1, 1e8), `error: too many results to unpack`},
		{"unpack", in(list("a", "b")), `"a" "b"`},
		{"table.remove", in(list(1, 2, 3)), `3`},
		{"table.remove", in(list(1, 2, 3), 1), `1`},
		{"table.remove", in(list()), `nil`},
		{"table.remove", in(list(1), 9), `error: bad argument #2 to 'remove' (position out of bounds)`},
		{"table.insert", in(list(1), 5, "x"), `error: bad argument #2 to 'insert' (position out of bounds)`},
		{"table.insert", in(list(1)), `error: wrong number of arguments to 'insert'`},
		{"table.insert", in(list(1), 1, 2, 3), `error: wrong number of arguments to 'insert'`},
		{"table.sort", in(list(1), 5), `error: bad argument #2 to 'sort' (function expected, got number)`},
		{"table.sort", in(list(1, "x")), `error: attempt to compare string with number`},
		{"table.sort", in(list(2, 1), named["throw"]), `error: thrown by the script`},
	})
}

func TestPackSetsN(t *testing.T) {
	results, err := run(t, &budget{}, tablePack, 1, nil, nil)
	if err != nil || results[0].(*mtable).named["n"] != 3.0 {
		t.Fatalf("n is %v, %v; want 3", results, err)
	}
}

func TestLengthHonoursLen(t *testing.T) {
	long := list("a", "b")
	long.len = func() (int, error) { return 1, nil }
	failing := list()
	failing.len = func() (int, error) { return 0, errScript }
	check(t, []example{
		{"table.unpack", in(long), `"a"`},
		{"table.concat", in(long), `"a"`},
		{"table.sort", in(failing), `error: thrown by the script`},
		{"table.insert", in(failing, 1), `error: thrown by the script`},
	})
}

func numbers(n int) *mtable {
	t := list()
	for i := range n {
		t.set(i+1, float64((i*7919)%n))
	}
	return t
}

func TestSort(t *testing.T) {
	less := mfunc(func(a []Value) ([]Value, error) { return in(a[0].(float64) < a[1].(float64)), nil })
	for _, n := range []int{0, 1, 2, 7, 8, 9, 16, 17, 100, 1000} {
		for _, comparator := range []Value{nil, less} {
			table := numbers(n)
			want := make([]float64, n)
			for i := range want {
				want[i] = table.items[i+1].(float64)
			}
			slices.Sort(want)
			if _, err := run(t, &budget{}, tableSort, table, comparator); err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if table.items[i+1] != want[i] {
					t.Fatalf("n = %d: element %d is %v, want %v", n, i+1, table.items[i+1], want[i])
				}
			}
		}
	}
}

// An inconsistent comparator gives an unspecified order (19.7): it neither
// panics nor runs for ever nor loses an element.
func TestSortWithInconsistentComparators(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for name, answer := range map[string]func() Value{
		"always": func() Value { return true },
		"never":  func() Value { return nil },
		"random": func() Value { return r.IntN(2) == 0 },
		"number": func() Value { return 0.0 }, // true in Lua
	} {
		calls := 0
		table := numbers(1000)
		_, err := run(t, &budget{}, tableSort, table, mfunc(func([]Value) ([]Value, error) {
			calls++
			return in(answer()), nil
		}))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if calls > 20000 {
			t.Errorf("%s: %d calls for 1000 elements", name, calls)
		}
		var seen [1000]bool
		for i := range 1000 {
			seen[int(table.items[i+1].(float64))] = true
		}
		if slices.Contains(seen[:], false) {
			t.Errorf("%s: an element is lost", name)
		}
	}
}

// A failed sort leaves the table as it was, whatever the comparator did.
func TestFailedSortChangesNothing(t *testing.T) {
	table := numbers(100)
	calls := 0
	_, err := run(t, &budget{}, tableSort, table, mfunc(func(a []Value) ([]Value, error) {
		if calls++; calls == 50 {
			return nil, errScript
		}
		return in(a[0].(float64) < a[1].(float64)), nil
	}))
	if !errors.Is(err, errScript) {
		t.Fatalf("error %v", err)
	}
	for i, v := range numbers(100).items {
		if table.items[i] != v {
			t.Fatalf("element %d is %v, want %v", i, table.items[i], v)
		}
	}
}

func TestSelect(t *testing.T) {
	check(t, []example{
		{"select", in("#"), `0`},
		{"select", in("#", nil, nil), `2`},
		{"select", in(2, "a", "b", "c"), `"b" "c"`},
		{"select", in(-1, "a", "b", "c"), `"c"`}, // 19.7
		{"select", in(9, "a"), ``},
		{"select", in(0, "a"), `error: bad argument #1 to 'select' (index out of range)`},
		{"select", in(-2, "a"), `error: bad argument #1 to 'select' (index out of range)`},
	})
}

// Work on large data counts as steps in proportion (20.5) and ends at a kill
// (20.6); memory is asked for before it is taken (hostapi.Task.Grow).
func TestLargeWorkIsCharged(t *testing.T) {
	long := make([]byte, 1<<20)
	for i := range long {
		long[i] = 'a' + byte(i%26)
	}
	s := string(long)
	many := numbers(20000)
	words := list()
	for i := range 20000 {
		words.set(i+1, "word")
	}
	argsMany := make([]Value, 20000)
	for i := range argsMany {
		argsMany[i] = "x"
	}
	greater := named["greater"]
	for _, test := range []struct {
		function string
		args     []Value
		ticks    int   // at least
		grown    int64 // at least
	}{
		{"string.rep", in("x", 1<<20), 16000, 1 << 20},
		{"string.rep", in(s, 2, ","), 1 << 14, 2 << 20},
		{"string.upper", in(s), 1 << 16, 1 << 20},
		{"string.lower", in(s), 1 << 16, 1 << 20},
		{"string.reverse", in(s), 1 << 16, 1 << 20},
		{"string.find", in(s, "nowhere", 1, true), 1 << 14, 0},
		{"string.find", in(s, "[A-Z]"), 1 << 20, 0},
		{"string.gsub", in(s, "a", "b"), 1 << 20, 1 << 20},
		{"string.format", in("%s%s", s, s), 1 << 14, 2 << 20},
		{"string.format", in("%q", s), 1 << 16, 1 << 20},
		{"string.byte", in(s, 1, 16000), 16000, 0},
		{"tonumber", in(s), 1 << 16, 0},
		{"tonumber", in(s, 16), 1 << 16, 0},
		{"math.abs", in(s), 1 << 16, 0},
		{"table.concat", in(words, s[:100]), 20000, 2 << 20},
		{"table.insert", in(many, 1, 0), 10000, 0},
		{"table.remove", in(numbers(20000), 1), 10000, 0},
		{"table.sort", in(numbers(20000)), 200000, 320000},
		{"table.sort", in(words), 100000, 320000},
		{"table.sort", in(numbers(20000), greater), 200000, 320000},
		{"table.unpack", in(numbers(16000)), 16000, 0},
		{"table.pack", argsMany, 19000, 320000},
		{"select", append(in(1), argsMany...), 20000, 0},
	} {
		f := function(t, test.function)
		b := &budget{}
		if _, err := run(t, b, f, slices.Clone(test.args)...); err != nil && test.function != "math.abs" {
			t.Errorf("%s: %v", test.function, err)
			continue
		}
		if b.ticks < test.ticks {
			t.Errorf("%s: %d steps, want at least %d", test.function, b.ticks, test.ticks)
		}
		if b.grown < test.grown {
			t.Errorf("%s: %d bytes announced, want at least %d", test.function, b.grown, test.grown)
		}
		killed := &budget{maxTicks: test.ticks / 2}
		if _, err := run(t, killed, f, slices.Clone(test.args)...); !errors.Is(err, hostapi.ErrKilled) {
			t.Errorf("%s with half the steps: %v, want a kill", test.function, err)
		}
		if test.grown == 0 {
			continue
		}
		if _, err := run(t, &budget{maxGrown: test.grown / 4}, f, slices.Clone(test.args)...); !errors.Is(err, hostapi.ErrKilled) {
			t.Errorf("%s with a quarter of the memory: %v, want a kill", test.function, err)
		}
	}
}
