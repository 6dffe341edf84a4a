-- Cancel a worker that reads its events: it cleans up and exits normally.

local function main()
    local events = process.events()
    local worker = assert(process.spawn_monitored("app.workers:polite_worker", "app:processes"))

    process.send(worker, "work", "first")
    process.cancel(worker, "5s", "time to go")

    local event = events:receive()
    if event.result.error then
        return nil, event.result.error
    end
    return event.result.value
end

return { main = main }
