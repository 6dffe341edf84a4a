-- The head of a chain of linked processes; fails when told.
local function main(remaining, watcher)
    local _, err = process.spawn_linked("app.workers:chain_node", "app:processes", remaining - 1, watcher)
    if err then
        error("spawn failed: " .. err)
    end
    process.inbox():receive()
    error("CHAIN_ROOT_FAILURE", 0)
end

return { main = main }
