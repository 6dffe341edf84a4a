-- Strings in arithmetic are read as tonumber reads them (19.7).
print("00001" + "00011", "010" * 1, "08" - 1, " 0x10 " + 0, "1e1" + 0, ".5" * "2", "5." / 1)
print("10" % "3", "7" % 2, 7 % "2", "2" ^ "10", -"2", -" 0x2 ", - -"3", "3" - -"4")
for _, text in ipairs({"0b11", "0o17", "1_000", "inf", "-inf", "nan", "Infinity", "0x", "", " ", "1 2", "1e", "0x1g", "--1", "abc"}) do

  print(text, pcall(function() return text + 1 end) or pcall(function() return 1 * text end) or pcall(function() return -text end))
end
local t = setmetatable({}, {
  __add = function(a, b) return "add " .. type(a) .. " " .. type(b) end,
  __mod = function(a, b) return "mod " .. type(a) .. " " .. type(b) end,
  __unm = function(a, b) return "unm " .. type(a) end,
})
print(t + 1, 1 + t, "1" + t, t + "x", "x" + t)
print(t % 1, 1 % t, "1" % t, t % "x", "x" % t, -t)
print(pcall(function() return "1" - t end) or pcall(function() return {} % 2 end) or pcall(function() return nil % 2 end))
local where = setmetatable({}, {__mod = function() error("here", 2) end, __add = function() error("here", 2) end})
print((select(2, pcall(function() return where % 2 end)):match(":%d+: here")))
print((select(2, pcall(function() return "1" + where end)):match(":%d+: here")))
-- % is a - floor(a / b) * b.
local huge = math.huge
print(1 % 0.1, 0.3 % 0.1, 5.3 % 2, -5.3 % 2, 1e15 % 0.3, -2 ^ 53 % 3, 2 ^ 53 % -3)
print(5 % 0 == 5 % 0, 5 % huge == 5 % huge, -5 % huge == -5 % huge, huge % 2 == huge % 2, 1e308 % 1e-10)
local function mod(a, b) return a % b end
print(mod(1, 0.1), mod(0.3, 0.1), mod(5.3, 2), mod(-5.3, 2), mod(1e15, 0.3), mod(-2 ^ 53, 3), mod(2 ^ 53, -3))
print(mod(5, 0) == mod(5, 0), mod(5, huge) == mod(5, huge), mod(1e308, 1e-10))
print(1 / mod(-4, 2), 1 / mod(4, -2), 1 / mod(-0, 2), mod(-4, 2) == 0, mod(-4, 2) + 1)
local m = -4
print(1 / (m % 2), m % 2 == 0, m % 2 + 1, 1 - m % 2, m % 4 < 1, m % 3, m % 1, m % 2.5)
for i = 0, 7, 3 do print(i % 2, i % 3, 1 / (i % 3) > 0, i % 2.5) end
for i = 5, 1, -2 do print(i % 3, (-i) % 3) end
for i = 1, 2 do i = -i * 2 print(1 / (i % 2)) end
for i = 1, 2 do local f = function() i = -i * 2 end f() print(1 / (i % 2)) end
local a = 7
local function set() a = 9 return 4 end
print(a % set(), a)
-- The header of a numeric loop takes strings that are numbers.
for i = "1", "3" do print(i) end
for i = 3, "1", "-1" do print(i) end
local from, to, step = "0x1", " 5 ", "2"
for i = from, to, step do print(i) end
print(pcall(function() for i = "x", 2 do end end) or pcall(function() for i = 1, {} do end end) or pcall(function() for i = 1, 2, nil do end end))

--> 12 10 7 16 10 1 5
--> 1 1 1 1024 -2 -2 3 7
--> 0b11 false
--> 0o17 false
--> 1_000 false
--> inf false
--> -inf false
--> nan false
--> Infinity false
--> 0x false
-->  false
-->   false
--> 1 2 false
--> 1e false
--> 0x1g false
--> --1 false
--> abc false
--> add table number add number table add string table add table string add string table
--> mod table number mod number table mod string table mod table string mod string table unm table
--> false
--> :17: here
--> :18: here
--> 0 0.1 1.3 0.7 0.125 0 0
--> false false false false -inf
--> 0 0.1 1.3 0.7 0.125 0 0
--> false false -inf
--> inf inf inf true 1
--> inf true 1 1 true 2 0 1
--> 0 0 true 0
--> 1 0 true 0.5
--> 0 0 true 1
--> 2 1
--> 0 0
--> 1 2
--> inf
--> inf
--> inf
--> inf
--> 1 9
--> 1
--> 2
--> 3
--> 3
--> 2
--> 1
--> 1
--> 3
--> 5
--> false
