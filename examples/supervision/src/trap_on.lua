-- With trap_links the same failure is an event, and the process goes on.

local function main()
    process.set_options({ trap_links = true })
    local events = process.events()

    assert(process.spawn_linked("app.workers:error_worker", "app:processes"))

    local event = events:receive()
    if event.kind == process.event.LINK_DOWN then
        return "LINK_DOWN_RECEIVED"
    end
    return nil, "expected LINK_DOWN"
end

return { main = main }
