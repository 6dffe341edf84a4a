-- Answers jobs on the topic "work" until it is asked to stop.

local function main(worker_id)
    local time = require("time")
    local events = process.events()
    local inbox = process.inbox()

    -- A name lets clients find the worker, also after a restart under a new PID.
    process.registry.register("worker-" .. worker_id)
    print("Task worker " .. worker_id .. " started")

    while true do
        local idle = time.after("5s")
        local result = channel.select{
            events:case_receive(), -- first: a stop must not wait behind jobs
            inbox:case_receive(),
            idle:case_receive(),
        }

        if result.channel == events then
            if result.value.kind == process.event.CANCEL then
                print("Worker " .. worker_id .. " cancelled")
                return "cancelled" -- a normal exit: links hear nothing
            end
        elseif result.channel == inbox then
            local msg = result.value
            if msg:topic() == "work" then
                local job = msg:payload():data()
                time.sleep("100ms") -- the work
                process.send(msg:from(), "result", "worker " .. worker_id .. " completed: " .. job)
            end
        else
            print("Worker " .. worker_id .. " idle")
        end
    end
end

return { main = main }
