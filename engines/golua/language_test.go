package golua

import (
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestMethod(t *testing.T) {
	for name, text := range map[string]string{
		"table":    `return { main = function(a, b) return a + 1, b end }`,
		"function": `return function(a, b) return a + 1, b end`,
	} {
		values, err := runMain(t, &fakeTask{}, text, hostapi.Int(41), hostapi.String("x"))
		if err != nil || len(values) != 2 || values[0].Int() != 42 || values[1].Str() != "x" {
			t.Errorf("%s: got %v, %v", name, values, err)
		}
	}
}

// The interpreter's own faults must not show: see chunk.rewrite and keepEvents.
func TestRepairs(t *testing.T) {
	t.Run("closures of one function are different", func(t *testing.T) {
		check(t, `
			local function counter(x) return function() return function() x = x + 1 return x end end end
			local a, b = counter(0)(), counter(0)()
			print(a(), a(), b(), a == b)
			local fs = {}
			for i = 1, 3 do local n = 0 fs[i] = function() n = n + i return n end end
			print(fs[1](), fs[2](), fs[3](), fs[3](), fs[1]())`, `
1 2 1 false
1 2 3 6 2`)
	})
	t.Run("closures of coroutines are different", func(t *testing.T) {
		check(t, `
			local function body(x)
				local get = function() return x end
				coroutine.yield()
				return get()
			end
			local a, b = coroutine.wrap(body), coroutine.wrap(body)
			a(1) b(2)
			print(a(), b())`, `1 2`)
	})
	t.Run("modulo", func(t *testing.T) {
		check(t, `
			local function m(a, b) return a % b end
			print(m(5, 3), m(-5, 3), m(5, -3), m(-5, -3), m(5.5, 2), m(-1, 10), m(0.1, 1), m(6, 3))
			local x, y = -7, "4"
			print(x % 4, x % y, y % 3, -7 % 4)
			print(m(1, 0) ~= m(1, 0), m(5, math.huge) ~= m(5, math.huge))
			local t = setmetatable({}, {__mod = function(a, b) return "mod", 1 end})
			print(t % 1, 1 % t, (t % t) .. "")
			print(pcall(function() return x % nil end))
			print(pcall(function() return {} % 2 end))
			local s = {}
			for i = -3, 3 do s[#s + 1] = (i - 1) % 3 + 1 end
			print(table.concat(s, " "))`, `
2 1 -1 -2 1.5 9 0.1 0
1 1 1 1
true true
mod mod mod
false src/test.lua:10: attempt to perform arithmetic on a nil value
false src/test.lua:11: attempt to perform arithmetic on a table value
3 1 2 3 1 2 3`)
	})
	t.Run("registers survive .. before a call", func(t *testing.T) {
		check(t, `
			local up = "up"
			local t = setmetatable({}, {__index = function(t, k) return k end})
			local function same(a, b, c, d) assert(a == "ab" and b == "up" and c == "x" and d == 1, b) end
			local a, b = "a", "b"
			same(a .. b, up, t.x, 1)
			local function each(...) for i = 1, 20000 do same(a .. b, up, ...) end end
			each("x", 1)
			print(-0 .. "", 0 / -1 .. "|" .. 2^53, a .. b .. 1 .. 2 .. 3 .. 4 .. 5 .. 6 .. 7 .. 8 .. 9 .. a .. b .. a .. b .. a .. b .. a .. b)`, `
0 0|9007199254740992 ab123456789abababab`)
	})
	t.Run("events are found after __index was missed", func(t *testing.T) {
		check(t, `
			local log = {}
			local mt = {
				__len = function() return 42 end,
				__eq = function() return true end,
				__newindex = function(t, k, v) rawset(t, k, v * 2) end,
			}
			local a, b = setmetatable({}, mt), setmetatable({}, mt)
			print(#a, a == b, a.missing, b.missing)
			print(#a, a == b)
			a.x = 4
			print(a.x, a.missing)
			a.y = 5
			print(a.y, rawequal(a, b))`, `
42 true nil nil
42 true
8 nil
10 false`)
	})
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
		task := &fakeTask{}
		in, err := compileSource(t, "return function(n) "+body+" end").Load(task)
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
		if ticks := task.ticks; ticks < n/interval {
			t.Errorf("%s: only %d ticks", name, ticks)
		}
		runtime.KeepAlive(in)
	}
}

