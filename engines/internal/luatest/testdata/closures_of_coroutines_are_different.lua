local function body(x)
    local get = function() return x end
    coroutine.yield()
    return get()
end
local a, b = coroutine.wrap(body), coroutine.wrap(body)
a(1) b(2)
print(a(), b())

--> 1 2
