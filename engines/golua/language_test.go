package golua

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/luatest"
	"github.com/understudy-run/understudy/hostapi"
)

func suite() luatest.Suite { return luatest.Suite{Engine: New()} }

// Calls nest deeper than on the other engine, and all end in an error.
func TestDeepCalls(t *testing.T) {
	suite().Law(t, `local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
print(depth(15000))
local function forever(n) return 1 + forever(n + 1) end
for i = 1, 3 do print(pcall(forever, 1)) end
local function protected(n) if n == 0 then return 0 end return 1 + select(2, pcall(protected, n - 1)) end
print(protected(1000))
local function always(n) local ok, e = pcall(always, n + 1) if not ok then return n, e end return ok, e end
local n, e = select(2, pcall(always, 1))
print(type(n), n ~= nil)
local mt = {}
mt.__index = function(t, k) if k == 0 then return 0 end return 1 + t[k - 1] end
local t = setmetatable({}, mt)
print(t[100], (pcall(function() return t[1e6] end)))
mt.__tostring = function(t) return tostring(t) end
print((pcall(tostring, t)))
local function sort() table.sort({2, 1}, function() sort() return true end) end
print((pcall(sort)))
local function sub() return (("x"):gsub("x", sub)) end
print((pcall(sub)))
local function co(n) if n == 0 then return 0 end return 1 + coroutine.wrap(co)(n - 1) end
print(co(200), (pcall(co, 1e6)))
local function xp() return xpcall(error, xp) end
print((pcall(xp)))
print(depth(15000))

--> 15000
--> false stack overflow
--> false stack overflow
--> false stack overflow
--> 1000
--> boolean true
--> 100 false
--> false
--> false
--> false
--> 200 false
--> true
--> 15000`)
}

// The variables that closures capture must not gather in the interpreter.
func TestCapturedVariablesAreReleased(t *testing.T) {
	for name, body := range map[string]string{
		"return":    `local function f(a, b, c) local g = function() return a, b, c end return g end for i = 1, n do f(i, i, i) end`,
		"tail call": `local function id(x) return x end local function f(a, b, c) local g = function() return a, b, c end return id(g) end for i = 1, n do f(i, i, i) end`,
		"loop":      `for i = 1, n do local a, b, c = i, i, i local g = function() return a, b, c end end`,
		"while":     `local i = 0 while i < n do i = i + 1 local a, b = i, i local g = function() return a, b end if i == n then break end end`,
		"repeat":    `local i = 0 repeat local a, b = i, i local g = function() return a, b end i = i + 1 until a == n`,
		"block":     `for i = 1, n do do local a, b = i, i local g = function() return a, b end end end`,
		"generic":   `local function iter(n, i) if i < n then return i + 1, i end end for i, j in iter, n, 0 do local g = function() return i, j end end`,
		"error":     `for i = 1, n do pcall(function() local a, b = i, i local g = function() return a, b end error(g) end) end`,
		"branch":    `for i = 1, n do if i > 0 then local a, b = i, i local g = function() return a, b end if a ~= b then return end end end`,
	} {
		const n = 30000
		task := &luatest.Task{}
		in, err := suite().Compile(t, "return function(n) "+body+" end").Load(task)
		if err != nil {
			t.Fatal(err)
		}
		heap := func() int64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return int64(m.HeapAlloc)
		}
		before := heap()
		f, _ := in.Method("main")
		if _, err := f.Call(task, []hostapi.Value{hostapi.Int(n)}); err != nil {
			t.Fatal(err)
		}
		// What the interpreter has gathered is still reachable from the task's State.
		if grown := heap() - before; grown > n*8 {
			t.Errorf("%s: %d bytes more after %d closures", name, grown, n)
		}
		if ticks := task.Ticks; ticks < n/interval {
			t.Errorf("%s: only %d ticks", name, ticks)
		}
		runtime.KeepAlive(in)
	}
}

