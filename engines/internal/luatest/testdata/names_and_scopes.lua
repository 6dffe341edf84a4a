-- A local function sees itself, a function that a local variable gets does not.
local x = 1
local x = function() return x end
print(type(x()))
local function y() return y end
print(y() == y)
local tostring = function(v) return "<" .. tostring(v) .. ">" end
print(tostring(1))
local z = (function() return z end)
print(z())
local a, b = function() return a, b end, 2
print(a())
do
  local next = function(t) return (next(t)) end
  print(next({5}))
end
-- Of two variables of one name a closure takes the one that it sees.
local v = 1
local function first() return v end
local v = 2
local function both() local outer = first() return outer, v end
print(both())
local function nested()
  local p = v
  local v = 3
  return function() local q = v return p, q end
end
print(nested()())
for i = 1, 2 do local i = i * 10 local f = function() i = i + 1 return i end print(f(), f(), i) end
local function shadow(v) local v = v or 7 return function() return v end end
print(shadow()(), shadow(8)())
-- Closures made in turns of a loop have variables of their own.
local fs = {}
for i = 1, 3 do local j = i * 2 fs[i] = function() j = j + 1 return i, j end end
print(fs[1](), fs[2](), fs[1]())
local n, gs = 0, {}
while n < 3 do n = n + 1 local m = n gs[n] = function() m = m + 1 return m end if n == 2 then break end end
print(gs[1](), gs[1](), gs[2](), gs[3])
n = 0
repeat local m = n gs[n] = function() m = m + 1 return m end n = n + 1 until m == 2
print(gs[0](), gs[0](), gs[2]())
for k, w in pairs({a = 1}) do gs.f = function() w = w + 1 return k, w end end
print(gs.f()) print(gs.f())

--> number
--> true
--> <1>
--> nil
--> nil nil
--> 1
--> 1 2
--> 2 3
--> 11 12 12
--> 21 22 22
--> 7 8
--> 1 2 1 4
--> 2 3 3 nil
--> 1 2 3
--> a 2
--> a 3
