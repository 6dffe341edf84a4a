package luatest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// repeat joins what item gives for 1 to n.
func repeat(n int, separator string, item func(i int) string) string {
	items := make([]string, n)
	for i := range items {
		items[i] = item(i + 1)
	}
	return strings.Join(items, separator)
}

// testLarge checks functions with much in them: what is in the source is in the
// values, and nothing is lost in silence.
func (s Suite) testLarge(t *testing.T) {
	number := func(i int) string { return fmt.Sprint(i) }
	name := func(i int) string { return fmt.Sprintf("n%d", i) }
	for what, text := range map[string]string{
		"list": "local t = {" + repeat(60000, ",", number) + "} return #t == 60000 and t[25550] == 25550 and t[25551] == 25551 and t[60000] == 60000",
		"list and call": "local function f() return 'a', nil, 'c' end local t = {" + repeat(30000, ",", number) + ", f()}" +
			" return t[30000] == 30000 and t[30001] == 'a' and t[30002] == nil and t[30003] == 'c'",
		"list and varargs": "local t = (function(...) return {" + repeat(30000, ",", number) + ", ...} end)('a', 'b')" +
			" return #t == 30002 and t[30002] == 'b'",
		"50 and a call":    "local function f() return 'a', 'b' end local t = {" + repeat(50, ",", number) + ", f()} return #t == 52 and t[1] == 1 and t[51] == 'a'",
		"50 and a field":   "local t = {" + repeat(50, ",", number) + ", x = 'x', 51} return #t == 51 and t[1] == 1 and t[51] == 51 and t.x == 'x'",
		"list and fields":  "local t = {" + repeat(1000, ",", func(i int) string { return fmt.Sprintf("%d, %s = %d", i, name(i), -i) }) + "} return #t == 1000 and t[1000] == 1000 and t.n1000 == -1000 and t.n1 == -1",
		"nested":           "local t = {" + repeat(300, ",", func(i int) string { return "{" + repeat(i, ",", number) + "}" }) + "} return #t == 300 and #t[300] == 300 and t[299][7] == 7",
		"constants":        "local n = 0 " + repeat(30000, " ", func(i int) string { return fmt.Sprintf("n = n + %d.5", i) }) + " return n == 30000 * 30001 / 2 + 15000",
		"fields":           "local t = {} " + repeat(1000, " ", func(i int) string { return "t." + name(i) + " = " + number(i) }) + " return t.n1 == 1 and t.n300 == 300 and t.n1000 == 1000",
		"globals":          repeat(3000, " ", func(i int) string { return name(i) + " = " + number(i) }) + " return n1 == 1 and n1000 == 1000 and n1001 == 1001 and n3000 == 3000 and _G.n2999 == 2999",
		"global functions": repeat(2000, " ", func(i int) string { return "function " + name(i) + "(x) return x + " + number(i) + " end" }) + " return n1(1) == 2 and n2000(2) == 2002",
		"methods":          "local o = {} " + repeat(600, " ", func(i int) string { return "function o:" + name(i) + "() return self == o and " + number(i) + " end" }) + " return o:n1() == 1 and o:n600() == 600",
		"arguments":        "local function f(...) return select('#', ...), (select(200, ...)) end local n, last = f(" + repeat(200, ",", number) + ") return n == 200 and last == 200",
		"method arguments": "local o = {} function o:f(...) return select('#', ...) end return o:f(" + repeat(200, ",", number) + ") == 200",
		"results":          "local function f() return " + repeat(240, ",", number) + " end local t = {f()} return #t == 240 and t[240] == 240",
		"operands":         "local s = " + repeat(180, " .. ", func(i int) string { return "(n or 'x')" }) + " return #s == 180",
		"locals":           "local " + repeat(190, ",", name) + " = " + repeat(190, ",", number) + " return n1 == 1 and n190 == 190",
		"upvalues":         "local " + repeat(190, ",", name) + " = " + repeat(190, ",", number) + " return (function() return " + repeat(190, " + ", name) + " end)() == 190 * 191 / 2",
		"jump":             "local n = 0 for i = 1, 2 do if i > 5 then " + repeat(20000, " ", func(i int) string { return "n = n + 1" }) + " end n = n + 1 end return n == 2",
		"branches":         "local function f(x) if x == 0 then return 0 " + repeat(300, " ", func(i int) string { return fmt.Sprintf("elseif x == %d then return %d", i, -i) }) + " end end return f(300) == -300 and f(1) == -1 and f(301) == nil",
	} {
		text = "return function() " + text + " end"
		if err := s.compileError(text); err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		values, err := s.Run(t, &Task{}, text)
		if err != nil || len(values) != 1 || !values[0].Equal(hostapi.Bool(true)) {
			t.Errorf("%s: got %v, %v", what, values, err)
		}
	}
	// What is too much is refused.
	for _, text := range []string{
		"f(" + repeat(300, ",", number) + ")",
		"return " + repeat(300, ",", number),
		"local " + repeat(201, ",", name),
	} {
		if _, ok := s.compileError(text).(*hostapi.SyntaxError); !ok {
			t.Errorf("%.20s... compiles", text)
		}
	}
}
