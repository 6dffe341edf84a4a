-- The processes of which there are many: in a file of their own, as the code of
-- such a process would be. A process runs the whole file when it starts.

local M = {}

function M.nothing() end

function M.idle()
    process.inbox():receive()
end

function M.chain_node(boss, peer)
    if peer then
        process.link(peer)
        process.send(boss, "linked")
    end
    process.inbox():receive()
end

return M
