package luatest

import (
	"errors"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func (s Suite) testCompile(t *testing.T) {
	t.Run("errors say where", s.testSyntaxErrorsSayWhere)
	t.Run("deep", s.testDeepSources)
	t.Run("long", s.testLongSourcesCompile)
}

func (s Suite) compileError(text string) error {
	_, err := s.compile(text)
	return err
}

func (s Suite) testSyntaxErrorsSayWhere(t *testing.T) {
	for text, line := range map[string]int{
		"local x = = 1":               2 - 1,
		"local a\nlocal b\nx x":       3,
		"return {\n  1,\n  2 3\n}":    3,
		"for i = 1, 2 do\n  break":    0, // at the end
		"local s = 'open":             1,
		"break":                       1,
		strings.Repeat("\n", 9) + "?": 10,
	} {
		err := s.compileError(text)
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
func (s Suite) testDeepSources(t *testing.T) {
	n := 300000
	for name, text := range map[string]string{
		"brackets":    "return " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n),
		"tables":      "return " + strings.Repeat("{", n) + strings.Repeat("}", n),
		"functions":   strings.Repeat("return function() ", n) + strings.Repeat("end ", n),
		"blocks":      strings.Repeat("do ", n) + strings.Repeat("end ", n),
		"unary":       "return " + strings.Repeat("not ", n) + "1",
		"minus":       "return " + strings.Repeat("- ", n) + "1",
		"sum":         "return 1" + strings.Repeat(" + 1", n),
		"comparison":  "return 1" + strings.Repeat(" == 1", n),
		"power":       "return 2" + strings.Repeat(" ^ 1", n),
		"concat":      "return ''" + strings.Repeat(" .. ''", n),
		"and":         "return x" + strings.Repeat(" and x", n),
		"calls":       "f" + strings.Repeat("()", n),
		"index":       "return a" + strings.Repeat("[1]", n),
		"fields":      "return a" + strings.Repeat(".b", n),
		"methods":     "return a" + strings.Repeat(":b()", n),
		"elseif":      "if x then " + strings.Repeat("elseif x then ", n) + "end",
		"string call": "f" + strings.Repeat(" ''", n),
		"arguments":   "return f" + strings.Repeat("(f", n) + strings.Repeat(")", n),
		"targets":     "a" + strings.Repeat(", a", n) + " = 1",
		"mixed":       "return " + strings.Repeat("(1 + ", n) + "1" + strings.Repeat(")", n),
	} {
		var e *hostapi.SyntaxError
		if err := s.compileError(text); !errors.As(err, &e) {
			t.Errorf("%s: got %v, want a syntax error", name, err)
		}
	}
}

func (s Suite) testLongSourcesCompile(t *testing.T) {
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
		if err := s.compileError(text); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.compileError("return " + strings.Repeat("(", 150) + "1" + strings.Repeat(")", 150)); err != nil {
		t.Errorf("150 brackets: %v", err)
	}
}
