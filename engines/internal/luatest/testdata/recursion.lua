local function depth(n) if n == 0 then return 0 end return 1 + depth(n - 1) end
print(depth(1000))
local function protected(n) if n == 0 then return 0 end local ok, d = pcall(protected, n - 1) return d + 1 end
print(protected(1000))
local function within(n) return (select(2, pcall(depth, n))) end
print(within(1000))
local mt = {} mt.__index = function(t, n) if n == 0 then return 0 end return t[n - 1] + 1 end
print(setmetatable({}, mt)[100])

--> 1000
--> 1000
--> 1000
--> 100
