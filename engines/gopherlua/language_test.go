package gopherlua

import (
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/luatest"
	"github.com/understudy-run/understudy/hostapi"
)

func suite() luatest.Suite { return luatest.Suite{Engine: New()} }

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
		task := &luatest.Task{}
		_, err := suite().Run(t, task, `
			local t, u = {}, "up"
			local function f(x) return x * 10, x end
			local function assign(a, b, c) `+body+` print(a, b, c) end
			return function() assign(1, 2, 3) end`)
		if err != nil || task.Output.Lines[0] != want {
			t.Errorf("%s: got %q, %v, want %s", body, task.Output.Lines, err, want)
		}
	}
}

// A source may have many different constants, names among them: finding one must not
// walk over the others, or this would take hours.
func TestManyConstants(t *testing.T) {
	const n = 250000
	var b strings.Builder
	b.WriteString("return function() local t = {")
	for i := range n / 2 {
		fmt.Fprintf(&b, "k%d = %d.25,", i, i)
	}
	b.WriteString(`} local n = 0 for k, v in pairs(t) do assert(k == "k" .. (v - 0.25)) n = n + 1 end return n end`)
	values, err := suite().Run(t, &luatest.Task{}, b.String())
	if err != nil || !values[0].Equal(hostapi.Int(n/2)) {
		t.Errorf("got %v, %v", values, err)
	}
}

// goto is that of Lua 5.2.
func TestGoto(t *testing.T) {
	suite().Law(t, `
local count = 0
local function inc() count = count + 1 return count end
for i = 1, 5 do
	if i % 2 == 0 then goto continue end
	inc()
	::continue::
end
print(count, inc())
-- Each turn has variables of its own, which closures share.
local fs = {}
do
	local i = 1
	::top::
	local x, y = i
	fs[i] = {function() x = x + 1 return x end, function() return x end}
	y = function() return fs, x end
	i = i + 1
	if i <= 3 then goto top end
end
print(fs[1][1](), fs[1][2](), fs[2][2](), fs[3][1](), fs[3][2]())
-- A closure made after a jump in the text, before it in time.
do
	local n, kept = 0, {}
	::again::
	local v = n
	::inner::
	if kept[n] and n < 2 then n = n + 1 goto again end
	if not kept[n] then kept[n] = function() v = v + 10 return v end goto inner end
	print(kept[0](), kept[1](), kept[2](), kept[0]())
end
while true do
	local v, f = 1
	::retry::
	if f then v = v + 1 break end
	f = function() return v end
	fs.f = f
	goto retry
end
print(fs.f())
-- Out of nested loops, and to a label behind variables at the end of a block.
for i = 1, 3 do
	for j = 1, 3 do
		if i * j == 4 then goto done end
	end
end
::done::
do
	goto last
	local hidden
	::last:: ::also_last::
end
do local k = 0 ::a:: k = k + 1 if k < 3 then goto a end print(k) end
do goto a do ::a:: print("inner") end ::a:: print("outer") end
repeat local z = 1 if z then goto cont end z = 2 ::cont:: until true
--> 3 4
--> 2 2 2 4 4
--> 10 11 12 20
--> 2
--> 3
--> outer`)
	for text, want := range map[string]string{
		"goto nowhere":                                         "no visible label 'nowhere' for goto",
		"do ::inside:: end goto inside":                        "no visible label 'inside' for goto",
		"goto f do local function f() ::f:: end end":           "no visible label 'f' for goto",
		"goto over local x ::over:: print(x)":                  "goto over jumps into the scope of local 'x'",
		"repeat goto over local x ::over:: until x":            "goto over jumps into the scope of local 'x'",
		"::twice:: ::twice::":                                  "label 'twice' already defined on line 1",
		"\n\nif x then goto nowhere end":                       "no visible label 'nowhere' for goto",
		"for i = 1, 2 do ::a:: end for i = 1, 2 do goto a end": "no visible label 'a' for goto",
	} {
		_, err := New().Compile(hostapi.Source{ID: "app:test", Path: luatest.Path, Text: text})
		e, ok := err.(*hostapi.SyntaxError)
		if !ok || e.Message != want || e.Line != 1+strings.Count(text, "\n") {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}

// Numerals are those of the reference: hexadecimal ones of any size, also with a
// fraction, and none that only the interpreter's parser takes for one.
func TestNumerals(t *testing.T) {
	suite().Law(t, `
print(0xffffffffffffffff == 2^64 - 1, 0x8000000000000000 == 2^63, 0x10, 0Xa, 0x1p4, 0x.8, 0xA.8p1)
print(010, 08.5, 3., .5, 1e2, 1E-2, 5e+1, 1e999 == math.huge, -0x10, 0xe+1)
--> true true 16 10 16 0.5 21
--> 10 8.5 3 0.5 100 0.01 50 true -16 15`)
	for _, text := range []string{"1e", "0e", "1e+", "0x", "0b11", "1..2", "1.2.3", "0x1p"} {
		_, err := New().Compile(hostapi.Source{ID: "app:test", Path: luatest.Path, Text: "\nlocal x = " + text + " return x"})
		e, ok := err.(*hostapi.SyntaxError)
		if want := "malformed number near '" + text + "'"; !ok || e.Message != want || e.Line != 2 {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
