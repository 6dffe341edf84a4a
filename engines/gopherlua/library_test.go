package gopherlua

import (
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func members(t *testing.T, expr string) []string {
	t.Helper()
	task := &fakeTask{}
	if _, err := runMain(t, task, `return function()
		for k in pairs(`+expr+`) do print(k) end
	end`); err != nil {
		t.Fatal(err)
	}
	slices.Sort(task.process.lines)
	return task.process.lines
}

// The globals and the members of the libraries are a white list (19.1).
func TestWhiteList(t *testing.T) {
	for expr, want := range map[string]string{
		"_G": `_G _VERSION assert error getmetatable ipairs next pairs pcall print rawequal rawget rawset
			require select setmetatable tonumber tostring type unpack xpcall
			channel coroutine errors math os process string table`,
		"string": `byte char find format gmatch gsub len lower match rep reverse sub upper`,
		"table":  `concat insert pack remove sort unpack`,
		"math": `abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min
			modf pi pow rad random randomseed sin sinh sqrt tan tanh`,
		"coroutine": `create isyieldable resume running spawn status wrap yield`,
		"os":        `clock date difftime platform time`,
	} {
		names := strings.Fields(want)
		slices.Sort(names)
		if got := members(t, expr); !slices.Equal(got, names) {
			t.Errorf("%s: got %q, want %q", expr, got, names)
		}
	}
}

// Whatever a script does to its globals and libraries is seen by itself alone.
func TestProcessesAreIsolated(t *testing.T) {
	p := compileSource(t, `return {
		spoil = function()
			string.format = nil
			string.extra = function(s) return "extra " .. s end
			print(string.format, ("x"):extra(), ("x").format, rawget(string, "len") ~= nil)
			table.insert(math, 1) math.pi = 3
			for k in pairs(os) do os[k] = nil end
			setmetatable(_G, {__index = function(_, k) return "no " .. k end})
			print(foo, math[1], math.pi, next(os), rawget(_G, "print") == print)
			print = nil
			tostring, channel, x = nil, nil, 1
			assert(rawset(_G, "type", 5).type == 5)
			coroutine = {}
			local p = pcall
			for _, f in ipairs{
				function() process.send = 1 end, function() process.fresh = 1 end, function() rawset(process, "x", 1) end,
				function() setmetatable(process, {}) end, function() table.insert(process, 1) end,
				function() process.registry.lookup = nil end, function() errors.new = nil end,
				function() setmetatable("", {}) end, function() getmetatable("").x = 1 end,
				function() getmetatable(process).x = 1 end, function() errors.new("x").y = 1 end,
				function() getmetatable(errors.new("x")).y = 1 end, function() errors.INVALID = 1 end,
			} do
				assert(not p(f), _)
			end
		end,
		show = function()
			print(string.format("%d", 1), string.extra, rawget(string, "extra"), ("x").extra)
			print(math[1], math.pi > 3.1, os.time ~= nil, getmetatable(_G), foo, x, type(tostring), type(channel))
			print(process.fresh, type(process.send), type(process.registry.lookup), errors.INVALID, type(coroutine.create))
			print(getmetatable(""), getmetatable(process), getmetatable(errors.new("x")), next(process))
		end,
	}`)
	var lines []string
	for _, method := range []string{"spoil", "show"} {
		task := &fakeTask{}
		in, err := p.Load(task)
		if err != nil {
			t.Fatal(err)
		}
		f, _ := in.Method(method)
		if _, err := f.Call(task, nil); err != nil {
			t.Fatalf("%s: %v %v", method, err, task.fault)
		}
		lines = append(lines, task.process.lines...)
	}
	want := []string{
		"nil extra x nil true",
		"no foo 1 3 nil true",
		"1 nil nil nil",
		"nil true true nil nil nil function table",
		"nil function function Invalid function",
		"false false false nil",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// A global that is set to nil stays nil, whatever it hid.
func TestGlobalsBehaveAsATable(t *testing.T) {
	check(t, `
		x = 1 print(x, _G.x) x = nil print(x, _G.x)
		print(rawget(_G, "print") == print, _G._G == _G, _G.string == string, require("string") == string)
		local p = print
		pairs = nil
		p(pairs, rawget(_G, "pairs"))
		print = function() end
		print = nil
		p(print)
		string = nil
		p(string, require("string").len("abc"), ("abc"):len())`, `
1 1
nil nil
true true true true
nil nil
nil
nil 3 3`)
	check(t, `
		local p = print
		string = 5
		p(string, ("x"):len())
		print = nil
		p(print, _G.print)`, `
5 1
nil nil`)
}

func TestThrowing(t *testing.T) {
	check(t, `
		print(pcall(error, "x"))
		print(pcall(function() error("x") end))
		print(pcall(function() error("x", 0) end))
		local function f() error("x", 2) end
		print(pcall(function()
			f()
		end))
		local t = {}
		print(select(2, pcall(error, t)) == t, pcall(error, nil))
		print(select("#", pcall(error)), select("#", pcall(function() return 1, nil, nil end)))
		print(pcall(assert, false, t) == false, select(2, pcall(assert, false, t)) == t)
		print(pcall(assert, nil))
		print(pcall(assert, nil, "text"))
		print(assert(1, 2, 3))
		print(xpcall(function(...) return select("#", ...), ... end, print, 1, nil, 3))
		print(xpcall(error, function(e) return e, "second" end, "x"))
		print(xpcall(error, function(e) error("in handler", 0) end, "x"))
		local e = errors.new("e")
		print(select(2, pcall(error, e)) == e, pcall(error, e, 2))
		print(pcall(nil))
		print(select(2, pcall(channel.new, "x")):kind())
		print(pcall(pcall, error, "x"))
		print(pcall(error, 42, 1))`, `
false x
false src/test.lua:4: x
false x
false src/test.lua:8: x
true false nil
2 4
true true
false assertion failed!
false text
1 2 3
true 3 1 nil 3
false x
false in handler
true false e
false attempt to call a nil value
Invalid
true false x
false 42`)
}

func TestErrorObjects(t *testing.T) {
	check(t, `
		local e = errors.new{message = "not found", kind = errors.NOT_FOUND, details = {n = {1, 2}}}
		print("a " .. e, e .. " b", e .. e, e .. 1, 1 .. e)
		print(string.find(e, "found"), e:message(), tostring(e), type(e))
		print(string.format("%s", e), string.upper(e), string.len(e))
		e:details().n[1] = 5
		print(e:details().n[1], e == e, errors.new("x") == errors.new("x"))
		print(pcall(function() return e .. {} end))
		print(#errors.wrap(e, "c"):stack() > 0, errors.wrap(e, "c"))
		print(errors.is(e, errors.NOT_FOUND), errors.is("x", ""), e.nothing)
		print(pcall(e.kind, 1))
		local t = {[e] = 1} print(t[e])`, `
a not found not found b not foundnot found not found1 1not found
5 not found not found userdata
not found NOT FOUND 9
1 true false
false src/test.lua:9: attempt to concatenate a table value
true c: not found
true false nil
false kind: must be called as a method of a error
1`)
}

func TestNumbersAndText(t *testing.T) {
	check(t, `
		print(1e15, 2^53, 2^53 * 4, 0.1, -0.0, 1/0, -1/0, 100, 1e100, 3.14159265358979)
		print(1 .. "", 10 .. "|" .. 12345678901234, math.huge == 1/0)
		print(0/0 ~= 0/0, tostring(0/0))
		print(tonumber("1e1"), tonumber(" 0x10 "), tonumber("z", 36), tonumber("x"), tonumber(""), tonumber("10", 2))
		print(table.concat({1, 2.5, "x"}, ","), string.format("%d %5.2f %s %q", 3, 2.5, true, "a\nb"))
		print(select(2, pcall(string.format, "%d", 3.7)):kind())
		print("10" + 5, 10 % 3, -1 % 3, 2 ^ 10, 7 / 2)
		print(#"abc", ("x"):rep(3, ","), ("héLLo"):upper())
		print(select("#"), select(-1, 1, 2), select(2, "a", "b", "c"))
		print(unpack({1, 2, 3}, 2), table.unpack({1, nil, 3}, 1, 3), table.pack(1, nil).n)
		print(math.log(8, 2), math.floor(-3.5), math.max(1, 5, 3), math.fmod(7, 3))
		print(("%a+"):len(), ("key = value"):match("(%w+) = (%w+)"))
		print(("abc"):gsub("%w", {a = "1", b = false}))
		for k, v in string.gmatch("a=1, b=2", "(%w+)=(%w+)") do print(k, v) end
		print(math.random() ~= math.random(), math.random(1, 1))
		math.randomseed(42) local a = math.random(1000) math.randomseed(42) print(a == math.random(1000))`, `
1000000000000000 9007199254740992 3.6028797018964e+16 0.1 0 inf -inf 100 1e+100 3.1415926535898
1 10|12345678901234 true
true nan
10 16 35 nil nil 2
1,2.5,x 3  2.50 true "a\
b"
Invalid
15 1 2 1024 3.5
3 x,x,x HéLLO
0 2 b c
2 1 2
3 -4 5 1
3 key value
1bc 3
a 1
b 2
true 1
true`)
}

func TestMetatables(t *testing.T) {
	check(t, `
		local log = {}
		local mt = {
			__index = function(t, k) return k .. "!" end, __newindex = function(t, k, v) rawset(t, k, v * 2) end,
			__call = function(self, a, b) return a + b end, __len = function() return 7 end,
			__eq = function() return true end, __lt = function() return true end, __le = function() return false end,
			__concat = function(a, b) return "cat" end, __unm = function() return "neg" end,
			__add = function() return "add" end, __sub = function() return "sub" end, __mul = function() return "mul" end,
			__div = function() return "div" end, __mod = function() return "mod" end, __pow = function() return "pow" end,
			__tostring = function() return "text" end,
		}
		local a, b = setmetatable({}, mt), setmetatable({}, mt)
		a.x = 2
		print(a.x, a.y, a(1, 2), #a, a == b, a < b, a <= b, a .. "x", "x" .. a, -a)
		print(a + 1, 1 - a, a * a, a / 1, a % 1, a ^ 1, tostring(a), rawequal(a, b), rawget(a, "z"), rawlen)
		print(string.format("%s", a))
		local hidden = setmetatable({}, {__metatable = "no"})
		print(getmetatable(hidden), pcall(setmetatable, hidden, {}))
		print(pcall(setmetatable, 1, {}))
		print(pcall(tostring, setmetatable({}, {__tostring = function() return 1 end})))
		local chain = setmetatable({}, {__index = setmetatable({a = 1}, {__index = {b = 2}})})
		print(chain.a, chain.b, chain.c)
		local n = 0
		for i, v in ipairs({1, 2, nil, 4}) do n = n + v end print(n)
		local keys = 0 for k, v in pairs({1, 2, x = 3, [true] = 4, [1.5] = 5, [0] = 6, [-1] = 7}) do keys = keys + 1 end print(keys)`, `
4 y! 3 7 true true false cat cat neg
add sub mul div mod pow text false nil nil
text
no false cannot change a protected metatable
false bad argument #1 to 'setmetatable' (table expected, got number)
false '__tostring' must return a string
1 2 nil
3
7`)
}

// Recursion ends in an ordinary error, whatever it goes through (17.12).
func TestRecursion(t *testing.T) {
	check(t, `
		local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
		print(depth(1000))
		local function protected(n) if n == 0 then return 0 end local ok, d = pcall(protected, n - 1) return d + 1 end
		print(protected(1000))
		local function within(n) return (select(2, pcall(depth, n))) end
		print(within(1000))
		local mt = {} mt.__index = function(t, n) if n == 0 then return 0 end return t[n - 1] + 1 end
		print(setmetatable({}, mt)[400])`, `
1000
1000
1000
400`)
	for name, body := range map[string]string{
		"plain":      `local function f() return 1 + f() end f()`,
		"pcall":      `local function f() local ok, e = pcall(f) if not ok then error(e, 0) end end f()`,
		"index":      `local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] .. "" end return t.x`,
		"tostring":   `local t = setmetatable({}, {}) getmetatable(t).__tostring = function(t) return tostring(t) .. "" end tostring(t)`,
		"call":       `local t = setmetatable({}, {}) getmetatable(t).__call = function(t) return 1 + t() end t()`,
		"comparator": `local function f() table.sort({2, 1}, f) end f()`,
		"gsub":       `local function f() return (string.gsub("x", "x", f)) end f()`,
		"wrap":       `local function f() coroutine.wrap(f)() end f()`,
		"resume":     `local function f() local ok, e = coroutine.resume(coroutine.create(f)) if not ok then error(e, 0) end end f()`,
		"mixed":      `local function f() local ok, e = pcall(table.sort, {2, 1}, function() error(select(2, xpcall(f, tostring)), 0) end) error(e, 0) end f()`,
		"handler":    `local function f() local ok, e = xpcall(error, f) error(e, 0) end f()`,
		"deep pcall": `local function f(n) if n > 0 then return 1 + f(n - 1) end local ok, e = pcall(f, 300) if not ok then error(e, 0) end end f(300)`,
	} {
		task := &fakeTask{}
		_, err := runMain(t, task, `return function() `+body+` end`)
		e, ok := err.(*hostapi.Error)
		if !ok || e.Kind != hostapi.Internal || !strings.Contains(e.Message, "overflow") {
			t.Errorf("%s: got %v (fault %v)\n%s", name, err, task.fault, task.stack)
		}
		if task.manual > 1 { // the one that could not be resumed
			t.Errorf("%s: %d coroutines left", name, task.manual)
		}
	}
}

func TestCoroutineLimits(t *testing.T) {
	task := &fakeTask{most: 3}
	_, err := runMain(t, task, `return function()
		local function f() coroutine.yield() end
		for i = 1, 10 do local co = coroutine.wrap(f) co() co() end
		print("reused")
		local kept = {}
		for i = 1, 3 do kept[i] = coroutine.create(f) end
		print(select(2, pcall(coroutine.create, f)):kind())
		print(pcall(coroutine.create, 1))
	end`)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"reused", "RateLimited", "false create: argument #1 (f) must be a function, got number"}
	if !slices.Equal(task.process.lines, want) {
		t.Errorf("got %q", task.process.lines)
	}
}
