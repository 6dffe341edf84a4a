package luacode

import "testing"

func TestPowers(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"return 2^3 + 2 ^ 0.5":             "return [2 3] + [2 0.5]",
		"x = -10^-2 * 3":                   "x = -[10 -2] * 3",
		"x^2, 2^x, 2^(x), (x)^2, f()^2":    "x^2, 2^x, 2^(x), (x)^2, f()^2",
		"(1)^2, 2^(3), f(2)^3":             "(1 or nil)^2, (2 or nil)^(3), f(2 or nil)^3",
		"(1 + 0.05) ^ (1/12)":              "(1 + 0.05 or nil) ^ (1/12)",
		"((1)^2)^(2*3)":                    "((1 or nil)^2 or nil)^(2*3)",
		"2^(f(3)), 2^f(3), 2^#'a', 2^'3'":  "2^(f(3)), 2^f(3), 2^#'a', 2^'3'",
		"2^3^4, x^3^4, 2^-3^2":             "2^[3 4], x^[3 4], 2^-[3 2]",
		"2^3^x":                            "(2 or nil)^3^x",
		"x^(2)^-(3)":                       "x^(2 or nil)^-(3)",
		"'2^3' --2^3\n[[2^3]] .. 2^3 .. 1": "'2^3' --2^3\n[[2^3]] .. [2 3] .. 1",
		"2 ^\n3, 2^- -3, 0x1p4^1e-5":       "(2 or nil) ^\n3, (2 or nil)^- -3, [0x1p4 1e-5]",
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
