print(type(nil), type(1), type("x"), type({}), type(print), type(process), type(errors.new("x")), type(coroutine.create(print)))
print(tostring(nil), tostring(-0), tostring(1e15), tostring(2^53), tostring(0.1), tostring(1/0), tostring(-1/0), tostring(0/0))
print(rawequal(nil, nil), rawequal("a", "a"), rawequal({}, {}), rawequal(1, "1"))
local t = setmetatable({}, {__index = function() return 1 end, __newindex = function() end})
t.x = 5
print(t.x, rawget(t, "x"), rawset(t, "x", 7) == t, rawget(t, "x"))
print(select("#", 1, nil, nil), (select(2, "a", "b", "c")), select(-1, 1, 2, 3))
print(table.pack(1, nil).n, (unpack({1, 2, 3})), table.unpack({1, 2, 3}, 2))
print(tonumber("0x10"), tonumber("1e1"), tonumber("  7  "), tonumber("z", 36), tonumber("9", 8), tonumber("x"))
print(getmetatable(""), ("x"):upper(), #"abc", ("%d"):format(3))
print(getmetatable(setmetatable({}, {__metatable = "locked"})), pcall(setmetatable, setmetatable({}, {__metatable = 1}), {}))
print(next({}), type(next), next({5}))
print(tostring(setmetatable({}, {__tostring = function() return "text" end})))
print((pcall(tostring, setmetatable({}, {__tostring = function() return {} end}))))
print(pcall(setmetatable, 1, {}))
print(pcall(ipairs))
print(pcall(rawset, {}, nil, 1))
print(math.huge == 1/0, math.log10(1000), math.log(8, 2), math.floor(-3.5), math.type)
print(string.format("%5.2f|%d|%s|%q", 3.14159, 42, true, "a\nb"))
print(("\195\169a"):upper() == "\195\169A", ("x"):rep(3, ","), ("abc"):byte(1, -1))
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"))
print(("abc"):gsub("%w", {a = "1", b = false}))
print(10 .. 20, 1.5 .. "", -1 .. "x", 2^31 .. "")
print("10" + 5, "0x10" * 2, 10 == "10", "a" < "b")
print(table.concat({1, 2.5, "x"}, "-"), #table.pack(), select("#", table.unpack({}, 1, 3)))
function string.twice(s) return s .. s end
print(("ab"):twice(), (pcall(function() return ("x").y.z end)))
for i, v in ipairs({1, 2, nil, 4}) do print(i, v) end

--> nil number string table function table userdata thread
--> nil 0 1000000000000000 9007199254740992 0.1 inf -inf nan
--> true true false false
--> 1 nil true 7
--> 3 b 3
--> 2 1 2 3
--> 16 10 7 35 nil nil
--> false X 3 3
--> locked false cannot change a protected metatable
--> nil function 1 5
--> text
--> false
--> false bad argument #1 to 'setmetatable' (table expected, got number)
--> false bad argument #1 to 'ipairs' (table expected, got no value)
--> false table index is nil
--> true 3 3 -4 nil
-->  3.14|42|true|"a\
--> b"
--> true x,x,x 97 98 99
--> key value
--> 1bc 3
--> 1020 1.5 -1x 2147483648
--> 15 32 false true
--> 1-2.5-x 0 3
--> abab false
--> 1 1
--> 2 2
