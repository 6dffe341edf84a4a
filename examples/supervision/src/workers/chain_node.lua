-- A link of the chain: creates the next one and waits for the failure.
local function main(remaining, watcher)
    local time = require("time")
    process.send(watcher, "node", process.pid())
    if remaining > 0 then
        local _, err = process.spawn_linked("app.workers:chain_node", "app:processes", remaining - 1, watcher)
        if err then
            error("spawn failed: " .. err)
        end
    end
    time.sleep("5s")
    return "the chain held"
end

return { main = main }
