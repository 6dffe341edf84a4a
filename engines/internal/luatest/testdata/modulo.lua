local function m(a, b) return a % b end
print(m(5, 3), m(-5, 3), m(5, -3), m(-5, -3), m(5.5, 2), m(-1, 10), m(0.1, 1), m(6, 3))
local x, y = -7, "4"
print(x % 4, x % y, y % 3, -7 % 4)
print(m(1, 0) ~= m(1, 0))
local t = setmetatable({}, {__mod = function(a, b) return "mod", 1 end})
print(t % 1, 1 % t, (t % t) .. "")
print((pcall(function() return x % nil end)), (pcall(function() return {} % 2 end)))
local s = {}
for i = -3, 3 do s[#s + 1] = (i - 1) % 3 + 1 end
print(table.concat(s, " "))

--> 2 1 -1 -2 1.5 9 0.1 0
--> 1 1 1 1
--> true
--> mod mod mod
--> false false
--> 3 1 2 3 1 2 3
