local object = {}
print(select(2, pcall(error, object)) == object, select("#", pcall(error)), pcall(error, nil))
print(pcall(function() error("one") end))
local function two() error("two", 2) end
print(pcall(function() two() end))
print(pcall(function() error("zero", 0) end))
print(pcall(error, "native"))
print(pcall(error, 42))
print(pcall(error, true))
print(pcall(assert, false))
print(pcall(assert, nil, "message"))
print(select(2, pcall(assert, nil, object)) == object)
print(pcall(assert, 1, 2, nil))
print(xpcall(function(...) return ... end, print, 1, nil, 3))
print(xpcall(error, function(e) return e == object, "second" end, object))
local ok, e = xpcall(error, function() error(object) end, "x")
print(ok, e == object)
print(pcall(pcall, error, "inner"))
print(pcall(pcall))

--> true 2 false nil
--> false src/test.lua:3: one
--> false src/test.lua:5: two
--> false zero
--> false native
--> false 42
--> false true
--> false assertion failed!
--> false message
--> true
--> true 1 2 nil
--> true 1 nil 3
--> false true
--> false true
--> true false inner
--> false bad argument #1 to 'pcall' (value expected)
