local function f(...) local a, b a = ... return a, b end
print(pcall(f))
print(f(1, 2))
local function f(...) local a, b = 1, 2 a, b = b, ... return a, b end
print(f())
print(f(3))
local function f(...)
  local a, b = 1, 2
  b = (...) or a
  local c = ... + 1
  return a, b, c, #{...}, #{(...)}, ..., 1
end
print(f(3, 4))
print((pcall(f)))
local function f(...) local t = {} t.x = ... t[...] = ... if ... then return t.x, t[3], ... end return not ... end
print(f(3, 4))
print(f(false))
local function f(...) local a, b, c a, b, c = ... c = a == ... return a, b, c, (...) .. "x" end
print(f(3, 4))

--> true nil nil
--> 1 nil
--> 2 nil
--> 2 3
--> 1 3 4 2 1 3 1
--> false
--> 3 3 3 4
--> true
--> 3 4 true 3x
