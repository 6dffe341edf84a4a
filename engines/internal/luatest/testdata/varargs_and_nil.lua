-- One value of ... changes no other variable.
local function f(...) local a, b a = ... return a, b end
print(pcall(f)) print(f(1, 2)) print(pcall(f, nil))
local function g(...) local a, b, c = 1, 2, 3 b = ... return a, b, c end
print(g()) print(g(9, 8))
local function h(...) local t = {x = ...} local y = (...) + 1 return t.x, y, ... end
print(h(4, 5))
local function k(...) local a = ... local b = ... or 3 return a, b, ... end
print(k()) print(k(1, 2))
local function m(...) return (...) == nil, not ..., -(... or 1), #(... or "xx"), "<" .. tostring((...)) .. ">" end
print(m())
local function p(...) for i = ... or 1, 2 do local a, b = i, ... print(a, b) end end
p() p(2, 3)
-- A constructor stores no nil.
local t = {[1000000] = nil, [1] = nil, 5, [2] = nil, [1.5] = nil}
print(#t, t[1], next(t))
print((pcall(function() return {[nil] = nil} end)))
t[100 ^ 3] = nil
t[-1], t.x = nil
print(#t, next(t, 1))

--> true nil nil
--> 1 nil
--> true nil nil
--> 1 nil 3
--> 1 9 3
--> 4 5 4 5
--> nil 3
--> 1 1 1 2
--> true true -1 2 <nil>
--> 1 nil
--> 2 nil
--> 2 2
--> 1 5 1 5
--> false
--> 1 nil
