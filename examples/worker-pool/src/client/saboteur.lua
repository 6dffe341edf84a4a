-- Terminates a random worker every two seconds.

local function main(worker_count)
    local time = require("time")
    local events = process.events()

    while true do
        local pause = time.after("2s")
        local r = channel.select{ events:case_receive(), pause:case_receive() }
        if r.channel == events then
            if r.value.kind == process.event.CANCEL then
                return "stopped"
            end
        else
            local name = "worker-" .. math.random(worker_count)
            local pid, err = process.registry.lookup(name)
            if not err then
                print("Saboteur: terminating " .. name .. " " .. pid)
                process.terminate(pid)
            end
        end
    end
end

return { main = main }
