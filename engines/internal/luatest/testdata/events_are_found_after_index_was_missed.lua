local log = {}
local mt = {
    __len = function() return 42 end,
    __eq = function() return true end,
    __newindex = function(t, k, v) rawset(t, k, v * 2) end,
}
local a, b = setmetatable({}, mt), setmetatable({}, mt)
print(#a, a == b, a.missing, b.missing)
print(#a, a == b)
a.x = 4
print(a.x, a.missing)
a.y = 5
print(a.y, rawequal(a, b))

--> 42 true nil nil
--> 42 true
--> 8 nil
--> 10 false
