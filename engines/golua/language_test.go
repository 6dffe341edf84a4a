package golua

import (
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
}
