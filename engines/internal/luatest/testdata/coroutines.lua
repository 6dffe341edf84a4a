local co = coroutine.create(function(a, b)
    print("in", a, b, coroutine.status(coroutine.running()))
    local ok, c = pcall(function() return coroutine.yield(a + b) end)
    print("in", ok, c)
    table.sort({3, 1, 2}, function(x, y) coroutine.yield("less") return x < y end)
    error({})
end)
print(coroutine.status(co), type(co))
print(coroutine.resume(co, 1, 2))
print(coroutine.resume(co, "x"))
local ok, v
repeat ok, v = coroutine.resume(co) until v ~= "less"
print(ok, type(v), coroutine.status(co))
print(coroutine.resume(co))
local gen = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
print(gen(), gen(), gen())
local e = {}
local w = coroutine.wrap(function() error(e) end)
local ok, got = pcall(w)
print(ok, got == e)
print(select(2, coroutine.running()), coroutine.isyieldable())
print(coroutine.resume(coroutine.running()))

--> suspended thread
--> in 1 2 running
--> true 3
--> in true x
--> true less
--> false table dead
--> false cannot resume dead coroutine
--> 1 2 3
--> false true
--> true false
--> false cannot resume non-suspended coroutine
