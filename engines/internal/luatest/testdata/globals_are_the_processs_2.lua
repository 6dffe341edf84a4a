print(pairs ~= nil, ("x"):upper())
rawset(_G, "ipairs", nil)
print(ipairs, getmetatable(_G))
print = print
tostring = function() return "mine" end
print(tostring(1), 1)

--> true X
--> nil nil
--> mine 1
