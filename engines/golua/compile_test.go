package golua

import (
	"errors"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func compileText(text string) error {
	_, err := New().Compile(hostapi.Source{ID: "app:test", Path: "src/test.lua", Text: text})
	return err
}

func TestSyntaxErrorsSayWhere(t *testing.T) {
	for text, line := range map[string]int{
		"local x = = 1":               2 - 1,
		"local a\nlocal b\nx x":       3,
		"return {\n  1,\n  2 3\n}":    3,
		"for i = 1, 2 do\n  break":    0, // at the end
		"local s = 'open":             1,
		"break":                       1,
		strings.Repeat("\n", 9) + "?": 10,
	} {
		err := compileText(text)
		var e *hostapi.SyntaxError
		if !errors.As(err, &e) {
			t.Errorf("%q: got %v", text, err)
			continue
		}
		if e.Path != "src/test.lua" || line > 0 && e.Line != line || e.Message == "" || strings.Contains(e.Message, "\n") {
			t.Errorf("%q: got %#v, want line %d", text, e, line)
		}
	}
}

// Sources that nest deeply must not exhaust the stack of Go.
func TestDeepSources(t *testing.T) {
	n := 300000
	for name, text := range map[string]string{
		"brackets":  "return " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n),
		"tables":    "return " + strings.Repeat("{", n) + strings.Repeat("}", n),
		"functions": strings.Repeat("return function() ", n) + strings.Repeat("end ", n),
		"blocks":    strings.Repeat("do ", n) + strings.Repeat("end ", n),
		"unary":     "return " + strings.Repeat("not ", n) + "1",
		"minus":     "return " + strings.Repeat("- ", n) + "1",
		"power":     "return 2" + strings.Repeat(" ^ 1", n),
		"concat":    "return ''" + strings.Repeat(" .. ''", n),
		"arguments": "return f" + strings.Repeat("(f", n) + strings.Repeat(")", n),
		"targets":   "a" + strings.Repeat(", a", n) + " = 1",
		"mixed":     "return " + strings.Repeat("(1 + ", n) + "1" + strings.Repeat(")", n),
	} {
		var e *hostapi.SyntaxError
		if err := compileText(text); !errors.As(err, &e) {
			t.Errorf("%s: got %v, want a syntax error", name, err)
		}
	}
}

func TestLongSourcesCompile(t *testing.T) {
	n := 30000
	for name, text := range map[string]string{
		"calls":       strings.Repeat("f(1, 2)\n", n),
		"assignments": strings.Repeat("x = y + 1\n", n),
		"locals":      strings.Repeat("do local x = a.b.c(d) end ", n),
		"ifs":         strings.Repeat("if x == 1 then y = 2 elseif x then y() else z() end\n", n),
		"list":        "return {" + strings.Repeat("1 + 1,", n) + "}",
		"strings":     "return {" + strings.Repeat("'((((', [[{{{{]], --[==[ ((( ]==]\n", n) + "}",
		"functions":   strings.Repeat("function f() return g(function() end) end\n", 3000),
	} {
		if err := compileText(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := compileText("return " + strings.Repeat("(", 150) + "1" + strings.Repeat(")", 150)); err != nil {
		t.Errorf("150 brackets: %v", err)
	}
}
