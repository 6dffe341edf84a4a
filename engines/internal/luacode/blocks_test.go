package luacode

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestSplitBlocks(t *testing.T) {
	elseifs := func(from, to int) string {
		var b strings.Builder
		for i := from; i <= to; i++ {
			fmt.Fprintf(&b, "\nelseif x == %d then while a do repeat break until b end f(function() end)", i)
		}
		return b.String()
	}
	inner := strings.Replace(elseifs(100, 199), "elseif", "else if", 1) + strings.Replace(elseifs(200, 250), "elseif", "else if", 1)
	for text, want := range map[string]string{
		"": "",
		"if x then y() elseif z then w() else v() end return 'elseif'": "if x then y() elseif z then w() else v() end return 'elseif'",
		"if x then" + elseifs(1, 99) + " else y() end z()":             "if x then" + elseifs(1, 99) + " else y() end z()",
		"if x then" + elseifs(1, 250) + " else y() end z()":            "if x then" + elseifs(1, 99) + inner + " else y() end end end z()",
		"if x then if y then" + elseifs(1, 100) + " end end":           "if x then if y then" + elseifs(1, 99) + strings.Replace(elseifs(100, 100), "elseif", "else if", 1) + " end end end",
		"end end elseif until":                                         "end end elseif until",
	} {
		if got, err := SplitBlocks("a", text); err != nil || got != want {
			t.Errorf("%.50q: got %q, %v, want %q", text, got, err, want)
		}
	}
}

func TestTooManyJumps(t *testing.T) {
	list := func(n int, text string) string { return strings.Repeat(text, n) }
	for _, c := range []struct {
		text string
		line int
		what string
	}{
		{"while x do\n" + list(maxJumps, "if x then break end ") + "end", 0, ""},
		{"while x do\n" + list(maxJumps+1, "if x then break end ") + "end", 2, "breaks in a loop"},
		{"while x do" + list(maxJumps, " if x then break end") + " for i = 1, 2 do break end\nbreak end", 2, "breaks in a loop"},
		{list(maxJumps+1, "repeat break until x "), 0, ""},
		{"return x" + list(maxJumps, " and x"), 0, ""},
		{"return x\n" + list(maxJumps+1, " or x"), 2, "ands and ors in an expression"},
		{"return {" + list(maxJumps+1, "x or y, ") + "}", 0, ""},
		{list(maxJumps+1, "if x and y then z() end "), 0, ""},
		{"return x" + list(maxJumps+1, " and (x or y)"), 1, "ands and ors in an expression"},
		{"return x" + list(maxJumps/2+1, " and (x or y)"), 1, "ands and ors in an expression"},
		{"do " + list(maxJumps+1, "goto a ") + "end", 1, "gotos in a function"},
		{list(maxJumps+1, "f(function() goto a end) "), 0, ""},
	} {
		_, err := SplitBlocks("a", c.text)
		var e *hostapi.SyntaxError
		if c.what == "" && err == nil {
			continue
		}
		if !errors.As(err, &e) || e.Line != c.line || c.what == "" || !strings.Contains(e.Message, c.what) {
			t.Errorf("%.50q: got %v, want too many %s in line %d", c.text, err, c.what, c.line)
		}
	}
}

func FuzzSplitBlocks(f *testing.F) {
	for _, text := range []string{"if a then elseif b then else end", "while x do break end goto y", "a and (b or c)", "end until"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := SplitBlocks("a", text); len(text) < maxElseifs && (err != nil || got != text) {
			t.Errorf("%q: got %q, %v", text, got, err)
		}
	})
}
