local e = errors.new("text")
print(select(2, pcall(error, e)) == e, type(e), getmetatable(e))
print(e .. " after", "before " .. e, e .. e, e .. 1, tostring(e), e:message())
print(string.find(e, "ex"))
print(pcall(function() e.x = 1 end))
print(pcall(function() errors.x = 1 end))
print(pcall(rawset, errors, "x", 1))
print(pcall(table.insert, errors, 1))
print(pcall(e.message))
local function at(_, e) return (e:match('^src/test.lua:%d+: ')) end
print(at(pcall(function() local x = nil; return x.y end)), at(pcall(function() return {} < {} end)))

--> true userdata false
--> text after before text texttext text1 text text
--> 2 3
--> false read-only
--> false read-only
--> false read-only
--> false read-only
--> false message: must be called as a method of an object of type error, with ':'
--> src/test.lua:11:  src/test.lua:11: 
