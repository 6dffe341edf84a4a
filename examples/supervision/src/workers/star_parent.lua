-- Creates children that link to it, and fails when told.
local function main(count, watcher)
    process.set_options({ trap_links = true }) -- to see children die; not needed here
    local inbox = process.inbox()

    local children = {}
    for i = 1, count do
        local child, err = process.spawn("app.workers:linker_child", "app:processes")
        if err then
            error("spawn child failed: " .. err)
        end
        process.send(child, "inbox", process.pid())
        children[i] = child
    end

    for _ = 1, count do
        if inbox:receive():topic() ~= "linked" then
            error("expected linked confirmation")
        end
    end

    process.send(watcher, "children", children)
    inbox:receive()
    error("PARENT_STAR_FAILURE", 0)
end

return { main = main }
