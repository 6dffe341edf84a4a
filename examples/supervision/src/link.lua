-- A worker links itself to a process it is told of, and hears of its failure.

local function main()
    local inbox, events = process.inbox(), process.events()

    local target = assert(process.spawn("app.workers:untrapping_worker", "app:processes"))
    local linker = assert(process.spawn_monitored("app.workers:link_worker", "app:processes"))

    process.send(linker, "target", target)
    local msg = inbox:receive()
    if msg:topic() ~= "linked" or msg:from() ~= linker then
        return nil, "expected the confirmation of the link"
    end

    process.send(target, "fail", "TARGET_FAILURE")
    local event = events:receive()
    if event.result.error then
        return nil, event.result.error
    end
    return event.result.value
end

return { main = main }
