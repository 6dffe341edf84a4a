-- Links to the process whose PID it gets, and waits.
local function main()
    local parent = process.inbox():receive():payload():data()
    process.link(parent)
    process.send(parent, "linked", process.pid())
    -- No trap_links: when the parent fails, this process fails here.
    process.events():receive()
    return "never reached"
end

return { main = main }
