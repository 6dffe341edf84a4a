-- A -> B -> C -> D -> E, each linked to the next: when the root fails, the
-- failure runs down the chain.

local NODES = 5

local function main()
    local events, inbox = process.events(), process.inbox()
    local root = assert(process.spawn_monitored("app.workers:chain_root", "app:processes", NODES - 1, process.pid()))

    local order = { root }
    for i = 2, NODES do
        local pid = inbox:receive():payload():data()
        assert(process.monitor(pid))
        order[i] = pid
    end
    process.send(root, "fail")

    local reasons = {}
    for _ = 1, NODES do
        local event = events:receive()
        reasons[event.from] = event.result.error
    end
    if reasons[root]:message() ~= "CHAIN_ROOT_FAILURE" then
        return nil, "the root failed otherwise: " .. reasons[root]
    end
    for i = 2, NODES do
        local err = reasons[order[i]]
        if err:message() ~= "linked process failed" or err:details().pid ~= order[i - 1] then
            return nil, "node " .. i .. " failed otherwise: " .. err
        end
    end
    return "all " .. NODES .. " nodes died, each of its neighbour"
end

return { main = main }