// Closures keep their variables when a call they made or were made in throws.
func TestUpvaluesSurviveProtectedCalls(t *testing.T) {
	check(t, `
		local x = 0
		local function inc() x = x + 1 end
		inc() pcall(error, "a") inc()
		pcall(function() inc() error("b") end)
		inc()
		print(x)
		local get
		xpcall(function() local y = 5 get = function() return y end error("c") end, function() end)
		local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
		print(deep(100), get())`, `
4
100 5`)
}

func TestCoroutines(t *testing.T) {
	check(t, `
		local co = coroutine.create(function(a, b)
			print("in", a, b, coroutine.status(coroutine.running()))
			local ok, c = pcall(function() return coroutine.yield(a + b) end)
			print("in", ok, c)
			table.sort({3, 1, 2}, function(x, y) coroutine.yield("less") return x < y end)
			error({})
		end)
		print(coroutine.status(co), type(co))
		print(coroutine.resume(co, 1, 2))
		print(coroutine.resume(co, "x"))
		local ok, v
		repeat ok, v = coroutine.resume(co) until v ~= "less"
		print(ok, type(v), coroutine.status(co))
		print(coroutine.resume(co))
		local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
		print(gen(), gen(), gen())
		local e = {}
		local w = coroutine.wrap(function() error(e) end)
		local ok, got = pcall(w)
		print(ok, got == e)
		print(select(2, coroutine.running()), coroutine.isyieldable())
		print(coroutine.resume(coroutine.running()))`, `
suspended thread
in 1 2 running
true 3
in true x
true less
false table dead
false cannot resume dead coroutine
1 2 3
false true
true false
false cannot resume non-suspended coroutine`)
	check(t, `
		local co
		co = coroutine.create(function()
			print(coroutine.running() == co, select(2, coroutine.running()), coroutine.isyieldable())
			print(coroutine.resume(co))
			local inner = coroutine.create(function() print(coroutine.status(co)) end)
			coroutine.resume(inner)
			return nil, 1, nil
		end)
		print(select("#", coroutine.resume(co)))
		for _, f in ipairs{"create", "wrap", "resume", "status"} do
			local ok, e = pcall(coroutine[f], 1)
			print(f, ok, e:kind())
		end
		local ok, e = pcall(coroutine.yield, 1)
		print(e:message(), e:kind())
		local w = coroutine.wrap(function(...) return select("#", ...), ... end)
		print(w(nil, nil))
		print(pcall(w))
		local t = {}
		t[co] = "key"
		print(t[co], co ~= coroutine.create(print), getmetatable(co))`, `
true false true
false cannot resume non-suspended coroutine
normal
4
create false Invalid
wrap false Invalid
resume false Invalid
status false Invalid
attempt to yield from outside a coroutine Invalid
2 nil nil
false cannot resume dead coroutine
key true nil`)
}

