package golua

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// What Lua 5.1 and 5.2 agree on holds (19.4). Each line must be true.
func TestLanguage(t *testing.T) {
	for _, line := range []string{
		// Numbers and strings.
		`0x10 == 16 and 1e2 == 100 and .5 == 0.5 and 3. == 3 and 0xA == 10`,
		`"a\65\n\t\"" == 'aA\n\t"' and #"\0a\0" == 3`,
		"[[\nx]] == 'x' and [==[]]]==] == ']]' and #[[a\r\nb]] == 3",
		`2^3^2 == 512 and -2^2 == -4 and not 1 == 2 == false`,
		`1 .. 2 .. 3 == "123" and "1" + "2" == 3 and -"2" == -2 and "0x10" + 0 == 16`,
		`7 / 2 == 3.5 and 1 / 0 == math.huge and 0 / 0 ~= 0 / 0`,
		`"a" < "b" and "Z" < "a" and "" < "a" and not ("a" < "A")`,
		`1 < 2 and 2 <= 2 and 3 > 2 and 3 >= 3 and 1 ~= "1"`,
		`(nil and 1) == nil and (false or nil) == nil and (1 and 2) == 2 and (nil or "x") == "x"`,
		`#{1, 2, 3} == 3 and #"" == 0 and #{n = 1} == 0`,
		// Tables.
		`({10, 20, 30, x = 1})[3] == 30 and ({[1] = "a", [2.0] = "b"})[2] == "b"`,
		`(function() local t = {} t[1.0] = 1 t[2^53] = 2 return t[1] == 1 and t[2^53] == 2 end)()`,
		`(function() local t = {(function() return 1, 2, 3 end)(), (function() return 1, 2, 3 end)()} return #t == 4 end)()`,
		`(function() local t = {} for i = 1, 200 do t[#t + 1] = i end for i = 1, 200 do assert(table.remove(t) == 201 - i) end return #t == 0 end)()`,
		`(function() local t = {1, 2, 3} t[#t] = nil return #t == 2 and t[3] == nil end)()`,
		// Calls and results.
		`select("#", (function() end)()) == 0 and select("#", ((function() return 1, 2 end)())) == 1`,
		`(function(...) local a, b = ... return select("#", ...) == 3 and a == nil and b == 2 end)(nil, 2, nil)`,
		`(function(a, b) return b == nil end)(1) and (function(a) return a == 1 end)(1, 2, 3)`,
		`(function(...) local t = {...} return #t == 250 end)(unpack((function() local t = {} for i = 1, 250 do t[i] = i end return t end)()))`,
		`(function() local t = {n = 0} function t:add(x) self.n = self.n + x return self end return t:add(1):add(2).n == 3 end)()`,
		`(function() local function even(n) if n == 0 then return true end return (function(m) return not even(m) end)(n - 1) end return even(100) end)()`,
		`(function() local function loop(n) if n > 0 then return loop(n - 1) end return "done" end return loop(100000) == "done" end)()`,
		`(function() local f = setmetatable({}, {__call = function(self, a, b) return a + b end}) return f(1, 2) == 3 and select(2, pcall(f, 3, 4)) == 7 end)()`,
		// Statements.
		`(function() local a, b, c = 1, 2 a, b = b, a return a == 2 and b == 1 and c == nil end)()`,
		`(function() local t, i = {}, 1 i, t[i] = i + 1, 20 return i == 2 and t[1] == 20 and t[2] == nil end)()`,
		`(function() local s = 0 for i = 10, 1, -3 do s = s + i end return s == 22 end)()`,
		`(function() local n = 0 for i = 1, 0 do n = n + 1 end for i = 1, 2, 0.25 do n = n + 1 end return n == 5 end)()`,
		`(function() local i = 0 repeat local x = i i = i + 1 until x == 3 return i == 4 end)()`,
		`(function() local n = 0 while true do n = n + 1 if n > 5 then break end end return n == 6 end)()`,
		`(function() local x = 1 do local x = 2 end return x == 1 end)()`,
		`(function() local r = {} for k, v in next, {5} do r[k] = v end return r[1] == 5 end)()`,
		`(function() local fs = {} for i = 1, 3 do fs[i] = function() i = i + 1 return i end end return fs[1]() == 2 and fs[1]() == 3 and fs[2]() == 3 end)()`,
		`(function() local fs, i = {}, 0 while i < 3 do i = i + 1 local j = i fs[i] = function() return j end end return fs[1]() == 1 and fs[3]() == 3 end)()`,
		`(function() local a = 1 local function get() return a end local function set(x) a = x end set(5) return get() == 5 and a == 5 end)()`,
		`(function() local a, b, c = 1, 2, 3 local f = function() return a, b, c end do local d, e = 4, 5 local g = function() return d + e end a = g() end local x, y, z = f() return x == 9 and y == 2 and z == 3 end)()`,
		`(function() if nil then return false elseif 0 then return "" == "" else return false end end)()`,
		// Metatables.
		`(function() local t = setmetatable({}, {__index = {x = 1}}) return t.x == 1 and t.y == nil and rawget(t, "x") == nil end)()`,
		`(function() local base = {f = function() return "f" end} base.__index = base local d = setmetatable({}, base) d.__index = d return setmetatable({}, d).f() == "f" end)()`,
		`(function() local log = {} local t = setmetatable({}, {__newindex = log}) t.x = 1 return log.x == 1 and rawget(t, "x") == nil end)()`,
		`(function() local mt = {} for _, op in ipairs{"add", "sub", "mul", "div", "mod", "pow", "concat"} do mt["__" .. op] = function(a, b) return op end end local t = setmetatable({}, mt) return t + 1 == "add" and 1 - t == "sub" and t * t == "mul" and t / 2 == "div" and 5 % t == "mod" and t ^ 2 == "pow" and "x" .. t == "concat" and t .. 1 == "concat" end)()`,
		`(function() local mt = {__unm = function() return "unm" end, __len = function() return 7 end, __eq = function() return true end, __lt = function() return true end, __le = function() return false end} local a, b = setmetatable({}, mt), setmetatable({}, mt) return -a == "unm" and #a == 7 and a == b and a < b and not (a <= b) and a ~= 1 end)()`,
		// The library functions that run script code.
		`(function() local t = {5, 2, 4} table.sort(t, function(a, b) return a > b end) return table.concat(t, ",") == "5,4,2" end)()`,
		`("hello world"):gsub("o", function(c) return c:upper() end) == "hellO wOrld"`,
		`(function() local r = {} for k, v in ("a=1, b=2"):gmatch("(%w+)=(%w+)") do r[#r + 1] = k .. v end return table.concat(r) == "a1b2" end)()`,
		`(function() math.randomseed(7) local a, b = math.random(100), math.random() math.randomseed(7) return math.random(100) == a and math.random() == b and b >= 0 and b < 1 end)()`,
	} {
		values, err := runMain(t, &fakeTask{}, "return function() return "+line+" end")
		if err != nil || len(values) == 0 || !values[0].Bool() {
			t.Errorf("%s: %v, %v", line, values, err)
		}
	}
}

