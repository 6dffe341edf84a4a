package luatest

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
)

// namesBefore declares what the functions of names work on.
const namesBefore = `local up, uptab, n = nil, {}, 3
local tab = { f = {} }
local t = { s = "x", n = 1 }
`

// names are functions that fail, with what the reference interpreters say: which
// variable, field or global it is. Where they differ, old is what Lua 5.1 says, whose
// names may be those of code that was jumped over.
var names = []struct{ function, says, old string }{
	{function: `function() time.sleep(1) end`, says: `attempt to index global 'time' (a nil value)`},
	{function: `function() local x; x.y = 1 end`, says: `attempt to index local 'x' (a nil value)`},
	{function: `function() local x; return x.y end`, says: `attempt to index local 'x' (a nil value)`},
	{function: `function() return up.y end`, says: `attempt to index upvalue 'up' (a nil value)`},
	{function: `function() up() end`, says: `attempt to call upvalue 'up' (a nil value)`},
	{function: `function() undefinedf() end`, says: `attempt to call global 'undefinedf' (a nil value)`},
	{function: `function() local x; x() end`, says: `attempt to call local 'x' (a nil value)`},
	{function: `function() tab.g() end`, says: `attempt to call field 'g' (a nil value)`},
	{function: `function() tab.f.h() end`, says: `attempt to call field 'h' (a nil value)`},
	{function: `function() tab:m() end`, says: `attempt to call method 'm' (a nil value)`},
	{function: `function() return tab.g.h end`, says: `attempt to index field 'g' (a nil value)`},
	{function: `function() tab.g.h = 1 end`, says: `attempt to index field 'g' (a nil value)`},
	{function: `function() return uptab.a.b.c end`, says: `attempt to index field 'a' (a nil value)`},
	{function: `function() return tab[1][2] end`, says: `attempt to index field '?' (a nil value)`},
	{function: `function() local i = 1 return tab[i].x end`, says: `attempt to index field '?' (a nil value)`},
	{function: `function() local i = 1 tab[i]() end`, says: `attempt to call field '?' (a nil value)`},
	{function: `function() local x; return x + 1 end`, says: `attempt to perform arithmetic on local 'x' (a nil value)`},
	{function: `function() return gg + 1 end`, says: `attempt to perform arithmetic on global 'gg' (a nil value)`},
	{function: `function() return 1 + tab.g end`, says: `attempt to perform arithmetic on field 'g' (a nil value)`},
	{function: `function() return up * 2 end`, says: `attempt to perform arithmetic on upvalue 'up' (a nil value)`},
	{function: `function() return -up end`, says: `attempt to perform arithmetic on upvalue 'up' (a nil value)`},
	{function: `function() return #up end`, says: `attempt to get length of upvalue 'up' (a nil value)`},
	{function: `function() return #gg end`, says: `attempt to get length of global 'gg' (a nil value)`},
	{function: `function() return #tab.g end`, says: `attempt to get length of field 'g' (a nil value)`},
	{function: `function() local s = "a" return s .. up end`, says: `attempt to concatenate upvalue 'up' (a nil value)`},
	{function: `function() return "a" .. tab.g end`, says: `attempt to concatenate field 'g' (a nil value)`},
	{function: `function() return "a" .. gg .. "b" end`, says: `attempt to concatenate global 'gg' (a nil value)`},
	{function: `function() local x = {} return x .. "a" end`, says: `attempt to concatenate local 'x' (a table value)`},
	{function: `function() return {} < {} end`, says: `attempt to compare two table values`},
	{function: `function() return 1 < "x" end`, says: `attempt to compare number with string`},
	{function: `function() return up < 1 end`, says: `attempt to compare nil with number`},
	{function: `function() for i = 1, "x" do end end`, says: `'for' limit must be a number`},
	{function: `function() for i = up, 2 do end end`, says: `'for' initial value must be a number`},
	{function: `function() for i = 1, 2, {} do end end`, says: `'for' step must be a number`},
	{function: `function() local s = "x" s.y.z = 1 end`, says: `attempt to index field 'y' (a nil value)`},
	{function: `function() ("x").foo() end`, says: `attempt to call field 'foo' (a nil value)`},
	{function: `function() return ("x"):foo() end`, says: `attempt to call method 'foo' (a nil value)`},
	{function: `function() return tab.f.g.h() end`, says: `attempt to index field 'g' (a nil value)`},
	{function: `function() return (nil)() end`, says: `attempt to call a nil value`},
	{function: `function() return ({})() end`, says: `attempt to call a table value`},
	{function: `function() return (1)() end`, says: `attempt to call a number value`},
	{function: `function() return tab.g(1, 2) end`, says: `attempt to call field 'g' (a nil value)`},
	{function: `function(a) a.b.c() end, {}`, says: `attempt to index field 'b' (a nil value)`},
	{function: `function(a) return a.x.y end, {}`, says: `attempt to index field 'x' (a nil value)`},
	{function: `function(...) local a, b = ... return b.x end, {}`, says: `attempt to index local 'b' (a nil value)`},
	{function: `function() for _, v in pairs({1}) do v.x() end end`, says: `attempt to index local 'v' (a number value)`},
	{function: `function() local t = {} t.x.y.z = 1 end`, says: `attempt to index field 'x' (a nil value)`},
	{function: `function() local t = {} t["a b"].c = 1 end`, says: `attempt to index field 'a b' (a nil value)`},
	{function: `function() return 1 % up end`, says: `attempt to perform arithmetic on upvalue 'up' (a nil value)`},
	{function: `function() return up ^ 2 end`, says: `attempt to perform arithmetic on upvalue 'up' (a nil value)`},
	{function: `function() return tab ^ 2 end`, says: `attempt to perform arithmetic on upvalue 'tab' (a table value)`},
	{function: `function() return 2 / tab.f end`, says: `attempt to perform arithmetic on field 'f' (a table value)`},
	{function: `function() local a = {} return a.b - 1 end`, says: `attempt to perform arithmetic on field 'b' (a nil value)`},
	{function: `function() return "abc" + 1 end`, says: `attempt to perform arithmetic on a string value`},
	{function: `function() return {} + 1 end`, says: `attempt to perform arithmetic on a table value`},
	{function: `function() for x in nil do end end`, says: `attempt to call a nil value`},
	{function: `function() for x in tab do end end`, says: `attempt to call a table value`},
	{function: `function() tab.f.x.y() end`, says: `attempt to index field 'x' (a nil value)`},
	{function: `function() local x = 5 x.y = 1 end`, says: `attempt to index local 'x' (a number value)`},
	{function: `function() local x = 5 return x.y end`, says: `attempt to index local 'x' (a number value)`},
	{function: `function() local x = true return x.y end`, says: `attempt to index local 'x' (a boolean value)`},
	{function: `function() string.foo() end`, says: `attempt to call field 'foo' (a nil value)`},
	{function: `function() local a, b = 1, nil return a + b end`, says: `attempt to perform arithmetic on local 'b' (a nil value)`},
	{function: `function() local a, b = nil, 1 return a + b end`, says: `attempt to perform arithmetic on local 'a' (a nil value)`},
	{function: `function() local a, b = nil, nil return b + a end`, says: `attempt to perform arithmetic on local 'b' (a nil value)`},
	{function: `function() local a, b = nil, nil return (b or a).x end`, says: `attempt to index a nil value`},
	{function: `function() return (up and up.x or t.z).y end`, says: `attempt to index a nil value`, old: `attempt to index field 'z' (a nil value)`},
	{function: `function() local x = up and up.x or t.z return x.y end`, says: `attempt to index local 'x' (a nil value)`},
	{function: `function() local v = t.n == 1 and t.q return v.y end`, says: `attempt to index local 'v' (a nil value)`},
	{function: `function() local a = t.s .. t.n .. t.q end`, says: `attempt to concatenate field 'q' (a nil value)`},
	{function: `function() local a = t.s .. up .. t.n end`, says: `attempt to concatenate upvalue 'up' (a nil value)`},
	{function: `function() return t:nope(1, 2, 3) end`, says: `attempt to call method 'nope' (a nil value)`},
	{function: `function() return t.s:nope() end`, says: `attempt to call method 'nope' (a nil value)`},
	{function: `function() return t["s"]["k"]["j"] end`, says: `attempt to index field 'k' (a nil value)`},
	{function: `function() local k = "s" return t[k][k][k] end`, says: `attempt to index field '?' (a nil value)`},
	{function: `function() if t.x.y then return 1 end end`, says: `attempt to index field 'x' (a nil value)`},
	{function: `function() while t.x.y do return 1 end end`, says: `attempt to index field 'x' (a nil value)`},
	{function: `function() for i = 1, t.x.y do end end`, says: `attempt to index field 'x' (a nil value)`},
	{function: `function() for i = 1, 3 do local q; q() end end`, says: `attempt to call local 'q' (a nil value)`},
	{function: `function() for k, v in t.pairs() do end end`, says: `attempt to call field 'pairs' (a nil value)`},
	{function: `function() for k, v in nopairs(t) do end end`, says: `attempt to call global 'nopairs' (a nil value)`},
	{function: `function() do local a end local b; b.x = 1 end`, says: `attempt to index local 'b' (a nil value)`},
	{function: `function() do local a = 1 end up.x = 1 end`, says: `attempt to index upvalue 'up' (a nil value)`},
	{function: `function() local a = {} ; a.b.c.d = 1 end`, says: `attempt to index field 'b' (a nil value)`},
	{function: `function() return t.n.x.y end`, says: `attempt to index field 'n' (a number value)`},
	{function: `function() t.n.x = 1 end`, says: `attempt to index field 'n' (a number value)`},
	{function: `function() t.n.x.z = 1 end`, says: `attempt to index field 'n' (a number value)`},
	{function: `function() local f = function() return missing.x end f() end`, says: `attempt to index global 'missing' (a nil value)`},
	{function: `function() return #t.n end`, says: `attempt to get length of field 'n' (a number value)`},
	{function: `function() return -t end`, says: `attempt to perform arithmetic on upvalue 't' (a table value)`},
	{function: `function() return -t.zz end`, says: `attempt to perform arithmetic on field 'zz' (a nil value)`},
	{function: `function() return t < 1 end`, says: `attempt to compare table with number`},
	{function: `function() return "a" < 1 end`, says: `attempt to compare string with number`},
	{function: `function() return t <= t end`, says: `attempt to compare two table values`},
	{function: `function() return nil > 1 end`, says: `attempt to compare number with nil`},
	{function: `function() return t.s < t.n end`, says: `attempt to compare string with number`},
	{function: `function() return function() end < function() end end`, says: `attempt to compare two function values`},
	{function: `function() local mt = setmetatable({}, { __index = function(_, k) return k.x.y end }) return mt.foo end`, says: `attempt to index field 'x' (a nil value)`},
	{function: `function() local mt = setmetatable({}, { __index = 5 }) return mt.foo end`, says: `attempt to index a number value`},
	{function: `function() local mt = setmetatable({}, { __newindex = true }) mt.foo = 1 end`, says: `attempt to index a boolean value`},
	{function: `function() local mt = setmetatable({}, { __call = 5 }) mt() end`, says: `attempt to call local 'mt' (a table value)`},
	{function: `function(...) local x = ... return x.y end`, says: `attempt to index local 'x' (a nil value)`},
	{function: `function(...) return (...).y end`, says: `attempt to index a nil value`},
	{function: `function(...) return select(1, ...).y end, 1`, says: `attempt to index a number value`},
	{function: `function() return t.f(t.g()) end`, says: `attempt to call field 'g' (a nil value)`},
	{function: `function() t.f(t.g) end`, says: `attempt to call field 'f' (a nil value)`},
	{function: `function() local s = "5x" return s + 1 end`, says: `attempt to perform arithmetic on local 's' (a string value)`},
	{function: `function() return t.s * 2 end`, says: `attempt to perform arithmetic on field 's' (a string value)`},
	{function: `function() return 2 ^ t.s end`, says: `attempt to perform arithmetic on field 's' (a string value)`},
	{function: `function() return t.s % 2 end`, says: `attempt to perform arithmetic on field 's' (a string value)`},
	{function: `function() return 10 - up - 1 end`, says: `attempt to perform arithmetic on upvalue 'up' (a nil value)`},
	{function: `function() local a = "x" .. nil end`, says: `attempt to concatenate a nil value`},
	{function: `function() local e = {} return e.x + e.y end`, says: `attempt to perform arithmetic on field 'x' (a nil value)`},
	{function: `function() tab.f[1].x = 2 end`, says: `attempt to index field '?' (a nil value)`},
	{function: `function() local a, b, c = 1, {}, 2 return a .. b .. c end`, says: `attempt to concatenate local 'b' (a table value)`},
	{function: `function() return "a" .. "b" .. up .. "c" .. "d" end`, says: `attempt to concatenate upvalue 'up' (a nil value)`},
	{function: `function(a, b) return a.x .. b.x end, { x = 1 }, {}`, says: `attempt to concatenate field 'x' (a nil value)`},
	{function: `function() local s = tab.f s:go() end`, says: `attempt to call method 'go' (a nil value)`},
	{function: `function() tab.f.go:now() end`, says: `attempt to index field 'go' (a nil value)`},
	{function: `function() return missing.a.b end`, says: `attempt to index global 'missing' (a nil value)`},
	{function: `function() missing.a = 1 end`, says: `attempt to index global 'missing' (a nil value)`},
	{function: `function() return t.s.x.y end`, says: `attempt to index field 'x' (a nil value)`},
	{function: `function() up[1] = 2 end`, says: `attempt to index upvalue 'up' (a nil value)`},
	{function: `function() return up[n] end`, says: `attempt to index upvalue 'up' (a nil value)`},
	{function: `function() local function f() return up.x end return f() end`, says: `attempt to index upvalue 'up' (a nil value)`},
	{function: `function() return (function() return tab.zz.x end)() end`, says: `attempt to index field 'zz' (a nil value)`},
}

