package luacode

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestNesting(t *testing.T) {
	deep := func(open, inner, closed string, n int) string {
		return strings.Repeat(open, n) + inner + strings.Repeat(closed, n)
	}
	cases := map[string]struct {
		text string
		line int // of the error, 0 for none
	}{
		"brackets":            {"return\n" + deep("(", "1", ")", maxDepth+1), 2},
		"allowed":             {"return " + deep("(", "1", ")", maxDepth-1), 0},
		"blocks":              {deep("do ", "", "end ", maxDepth+1), 1},
		"functions":           {deep("f(function() ", "", "end) ", maxDepth), 1},
		"lines":               {deep("{\n", "", "}", maxDepth+1), maxDepth + 1},
		"one after another":   {strings.Repeat("do local t = {f(x)} end ", 10000), 0},
		"elseif":              {"if x then " + strings.Repeat("elseif x then ", maxChain+1) + "end", 1},
		"operators":           {"return 1" + strings.Repeat(" + 1", maxChain+1), 1},
		"many statements":     {strings.Repeat("x = y + 1\n", maxChain+1), 0},
		"in strings":          {"return '" + strings.Repeat("(", 1000) + "', [[" + strings.Repeat("{", 1000) + "]]", 0},
		"in comments":         {"--" + strings.Repeat("(", 1000) + "\n--[==[" + strings.Repeat("\n(", 1000) + "]==] return 1", 0},
		"behind long strings": {"x = [[\n\n]]\n" + deep("(", "1", ")", maxDepth+1), 4},
	}
	for name, c := range cases {
		err := Check("src/a.lua", c.text)
		if c.line == 0 {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		var e *hostapi.SyntaxError
		if !errors.As(err, &e) || e.Path != "src/a.lua" || e.Line != c.line {
			t.Errorf("%s: got %v, want line %d", name, err, c.line)
		}
	}
}

func TestEscapes(t *testing.T) {
	for text, want := range map[string]string{
		"\n\n'\\300'":                            "escape sequence too large near '\\300'",
		`"a\\\256"`:                              "escape sequence too large near '\\256'",
		`"a\\300"`:                               "",
		"--'\\300'\n[['\\300']]":                 "",
		`'\255\0\00\000\0001\\300\n300' .. "\9"`: "",
	} {
		err := Check("a", text)
		if got := fmt.Sprint(err); want == "" && err != nil || want != "" && !strings.HasSuffix(got, want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

func FuzzNesting(f *testing.F) {
	for _, text := range []string{"return {[[x]], 'y', 0x1p4}", "--[=[", "\"\\", "if a then elseif b then else end", "f'x'[[y]]{}"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := Check("a", text)
		if e, ok := err.(*hostapi.SyntaxError); ok && e.Message == "nested too deep" && len(text) < maxDepth {
			t.Errorf("%q: %v", text, err)
		}
	})
}
