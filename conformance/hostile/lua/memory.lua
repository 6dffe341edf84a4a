--- doubling | memory | s = s .. s
return { main = function() local s = "x" while true do s = s .. s end end }
--- doubling_in_pcall | memory | the kill is not caught
return { main = function()
    while true do pcall(function() local s = "x" while true do s = s .. s end end) end
end }
--- kept_concats | memory | strings that are kept
return { main = function()
    local t, s = {}, ("x"):rep(100000)
    while true do t[#t + 1] = s .. #t end
end }
--- rep_huge | ends | one repetition beyond every limit
return { main = function() return (string.rep("x", 1e15)) end }
--- rep_kept | memory | repetitions that are kept
return { main = function() local t = {} while true do t[#t + 1] = ("x"):rep(1000000 + #t) end end }
--- rep_separator | ends | a separator that multiplies
return { main = function() return #string.rep("", 1e9, ("x"):rep(1000)) end }
--- table_growth | memory | a list without end
return { main = function() local t = {} while true do t[#t + 1] = #t end end }
--- hash_growth | memory | a table of strings without end
return { main = function() local t, i = {}, 0 while true do i = i + 1 t["key" .. i] = i end end }
--- array_hole | memory | one assignment makes a large array
return { main = function()
    local t = {}
    while true do t[8388606] = 1 t = { t } end
end }
--- array_holes | memory | many do before the next tick
return { main = function()
    local kept = {}
    while true do local t = {} t[400000] = 1 kept[#kept + 1] = t end
end }
--- array_holes_caught | memory | and the kill is not caught
return { main = function()
    local kept = {}
    local function hole() local t = {} t[8388606] = 1 kept[#kept + 1] = t process.pid() end
    while true do pcall(hole) end
end }
--- sparse_table | ends | huge keys do not make huge arrays
return { main = function()
    local t = {}
    for i = 1, 10000 do t[i * 1e9] = i t[-i] = i t[i + 0.5] = i end
    t[2 ^ 31] = 1 t[2 ^ 53] = 1 t[2 ^ 62] = 1
end }
--- nested_tables | memory | a list of lists of lists
return { main = function() local t = {} while true do t = { t, { t } } end end }
--- closures | memory | functions that hold each other
return { main = function()
    local f = function() end
    while true do local g = f f = function() return g end end
end }
--- metatables | memory | objects without end
return { main = function()
    local head
    while true do head = setmetatable({ next = head }, { __index = {} }) end
end }
--- local_growth | memory | growth in a frame deep down
local function down(n, t) if n > 0 then return (down(n - 1, t)) end while true do t[#t + 1] = {} end end
return { main = function() down(100, {}) end }
--- upvalue_growth | memory | growth seen by a closure only
local function maker() local t = {} return function() t[#t + 1] = { 1, 2, 3 } end end
return { main = function() local f = maker() while true do f() end end }
--- coroutine_growth | memory | growth in a local of a suspended coroutine
return { main = function()
    local c = coroutine.wrap(function() local t = {} while true do t[#t + 1] = { 1, 2, 3 } coroutine.yield() end end)
    while true do c() end
end }
--- growth_behind_a_module | memory | growth in a library table
return { main = function() while true do string[#string + 1] = { 1, 2, 3 } end end }
--- format_padding | ends | a width beyond what formats take
return { main = function() return (string.format("%999999999d", 1)) end }
--- format_kept | memory | formatted text that is kept
return { main = function() local t = {} while true do t[#t + 1] = ("%099d"):rep(1):format(#t):rep(100) end end }
--- gsub_growth | memory | replacements that grow
return { main = function() local s = "xx" while true do s = s:gsub("x", "xxx") end end }
--- gsub_whole_match | ends | replacing each byte by the whole
return { main = function()
    local s = ("x"):rep(100000)
    return #s:gsub("x", s)
end }
--- concat_growth | memory | joining what was joined
return { main = function()
    local s = "x"
    while true do s = table.concat({ s, s, s, s }) end
end }
--- upper_kept | memory | copies that are kept
return { main = function()
    local t, s = {}, ("x"):rep(1000000)
    while true do t[#t + 1] = (s .. #t):upper() end
end }
--- captures | memory | captures that are kept
return { main = function()
    local t, s = {}, ("x"):rep(1000)
    while true do for a in s:gmatch("..?.?.?") do t[#t + 1] = { a } end end
end }
--- pack_growth | memory | packs of packs
return { main = function()
    local t = table.pack(1)
    while true do t = table.pack(t, unpack(t, 1, math.min(#t, 200))) end
end }
--- varargs | fails Internal too many arguments | more arguments than a call takes
local function grow(...) return grow(1, ...) end
return { main = function() return select("#", grow()) end }
--- varargs_nested | fails Internal overflow | on the stack of many calls
local function grow(...) return (grow(1, 2, 3, ...)) end
return { main = function() return (grow()) end }
--- varargs_kept | memory | arguments that are kept
return { main = function()
    local t, kept = {}, {}
    for i = 1, 16000 do t[i] = i end
    local function keep(...) while true do kept[#kept + 1] = { ... } end end
    keep(unpack(t))
end }
--- varargs_packed | memory | and those of growing calls
return { main = function()
    local kept = {}
    local function grow(...) kept[#kept + 1] = { ... } return grow(1, ...) end
    grow()
end }
--- self_mailbox | memory | a flood of messages to oneself
return { main = function()
    local me, s = process.pid(), ("x"):rep(10000)
    while true do process.send(me, "x", s) end
end }
--- self_mailbox_limited | ends | a limit of the mailbox stops it
--- mailbox=100
return { main = function()
    local me = process.pid()
    for _ = 1, 100000 do process.send(me, "x", ("x"):rep(1000)) end
end }
--- channel_buffer | memory | a channel of any capacity that is never read
return { main = function()
    local c = channel.new(1e9)
    while true do c:send({ 1, 2, 3 }) end
end }
--- channels | memory | channels without end
return { main = function() local kept = {} while true do kept[#kept + 1] = channel.new(1) end end }
--- channel_chain | memory | channels that lie in each other
return { main = function()
    local c = channel.new(1)
    while true do local d = channel.new(1) d:send(c) c = d end
end }
--- coroutines | memory | coroutines without end
return { main = function()
    local c = channel.new()
    while true do pcall(coroutine.spawn, function() c:receive() end) end
end }
--- coroutines_limited | fails RateLimited max coroutines limit exceeded | a limit on coroutines stops it
--- coroutines=100
return { main = function()
    local c = channel.new()
    while true do coroutine.spawn(function() c:receive() end) end
end }
--- manual_coroutines | fails RateLimited max coroutines limit exceeded | manual coroutines count too
--- coroutines=100
return { main = function()
    local t = {}
    while true do
        local c = coroutine.create(coroutine.yield)
        coroutine.resume(c)
        t[#t + 1] = c
    end
end }
--- names | memory | names without end
return { main = function()
    local i = 0
    while true do i = i + 1 process.registry.register("name" .. i) end
end }
--- timers | memory | timers without end
return { main = function()
    local time = require("time")
    while true do time.after("1000h") end
end }
--- topics | killed | listeners without end cost more and more
return { main = function()
    local i = 0
    while true do i = i + 1 process.listen("topic" .. i .. ("x"):rep(1000)) end
end }
--- fork_bomb | fails Unavailable max processes limit exceeded | processes without end, stopped by the host
--- processes=50
return { main = function()
    while true do assert(process.spawn("app:attack", "app:processes")) end
end }
--- payload_too_large | fails Invalid payload too large | a huge payload is refused
return { main = function() local ok, err = process.send(process.pid(), "x", ("x"):rep(17000000)) error(err) end }
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
    while true do e = errors.wrap(e, ("x"):rep(1000)) end
end }
--- print_huge | ends | a line of 16 MiB is printed or refused
return { main = function() print(("x"):rep(16000000)) end }
