-- The workloads in Lua. Each method of the table is the main of an entry
-- bench:<method>; those that end in _boss are measured from outside.

local HOST = "bench:host"

local function spawn(method, ...)
    return assert(process.spawn("bench:" .. method, HOST, ...))
end

local M = {}

-- Ping-pong, raw: one listened topic on each side.
function M.pong_raw()
    local ping = process.listen("ping")
    while true do
        local from = ping:receive()
        process.send(from, "pong", 1)
    end
end

function M.ping_raw_boss(n)
    local pong = process.listen("pong")
    local peer, self = spawn("pong_raw"), process.pid()
    for _ = 1, n do
        process.send(peer, "ping", self)
        pong:receive()
    end
    process.terminate(peer)
end

-- Ping-pong in full: inbox, message and payload objects.
function M.pong()
    local inbox = process.inbox()
    while true do
        local msg = inbox:receive()
        process.send(msg:from(), "pong", msg:payload():data())
    end
end

function M.ping_boss(n, payload)
    local inbox = process.inbox()
    local peer = spawn("pong")
    payload = payload or 1
    for _ = 1, n do
        process.send(peer, "ping", payload)
        inbox:receive():payload():data()
    end
    process.terminate(peer)
end

-- A ring of processes passing a token.
function M.ring_node(next)
    local token = process.listen("token")
    while true do
        local v = token:receive()
        process.send(next, "token", v)
    end
end

function M.ring_boss(rounds, size)
    local token = process.listen("token")
    local next, nodes = process.pid(), {}
    for i = 1, size - 1 do
        next = spawn("ring_node", next)
        nodes[i] = next
    end
    for i = 1, rounds do
        process.send(next, "token", i)
        token:receive()
    end
    for _, pid in ipairs(nodes) do process.terminate(pid) end
end

-- Fan-in: several senders, one receiver.
function M.fan_in_sender(to, n)
    for i = 1, n do
        process.send(to, "n", i)
    end
end

function M.fan_in_boss(n, senders)
    local numbers = process.listen("n")
    for _ = 1, senders do
        spawn("fan_in_sender", process.pid(), n / senders)
    end
    for _ = 1, n do
        numbers:receive()
    end
end

-- Fan-out: one sender, several receivers; each answers at the end.
function M.fan_out_receiver(to, n)
    local numbers = process.listen("n")
    for _ = 1, n do
        numbers:receive()
    end
    process.send(to, "done")
end

function M.fan_out_boss(n, receivers)
    local done, pids = process.listen("done"), {}
    for i = 1, receivers do
        pids[i] = spawn("fan_out_receiver", process.pid(), n / receivers)
    end
    for i = 1, n / receivers do
        for j = 1, receivers do
            process.send(pids[j], "n", i)
        end
    end
    for _ = 1, receivers do
        done:receive()
    end
end

-- Spawn, monitor, exit.
function M.spawn_boss(n)
    local events = process.events()
    for _ = 1, n do
        process.spawn_monitored("bench:nothing", HOST)
        events:receive()
    end
end

-- Processes that wait for a message.
function M.idle_boss(n)
    for _ = 1, n do
        spawn("idle")
    end
end

-- A chain of linked processes, built from its end; a star with one centre.
function M.cascade_setup(n, star)
    local linked, boss = process.listen("linked"), process.pid()
    local first = spawn("chain_node", boss)
    local last = first
    for _ = 2, n do
        local pid = spawn("chain_node", boss, last)
        linked:receive()
        if not star then
            last = pid
        end
    end
    return first
end

-- A channel between two coroutines.
function M.channel_boss(n)
    local ch = channel.new()
    coroutine.spawn(function()
        for i = 1, n do
            ch:send(i)
        end
    end)
    for _ = 1, n do
        ch:receive()
    end
end

-- Timers that all wait at once.
function M.timers_boss(n)
    local time = require("time")
    local timers = {}
    for i = 1, n do
        timers[i] = time.after(1000000 + i)
    end
    for i = 1, n do
        timers[i]:receive()
    end
end

-- Computing.
local function fib(n)
    if n < 2 then
        return n
    end
    return fib(n - 1) + fib(n - 2)
end

function M.cpu_boss(n)
    return fib(n)
end

-- Fairness: an echo among loops.
function M.loop()
    while true do end
end

return M
