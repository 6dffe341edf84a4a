local x = 0
local function inc() x = x + 1 end
inc() pcall(error, "a") inc()
pcall(function() inc() error("b") end)
inc()
print(x)
local get
xpcall(function() local y = 5 get = function() return y end error("c") end, function() end)
local function deep(n) if n == 0 then return 0 end return 1 + deep(n - 1) end
print(deep(100), get())

--> 4
--> 100 5
