local co
co = coroutine.create(function()
    print(coroutine.running() == co, select(2, coroutine.running()), coroutine.isyieldable())
    print(coroutine.resume(co))
    local inner = coroutine.create(function() print(coroutine.status(co)) end)
    coroutine.resume(inner)
    return nil, 1, nil
end)
print(select("#", coroutine.resume(co)))
for _, f in ipairs{"create", "wrap", "resume", "status"} do
    local ok, e = pcall(coroutine[f], 1)
    print(f, ok, e:kind())
end
local ok, e = pcall(coroutine.yield, 1)
print(e:message(), e:kind())
local w = coroutine.wrap(function(...) return select("#", ...), ... end)
print(w(nil, nil))
print(pcall(w))
local t = {}
t[co] = "key"
print(t[co], co ~= coroutine.create(print), getmetatable(co))

--> true false true
--> false cannot resume non-suspended coroutine
--> normal
--> 4
--> create false Invalid
--> wrap false Invalid
--> resume false Invalid
--> status false Invalid
--> attempt to yield from outside a coroutine Invalid
--> 2 nil nil
--> false cannot resume dead coroutine
--> key true nil
