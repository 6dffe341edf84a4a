-- Create a worker and monitor it in one call: its end is never missed.

local function main()
    local events = process.events()

    local worker, err = process.spawn_monitored("app.workers:task_worker", "app:processes")
    if err then
        return nil, "spawn failed: " .. err
    end

    local event = events:receive()
    if event.kind ~= process.event.EXIT or event.from ~= worker then
        return nil, "expected the worker's EXIT"
    end
    if event.result.error then
        return nil, "worker failed: " .. event.result.error
    end
    return "worker exited with " .. event.result.value
end

return { main = main }
