-- A parent and ten children linked to it: when the parent fails, all children
-- fail with it, since none traps links. A child that only waits for LINK_DOWN
-- without trap_links never gets to read it.

local CHILDREN = 10

local function main()
    local events = process.events()
    local parent = assert(process.spawn_monitored("app.workers:star_parent", "app:processes", CHILDREN, process.pid()))

    -- The parent tells us its children; watch them all, then let it fail.
    local msg = process.inbox():receive()
    local children = {}
    for _, pid in ipairs(msg:payload():data()) do
        children[pid] = true
        assert(process.monitor(pid))
    end
    process.send(parent, "fail")

    local died = 0
    for _ = 1, CHILDREN + 1 do
        local event = events:receive()
        local err = event.result.error
        if event.from == parent then
            if err:message() ~= "PARENT_STAR_FAILURE" then
                return nil, "parent failed otherwise: " .. err
            end
        elseif children[event.from] and err:message() == "linked process failed"
            and err:details().pid == parent and err:details().reason == "PARENT_STAR_FAILURE" then
            children[event.from] = nil
            died = died + 1
        else
            return nil, "unexpected end: " .. tostring(err)
        end
    end
    return died .. " children died with their parent"
end

return { main = main }