// The interpreter would blame whatever variable is nil as well.
func TestTypeErrorsBlameNoOtherVariable(t *testing.T) {
	suite().Law(t, `local innocent
print(pcall(function(n) undefined() end))
print(pcall(function(n) return undefined.field end))
print(pcall(function() return innocent, #undefined end))

--> false src/test.lua:2: attempt to call global 'undefined' (a nil value)
--> false src/test.lua:3: attempt to index global 'undefined' (a nil value)
--> false src/test.lua:4: attempt to get length of global 'undefined' (a nil value)
`)
}

// % is that of the reference, also on strings that stand for numbers (19.7), and
// constants with a comment behind a number are none.
func TestModuloOfTheReference(t *testing.T) {
	suite().Law(t, `local function m(a, b) return a % b end
print(m(1, 0.1), m(5, math.huge), m(-5, math.huge), m(5, -math.huge), m(1e15, 0.3), m(-2^53, 3), m(2^53 + 2, 3))
print(m(-1e300, 7), m(5.3, -2), m(0, -3) == 0, m(1, 0), m(math.huge, 2))
print("1" % "0.1", "0x10" % 7, m("-5", "3"), 1e15 % 0.3, 1 % 0.1, -5 % 3.5)
print((pcall(m, "x", 1)), (pcall(m, "5--x", 1)), select(2, pcall(m, 1, {})))
print(pcall(function() return "5--x" + 1 end))
print(pcall(function() local s = "5--" return -s end), (pcall(function() return 2 * "1--[[x]]" end)), ("-- x") .. 1)
print(setmetatable({}, {__sub = function(a, b) return b end}) - "5--x")

--> 0 nan nan nan 0.125 0 2
--> 0 -0.7 true nan nan
--> 0 2 1 0.125 0 2
--> false false src/test.lua:1: attempt to perform arithmetic on local 'b' (a table value)
--> false src/test.lua:6: attempt to perform arithmetic on a string value
--> false false -- x1
--> 5--x`)
}

// A vararg function that ends in a tail call is left out of positions, as in the
// reference, whether calls nest deep or not.
func TestPositionsOfTailCalls(t *testing.T) {
	suite().Law(t, `local function fail(level, n)
  error("e" .. level, level)
end
local function w(...)
  return fail(...)
end
local function w2(...)
  local a, b, c, d = ...
  local f = function() return a, b, c, d end
  return w(f())
end
local function outer(...)
  w2(...)
end
for level = 0, 4 do
  print(pcall(function()
    outer(level, 1, 2, 3, 4, 5)
  end))
end
print(pcall(function(...)
  return error("direct", 1)
end, 1, 2, 3, 4))
print(pcall(function(...)
  return error("direct 2", 2)
end, 1, 2, 3, 4))
local function deep(n, f) if n == 0 then f() return 0 end return 1 + deep(n - 1, f) end
for level = 1, 4 do
  print(pcall(deep, 300, function()
    for i = 1, 2000 do end
    outer(level, 1, 2, 3, 4, 5)
  end))
end

--> false e0
--> false src/test.lua:2: e1
--> false src/test.lua:13: e2
--> false src/test.lua:17: e3
--> false e4
--> false src/test.lua:21: direct
--> false direct 2
--> false src/test.lua:2: e1
--> false src/test.lua:13: e2
--> false src/test.lua:30: e3
--> false src/test.lua:26: e4`)
}

// Arguments are counted as long as calls nest deep, and tail calls then take no room.
func TestArgumentsAreCountedWhereCallsNestDeep(t *testing.T) {
	var counting []bool
	look := &hostapi.Module{Name: "look", Always: true, Funcs: []*hostapi.Func{{Name: "now", Run: func(c hostapi.Call) error {
		own := c.(*call)
		counting = append(counting, own.th.in.deep != nil)
		if _, ok := lua.Stack(own.l, 1000); ok {
			t.Error("more than 1000 calls nest")
		}
		return nil
	}}}}
	task := &luatest.Task{}
	in, err := task.Load(suite().Compile(t, `local function loop(n, ...) if n == 0 then look.now() return select("#", ...) end return loop(n - 1, ...) end
		return function(n) look.now() assert(loop(n, 1, 2, 3) == 3) for i = 1, 5000 do end look.now() end`, look))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{50000, 10} {
		counting = nil
		f, _ := in.Method("main")
		if _, err := f.Call(task, []hostapi.Value{hostapi.Int(int64(n))}); err != nil {
			t.Fatal(err, task.Cause)
		}
		if want := []bool{false, n > deepCalls, false}; !slices.Equal(counting, want) {
			t.Errorf("%d tail calls: counting before, meanwhile and after is %v, want %v", n, counting, want)
		}
	}
	if in.(*instance).deep != nil {
		t.Error("counting after the end")
	}
}

