--- doubling | memory | s = s .. s
return { main = function()
    local s = "x"
    for _ = 1, 24 do s = s .. s end
end }
--- doubling_in_pcall | memory | the kill is not caught
return { main = function()
    for _ = 1, 10 do pcall(function() local s = "x" for _ = 1, 23 do s = s .. s end end) end
end }
--- kept_concats | memory | strings that are kept
return { main = function()
    local t, s = {}, ("x"):rep(100000)
    for _ = 1, 200 do t[#t + 1] = s .. #t end
end }
--- rep_huge | ends | one repetition beyond every limit
return { main = function() return (string.rep(("x"):rep(1024), 2 ^ 53)) end }
--- rep_kept | memory | repetitions that are kept
return { main = function()
    local t = {}
    for _ = 1, 20 do t[#t + 1] = ("x"):rep(1000000 + #t) end
end }
--- rep_separator | ends | a separator that multiplies
return { main = function() return #string.rep("", 2 ^ 53, ("x"):rep(1024)) end }
--- table_growth | memory | a long list
return { main = function()
    local t = {}
    for _ = 1, 400000 do t[#t + 1] = #t end
end }
--- hash_growth | memory | a large table of strings
return { main = function()
    local t = {}
    for i = 1, 120000 do t["key" .. i] = i end
end }
--- array_hole | memory | one assignment makes a large array, sooner than it is counted
--- program=12
return { main = function()
    local t = {}
    for i = 1, 90000 do if i == 1 then t[1500000] = 1 end t = { t } end
end }
--- array_holes | memory | many do before the next tick
return { main = function()
    local kept = {}
    for i = 1, 110000 do local t = { i } if i <= 6 then t[200000] = 1 end kept[i] = t end
end }
--- array_holes_caught | memory | and the kill is not caught
return { main = function()
    local kept = {}
    local function hole(i) local t = { i } if i <= 2 then t[700000] = 1 end kept[i] = t process.pid() end
    for i = 1, 70000 do pcall(hole, i) end
end }
--- sparse_table | ends | huge keys do not make huge arrays
return { main = function()
    local t = {}
    for i = 1, 500 do t[i * 1e9] = i t[-i] = i t[i + 0.5] = i end
    t[2 ^ 31] = 1 t[2 ^ 53] = 1 t[2 ^ 62] = 1
end }
--- nested_tables | memory | a list of lists of lists
return { main = function()
    local t = {}
    for _ = 1, 60000 do t = { t, { t } } end
end }
--- closures | memory | functions that hold each other
return { main = function()
    local f = function() end
    for _ = 1, 150000 do local g = f f = function() return g end end
end }
--- metatables | memory | a long chain of objects
return { main = function()
    local head
    for _ = 1, 50000 do head = setmetatable({ next = head }, { __index = {} }) end
end }
--- local_growth | memory | growth in a frame deep down
local function down(n, t)
    if n > 0 then return (down(n - 1, t)) end
    for _ = 1, 80000 do t[#t + 1] = {} end
end
return { main = function() down(100, {}) end }
--- upvalue_growth | memory | growth seen by a closure only
local function maker() local t = {} return function() t[#t + 1] = { 1, 2, 3 } end end
return { main = function()
    local f = maker()
    for _ = 1, 60000 do f() end
end }
--- coroutine_growth | memory | growth in a local of a suspended coroutine
return { main = function()
    local c = coroutine.wrap(function() local t = {} while true do t[#t + 1] = { 1, 2, 3 } coroutine.yield() end end)
    for _ = 1, 90000 do c() end
end }
--- growth_behind_a_module | memory | growth in a library table
return { main = function() for _ = 1, 60000 do string[#string + 1] = { 1, 2, 3 } end end }
--- format_padding | ends | a width beyond what formats take
return { main = function() return (string.format("%999999999d", 1)) end }
--- format_kept | memory | formatted text that is kept
return { main = function()
    local t = {}
    for _ = 1, 2000 do t[#t + 1] = ("%099d"):rep(1):format(#t):rep(100) end
end }
--- gsub_growth | memory | replacements that grow
return { main = function()
    local s = ("x"):rep(70000)
    for _ = 1, 4 do s = s:gsub(("."):rep(70000), "%0%0%0") end
end }
--- gsub_whole_match | ends | replacing each piece by the whole
return { main = function()
    local s = ("x"):rep(70000)
    return #s:gsub(("."):rep(1000), s)
end }
--- concat_growth | memory | joining what was joined
return { main = function()
    local s = "x"
    for _ = 1, 12 do s = table.concat({ s, s, s, s }) end
end }
--- upper_kept | memory | copies that are kept
return { main = function()
    local t, s = {}, ("x"):rep(100000)
    for _ = 1, 160 do t[#t + 1] = (s .. #t):upper() end
end }
--- captures | memory | captures that are kept
return { main = function()
    local t, s = {}, ("x"):rep(1000)
    for _ = 1, 400 do for a in s:gmatch("..?.?.?") do t[#t + 1] = { a } end end
end }
--- pack_growth | memory | packs of packs
return { main = function()
    local t = table.pack(1)
    for _ = 1, 5000 do t = table.pack(t, unpack(t, 1, math.min(#t, 200))) end
end }
--- varargs | fails Internal too many arguments | more arguments than a call takes
local t = {}
for i = 1, 16000 do t[i] = i end
local function more(n)
    if n == 0 then return unpack(t) end
    return 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, more(n - 1)
end
local function many(...) for _ = 1, 10000 do end end
return { main = function()
    for _ = 1, 20 do many(more(700)) end
end }
--- varargs_nested | fails Internal overflow | on the stack of many calls
--- memory=48 program=100
local function grow(n, ...) return n > 0 and (grow(n - 1, 1, 2, 3, ...)) end
return { main = function() return (grow(3000)) end }
--- varargs_kept | memory | arguments that are kept
return { main = function()
    local t, kept = {}, {}
    for i = 1, 16000 do t[i] = i end
    local function keep(...)
        for _ = 1, 10000 do end
        for _ = 1, 100 do kept[#kept + 1] = { ... } end
    end
    keep(unpack(t))
end }
--- varargs_packed | memory | and those of growing calls
return { main = function()
    local kept = {}
    local function grow(n, ...) kept[#kept + 1] = { ... } if n > 0 then return grow(n - 1, 1, ...) end end
    grow(1500)
end }
--- self_mailbox | memory | a flood of messages to oneself
return { main = function()
    local me, s = process.pid(), ("x"):rep(10000)
    for _ = 1, 5000 do process.send(me, "x", s) end
end }
--- self_mailbox_limited | ends | a limit of the mailbox stops it
--- mailbox=100
return { main = function()
    local me = process.pid()
    for _ = 1, 10000 do process.send(me, "x", ("x"):rep(1000)) end
end }
--- channel_buffer | memory | a channel of any capacity that is never read
return { main = function()
    local c = channel.new(1e9)
    for _ = 1, 60000 do c:send({ 1, 2, 3 }) end
end }
--- channels | memory | very many channels
return { main = function()
    local kept = {}
    for _ = 1, 60000 do kept[#kept + 1] = channel.new(1) end
end }
--- channel_chain | memory | channels that lie in each other
return { main = function()
    local c = channel.new(1)
    for _ = 1, 60000 do local d = channel.new(1) d:send(c) c = d end
end }
--- coroutines | memory | very many coroutines
return { main = function()
    local c = channel.new()
    for _ = 1, 10000 do pcall(coroutine.spawn, function() c:receive() end) end
end }
--- coroutines_limited | fails RateLimited max coroutines limit exceeded | a limit on coroutines stops it
--- coroutines=100
return { main = function()
    local c = channel.new()
    for _ = 1, 1000 do coroutine.spawn(function() c:receive() end) end
end }
--- manual_coroutines | fails RateLimited max coroutines limit exceeded | manual coroutines count too
--- coroutines=100
return { main = function()
    local t = {}
    for _ = 1, 300 do
        local c = coroutine.create(coroutine.yield)
        coroutine.resume(c)
        t[#t + 1] = c
    end
end }
--- names | memory | very many names
return { main = function() for i = 1, 90000 do process.registry.register("name" .. i) end end }
--- timers | memory | very many timers
return { main = function()
    local time = require("time")
    for _ = 1, 30000 do time.after("1000h") end
end }
--- topics | killed | very many listeners cost more and more
--- memory=48 program=100
return { main = function()
    for i = 1, 30000 do process.listen("topic" .. i .. ("x"):rep(1000)) end
    while true do end
end }
--- fork_bomb | fails Unavailable max processes limit exceeded | processes by processes, stopped by the host
--- processes=50
return { main = function()
    for _ = 1, 1000 do assert(process.spawn("app:attack", "app:processes")) end
end }
--- payload_too_large | fails Invalid payload too large | a huge payload is refused
--- payload=1
return { main = function() local ok, err = process.send(process.pid(), "x", ("x"):rep(1100000)) error(err) end }
--- payload_multiplied | fails Invalid payload too large | a small value of which a copy is huge
return { main = function()
    local t = { ("x"):rep(1000) }
    for _ = 1, 30 do t = { t, t } end
    local ok, err = process.send(process.pid(), "x", t)
    error(err)
end }
--- errors_kept | fails Invalid error text too long | error objects that wrap each other
return { main = function()
    local e = errors.new("x")
    for _ = 1, 2000 do e = errors.wrap(e, ("x"):rep(1000)) end
end }
--- print_huge | ends | a long line is printed or refused
--- memory=48 program=100
return { main = function() print(("x"):rep(16000000)) end }