// A manual coroutine counts until it has ended or the script has lost it.
func TestCoroutinesAreCounted(t *testing.T) {
	task := &fakeTask{most: 10}
	_, err := runMain(t, task, `return function()
		for i = 1, 100 do coroutine.wrap(function() end)() end
		local kept = {}
		for i = 1, 10 do kept[i] = coroutine.create(function() coroutine.yield() end) end
		local ok, e = pcall(coroutine.create, print)
		print(ok, e:kind(), e:message())
		coroutine.resume(kept[1])
		coroutine.resume(kept[1])
		print(pcall(coroutine.create, print))
	end`)
	if err != nil || len(task.process.lines) != 2 || task.process.lines[0] != "false RateLimited max coroutines limit exceeded" ||
		!strings.HasPrefix(task.process.lines[1], "true") {
		t.Errorf("got %v, %q", err, task.process.lines)
	}
	task = &fakeTask{}
	var in hostapi.Instance
	collect := &hostapi.Module{Name: "collect", Always: true, Funcs: []*hostapi.Func{{Name: "now", Run: func(hostapi.Call) error {
		// The cleanups run some time after the collection that finds the handles.
		for range 20 {
			runtime.GC()
			runtime.Gosched()
		}
		return nil
	}}}}
	in, err = compileSource(t, `return function()
		for i = 1, 1000 do
			coroutine.wrap(function() local big = {} coroutine.yield(big) end)()
			coroutine.create(print)
		end
		collect.now()
		coroutine.create(print)
	end`, collect).Load(task)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := in.Method("main")
	if _, err := f.Call(task, nil); err != nil {
		t.Fatal(err)
	}
	if task.manual > 500 {
		t.Errorf("%d coroutines are counted, of 2001 all but the last are lost", task.manual)
	}
	in.Close()
}

func TestRecursion(t *testing.T) {
	check(t, `
		local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
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
		print(depth(15000))`, `
15000
false stack overflow
false stack overflow
false stack overflow
1000
boolean true
100 false
false
false
false
200 false
true
15000`)
}

// Any value may be thrown, and comes back unchanged (19.9, 19.10).
func TestThrowing(t *testing.T) {
	check(t, `
		local object = {}
		print(select(2, pcall(error, object)) == object, select("#", pcall(error)), pcall(error, nil))
		print(pcall(function() error("one") end))
		local function two() error("two", 2) end
		print(pcall(function() two() end))
		print(pcall(function() error("zero", 0) end))
		print(pcall(error, "native"))
		print(pcall(error, 42))
		print(pcall(error, true))
		print(pcall(assert, false))
		print(pcall(assert, nil, "message"))
		print(select(2, pcall(assert, nil, object)) == object)
		print(pcall(assert, 1, 2, nil))
		print(xpcall(function(...) return ... end, print, 1, nil, 3))
		print(xpcall(error, function(e) return e == object, "second" end, object))
		local ok, e = xpcall(error, function() error(object) end, "x")
		print(ok, e == object)
		print(pcall(pcall, error, "inner"))
		print(pcall(pcall))`, `
true 2 false nil
false src/test.lua:5: one
false src/test.lua:7: two
false zero
false native
false 42
false true
false assertion failed!
false message
true
true 1 2 nil
true 1 nil 3
false true
false true
true false inner
false bad argument #1 to 'pcall' (value expected)`)
	check(t, `
		local e = errors.new("text")
		print(select(2, pcall(error, e)) == e, type(e), getmetatable(e))
		print(e .. " after", "before " .. e, e .. e, e .. 1, tostring(e), e:message())
		print(string.find(e, "ex"))
		print(pcall(function() e.x = 1 end))
		print(pcall(function() errors.x = 1 end))
		print(pcall(rawset, errors, "x", 1))
		print(pcall(table.insert, errors, 1))
		print(pcall(e.message))
		print(pcall(function() local x = nil; return x.y end))
		print(pcall(function() return {} < {} end))`, `
true userdata false
text after before text texttext text1 text text
2 3
false read-only
false read-only
false read-only
false read-only
false message: not called with a error in front, use ':'
false src/test.lua:12: attempt to index local 'x' (a nil value)
false src/test.lua:13: attempt to compare two 'table' values`)
}

