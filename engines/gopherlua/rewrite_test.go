package gopherlua

import (
	"errors"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestConcat(t *testing.T) {
	check(t, `
		local function three() return "a", "b", "c" end
		local function last(s) s = s .. "y" .. s return s end
		local function first(s, t) s = t .. s t = s .. t return s, t end
		local function rest(...) local s = "r" .. ... return s, "n" .. select("#", ...) end
		local function tail(s) return s .. "t" end
		print("x" .. three(), (three()) .. three() .. "z", last("x"), first("1", "2"), rest("p", "q"), tail("x"))
		local t = {n = "k" .. 1, ["k" .. 2] = 2, "v" .. 3 .. 4, f = function(v) return v .. v end}
		print(t.n, t.k2, t[1], t.f("d"), t["k" .. 2], #("ab" .. "c"), ("a" .. "b"):upper())
		local s = "" for i = 1, #("abc" .. "d") do s = s .. i end print(s)
		while #s < ("6" .. "") + 0 do s = s .. "w" end print(s)
		repeat local u = s .. "u" until u .. "" == s .. "u"
		if "a" .. "b" == "ab" and not ("a" .. "b" == "a") then print("a" < "a" .. "b", -("1" .. "2")) end
		local mt = {__concat = function(a, b)
			return (type(a) == "table" and a.v or a) .. "+" .. (type(b) == "table" and b.v or b)
		end}
		local o = setmetatable({v = "o"}, mt)
		print("a" .. "b" .. o .. "c" .. "d", o .. o, 1 .. o .. 2)
		print(1.5 .. "|" .. 1e15 .. "|" .. -0.0 .. "|" .. 2^53)
		print(pcall(function() return "a" .. nil end))
		print(pcall(function() return {} .. "a" end))
		local bad = setmetatable({}, {__concat = function() error("bad", 2) end})
		print(pcall(function()
			return "a" .. bad
		end))
		local counter = setmetatable({}, {__concat = function(a, b) return {a, b} end})
		print(type(counter .. 1), (counter .. 1)[2])`, `
xa aaz xyx 21 rp xt
k1 2 v34 dd 2 3 AB
1234
1234ww
true -12
abo+cd o+o 1o+2
1.5|1000000000000000|0|9007199254740992
false src/test.lua:21: attempt to concatenate a nil value
false src/test.lua:22: attempt to concatenate a table value
false src/test.lua:25: bad
table 1`)
}

// All values are evaluated before the first is assigned.
func TestAssignments(t *testing.T) {
	for body, want := range map[string]string{
		`a, b = b, a`:                         "2 1 3",
		`a, b, c = c, a, b`:                   "3 1 2",
		`a, b = b, a + b`:                     "2 3 3",
		`for i = 1, 3 do a, b = b, a + b end`: "5 8 3",
		`a, b = f(b), f(a)`:                   "20 10 3",
		`a, b = (f(b)), a`:                    "20 1 3",
		`a, b, c = f(c)`:                      "30 3 nil",
		`a, b = (f(c))`:                       "30 nil 3",
		`c = (f(c))`:                          "1 2 30",
		`c = ((f(c, b)))`:                     "1 2 30",
		`c = (c .. c)`:                        "1 2 33",
		`c = b .. (c .. b) .. c`:              "1 2 2323",
		`c = c and (f(c)) or b`:               "1 2 30",
		`b, c = b .. c, c .. b`:               "1 23 32",
		`a, b = b == 2, not a`:                "true false 3",
		`a, b = {b}, {a} a, b = a[1], b[1]`:   "2 1 3",
		`t[1], t[2] = a, b t[1], t[2] = t[2], t[1] a, b = t[1], t[2]`: "2 1 3",
		`a, t[a] = 5, a b = t[1]`:                                     "5 1 3",
		`t[a], a = a, 5 b = t[1]`:                                     "5 1 3",
		`t.x, a = f(a), t.x b = t.x`:                                  "nil 10 3",
		`local old = t t, t.x = {}, 7 a, b = old.x, t.x`:              "7 nil 3",
		`a, b = function() return b end, 9 a = a()`:                   "9 9 3",
		`a, b = b`:                "2 nil 3",
		`a, b = f(a), f(b), f(c)`: "10 20 3",
		`local q = {a, k = f(b)} a, b, c = #q, q.k, q[2]`:                                         "1 20 nil",
		`local q = {a, (f(b)), k = (f(c))} a, b, c = #q, q.k, q[2]`:                               "2 30 20",
		`local q = {k = a, f(b)} a, b, c = #q, q.k, q[2]`:                                         "2 1 2",
		`a = 010 b = 0x10 c = 08.5`:                                                               "10 16 8.5",
		`local q = {` + strings.Repeat("a, ", 50) + `k = b .. "", l = c} a, b, c = q[1], q.k, #q`: "1 2 50",
		`local function v(...) local x = 5 a = (...) b = ... c = x end v(7, 8)`:                   "7 7 5",
		`c = t.x and c`: "1 2 nil",
		`c = (function() return false end)() and (c and 1)`: "1 2 false",
		`c = u and nil`:      "1 2 nil",
		`c = t.x or c and b`: "1 2 2",
		`u, a = a, u b = u`:  "up 1 3",
		`c = ("x"):rep(c)`:   "1 2 xxx",
		`c = (("x"):rep(c))`: "1 2 xxx",
	} {
		task := &fakeTask{}
		_, err := runMain(t, task, `
			local t, u = {}, "up"
			local function f(x) return x * 10, x end
			local function assign(a, b, c) `+body+` print(a, b, c) end
			return function() assign(1, 2, 3) end`)
		if err != nil || task.process.lines[0] != want {
			t.Errorf("%s: got %q, %v, want %s", body, task.process.lines, err, want)
		}
	}
}

func TestVarargsOfATopLevel(t *testing.T) {
	values, err := runMain(t, &fakeTask{}, `local a, b = ... local n = select("#", ...) return function() return a, b, n end`)
	if err != nil || len(values) != 3 || !values[0].IsNil() || values[2].Int() != 0 {
		t.Errorf("got %v, %v", values, err)
	}
}

// A string that doubles again and again must not exhaust the memory.
func TestDoublingStrings(t *testing.T) {
	task := &fakeTask{}
	_, err := runMain(t, task, `return function()
		local s = "x"
		print(pcall(function() while true do s = s .. s end end))
		print(pcall(function() while true do s = s .. s .. "" end end))
	end`)
	if err != nil || len(task.process.lines) != 2 || task.used != 0 {
		t.Errorf("got %v, printed %q, %d bytes charged", err, task.process.lines, task.used)
	}
	task = &fakeTask{limit: 1 << 20}
	if _, err := runMain(t, task, `return function() local s = "x" while true do s = s .. s end end`); !errors.Is(err, hostapi.ErrKilled) {
		t.Errorf("with a limit: got %v", err)
	}
}
