local function three() return "a", "b", "c" end
local function last(s) s = s .. "y" .. s return s end
local function first(s, t) s = t .. s t = s .. t return s, t end
local function rest(...) local s = "r" .. ... return s, "n" .. select("#", ...) end
local function tail(s) return s .. "t" end
print("x" .. three(), (three()) .. three() .. "z", last("x"), first("1", "2"), rest("p", "q"), tail("x"))
local t = {n = "k" .. 1, ["k" .. 2] = 2, "v" .. 3 .. 4, f = function(v) return v .. v end}
print(t.n, t.k2, t[1], t.f("d"), t["k" .. 2], #("ab" .. "c"), ("a" .. "b"):upper())
local s = "" for i = 1, #("abc" .. "d") do s = s .. i end print(s)
while #s < ("6" .. "") + 0 do s = s .. "w" end print(s)
repeat local u = s .. "u" until u .. "" == s .. "u"
if "a" .. "b" == "ab" and not ("a" .. "b" == "a") then print("a" < "a" .. "b", -("1" .. "2")) end
local mt = {__concat = function(a, b)
    return (type(a) == "table" and a.v or a) .. "+" .. (type(b) == "table" and b.v or b)
end}
local o = setmetatable({v = "o"}, mt)
print("a" .. "b" .. o .. "c" .. "d", o .. o, 1 .. o .. 2)
print(1.5 .. "|" .. 1e15 .. "|" .. -0.0 .. "|" .. 2^53)
print(pcall(function() return "a" .. nil end))
print(pcall(function() return {} .. "a" end))
local bad = setmetatable({}, {__concat = function() error("bad", 2) end})
print(pcall(function()
    return "a" .. bad
end))
local counter = setmetatable({}, {__concat = function(a, b) return {a, b} end})
print(type(counter .. 1), (counter .. 1)[2])

--> xa aaz xyx 21 rp xt
--> k1 2 v34 dd 2 3 AB
--> 1234
--> 1234ww
--> true -12
--> abo+cd o+o 1o+2
--> 1.5|1000000000000000|0|9007199254740992
--> false src/test.lua:19: attempt to concatenate a nil value
--> false src/test.lua:20: attempt to concatenate a table value
--> false src/test.lua:23: bad
--> table 1