func TestBaseFunctions(t *testing.T) {
	check(t, `
		print(type(nil), type(1), type("x"), type({}), type(print), type(process), type(errors.new("x")), type(coroutine.create(print)))
		print(tostring(nil), tostring(-0), tostring(1e15), tostring(2^53), tostring(0.1), tostring(1/0), tostring(-1/0), tostring(0/0))
		print(rawequal(nil, nil), rawequal("a", "a"), rawequal({}, {}), rawequal(1, "1"))
		local t = setmetatable({}, {__index = function() return 1 end, __newindex = function() end})
		t.x = 5
		print(t.x, rawget(t, "x"), rawset(t, "x", 7) == t, rawget(t, "x"))
		print(select("#", 1, nil, nil), (select(2, "a", "b", "c")), select(-1, 1, 2, 3))
		print(table.pack(1, nil).n, (unpack({1, 2, 3})), table.unpack({1, 2, 3}, 2))
		print(tonumber("0x10"), tonumber("1e1"), tonumber("  7  "), tonumber("z", 36), tonumber("9", 8), tonumber("x"))
		print(getmetatable(""), ("x"):upper(), #"abc", ("%d"):format(3))
		print(getmetatable(setmetatable({}, {__metatable = "locked"})), pcall(setmetatable, setmetatable({}, {__metatable = 1}), {}))
		print(next({}), type(next), next({5}))
		print(tostring(setmetatable({}, {__tostring = function() return "text" end})))
		print((pcall(tostring, setmetatable({}, {__tostring = function() return {} end}))))
		print(pcall(setmetatable, 1, {}))
		print(pcall(ipairs))
		print(pcall(rawset, {}, nil, 1))
		print(math.huge == 1/0, math.log10(1000), math.log(8, 2), math.floor(-3.5), math.type)
		print(string.format("%5.2f|%d|%s|%q", 3.14159, 42, true, "a\nb"))
		print(("\195\169a"):upper() == "\195\169A", ("x"):rep(3, ","), ("abc"):byte(1, -1))
		print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"))
		print(("abc"):gsub("%w", {a = "1", b = false}))
		print(10 .. 20, 1.5 .. "", -1 .. "x", 2^31 .. "")
		print("10" + 5, "0x10" * 2, 10 == "10", "a" < "b")
		print(table.concat({1, 2.5, "x"}, "-"), #table.pack(), select("#", table.unpack({}, 1, 3)))
		function string.twice(s) return s .. s end
		print(("ab"):twice(), (pcall(function() return ("x").y.z end)))
		for i, v in ipairs({1, 2, nil, 4}) do print(i, v) end`, `
nil number string table function table userdata thread
nil 0 1000000000000000 9007199254740992 0.1 inf -inf nan
true true false false
1 nil true 7
3 b 3
2 1 2 3
16 10 7 35 nil nil
false X 3 3
locked false cannot change a protected metatable
nil function 1 5
text
false
false bad argument #1 to 'setmetatable' (table expected, got number)
false bad argument #1 to 'ipairs' (table expected, got no value)
false table index is nil
true 3 3 -4 nil
 3.14|42|true|"a\
b"
true x,x,x 97 98 99
key value
1bc 3
1020 1.5 -1x 2147483648
15 32 false true
1-2.5-x 0 3
abab false
1 1
2 2`)
}

// Walking a table takes time in proportion to its size, and sees everything,
// also while entries are cleared.
func TestPairs(t *testing.T) {
	check(t, `
		local function walk(t)
			local n, sum = 0, 0
			for k, v in pairs(t) do n = n + 1 sum = sum + v t[k] = nil end
			return n, sum, next(t)
		end
		local t = {}
		for i = 1, 10 do t[i] = i t["k" .. i] = i t[i + 0.5] = i end
		t[true] = 1 t[false] = 1
		print(walk(t))
		local function step(t)
			local n, k, v = 0, next(t)
			while k ~= nil do n = n + v t[k] = nil k, v = next(t, k) end
			return n, next(t)
		end
		for i = 1, 10 do t[i] = 1 t["k" .. i] = 1 t[{}] = 1 end
		print(step(t))
		for i = 1, 20000 do t["k" .. i] = 1 end
		print(step(t))
		for i = 1, 50000 do t["k" .. i] = 1 end
		print(walk(t))
		for i = 1, 40 do t[{}] = i end
		print(walk(t))
		local names = {}
		for name in pairs(process) do names[#names + 1] = name end
		print(#names > 20, next({}, nil), type(process.event), pairs(t) ~= nil)
		local first = next(process)
		print(process[first] ~= nil, pcall(next, process, "zzz"))
		print(pcall(next, {}, "absent"))`, `
32 167 nil
30 nil
20000 nil
50000 50000 nil
40 820 nil
true nil table true
true false invalid key to 'next'
false invalid key to 'next'`)
}

