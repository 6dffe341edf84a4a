local function walk(t)
    local n, sum = 0, 0
    for k, v in pairs(t) do n = n + 1 sum = sum + v t[k] = nil end
    return n, sum, next(t)
end
local t = {}
for i = 1, 10 do t[i] = i t["k" .. i] = i t[i + 0.5] = i end
t[true] = 1 t[false] = 1
print(walk(t))
local function step(t)
    local n, k, v = 0, next(t)
    while k ~= nil do n = n + v t[k] = nil k, v = next(t, k) end
    return n, next(t)
end
for i = 1, 10 do t[i] = 1 t["k" .. i] = 1 t[{}] = 1 end
print(step(t))
for i = 1, 20000 do t["k" .. i] = 1 end
print(step(t))
for i = 1, 50000 do t["k" .. i] = 1 end
print(walk(t))
for i = 1, 40 do t[{}] = i end
print(walk(t))
local names = {}
for name in pairs(process) do names[#names + 1] = name end
print(#names > 20, next({}, nil), type(process.event), pairs(t) ~= nil)
local first = next(process)
print(type(first), process[first] ~= nil)

--> 32 167 nil
--> 30 nil
--> 20000 nil
--> 50000 50000 nil
--> 40 820 nil
--> true nil table true
--> string true
