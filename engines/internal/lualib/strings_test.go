package lualib

import "testing"

func TestStrings(t *testing.T) {
	err := &merror{"not found: x"}
	check(t, []example{
		{"string.len", in("a\x00\xff"), `3`},
		{"string.len", in(12.5), `4`},
		{"string.len", in(err), `12`},
		{"string.len", in(), `error: bad argument #1 to 'len' (string expected, got no value)`},
		{"string.len", in(nil), `error: bad argument #1 to 'len' (string expected, got nil)`},
		{"string.upper", in("aé z{"), `"Aé Z{"`}, // ASCII only: 19.7
		{"string.lower", in("AÉ Z["), `"aÉ z["`},
		{"string.upper", in(err), `"NOT FOUND: X"`},
		{"string.reverse", in("abc"), `"cba"`},
		{"string.sub", in("hello", 2, -2), `"ell"`},
		{"string.sub", in("hello", -100, 100), `"hello"`},
		{"string.sub", in("hello", 4, 2), `""`},
		{"string.sub", in("hello"), `error: bad argument #2 to 'sub' (number expected, got no value)`},
		{"string.sub", in(err, 1, 3), `"not"`},
		{"string.byte", in("abc"), `97`},
		{"string.byte", in("abc", 2, 9), `98 99`},
		{"string.byte", in("abc", -1), `99`},
		{"string.byte", in("abc", 4), ``},
		{"string.char", in(72, 105, 0), `"Hi\x00"`},
		{"string.char", in(256), `error: bad argument #1 to 'char' (value out of range)`},
		{"string.char", in(), `""`},
		{"string.rep", in("ab", 3), `"ababab"`},
		{"string.rep", in("ab", 3, ", "), `"ab, ab, ab"`},
		{"string.rep", in("ab", 1, ", "), `"ab"`},
		{"string.rep", in("ab", 0, ","), `""`}, // n ≤ 0: 19.7
		{"string.rep", in("ab", -5), `""`},
		{"string.rep", in("", 1e15), `""`},
		{"string.rep", in("x", 1e15), `error: resulting string too large`},
		{"string.rep", in("x", MaxString+1), `error: resulting string too large`},
		{"string.rep", in("", 1e15, "xy"), `error: resulting string too large`},
		{"string.rep", in(7, 2), `"77"`},
	})
}

func TestLongRepetitionsAreExact(t *testing.T) {
	for _, n := range []int{2, 4095, 4096, 4097, 70000} {
		got, err := run(t, &budget{}, stringRep, "abc", n, ";")
		if err != nil {
			t.Fatal(err)
		}
		s := got[0].(string)
		if len(s) != 4*n-1 {
			t.Fatalf("%d: %d bytes", n, len(s))
		}
		for i := range len(s) {
			if s[i] != "abc;"[i%4] {
				t.Fatalf("%d: byte %d is %q", n, i, s[i])
			}
		}
	}
}
