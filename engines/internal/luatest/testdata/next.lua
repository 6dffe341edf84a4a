-- Keys that have moved into the interpreter's array come once.
local m = {} m[3] = 1 for k in pairs(m) do end m[1] = 1 m[2] = 1 m[4] = 1
local n, sum = 0, 0
for k in pairs(m) do n = n + 1 sum = sum + k end print(n, sum)
n, sum = 0, 0
for k in next, m do n = n + 1 sum = sum + k end print(n, sum)
-- Several walks at a time.
local a, b, c, d = {}, {}, {}, {}
for i = 1, 3000 do a["a" .. i] = i b["b" .. i] = i c["c" .. i] = i d["d" .. i] = i end
local ka, kb, kc, kd, va, vb, vc, vd
n, sum = 0, 0
repeat
    ka, va = next(a, ka) kb, vb = next(b, kb) kc, vc = next(c, kc) kd, vd = next(d, kd)
    if ka then n = n + 1 sum = sum + va + vb + vc + vd end
until not ka
print(n, sum, kb, kc, kd)
local s = {x = 1, y = 2, z = 3, 4, 5}
n = 0 for k in next, s do for k2 in next, s do n = n + 1 end end print(n)
n = 0 for k in pairs(s) do for k2 in pairs(s) do n = n + 1 end end print(n)
print(next({1, 2, 3}, 3), next({}, nil), next({nil, nil, 3}))
-- Clearing what was given, and asking for the first again.
local q = {}
local function empty()
    local n, k = 0, next(q)
    while k ~= nil do n = n + 1 q[k] = nil k = next(q) end
    return n, next(q)
end
for i = 1, 20 do q["k" .. i] = i q[i] = i q[i + 0.5] = i q[{}] = i end
print(empty())
for i = 1, 20 do q["k" .. i] = i end
n = 0
for i = 1, 10 do q[next(q)] = nil end
for k in pairs(q) do n = n + 1 end
q.new = 1
print(n, empty())
for i = 1, 100 do q["k" .. i] = i end
n = 0
while next(q) do local k = next(q) q[k] = nil n = n + 1 if n % 40 == 0 then q[k] = 1 q["more" .. n] = 1 end end
print(n)

--> 4 10
--> 4 10
--> 3000 18006000 nil nil nil
--> 25
--> 25
--> nil nil 3 3
--> 80 nil
--> 10 11 nil
--> 104