// Names tests that run-time errors name the variable, as clause 19.15 says.
func (s Suite) Names(t *testing.T) {
	for _, n := range names {
		task := &Task{}
		text := namesBefore + "return { main = function() local _, e = pcall(" + n.function + ") print(e) end }"
		if _, err := s.Run(t, task, text); err != nil {
			t.Errorf("%s: %v", n.function, err)
			continue
		}
		got := strings.Join(task.Output.Lines, "\n")
		if want := fmt.Sprintf("%s:%d: %s", Path, 1+strings.Count(namesBefore, "\n"), n.says); got != want {
			t.Errorf("%s:\n got  %s\n want %s", n.function, got, want)
		}
	}
}

// NamesOfReference tests the table of Names itself: on an interpreter of the machine.
func NamesOfReference(t *testing.T, interpreter string, old bool) {
	path, err := exec.LookPath(interpreter)
	if err != nil {
		t.Skipf("%s is not installed", interpreter)
	}
	var program strings.Builder
	program.WriteString(namesBefore)
	for _, n := range names {
		fmt.Fprintf(&program, "do local _, e = pcall(%s) print((tostring(e):gsub('^[^:]*:%%d+: ', ''))) end\n", n.function)
	}
	run := exec.Command(path, "-")
	run.Stdin = strings.NewReader(program.String())
	out, err := run.CombinedOutput()
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err != nil || len(lines) != len(names) {
		t.Fatalf("%v, %d lines of %d:\n%s", err, len(lines), len(names), out)
	}
	for i, n := range names {
		want := n.says
		if old && n.old != "" {
			want = n.old
		}
		if lines[i] != want {
			t.Errorf("%s: %s says %s, the table %s", n.function, interpreter, lines[i], want)
		}
	}
}
