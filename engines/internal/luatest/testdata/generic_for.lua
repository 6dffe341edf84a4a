-- The state of a generic for that is not given is nil.
for k, v in next, {5} do print(k, v) end
for k, v in next, {x = {1, 2, 3}} do print(k, #v) end
local function count(n, i) if i == nil then i = 0 end if i < n then return i + 1 end end
for i in count, 2 do print(i) end

--> 1 5
--> x 3
--> 1
--> 2
