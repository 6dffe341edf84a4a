local function counter(x) return function() return function() x = x + 1 return x end end end
local a, b = counter(0)(), counter(0)()
print(a(), a(), b(), a == b)
local fs = {}
for i = 1, 3 do local n = 0 fs[i] = function() n = n + i return n end end
print(fs[1](), fs[2](), fs[3](), fs[3](), fs[1]())

--> 1 2 1 false
--> 1 2 3 6 2
