local kinds = {nothing = false, number = 1, text = "x", table = {}, badly = setmetatable({}, {__call = 1})}
local function count(f)
  local n = 0
  for i = 1, 250 do if not f() then n = n + 1 end end
  return n
end
print(count(function() return pcall(nil) end))
for _, kind in ipairs{"nothing", "number", "text", "table", "badly"} do
  local v = kinds[kind]
  print(kind, count(function() return pcall(v, 1) end))
end
print(pcall(setmetatable({}, {__call = function(self, a) return a end}), 5))
print(pcall(nil))

--> 250
--> nothing 250
--> number 250
--> text 250
--> table 250
--> badly 250
--> true 5
--> false attempt to call a nil value
