package luacode_test

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/luacode"
)

// What stands at the outermost level of an input is declared, and nothing else is (61.7).
func TestInputDeclares(t *testing.T) {
	for text, want := range map[string]string{
		"x = 1":                                     "",
		"local x":                                   "x",
		"local x, y = 1, 2":                         "x y",
		"local function f() local z = 1 end":        "f",
		"local f = function(a, b) local c end":      "f",
		"do local x = 1 end local y":                "y",
		"if a then local x = 1 else local z end":    "",
		"for i = 1, 2 do local x end local y = 3":   "y",
		"repeat local x = 1 until x":                "",
		"while a do local x end":                    "",
		"local t = { function() local x end }":      "t",
		"local x = 1 local y = 2 local x = 3":       "y x",
		"-- local x\nlocal y -- local z":            "y",
		"local s = 'local x' .. [[local y]]":        "s",
		"function g() local x end local h = g()":    "h",
		"local a = f{local_ = 1}, 2 local b":        "a b",
		"print(function() local x return x end) ":   "",
		"local r return r":                          "r",
		"local a, b; local c":                       "a b c",
		"return function() local x return x end":    "",
		"local x = (function() return 1 end)() y()": "x",
	} {
		in := luacode.NewInput(text, nil)
		if got := strings.Join(in.Declares, " "); got != want {
			t.Errorf("%s: declares %q, want %q", text, got, want)
		}
	}
}

// An input gives what keeps its variables before its own values, on the lines where they
// were typed.
func TestInputChunk(t *testing.T) {
	for text, want := range map[string]string{
		"x = a":                   "local a return function(...) x = a\nend",
		"\n\nx = a":               "\n\nlocal a return function(...) x = a\nend",
		"local x = b + 1 -- c":    "local b return function(...) local x = b + 1 -- c\nreturn function() return x end\nend",
		"local x, y\nreturn x, 2": "return function(...) local x, y\nreturn function() return x end, function() return y end, x, 2\nend",
		"local x return":          "return function(...) local x return function() return x end\nend",
		"local x return;":         "return function(...) local x return function() return x end;\nend",
		"return a.b":              "local a, b return function(...) return a.b\nend",
	} {
		if got := luacode.NewInput(text, []string{"a", "b"}).Chunk; got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", text, got, want)
		}
	}
}

// A text is open whose last long string or comment is.
func TestOpen(t *testing.T) {
	for text, want := range map[string]bool{
		"x = [[": true, "x = [[]]": false, "x = [==[ ]]": true, "--[[ a": true, "--[[ a ]]": false, "-- [[": false,
		"'[['": false, "x = {": false, "": false, "[[\n": true,
	} {
		if got := luacode.Open(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