// Powers are the nearest doubles, as numerals are, whoever computes them (19.7).
func TestPowers(t *testing.T) {
	suite().Law(t, `local function p(a, b) return a ^ b end
local wrong = 0
for k = -300, 300 do if p(10, k) ~= tonumber("1e" .. k) or math.pow(10, k) ~= p(10, k) then wrong = wrong + 1 end end
print(wrong, 10^-2 == 0.01, 10^37 == 1e37, 2^-1074 > 0, -2^2, 2^3^2, 2^-3^2)
print(p("2", "0.5") == math.sqrt(2), p(-8, 1/3), p(0, -1), p(-1.5, 3), 1.1^10 == p(1.1, 10), 3 ^-2 == 1/9)
print(setmetatable({}, {__pow = function(a, b) return b end}) ^ 5, (pcall(p, {}, 1)), (pcall(p, 1, "x")))

--> 0 true true true -4 512 0.001953125
--> true nan inf -3.375 true true
--> 5 false false`)
}

// Numerals and strings stand for the same numbers as in the reference, also those
// that are too large, and hexadecimal ones with many digits.
func TestNumerals(t *testing.T) {
	suite().Law(t, `print(1e999, -1e999, 1e308, 179769313486231580793728971405301e300, 0x1p4, 0X.8, 3 .. "", 1e+2 + 1e-2)
print("1e999" + 0, 2 * "-1e400", -"1e999", "0x10" - 1, 10 / " 5 ", "2" ^ "3")
local function exact(x) return string.format("%.17g", x) end
print(exact(0x252d572dd7df79d82a5d04395d), exact(0x6aa4ec67b10cda.f), exact(0xffffffffffffffff), exact(0x245a5ac7.4a9e65feep-7))
print(pcall(function() return "5x" + 1 end))
print(pcall(function() return 1 - {} end))
local t = setmetatable({}, {__add = function(a, b) return type(a) .. type(b) end})
print("x" + t, t + "x", "1" + t)

--> inf -inf 1e+308 inf 16 0.5 3 100.01
--> inf -inf -inf 15 2 8
--> 2.9454742315046924e+30 30017682790223068 1.8446744073709552e+19 4764853.5569646833
--> false src/test.lua:5: attempt to perform arithmetic on a string value
--> false src/test.lua:6: attempt to perform arithmetic on a table value
--> stringtable tablestring stringtable`)
	for _, text := range []string{"return 1e", "return 0x", "return 1..2", "return 3f", "\n\nreturn 0x1p"} {
		_, err := New().Compile(hostapi.Source{Path: "a.lua", Text: text})
		var e *hostapi.SyntaxError
		if !errors.As(err, &e) || e.Line != 1+strings.Count(text, "\n") || !strings.Contains(e.Message, "malformed number") {
			t.Errorf("%s: got %v", text, err)
		}
	}
}

