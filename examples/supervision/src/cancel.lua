-- Cancel a worker that ignores the request: it is killed when its grace is over.

local function main()
    local time = require("time")
    local events = process.events()

    local worker = assert(process.spawn_monitored("app.workers:long_worker", "app:processes"))

    time.sleep("5ms")
    local ok, err = process.cancel(worker, "100ms")
    if not ok then
        return nil, "cancel failed: " .. err
    end

    local event = events:receive()
    if event.kind ~= process.event.EXIT then
        return nil, "expected EXIT"
    end
    return event.result.error:kind() .. ": " .. event.result.error
end

return { main = main }
