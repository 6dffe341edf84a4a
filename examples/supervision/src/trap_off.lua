-- Without trap_links the failure of a linked process is one's own: the worker
-- watched here never gets past its wait.

local function main()
    local events = process.events()
    local worker = assert(process.spawn_monitored("app.workers:untrapping_worker", "app:processes"))
    process.send(worker, "link to a failing child")

    local event = events:receive()
    local err = event.result.error
    if not err then
        return nil, "the worker should have died with its child"
    end
    return err:message() .. ": " .. err:details().reason
end

return { main = main }
