package luacode

import "testing"

func TestPowers(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"return 2^3 + 2 ^ 0.5":             "return [2 3] + [2 0.5]",
		"x = -10^-2 * 3":                   "x = -[10 -2] * 3",
		"x^2, 2^x, (1)^2, 2^(3), f(2)^3":   "x^2, 2^x, (1)^2, 2^(3), f(2)^3",
		"2^3^4, x^3^4, 2^3^x, 2^-3^2":      "2^[3 4], x^[3 4], 2^3^x, 2^-[3 2]",
		"'2^3' --2^3\n[[2^3]] .. 2^3 .. 1": "'2^3' --2^3\n[[2^3]] .. [2 3] .. 1",
		"2 ^\n3, 2^- -3, 0x1p4^1e-5":       "2 ^\n3, 2^- -3, [0x1p4 1e-5]",
		"2^":                               "2^", "^2": "^2", "2^-": "2^-",
	} {
		got := Powers(text, func(base, exponent string, negative bool) string {
			if negative {
				exponent = "-" + exponent
			}
			return "[" + base + " " + exponent + "]"
		})
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
