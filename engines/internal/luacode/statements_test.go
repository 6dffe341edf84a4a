package luacode

import (
	"fmt"
	"strings"
	"testing"
)

// Each statement gets a mark, shown as @, before its first word.
func TestMarkStatements(t *testing.T) {
	for text, want := range map[string]string{
		"":                       "",
		"x = 1 y = 2; z = x y()": "@x = 1 @y = 2; @z = x @y()",
		"local a, b local c = 1 local function f() end":         "local a, b @local c = 1 @local function f() end",
		"local x\nfunction x.y:z(...) return ... end":           "local x\n@function x.y:z(...) @return ... end",
		"if a then b() elseif c then d() else e() end f()":      "@if a then @b() elseif c then @d() else @e() end @f()",
		"while a do break end for i = 1, 2 do end":              "@while a do @break end @for i = 1, 2 do end",
		"for k, v in pairs(t) do v:m'x'.n{1; 2} end":            "@for k, v in pairs(t) do @v:m'x'.n{1; 2} end",
		"repeat local y = f'' until y g()":                      "repeat @local y = f'' until y @g()",
		"do ::top:: (f or g)() goto top end":                    "do ::top:: @(f or g)() @goto top end",
		"goto a x = 1 ::a:: y = 2":                              "@goto a @x = 1 ::a:: @y = 2",
		"x = function(a, b) c = a; end y = 1":                   "@x = function(a, b) @c = a; end @y = 1",
		"return { f = function() return 1 end; g = -x, [[a]] }": "@return { f = function() @return 1 end; g = -x, [[a]] }",
		"a = not b -- c = d\nc = nil d = ... e = .5 f = #g":     "@a = not b -- c = d\n@c = nil @d = ... @e = .5 @f = #g",
		"f(function() g() end)(h)":                              "@f(function() @g() end)(h)",
	} {
		got, name, statements := MarkStatements(text, func(int) string { return "" })
		if got = strings.ReplaceAll(got, name+"=;", "@"); got != want || len(statements) != strings.Count(want, "@") {
			t.Errorf("%s:\ngot  %s\nwant %s", text, got, want)
		}
	}
}

func TestMarksTellLinesAndFunctions(t *testing.T) {
	text := "local _mark = 1\nlocal f = function()\n\tg(function() return 1 end)\n\treturn [[\n\n]] end\nh()"
	marked, name, statements := MarkStatements(text, func(i int) string { return fmt.Sprint(i) })
	if want := []Statement{{1, 0}, {2, 0}, {3, 1}, {3, 2}, {4, 1}, {7, 0}}; fmt.Sprint(statements) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", statements, want)
	}
	if !strings.HasPrefix(marked, "_mark_=0;local _mark = 1\n_mark_=1;local f") || name != "_mark_" {
		t.Errorf("%s in\n%s", name, marked)
	}
}
