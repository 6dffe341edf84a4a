-- Clearing a field that is there is no assignment to a new one.
local log = {}
local function note(t, k, v) log[#log + 1] = tostring(k) .. "=" .. tostring(v) rawset(t, k, v) end
local t = setmetatable({}, {__newindex = note})
t.a = 1 t.a = 2 t.a = nil t.a = nil t[1] = 1 t[1] = nil t[2.5] = 3 t[2.5] = nil t[t] = 1 t[t] = nil
print(#log, log[1], log[2], log[3], next(t))
local other = {}
local p = setmetatable({x = 1}, {__newindex = other})
p.x = nil p.x = 5 print(p.x, other.x)
p.y = nil other.y = 3 p.y = nil print(other.y)
-- A script sees of its metatables what it has put there.
local f = function() end
local m = {__newindex = f}
setmetatable({}, m)
print(m.__newindex == f, rawget(m, "__newindex") == f, m.__index, rawget(m, "__index"))
for k, v in pairs(m) do print(k, v == f) end
for k, v in next, m do print(k, v == f) end
print(next(m), next(m, "__newindex"), getmetatable(setmetatable({}, m)) == m)
local empty = setmetatable({}, setmetatable({}, {}))
print(next(getmetatable(empty)), next(getmetatable(getmetatable(empty))))
-- Events are found whenever they come.
local late = {}
local o = setmetatable({}, late)
print(o.x, #o)
late.__len = function() return 9 end
print(o.x, #o, o.y, #o)
late.__newindex = note
print(o.z) o.z = 1 print(rawget(o, "z"), log[#log])
late.__index = function(t, k) return k .. "?" end
print(o.q) late.__index = nil print(o.q, #o, late.__index, o.q, #o)
rawset(late, "__index", function() return "raw" end) print(o.q) rawset(late, "__index", nil) print(o.q, #o, o.q, #o)
if not late.__index then late.__index = late end
late.v = "inherited" print(o.v)
-- Inheritance of the two fields themselves.
local Base = {} Base.__index = Base
local Derived = setmetatable({}, {__index = Base})
local object = setmetatable({}, Derived)
print(Derived.__index == Base, rawget(Derived, "__index"), object.anything)
function Base.hello() return "hello" end
print(object.hello, Derived.hello())
Derived.__index = Derived print(object.hello())
local seen = {}
local class = setmetatable({}, {__newindex = function(t, k, v) seen[k] = v rawset(t, k, v) end})
class.__newindex = f print(seen.__newindex == f, class.__newindex == f)
class.__index = class print(seen.__index == class)
class.__index = nil print(class.__index)
local named = setmetatable({}, {__index = function(_, k) return k end})
print(named.__index, named.__newindex)
local copy = {} for k, v in pairs(m) do copy[k] = v end print(copy.__newindex == f)
print((pcall(function() local n = nil n.__index = 1 end)), (pcall(function() local n = 5 return n.__newindex end)), ("x").__index)
-- Errors are blamed on who assigns.
local strict = setmetatable({}, {__newindex = function(t, k) error("no " .. k, 2) end, __index = function(t, k) error("none " .. k, 2) end})
print(pcall(function()
    strict.x = 1
end))
print(pcall(function()
    return strict.x
end))
local behind = setmetatable({}, {__newindex = strict})
print(pcall(function()
    behind.x = 1
end))
print(pcall(function()
    behind.__index = nil
end))
-- Names that were in a variable, and are no longer.
local object, fields, key = errors.new("key"), {x = 1, __index = f}, "__index"
for i = 1, 3 do
    fields[key] = nil
    print(fields[key], fields.x, fields.__index == f)
    key = i == 1 and "x" or object
end
local function set(k, v) local key = "__newindex" if k then key = k end fields[key] = v return fields[key] end
print(set("x", 5), fields.x, set(nil, f) == f, set(object, 1), fields[object], (pcall(set, 0/0, 1)))

--> 5 a=1 a=nil 1=1 nil
--> nil 5
--> nil
--> true true nil nil
--> __newindex true
--> __newindex true
--> __newindex nil true
--> nil nil
--> nil 0
--> nil 9 nil 9
--> nil
--> 1 z=1
--> q?
--> nil 9 nil nil 9
--> raw
--> nil 9 nil 9
--> inherited
--> true nil nil
--> nil hello
--> hello
--> true true
--> true
--> nil
--> __index __newindex
--> true
--> false false nil
--> false src/test.lua:54: no x
--> false src/test.lua:57: none x
--> false src/test.lua:61: no x
--> false src/test.lua:64: no __index
--> nil 1 false
--> nil nil false
--> nil nil false
--> 5 5 true 1 1 false
