local log = {}
local mt = {
    __index = function(t, k) return k .. "!" end, __newindex = function(t, k, v) rawset(t, k, v * 2) end,
    __call = function(self, a, b) return a + b end, __len = function() return 7 end,
    __eq = function() return true end, __lt = function() return true end, __le = function() return false end,
    __concat = function(a, b) return "cat" end, __unm = function() return "neg" end,
    __add = function() return "add" end, __sub = function() return "sub" end, __mul = function() return "mul" end,
    __div = function() return "div" end, __mod = function() return "mod" end, __pow = function() return "pow" end,
    __tostring = function() return "text" end,
}
local a, b = setmetatable({}, mt), setmetatable({}, mt)
a.x = 2
print(a.x, a.y, a(1, 2), #a, a == b, a < b, a <= b, a .. "x", "x" .. a, -a)
print(a + 1, 1 - a, a * a, a / 1, a % 1, a ^ 1, tostring(a), rawequal(a, b), rawget(a, "z"), rawlen)
print(string.format("%s", a))
local hidden = setmetatable({}, {__metatable = "no"})
print(getmetatable(hidden), pcall(setmetatable, hidden, {}))
print(pcall(setmetatable, 1, {}))
print(pcall(tostring, setmetatable({}, {__tostring = function() return {} end})))
local chain = setmetatable({}, {__index = setmetatable({a = 1}, {__index = {b = 2}})})
print(chain.a, chain.b, chain.c)
local n = 0
for i, v in ipairs({1, 2, nil, 4}) do n = n + v end print(n)
local keys = 0 for k, v in pairs({1, 2, x = 3, [true] = 4, [1.5] = 5, [0] = 6, [-1] = 7}) do keys = keys + 1 end print(keys)

--> 4 y! 3 7 true true false cat cat neg
--> add sub mul div mod pow text false nil nil
--> text
--> no false cannot change a protected metatable
--> false bad argument #1 to 'setmetatable' (table expected, got number)
--> false '__tostring' must return a string
--> 1 2 nil
--> 3
--> 7
