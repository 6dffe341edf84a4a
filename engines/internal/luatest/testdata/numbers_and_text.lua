print(1e15, 2^53, 2^53 * 4, 0.1, -0.0, 1/0, -1/0, 100, 1e100, 3.14159265358979)
print(1 .. "", 10 .. "|" .. 12345678901234, math.huge == 1/0)
print(0/0 ~= 0/0, tostring(0/0))
print(tonumber("1e1"), tonumber(" 0x10 "), tonumber("z", 36), tonumber("x"), tonumber(""), tonumber("10", 2))
print(table.concat({1, 2.5, "x"}, ","), string.format("%d %5.2f %s %q", 3, 2.5, true, "a\nb"))
print(select(2, pcall(string.format, "%d", 3.7)):kind())
print("10" + 5, 10 % 3, -1 % 3, 2 ^ 10, 7 / 2)
print(#"abc", ("x"):rep(3, ","), ("héLLo"):upper())
print(select("#"), select(-1, 1, 2), select(2, "a", "b", "c"))
print(unpack({1, 2, 3}, 2), table.unpack({1, nil, 3}, 1, 3), table.pack(1, nil).n)
print(math.log(8, 2), math.floor(-3.5), math.max(1, 5, 3), math.fmod(7, 3))
print(("%a+"):len(), ("key = value"):match("(%w+) = (%w+)"))
print(("abc"):gsub("%w", {a = "1", b = false}))
for k, v in string.gmatch("a=1, b=2", "(%w+)=(%w+)") do print(k, v) end
print(math.random() ~= math.random(), math.random(1, 1))
math.randomseed(42) local a = math.random(1000) math.randomseed(42) print(a == math.random(1000))

--> 1000000000000000 9007199254740992 3.6028797018964e+16 0.1 0 inf -inf 100 1e+100 3.1415926535898
--> 1 10|12345678901234 true
--> true nan
--> 10 16 35 nil nil 2
--> 1,2.5,x 3  2.50 true "a\
--> b"
--> Invalid
--> 15 1 2 1024 3.5
--> 3 x,x,x HéLLO
--> 0 2 b c
--> 2 1 2
--> 3 -4 5 1
--> 3 key value
--> 1bc 3
--> a 1
--> b 2
--> true 1
--> true