func TestPayloads(t *testing.T) {
	for expression, want := range map[string]hostapi.Value{
		`nil`:                       {},
		`-0`:                        hostapi.Int(0),
		`2^53`:                      hostapi.Int(hostapi.MaxInt),
		`2^54`:                      hostapi.Float(1 << 54),
		`0.5`:                       hostapi.Float(0.5),
		`"a\0b"`:                    hostapi.String("a\x00b"),
		`{}`:                        hostapi.MapOf(),
		`{1, {2}, "x"}`:             hostapi.ListOf(hostapi.Int(1), hostapi.ListOf(hostapi.Int(2)), hostapi.String("x")),
		`{1, nil, 3}`:               hostapi.MapOf(hostapi.Entry{Key: hostapi.Int(1), Value: hostapi.Int(1)}, hostapi.Entry{Key: hostapi.Int(3), Value: hostapi.Int(3)}),
		`{1, x = 2}`:                hostapi.MapOf(hostapi.Entry{Key: hostapi.Int(1), Value: hostapi.Int(1)}, hostapi.Field("x", hostapi.Int(2))),
		`{[true] = 1, [1.5] = "f"}`: hostapi.MapOf(hostapi.Entry{Key: hostapi.Bool(true), Value: hostapi.Int(1)}, hostapi.Entry{Key: hostapi.Float(1.5), Value: hostapi.String("f")}),
		`setmetatable({}, {__index = {1}, __len = function() return 5 end, __newindex = print})`: hostapi.MapOf(),
		`errors.new{message = "m", kind = "K", details = {n = 1}}`: hostapi.Wrap(&hostapi.Error{
			Kind: "K", Message: "m", Script: true, Details: &hostapi.Map{Entries: []hostapi.Entry{hostapi.Field("n", hostapi.Int(1))}},
		}),
	} {
		values, err := runMain(t, &fakeTask{}, "return function() return "+expression+" end")
		if err != nil || len(values) != 1 || !values[0].Equal(want) {
			t.Errorf("%s: got %v, %v, want %v", expression, values, err, want)
		}
	}
	for expression, want := range map[string]string{
		`print`:                   "cannot send a function at #1",
		`{a = {1, print}}`:        "cannot send a function at #1.a[2]",
		`coroutine.create(print)`: "cannot send a coroutine at #1",
		`process`:                 "cannot send a module at #1",
		`{[{}] = 1}`:              "cannot send a table as a map key at #1[<table>]",
		`(function() local t = {} t.x = {t} return t end)()`: "cyclic value at #1.x[1]",
	} {
		_, err := runMain(t, &fakeTask{}, "return function() return "+expression+" end")
		var e *hostapi.Error
		if !errors.As(err, &e) || e.Message != want || e.Kind != hostapi.Invalid {
			t.Errorf("%s: got %v, want %s", expression, err, want)
		}
	}
	// What comes in is the script's own.
	values, err := runMain(t, &fakeTask{}, `return function(list, map, e)
		list[#list + 1] = map.a.b
		map.a = nil
		return list, map, e == e, e:kind(), e .. "!"
	end`, hostapi.ListOf(hostapi.Int(1), hostapi.Float(2.5)),
		hostapi.MapOf(hostapi.Field("a", hostapi.MapOf(hostapi.Field("b", hostapi.Bool(true))))),
		hostapi.Wrap(hostapi.Errorf(hostapi.Timeout, "late")))
	want := hostapi.ListOf(hostapi.ListOf(hostapi.Int(1), hostapi.Float(2.5), hostapi.Bool(true)), hostapi.MapOf(),
		hostapi.Bool(true), hostapi.String("Timeout"), hostapi.String("late!"))
	if err != nil || !hostapi.ListOf(values...).Equal(want) {
		t.Errorf("got %v, %v, want %v", values, err, want)
	}
}
