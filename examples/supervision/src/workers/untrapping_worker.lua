-- Does what it is told and traps no links.
local function main()
    local msg = process.inbox():receive()
    if msg:topic() == "fail" then
        error(msg:payload():data(), 0)
    end
    -- trap_links is false by default: this process dies with its child.
    if process.get_options().trap_links then
        return nil, "trap_links should be off"
    end
    assert(process.spawn_linked("app.workers:error_worker", "app:processes"))
    process.events():receive()
    return "never reached"
end

return { main = main }
