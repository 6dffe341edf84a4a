package gopherlua

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/engines/internal/luatest"
)

func suite() luatest.Suite { return luatest.Suite{Engine: New()} }

func TestLua(t *testing.T) { suite().Test(t) }

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