// What scripts see is what section 19 lists, neither more nor less.
func TestGlobals(t *testing.T) {
	want := "_G _VERSION assert channel coroutine error errors getmetatable ipairs math next pairs pcall print process rawequal rawget rawset require select setmetatable string table tonumber tostring type unpack xpcall"
	libraries := map[string]string{
		"string":    "byte char find format gmatch gsub len lower match rep reverse sub upper",
		"table":     "concat insert pack remove sort unpack",
		"math":      "abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min modf pi pow rad random randomseed sin sinh sqrt tan tanh",
		"coroutine": "create isyieldable resume running spawn status wrap yield",
	}
	list := `local function list(t) local names = {} for k in pairs(t) do names[#names + 1] = k end table.sort(names) return table.concat(names, " ") end `
	task := &fakeTask{}
	values, err := runMain(t, task, "return function() "+list+"return list(_G) end")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for name := range strings.FieldsSeq(values[0].Str()) {
		if name != "os" { // depends on the modules that the source has
			got = append(got, name)
		}
	}
	if text := strings.Join(got, " "); text != want {
		t.Errorf("globals\n%s\nwant\n%s", text, want)
	}
	for name, want := range libraries {
		values, err := runMain(t, &fakeTask{}, "return function() "+list+"return list("+name+") end")
		if err != nil || values[0].Str() != want {
			t.Errorf("%s: %v, %v\nwant %s", name, values, err, want)
		}
	}
}

// Globals and libraries belong to the process; it may change them.
func TestGlobalsAreTheProcesss(t *testing.T) {
	check(t, `
		print(print == _G.print, _G._G == _G, rawget(_G, "type") == type, getmetatable(_G))
		x = 1
		print(_G.x, rawget(_G, "x"), undefined)
		pairs = nil
		print(pairs, rawget(_G, "pairs"), next ~= nil)
		string.upper = nil
		print(string.upper, pcall(function() return ("x"):upper() end))
		setmetatable(_G, {__index = function(_, k) return k end})
		print(undefined, tostring(1))`, `
true true true nil
1 1 nil
nil nil true
nil false src/test.lua:9: attempt to call a nil value
undefined 1`)
	check(t, `
		print(pairs ~= nil, ("x"):upper())
		rawset(_G, "ipairs", nil)
		print(ipairs, getmetatable(_G))
		print = print
		tostring = function() return "mine" end
		print(tostring(1), 1)`, `
true X
nil nil
mine 1`)
}

// A process starts afresh, also when it takes over the compiled code of one that
// has ended.
func TestProcessesShareNothing(t *testing.T) {
	text := `
		local function counter() local n = 0 return function() n = n + 1 return n end end
		local state, next = {}, counter()
		return function(name)
			print(name, seen, #state, next(), string.mine, ("x").mine, rawget(_G, "print"))
			seen, string.mine = true, "mine"
			state[1] = name
			return process == process.event, errors.new("x") == errors.new("x"), #process, pairs(errors)
		end`
	p := compileSource(t, text)
	for _, name := range []string{"one", "two", "three"} {
		task := &fakeTask{}
		in, err := p.Load(task)
		if err != nil {
			t.Fatal(err)
		}
		f, _ := in.Method("main")
		if _, err := f.Call(task, []hostapi.Value{hostapi.String(name)}); err != nil {
			t.Fatal(err)
		}
		if got, want := task.process.lines[0], name+" nil 0 1 nil nil function: "; !strings.HasPrefix(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
		in.Close()
	}
	// What processes do share is only read; the race detector watches.
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				task := &fakeTask{}
				in, err := p.Load(task)
				if err != nil {
					t.Error(err)
					return
				}
				f, _ := in.Method("main")
				if _, err := f.Call(task, []hostapi.Value{hostapi.String("n")}); err != nil {
					t.Error(err)
				}
				in.Close()
			}
		})
	}
	group.Wait()
}
