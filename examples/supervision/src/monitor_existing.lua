-- Monitor a process that already runs, then cancel it.

local function main()
    local time = require("time")
    local events = process.events()

    local worker, err = process.spawn("app.workers:long_worker", "app:processes")
    if err then
        return nil, "spawn failed: " .. err
    end
    local ok, monitor_err = process.monitor(worker)
    if not ok then
        return nil, "monitor failed: " .. monitor_err
    end

    time.sleep("5ms")
    process.cancel(worker, "100ms")

    local event = events:receive()
    if event.kind ~= process.event.EXIT or event.from ~= worker then
        return nil, "expected the worker's EXIT"
    end
    return "worker ended: " .. event.result.error
end

return { main = main }
