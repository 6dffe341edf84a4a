local up = "up"
local t = setmetatable({}, {__index = function(t, k) return k end})
local function same(a, b, c, d) assert(a == "ab" and b == "up" and c == "x" and d == 1, b) end
local a, b = "a", "b"
same(a .. b, up, t.x, 1)
local function each(...) for i = 1, 20000 do same(a .. b, up, ...) end end
each("x", 1)
print(-0 .. "", 0 / -1 .. "|" .. 2^53, a .. b .. 1 .. 2 .. 3 .. 4 .. 5 .. 6 .. 7 .. 8 .. 9 .. a .. b .. a .. b .. a .. b .. a .. b)

--> 0 0|9007199254740992 ab123456789abababab
