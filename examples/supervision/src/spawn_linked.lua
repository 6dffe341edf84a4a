-- Create a worker and link to it in one call. With trap_links its failure is an
-- event; a normal exit would be silent.

local function main()
    process.set_options({ trap_links = true })
    local events = process.events()

    local child, err = process.spawn_linked("app.workers:error_worker", "app:processes")
    if err then
        return nil, "spawn_linked failed: " .. err
    end

    local event = events:receive()
    if event.kind ~= process.event.LINK_DOWN or event.from ~= child then
        return nil, "expected LINK_DOWN of the child"
    end
    return "child died: " .. event.result.error
end

return { main = main }
