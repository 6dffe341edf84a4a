package gopherlua

import (
	"reflect"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/luatest"
)

// A list that was popped is short again: the interpreter walks over what is left of
// it each time that the length is asked for.
func TestPoppedListsAreShort(t *testing.T) {
	for what, body := range map[string]string{
		"length":         "while #t > 0 do t[#t] = nil end",
		"counter":        "for i = #t, 1, -1 do t[i] = nil end",
		"from the front": "for i = 1, #t do t[i] = nil end",
		"remove":         "while table.remove(t) do end",
		"rawset":         "while #t > 0 do rawset(t, #t, nil) end",
		"pairs":          "for k in pairs(t) do t[k] = nil end",
		"metatable":      "setmetatable(t, {}) while #t > 0 do t[#t] = nil end",
	} {
		task := &luatest.Task{}
		in, err := suite().Load(t, task, "local t = {} for i = 1, 1000 do t[i] = i end "+body+" list = t return function() end")
		if err != nil {
			t.Fatal(err)
		}
		list := in.(*instance).env.RawGetString("list").(*lua.LTable)
		if n := in.(*instance).engine.layout.arrayOf(list).Len(); n != 0 {
			t.Errorf("%s: %d elements are left", what, n)
		}
		in.Close()
	}
}

// A traversal goes on whatever is removed, and refuses keys that never were.
func TestNext(t *testing.T) {
	suite().Law(t, `
local function keys(t) local n = 0 for k in pairs(t) do n = n + 1 end return n end
local t = {}
for i = 1, 100 do t[i] = i t["k" .. i] = i end
local seen = 0
for k in pairs(t) do t[k] = nil seen = seen + 1 end
print(seen, next(t), #t)
for i = 1, 100 do t[i] = i t["k" .. i] = i end
seen = 0
for k, v in pairs(t) do
	seen = seen + 1
	if k == 50 then for i = 1, 100 do t[i] = nil end end
	if k == "k50" then for i = 1, 100 do t["k" .. i] = nil end end
end
print(seen, next(t), #t)
print(pcall(next, {}, 1)) print(pcall(next, {}, "x")) print(pcall(next, {1, 2}, 3)) print(pcall(next, {1, 2}, 0))
print(pcall(next, {1, x = 2}, -1)) print(pcall(next, {1, x = 2}, 1.5)) print(pcall(next, {x = 2}, {}))
print(pcall(next, {x = 2}, 1e300)) print(pcall(next, {x = 2}, 0 / 0))
print(next({1, 2}, 2), next({x = 1}, "x"), (next({1, x = 5}, 1)))
local u = {x = 1, y = 2}
u.x = nil
local k = next(u, "x")
print(k == nil or k == "y")
print(pcall(next, string, "never there"))
--> 200 nil 0
--> 100 nil 0
--> false invalid key to 'next'
--> false invalid key to 'next'
--> false invalid key to 'next'
--> false invalid key to 'next'
--> false invalid key to 'next'
--> false invalid key to 'next'
--> false invalid key to 'next'
--> false invalid key to 'next'
--> false invalid key to 'next'
--> nil nil x
--> true
--> false invalid key to 'next'`)
}

// A table that is emptied from the front forgets keys, and a traversal of it goes on
// all the same.
func TestEmptiedTablesForget(t *testing.T) {
	const fill = `local t = {1, 2, 3, [true] = 0, [false] = 0, [-1] = 0, [0.5] = 0} for i = 1, 3000 do t["k" .. i] = i t[{}] = i end `
	task := &luatest.Task{}
	in, err := suite().Load(t, task, fill+`while next(t) ~= nil do t[next(t)] = nil end emptied = t return function() end`)
	if err != nil {
		t.Fatal(err)
	}
	instance := in.(*instance)
	keys := func(t *lua.LTable) int {
		return reflect.ValueOf(t).Elem().Field(instance.engine.layout.keys).Len()
	}
	if n := keys(instance.env.RawGetString("emptied").(*lua.LTable)); n > 3000 {
		t.Errorf("%d of 6004 keys are kept", n)
	}
	bytes, err := instance.census(task)
	if kept := int64(5000 * 2 * slotBytes); err != nil || bytes < kept {
		t.Errorf("a census gives %d, %v, want %d for keys that are gone", bytes, err, kept)
	}
	in.Close()
	suite().Law(t, fill+`
local left, seen, sum = 6007, 0, 0
local function remove(k) t[k] = nil left = left - 1 end
for k, v in pairs(t) do
	remove(k)
	seen = seen + 1
	if seen % 500 == 0 then
		for i = 1, 1000 do if next(t) ~= nil then remove((next(t))) end end
	end
end
print(seen, left, next(t))
for i = 1, 10 do t[i] = i t["k" .. i] = i end
seen = 0
for k in pairs(t) do seen = seen + 1 end
print(seen, pcall(next, t, "never"))
--> 2007 0 nil
--> 20 false invalid key to 'next'`)
}

// What stores nil makes no room in a list.
func TestNilNeedsNoRoom(t *testing.T) {
	task := &luatest.Task{}
	in, err := suite().Load(t, task, `local t = {1, [100000] = nil} t[100000] = nil t[50000] = nil list = t return function() end`)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	list := in.(*instance).env.RawGetString("list").(*lua.LTable)
	if array := in.(*instance).engine.layout.arrayOf(list); array.Cap() > 100 {
		t.Errorf("a list of one element has room for %d", array.Cap())
	}
}
