-- Manual coroutines, which Lua has beside those of the runtime.

-- case: lua/coroutine_create_and_resume
-- claim: resume runs to the next yield, return or error and passes values both ways.
-- clauses: 9.10
local co = coroutine.create(function(a, b)
    check.eq(a, 1) check.eq(b, nil)
    check.list(table.pack(coroutine.yield("x", nil, "z")), { 4, 5, n = 2 })
    return "done", nil, 3
end)
check.eq(coroutine.status(co), "suspended")
check.list(table.pack(coroutine.resume(co, 1)), { true, "x", nil, "z", n = 4 })
check.list(table.pack(coroutine.resume(co, 4, 5)), { true, "done", nil, 3, n = 4 })
check.eq(coroutine.status(co), "dead")
local ok, err = coroutine.resume(co)
check.eq(ok, false) check.has(err, "cannot resume dead coroutine")

-- case: lua/coroutine_errors
-- claim: A thrown value comes out of resume unchanged, and is thrown on by wrap unchanged.
-- clauses: 9.10, 19.9
local t = {}
local ok, err = coroutine.resume(coroutine.create(function() error(t) end))
check.eq(ok, false) check.eq(err, t)
check.eq(check.throws(coroutine.wrap(function() error(t) end)), t)
check.raises(errors.INVALID, "", coroutine.create, 5)
check.raises(errors.INVALID, "", coroutine.wrap)

-- case: lua/coroutine_status_and_running
-- claim: status is running, suspended, normal or dead; running gives the coroutine and whether it is no manual one.
-- clauses: 9.10, 9.11
local main, is_main = coroutine.running()
check.eq(type(main), "thread") check.eq(is_main, true)
check.eq(coroutine.status(main), "running")
check.eq(coroutine.isyieldable(), false)
local outer
outer = coroutine.create(function()
    check.eq(coroutine.isyieldable(), true)
    local me, is_main = coroutine.running()
    check.eq(me, outer) check.eq(is_main, false)
    check.eq(coroutine.status(me), "running")
    local inner = coroutine.create(function() check.eq(coroutine.status(outer), "normal") coroutine.yield() end)
    check.eq(coroutine.resume(inner), true)
    check.eq(coroutine.status(inner), "suspended")
    local ok, err = coroutine.resume(outer)
    check.eq(ok, false) check.has(err, "cannot resume non-suspended coroutine")
    local ok, err = coroutine.resume(main)
    check.eq(ok, false) check.has(err, "cannot resume non-suspended coroutine")
end)
check.eq(coroutine.resume(outer), true)
local ok, err = coroutine.resume(coroutine.running())
check.eq(ok, false) check.has(err, "cannot resume non-suspended coroutine")

-- case: lua/coroutine_yield_outside
-- claim: yield with arguments outside a manual coroutine raises; without, it lets others run and gives nothing.
-- clauses: 9.5, 9.11
check.raises(errors.INVALID, "attempt to yield from outside a coroutine", coroutine.yield, 1)
check.eq(select("#", coroutine.yield()), 0)
local order = {}
coroutine.spawn(function() order[#order + 1] = "a" coroutine.yield() order[#order + 1] = "b" end)
order[#order + 1] = "main"
coroutine.yield()
check.list(order, { "a", "main", "b" })

-- case: lua/coroutine_yield_through_pcall
-- claim: A manual coroutine yields through pcall, metamethods, comparators, iterators and gsub.
-- clauses: 9.10, 9.9
local co = coroutine.wrap(function()
    pcall(function() coroutine.yield("pcall") end)
    xpcall(function() coroutine.yield("xpcall") end, print)
    local t = setmetatable({}, { __index = function(_, k) coroutine.yield("index") end, __add = function() coroutine.yield("add") return 1 end })
    local _ = t.x
    local _ = t + 1
    table.sort({ 2, 1 }, function(a, b) coroutine.yield("sort") return a < b end)
    string.gsub("x", "x", function() coroutine.yield("gsub") end)
    for _ in function() coroutine.yield("iterator") end do end
    return "end"
end)
local seen = {}
repeat
    local v = co()
    if v ~= seen[#seen] then seen[#seen + 1] = v end
until v == "end"
check.list(seen, { "pcall", "xpcall", "index", "add", "sort", "gsub", "iterator", "end" })

-- case: lua/coroutine_waits_inside_manual
-- claim: A waiting call inside a manual coroutine does not return to resume; different managed coroutines may resume it in turn.
-- clauses: 9.12, 9.9
local c, done = channel.new(), channel.new()
local co = coroutine.create(function()
    local first = c:receive()
    coroutine.yield(first)
    return (c:receive())
end)
coroutine.spawn(function() local _, v = coroutine.resume(co) done:send(v) end)
check.eq(coroutine.status(co), "normal")
local ok, err = coroutine.resume(co)
check.eq(ok, false) check.has(err, "cannot resume non-suspended coroutine")
c:send("one")
check.eq(done:receive(), "one")
coroutine.spawn(function() c:send("two") end)
local ok, v = coroutine.resume(co)
check.eq(ok, true) check.eq(v, "two")
check.eq(coroutine.status(co), "dead")

-- case: lua/coroutine_handle_of_spawn
-- claim: A managed coroutine's handle is a thread whose status is running, suspended or dead; it cannot be resumed.
-- clauses: 9.1, 9.10, 9.11
local c = channel.new()
local h
h = coroutine.spawn(function() check.eq(coroutine.status(coroutine.running()), "running") c:receive() end)
check.eq(type(h), "thread") check.eq(coroutine.status(h), "suspended")
local ok, err = coroutine.resume(h)
check.eq(ok, false) check.has(err, "cannot resume non-suspended coroutine")
c:send(1)
coroutine.yield()
check.eq(coroutine.status(h), "dead")

-- case: lua/ten_thousand_manual_coroutines
-- claim: Ten thousand manual coroutines can live at once.
-- clauses: 17.8, 9.10
-- schedules: 1
local live = {}
for i = 1, 10000 do
    live[i] = coroutine.create(function() coroutine.yield() end)
    coroutine.resume(live[i])
end
check.eq(coroutine.status(live[10000]), "suspended")

-- case: lua/coroutine_limit
-- claim: Manual coroutines count against max_coroutines; those that have ended make room.
-- clauses: 17.8, 9.10
-- coroutines: 5
for _ = 1, 100 do check.eq(coroutine.wrap(function() return 1 end)(), 1) end
local live = {}
for i = 1, 4 do
    live[i] = coroutine.create(function() coroutine.yield() end)
    coroutine.resume(live[i])
end
check.raises(errors.RATE_LIMITED, "max coroutines limit exceeded", coroutine.create, print)
check.raises(errors.RATE_LIMITED, "max coroutines limit exceeded", coroutine.wrap, print)
check.raises(errors.RATE_LIMITED, "max coroutines limit exceeded", coroutine.spawn, print)
coroutine.resume(live[1])
check.eq(coroutine.status(live[1]), "dead")
coroutine.resume(coroutine.create(function() end))
