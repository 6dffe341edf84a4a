-- After unmonitor no EXIT arrives.

local function main()
    local time = require("time")
    local events = process.events()

    local worker, err = process.spawn_monitored("app.workers:long_worker", "app:processes")
    if err then
        return nil, "spawn failed: " .. err
    end

    time.sleep("5ms")
    local ok, unmonitor_err = process.unmonitor(worker)
    if not ok then
        return nil, "unmonitor failed: " .. unmonitor_err
    end
    process.cancel(worker, "100ms")

    local timeout = time.after("200ms")
    local result = channel.select{ events:case_receive(), timeout:case_receive() }
    if result.channel == events then
        return nil, "should not receive an event after unmonitor"
    end
    return "no EXIT after unmonitor"
end

return { main = main }
