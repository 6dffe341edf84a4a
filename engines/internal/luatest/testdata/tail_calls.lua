local function second(a, b) return b end
local function rest(a, b, ...) return b, ... end
local function each(...) return second(...) end
local function fixed(a, b) return second(a, b) end
local function inline(...) return (function(a, b, c) return c, b end)(...) end
local function open(a, b) return rest(a, b) end
local function more(a, b) return rest(a, b, a, b) end
print(each(1, 2), fixed(1, 2), inline(1, 2, 3), open(1, 2))
print(more(1, 2))
local object = {value = 5, get = function(self, a) return a, self.value end}
local function method(o, a) return o:get(a) end
print(method(object, 1))
local function count(n, sum) if n == 0 then return sum end return count(n - 1, sum + n) end
print(count(1000, 0))

--> 2 2 3 2
--> 2 1 2
--> 1 5
--> 500500
