print(pcall(error, "x"))
print(pcall(function() error("x") end))
print(pcall(function() error("x", 0) end))
local function f() error("x", 2) end
print(pcall(function()
    f()
end))
local t = {}
print(select(2, pcall(error, t)) == t, pcall(error, nil))
print(select("#", pcall(error)), select("#", pcall(function() return 1, nil, nil end)))
print(pcall(assert, false, t) == false, select(2, pcall(assert, false, t)) == t)
print(pcall(assert, nil))
print(pcall(assert, nil, "text"))
print(assert(1, 2, 3))
print(xpcall(function(...) return select("#", ...), ... end, print, 1, nil, 3))
print(xpcall(error, function(e) return e, "second" end, "x"))
print(xpcall(error, function(e) error("in handler", 0) end, "x"))
local e = errors.new("e")
print(select(2, pcall(error, e)) == e, pcall(error, e, 2))
print(pcall(nil))
print(select(2, pcall(channel.new, "x")):kind())
print(pcall(pcall, error, "x"))
print(pcall(error, 42, 1))

--> false x
--> false src/test.lua:2: x
--> false x
--> false src/test.lua:6: x
--> true false nil
--> 2 4
--> true true
--> false assertion failed!
--> false text
--> 1 2 3
--> true 3 1 nil 3
--> false x
--> false in handler
--> true false e
--> false attempt to call a nil value
--> Invalid
--> true false x
--> false 42
