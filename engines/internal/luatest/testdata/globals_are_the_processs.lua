print(print == _G.print, _G._G == _G, rawget(_G, "type") == type, getmetatable(_G))
x = 1
print(_G.x, rawget(_G, "x"), undefined)
pairs = nil
print(pairs, rawget(_G, "pairs"), next ~= nil)
string.upper = nil
print(string.upper, (pcall(function() return ("x"):upper() end)))
setmetatable(_G, {__index = function(_, k) return k end})
print(undefined, tostring(1))

--> true true true nil
--> 1 1 nil
--> nil nil true
--> nil false
--> undefined 1