// The parts of an if with many elseifs are found, and compiling takes no time with
// the third power of their number.
func TestManyElseifs(t *testing.T) {
	const n = 3000
	var text strings.Builder
	text.WriteString("return function() local function f(x)\nif x == 0 then return 'first'")
	for i := range n {
		fmt.Fprintf(&text, "\nelseif x == %d then return x, 'at'", i+1)
	}
	text.WriteString("\nelse error('else') end return 'after' end\n")
	fmt.Fprintf(&text, "local s = 0 for i = 1, %d do local x, at = f(i) if at == 'at' then s = s + x end end return f(0), s, pcall(f, -1) end", n)
	values, err := suite().Run(t, &luatest.Task{}, text.String())
	want := []hostapi.Value{
		hostapi.String("first"), hostapi.Int(n * (n + 1) / 2), hostapi.Bool(false),
		hostapi.String(fmt.Sprintf("src/test.lua:%d: else", n+3)),
	}
	if err != nil || !hostapi.ListOf(values...).Equal(hostapi.ListOf(want...)) {
		t.Errorf("got %v, %v, want %v", values, err, want)
	}
}

// Walking a table asks no __eq. Keys that all call each other equal would be
// walked for ever.
func TestWalkingIgnoresEquality(t *testing.T) {
	suite().Law(t, strings.ReplaceAll(`local mt = {EVENT = function() error("asked") end}
local t, n, sum = {}, 0, 0
for i = 1, 8000 do t[setmetatable({}, mt)] = i end
for k, v in pairs(t) do n = n + 1 sum = sum + v end print(n, sum)
n, sum = 0, 0 for k, v in next, t do n = n + 1 sum = sum + v end print(n, sum)
mt.EVENT = function() return true end
n, sum = 0, 0 for k, v in pairs(t) do n = n + 1 sum = sum + v end print(n, sum)
n, sum = 0, 0 for k, v in next, t do n = n + 1 sum = sum + v t[k] = nil end print(n, sum, next(t))
print((pcall(next, {x = 1}, "y")), (pcall(next, {}, 1)), (pcall(next, {1, 2, 3}, 4)), (pcall(next, {x = 1}, {})))

--> 8000 32004000
--> 8000 32004000
--> 8000 32004000
--> 8000 32004000 nil
--> false false false false`, "EVENT", "__"+"eq"))
}

// What next has cleared of a table it does not look at again, and walks that
// alternate each keep their place: neither takes time with the square of the keys.
func TestNextNeedsNoSearch(t *testing.T) {
	task := &luatest.Task{}
	loaded, err := task.Load(suite().Compile(t, `return function()
		local a, b = {}, {}
		for i = 1, 2000 do a["k" .. i] = i b[{}] = i end
		local j, k
		for i = 1, 1000 do j, k = next(a, j), next(b, k) end
		for i = 1, 1500 do a[next(a)] = nil end
	end`))
	if err != nil {
		t.Fatal(err)
	}
	in := loaded.(*instance)
	f, _ := in.Method("main")
	if _, err := f.Call(task, nil); err != nil {
		t.Fatal(err)
	}
	cursors := in.seldom().cursors
	if len(cursors) != 2 {
		t.Fatalf("%d cursors for 2 tables", len(cursors))
	}
	if b := cursors[0]; b.at != 999 || len(b.list) != 2000 {
		t.Errorf("the walk over b stands at %d of %d keys, want 999 of 2000", b.at, len(b.list))
	}
	if a := cursors[1]; a.first != 1499 || len(a.list) != 2000 {
		t.Errorf("of %d keys of a %d are known to be gone, want 1499 of 2000", len(a.list), a.first)
	}
}

// A constant with a number that does not fit into an instruction is that constant.
func TestManyConstants(t *testing.T) {
	const n = 1<<18 + 100
	var text strings.Builder
	text.WriteString("x, s = 0, 0\n")
	for i := range n {
		fmt.Fprintf(&text, "x = %d.5 ", i)
		if i%1000 == 0 || i > n-200 {
			text.WriteString("s = s + x\n")
		}
	}
	text.WriteString("return function() return s, x end")
	values, err := suite().Run(t, &luatest.Task{}, text.String())
	want := 0.0
	for i := range n {
		if i%1000 == 0 || i > n-200 {
			want += float64(i) + 0.5
		}
	}
	if err != nil || len(values) != 2 || values[0].Float() != want || values[1].Float() != n-0.5 {
		t.Errorf("got %v, %v, want %v, %v", values, err, want, n-0.5)
	}
}
