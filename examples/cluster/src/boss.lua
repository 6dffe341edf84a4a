local time = require("time")

local workers, left = {}, 0 -- number by PID, and how many these are

-- start starts a worker on a node where there is room: the runtime chooses.
local function start(number)
    local pid, err = process.spawn_monitored("pool:worker", "@*/pool:processes", process.pid(), number)
    if not pid then
        print("worker " .. number .. " has no place: " .. tostring(err))
        return
    end
    workers[pid], left = number, left + 1
    print("worker " .. number .. " is " .. pid)
end

local function main(count)
    for number = 1, count or 4 do start(number) end
    local events, inbox = process.events(), process.inbox()
    local report = time.ticker("2s")
    local done, stopping = {}, false -- done: pieces of work by node
    while not stopping or left > 0 do
        local r = channel.select{ events:case_receive(), inbox:case_receive(), report:response():case_receive() }
        if r.channel == inbox then
            local work = r.value:payload():data()
            done[work.node] = (done[work.node] or 0) + 1
        elseif r.channel ~= events then
            local line = {}
            for name, n in pairs(done) do line[#line + 1] = name .. " " .. n end
            table.sort(line)
            print("done: " .. table.concat(line, ", "))
        elseif r.value.kind == process.event.CANCEL then
            stopping = true
            for pid in pairs(workers) do process.cancel(pid, "1s") end
        elseif workers[r.value.from] then
            -- Its node may be gone, or only out of sight and the worker still at work: what it
            -- does must bear to be done twice.
            local number = workers[r.value.from]
            workers[r.value.from], left = nil, left - 1
            if not stopping then
                print("worker " .. number .. " ended: " .. tostring(r.value.result.error or "normally"))
                start(number)
            end
        end
    end
end

return { main = main }
