x = 1 print(x, _G.x) x = nil print(x, _G.x)
print(rawget(_G, "print") == print, _G._G == _G, _G.string == string, require("string") == string)
local p = print
pairs = nil
p(pairs, rawget(_G, "pairs"))
print = function() end
print = nil
p(print)
string = nil
p(string, require("string").len("abc"), ("abc"):len())

--> 1 1
--> nil nil
--> true true true true
--> nil nil
--> nil
--> nil 3 3
