--- while | killed | an empty loop
return { main = function() while true do end end }
--- repeat | killed | a loop whose condition does the work
return { main = function() repeat until (function() return false end)() end }
--- numeric_for | killed | a loop to infinity
return { main = function() for i = 1, math.huge do end end }
--- zero_step | ends | a loop with step 0 goes on for ever or raises
--- fuel=1000000
return { main = function() for i = 1, 2, 0 do end end }
--- generic_for | killed | an iterator without end
return { main = function() for _ in function() return 1 end do end end }
--- goto_recursion | killed | tail calls, again and again
local function f(n) if n > 0 then return f(n - 1) end end
return { main = function() while true do f(10000) end end }
--- top_level | killed | a loop before the process is live
while true do end
--- pcall_loop | killed | a script that catches everything
local function try() while true do error("again") end end
return { main = function() while true do pcall(try) end end }
--- xpcall_handler | killed | a loop in an error handler
("x"):gsub("x", "y") -- an interpreter without it ends here; its xpcall would not come back
return { main = function() xpcall(error, function() while true do end end) end }
--- coroutine | killed | a loop in a manual coroutine in a loop
return { main = function()
    while true do
        local c = coroutine.wrap(function() while true do coroutine.yield() end end)
        for _ = 1, 1000 do c() end
    end
end }
--- spawned | killed | a loop in a coroutine of the runtime
return { main = function()
    for _ = 1, 10 do coroutine.spawn(function() while true do end end) end
    while true do coroutine.yield() end
end }
--- index_metamethod | killed | a loop in __index
local t = setmetatable({}, { __index = function() while true do end end })
return { main = function() return t.x end }
--- newindex_metamethod | killed | a loop in __newindex
local t = setmetatable({}, { __newindex = function() while true do end end })
return { main = function() t.x = 1 end }
--- eq_metamethod | killed | a loop in __eq
local m = { __eq = function() while true do end end }
return { main = function() return setmetatable({}, m) == setmetatable({}, m) end }
--- lt_metamethod | killed | a loop in __lt
local m = { __lt = function() while true do end end }
return { main = function() return setmetatable({}, m) < setmetatable({}, m) end }
--- concat_metamethod | killed | a loop in __concat
local m = { __concat = function() while true do end end }
return { main = function() return setmetatable({}, m) .. "x" end }
--- tostring_metamethod | killed | a loop in __tostring
return { main = function() print(setmetatable({}, { __tostring = function() while true do end end })) end }
--- call_metamethod | killed | a loop in __call
return { main = function() setmetatable({}, { __call = function() while true do end end })() end }
--- sort_comparator | killed | a loop in a comparator
return { main = function() table.sort({ 3, 2, 1 }, function() while true do end end) end }
--- gsub_callback | killed | a loop in a replacement
return { main = function() ("x"):gsub("x", function() while true do end end) end }
--- gmatch | killed | matches without end
return { main = function() while true do for _ in (("x"):rep(1000)):gmatch("") do end end end }
--- pattern_backtracking | killed | a pattern that backtracks for ever
return { main = function()
    local s = ("a"):rep(80)
    while true do pcall(string.find, s, ("a-"):rep(3) .. "b") end
end }
--- pattern_captures | killed | repeated lazy captures
return { main = function()
    local s = ("x"):rep(20)
    while true do pcall(string.match, s, "(.-)(.-)(.-)(.-)(.-)(.-)y") end
end }
--- pattern_balance | killed | %b over unbalanced text
return { main = function()
    local s = ("("):rep(4000)
    while true do s:gsub("%b()", "") end
end }
--- pattern_back_reference | killed | back references
return { main = function()
    local s = ("ab"):rep(100)
    while true do s:find("(.+)%1%1c") end
end }
--- plain_find | killed | plain search with the worst needle
return { main = function()
    local s, n = ("a"):rep(200000), ("a"):rep(5000) .. "b"
    while true do s:find(n, 1, true) end
end }
--- rep | killed | repetition of large strings
return { main = function() while true do pcall(string.rep, "x", 1000000) end end }
--- rep_nothing | killed | repetition of the empty string
return { main = function() while true do pcall(string.rep, "", 1e15) end end }
--- concat_large | killed | joining a large table
return { main = function()
    local t = {}
    for i = 1, 500 do t[i] = "x" end
    while true do table.concat(t, ",") end
end }
--- concat_range | killed | joining a range that is not there
return { main = function() while true do pcall(table.concat, setmetatable({}, { __index = function() return "" end }), "", 1, 1e6) end end }
--- sort_large | killed | sorting a large table
return { main = function()
    while true do
        local t = {}
        for i = 1, 20000 do t[i] = (i * 7919) % 100003 end
        table.sort(t)
    end
end }
--- unpack_large | killed | unpacking much
return { main = function() while true do pcall(unpack, {}, 1, 2e6) pcall(unpack, {}, 1, 1e5) end end }
--- sparse_keys | killed | integer keys far beyond the end of a list
return { main = function()
    local t, i = {}, 0
    while true do
        i = i + 1
        t[i * 1e9] = i
        if i % 5000 == 0 then t = {} end
    end
end }
--- sparse_keys_called | killed | and a call of the runtime now and then
return { main = function()
    local t, i = {}, 0
    while true do
        i = i + 1
        t[i * 1e9] = i
        if i % 100 == 0 then process.pid() end
        if i % 5000 == 0 then t = {} end
    end
end }
--- sparse_keys_inside | killed | in coroutines that end soon
return { main = function()
    local t, i = {}, 0
    while true do
        coroutine.wrap(function() for _ = 1, 200 do i = i + 1 t[i * 1e9] = i end end)()
        if i % 5000 == 0 then t = {} end
    end
end }
--- arguments | killed | calls with many arguments
return { main = function()
    local t = {}
    for i = 1, 16000 do t[i] = i end
    local function pass(...) return select("#", ...) end
    local function call(...) while true do pass(1, ...) end end
    call(unpack(t))
end }
--- insert_front | killed | inserting in front of a long list
return { main = function()
    local t = {}
    for i = 1, 20000 do t[i] = i end
    while true do table.insert(t, 1, 0) table.remove(t, 1) end
end }
--- upper_reverse | killed | functions that pass over large strings
return { main = function()
    local s = ("x"):rep(50000)
    while true do s:upper() s:lower() s:reverse() end
end }
--- byte_range | killed | a large string as numbers
return { main = function()
    local s = ("x"):rep(20000)
    while true do pcall(string.byte, s, 1, -1) end
end }
--- format_width | killed | formats with the largest widths
return { main = function() while true do pcall(string.format, ("%099d"):rep(2000), 1) end end }
--- format_quote | killed | quoting a large string
return { main = function()
    local s = ("\0\n\""):rep(2000)
    while true do pcall(string.format, "%q", s) end
end }
--- tostring_concat | killed | comparing large strings
return { main = function()
    local a, b = ("x"):rep(500000) .. "a", ("x"):rep(500000) .. "b"
    while true do local _ = a < b, a == b end
end }
--- next_churn | killed | walking a table that is emptied and filled
return { main = function()
    local t = {}
    while true do
        for i = 1, 10000 do t[i .. ""] = i end
        for k in pairs(t) do t[k] = nil end
    end
end }
--- next_from_the_end | killed | next on a large table, again and again
return { main = function()
    local t, last = {}, nil
    for i = 1, 20000 do t["k" .. i] = i end
    for k in pairs(t) do last = k end
    while true do next(t, last) end
end }
--- length_of_holes | killed | the length of a table full of holes
return { main = function()
    local t = {}
    for i = 1, 50000 do t[i] = i end
    for i = 1, 50000 do t[i] = nil end
    while true do local _ = #t end
end }
--- ping_pong | killed | two coroutines that never rest
return { main = function()
    local c = channel.new()
    coroutine.spawn(function() while true do c:send(1) end end)
    while true do c:receive() end
end }
--- select_default | killed | a select that never waits
return { main = function()
    local c = channel.new()
    while true do channel.select{ c:case_receive(), default = true } end
end }
--- send_to_nobody | killed | messages to a process that is not there
return { main = function() while true do process.send("nobody", "x", 1) end end }
--- flood_the_bystander | killed | a flood of messages is not the worker's whole life
return { main = function(pid) while true do for _ = 1, 10 do process.send(pid, "noise", 1) end process.send("nobody", "x") end end }
--- fuel | fails LimitExceeded fuel exhausted | a loop with fuel
--- fuel=1000000
return { main = function() while true do pcall(function() while true do end end) end end }
--- tonumber_long | killed | numbers of a million digits
return { main = function()
    local s = ("9"):rep(20000)
    while true do tonumber(s) tonumber(s, 36) end
end }
