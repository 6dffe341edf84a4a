-- Starts a job every 900 ms as a child of the pool. A job that fails is not
-- repeated: the template says temporary.

local time = require("time")
local supervisor = require("supervisor")

local function main(pool)
    local events = process.events()
    local tick = time.ticker("900ms")
    local n = 0
    while true do
        local r = channel.select{ events:case_receive(), tick:channel():case_receive() }
        if r.channel == events then
            return
        end
        n = n + 1
        local _, err = supervisor.start_child(pool, "job " .. n, "1200ms", n % 3 == 0 and "crash" or "exit")
        if err then
            return nil, err
        end
        local count = assert(supervisor.count_children(pool))
        print("dispatcher: jobs running: " .. count.active)
    end
end

return { main = main }
