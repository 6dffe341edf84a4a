package golua

import (
	"runtime"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/luatest"
	"github.com/understudy-run/understudy/hostapi"
)

func suite() luatest.Suite { return luatest.Suite{Engine: New()} }

func TestLua(t *testing.T) { suite().Test(t) }

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

--> false src/test.lua:2: attempt to call a nil value
--> false src/test.lua:3: attempt to index a nil value
--> false src/test.lua:4: attempt to get length of a nil value
`)
}
