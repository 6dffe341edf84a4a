package lualib

import (
	"math"
	"testing"
)

func TestMath(t *testing.T) {
	check(t, []example{
		{"math.log", in(8, 2), `3`},
		{"math.log", in(1000, 10), `3`},
		{"math.log", in(math.E), `1`},
		{"math.log10", in(1000), `3`},
		{"math.log10", in(1e-5), `-5`},
		{"math.modf", in(3.25), `3 0.25`},
		{"math.modf", in(-3.25), `-3 -0.25`},
		{"math.modf", in(math.Inf(1)), `inf 0`},
		{"math.fmod", in(-5, 3), `-2`},
		{"math.fmod", in(5.5, 2), `1.5`},
		{"math.frexp", in(8), `0.5 4`},
		{"math.ldexp", in(0.5, 4), `8`},
		{"math.ldexp", in(1, 1e9), `inf`},
		{"math.max", in(1, 5, "3"), `5`},
		{"math.min", in(1, -5, 3), `-5`},
		{"math.max", in(), `error: bad argument #1 to 'max' (number expected, got no value)`},
		{"math.floor", in("x"), `error: bad argument #1 to 'floor' (number expected, got string)`},
		{"math.floor", in(&merror{"1"}), `error: bad argument #1 to 'floor' (number expected, got error)`},
		{"math.random", in(0), `error: bad argument #1 to 'random' (interval is empty)`},
		{"math.random", in(2, 1), `error: bad argument #2 to 'random' (interval is empty)`},
		{"math.random", in(1, 2, 3), `error: wrong number of arguments`},
		{"math.randomseed", in(), `error: bad argument #1 to 'randomseed' (number expected, got no value)`},
	})
}

func TestConstants(t *testing.T) {
	for _, m := range MathLibrary() {
		switch m.Name {
		case "huge":
			if !math.IsInf(m.Number, 1) { // 19.7
				t.Errorf("huge is %v", m.Number)
			}
		case "pi":
			if m.Number != math.Pi {
				t.Errorf("pi is %v", m.Number)
			}
		default:
			if m.Func == nil {
				t.Errorf("%s is no function", m.Name)
			}
		}
	}
}

// The members of the libraries are those of clause 19.6.
func TestMembersAreComplete(t *testing.T) {
	for _, library := range []struct {
		members []Member
		want    string
	}{
		{StringLibrary(), "byte char find format gmatch gsub len lower match rep reverse sub upper"},
		{TableLibrary(), "concat insert pack remove sort unpack"},
		{MathLibrary(), "abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min modf pi pow rad random randomseed sin sinh sqrt tan tanh"},
	} {
		got := ""
		for i, m := range library.members {
			if i > 0 {
				got += " "
			}
			got += m.Name
		}
		if got != library.want {
			t.Errorf("members\n got %s\nwant %s", got, library.want)
		}
	}
}

func TestRandom(t *testing.T) {
	b := &budget{}
	draw := func(args ...Value) float64 {
		results, err := run(t, b, mathRandom, args...)
		if err != nil {
			t.Fatal(err)
		}
		return results[0].(float64)
	}
	seed := func(x float64) {
		if _, err := run(t, b, mathRandomseed, x); err != nil {
			t.Fatal(err)
		}
	}
	seed(42)
	first := [3]float64{draw(), draw(6), draw(-3, 3)}
	seed(42)
	if again := [3]float64{draw(), draw(6), draw(-3, 3)}; again != first {
		t.Errorf("the same seed gives %v and %v", first, again)
	}
	seed(43)
	if other := [3]float64{draw(), draw(6), draw(-3, 3)}; other == first {
		t.Errorf("another seed gives the same: %v", other)
	}
	var counts [7]int
	for range 7000 {
		if x := draw(); x < 0 || x >= 1 {
			t.Fatalf("random() = %v", x)
		}
		x := draw(-3, 3)
		if x != math.Trunc(x) || x < -3 || x > 3 {
			t.Fatalf("random(-3, 3) = %v", x)
		}
		counts[int(x)+3]++
		if x := draw(1<<53, 1<<53); x != 1<<53 {
			t.Fatalf("random(2^53, 2^53) = %v", x)
		}
		if x := draw(math.Inf(-1), math.Inf(1)); math.Abs(x) > 1<<53 {
			t.Fatalf("random over everything = %v", x)
		}
	}
	for i, n := range counts {
		// 1000 expected; the standard deviation is 30, the seed fixed.
		if n < 850 || n > 1150 {
			t.Errorf("%d came %d times in 7000", i-3, n)
		}
	}
}

// SplitMix64 is defined by its published algorithm; the first values for the
// seed 1234567 are those of its reference implementation.
func TestRandomIsSplitMix64(t *testing.T) {
	r := NewRandom(1234567)
	for _, want := range []uint64{6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821} {
		if got := r.Uint64(); got != want {
			t.Fatalf("got %d, want %d", got, want)
		}
	}
}
