package lualib

import (
	"math"
	"strings"
	"testing"
)

func TestFormat(t *testing.T) {
	const noInteger = `Invalid: bad argument #2 to 'format' (number has no integer representation)`
	err := &merror{"lost"}
	check(t, []example{
		{"string.format", in("%d%%", 5), `"5%"`},
		{"string.format", in("%5d|%-5d|%05d|%+d", 42, 42, 42, 42), `"   42|42   |00042|+42"`},
		{"string.format", in("%d", math.Copysign(0, -1)), `"0"`},
		{"string.format", in("%d", "10"), `"10"`},
		{"string.format", in("%i %u", 1, 2), `"1 2"`},
		{"string.format", in("%x %X %#x %o", 255, 255, 255, 8), `"ff FF 0xff 10"`},
		{"string.format", in("%c%c", 72, 0), `"H\x00"`},
		{"string.format", in("%.3f %e %g %G", 1.0/3, 12345.678, 1e20, 1e-10), `"0.333 1.234568e+04 1e+20 1E-10"`},
		{"string.format", in("%.14g", 0.1), `"0.1"`},
		{"string.format", in("%g %g %g", math.Inf(1), math.Inf(-1), math.NaN()), `"inf -inf nan"`},
		{"string.format", in("%5.1s|%-4s|", "abc", "x"), `"    a|x   |"`},
		{"string.format", in("%s %s %s %s", nil, true, 1e15, list()), `"nil true 1000000000000000 table"`}, // any value: 19.7
		{"string.format", in("%s", err), `"lost"`},
		{"string.format", in("%s", "a\x00b"), `"a\x00b"`}, // bytes: 19.7
		{"string.format", in("%s", named["none"]), `error: thrown by the script`},
		{"string.format", in("%q", "a\n\"\\\x00\r1\x7f"), `"\"a\\\n\\\"\\\\\\0\\0131\\127\""`},
		{"string.format", in("%q", err), `"\"lost\""`},
		{"string.format", in("%d", 3.7), noInteger},
		{"string.format", in("%x", 0.5), noInteger},
		{"string.format", in("%c", 65.5), noInteger},
		{"string.format", in("%d", math.Inf(1)), noInteger},
		{"string.format", in("%d", math.NaN()), noInteger},
		{"string.format", in("%d", 1e19), noInteger},
		{"string.format", in("%u", 1e19), `"10000000000000000000"`},
		{"string.format", in("%u", 1e20), noInteger},
		{"string.format", in("%d"), `error: bad argument #2 to 'format' (no value)`},
		{"string.format", in("%d", "x"), `error: bad argument #2 to 'format' (number expected, got string)`},
		{"string.format", in("%d", list()), `error: bad argument #2 to 'format' (number expected, got table)`},
		{"string.format", in("%y", 1), `error: invalid option '%y' to 'format'`},
		{"string.format", in("%a", 1), `error: invalid option '%a' to 'format'`}, // not in 19.7
		{"string.format", in("%"), `error: invalid option '%' to 'format'`},
		{"string.format", in("%100d", 1), `error: invalid format (width or precision too long)`},
		{"string.format", in("%.100f", 1), `error: invalid format (width or precision too long)`},
		{"string.format", in("%------d", 1), `error: invalid format (repeated flags)`},
	})
}

func TestNumberText(t *testing.T) {
	for _, test := range []struct {
		f    float64
		want string
	}{
		{0, "0"}, {math.Copysign(0, -1), "0"}, {1, "1"}, {-1.5, "-1.5"},
		{1e14, "100000000000000"}, {1e15, "1000000000000000"},
		{1 << 53, "9007199254740992"}, {-1 << 53, "-9007199254740992"},
		{1<<53 + 2, "9.007199254741e+15"}, {1e100, "1e+100"},
		{0.1, "0.1"}, {1.0 / 3, "0.33333333333333"}, {1e-5, "1e-05"},
		{math.Inf(1), "inf"}, {math.Inf(-1), "-inf"}, {math.NaN(), "nan"},
	} {
		if got := NumberText(test.f); got != test.want {
			t.Errorf("NumberText(%v) = %q, want %q", test.f, got, test.want)
		}
	}
}

func TestTonumber(t *testing.T) {
	check(t, []example{
		{"tonumber", in("1e1"), `10`},
		{"tonumber", in(" \t12.5\n"), `12.5`},
		{"tonumber", in("0x1F"), `31`},
		{"tonumber", in("-0x10"), `-16`},
		{"tonumber", in(".5"), `0.5`},
		{"tonumber", in("5."), `5`},
		{"tonumber", in("1e999"), `inf`},
		{"tonumber", in(""), `nil`},
		{"tonumber", in("1 2"), `nil`},
		{"tonumber", in("1_000"), `nil`},
		{"tonumber", in("0b1"), `nil`},
		{"tonumber", in("inf"), `nil`},
		{"tonumber", in("nan"), `nil`},
		{"tonumber", in("1\x00"), `nil`},
		{"tonumber", in(7), `7`},
		{"tonumber", in(nil), `nil`},
		{"tonumber", in(true), `nil`},
		{"tonumber", in(list()), `nil`},
		{"tonumber", in(&merror{"12"}), `nil`}, // counts as a string in string functions only
		{"tonumber", in("ff", 16), `255`},
		{"tonumber", in("-zz", 36), `-1295`},
		{"tonumber", in("101", 2), `5`},
		{"tonumber", in("102", 2), `nil`},
		{"tonumber", in("1e1", 10), `nil`},
		{"tonumber", in("1", 1), `error: bad argument #2 to 'tonumber' (base out of range)`},
		{"tonumber", in(), `error: bad argument #1 to 'tonumber' (value expected)`},
	})
}

func FuzzFormat(f *testing.F) {
	f.Add("%-+ #05.3d %q %s", 1.5, "x")
	f.Add("%#.0g%#.30e%#f", 1e300, "")
	f.Fuzz(func(t *testing.T, format string, x float64, s string) {
		// Whatever the format, each directive adds at most its width, its
		// precision, the digits of the largest number, or the quoted string.
		results, err := run(t, &budget{}, stringFormat, format, x, s, x, s)
		most := len(format) + strings.Count(format, "%")*(500+4*len(s))
		if err == nil && len(results[0].(string)) > most {
			t.Fatalf("%d bytes", len(results[0].(string)))
		}
	})
}

func FuzzParseNumber(f *testing.F) {
	for _, s := range []string{"1", "-0x1p4", " 1e5 ", "1_0", "Inf", "0x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		x, ok := ParseNumber(s)
		if ok && x != x {
			t.Fatalf("%q is not a number", s)
		}
		if !ok && x != 0 {
			t.Fatalf("%q: %v without ok", s, x)
		}
		// What is printed is read back, to the digits printed.
		if y, again := ParseNumber(NumberText(x)); ok && !math.IsInf(x, 0) && (!again || math.Abs(x-y) > 1e-13*math.Abs(x) && !math.IsInf(y, 0)) {
			t.Fatalf("%q: %v becomes %v", s, x, y)
		}
	})
}
