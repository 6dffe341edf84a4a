-- Hands out jobs to the workers in turn and prints the results.

local function main(worker_count)
    local time = require("time")
    process.registry.register("client")

    local events = process.events()
    local results = process.listen("result")
    local ticks = time.ticker("400ms")
    local job = 0

    while true do
        local r = channel.select{
            events:case_receive(),
            results:case_receive(),
            ticks:channel():case_receive(),
        }
        if r.channel == events then
            if r.value.kind == process.event.CANCEL then
                return job
            end
        elseif r.channel == results then
            print("Result: " .. r.value)
        else
            job = job + 1
            local name = "worker-" .. (job - 1) % worker_count + 1
            local _, err = process.send(name, "work", "job " .. job)
            if err then -- the worker is being replaced
                print("Job " .. job .. " not sent: " .. err)
            end
        end
    end
end

return { main = main }
