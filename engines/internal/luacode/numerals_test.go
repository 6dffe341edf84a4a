package luacode

import (
	"errors"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestNumerals(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"return 1":                          "return <1>",
		"x1, y2 = 3":                        "x1, y2 = <3>",
		"1e+5-1e-5+0x1p-4":                  "<1e+5>-<1e-5>+<0x1p-4>",
		"0xe+1":                             "<0xe>+<1>",
		".5+5.+a.b5+t[1].x":                 "<.5>+<5.>+a.b5+t[<1>].x",
		"'1' \"2\\\"3\" [[4]] [=[ ]] 5 ]=]": "'1' \"2\\\"3\" [[4]] [=[ ]] 5 ]=]",
		"-- 1\n2 --[[3]] 4 --[==[5]]6]==]":  "-- 1\n<2> --[[3]] <4> --[==[5]]6]==]",
		"f(...)":                            "f(...)",
		"a..b":                              "a..b",
		"1 ..2":                             "<1> ..<2>",
	} {
		got, err := Numerals("a", text, func(n string) (string, bool) { return "<" + n + ">", true })
		if err != nil || got != want {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
		if got, err = Numerals("a", text, func(n string) (string, bool) { return n, true }); err != nil || got != text {
			t.Errorf("%q: got %q, %v, want it unchanged", text, got, err)
		}
	}
	_, err := Numerals("a", "x = 1\ny = 1..2", func(n string) (string, bool) { return n, !strings.Contains(n, "..") })
	var e *hostapi.SyntaxError
	if !errors.As(err, &e) || e.Line != 2 || e.Message != "malformed number near '1..2'" {
		t.Errorf("got %v", err)
	}
}
