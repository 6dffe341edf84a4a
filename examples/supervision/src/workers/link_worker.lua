-- Links itself to the process it is told of and reports its failure.
local function main()
    local time = require("time")
    local events, inbox = process.events(), process.inbox()

    process.set_options({ trap_links = true })

    local msg = inbox:receive()
    local target, sender = msg:payload():data(), msg:from()

    local ok, err = process.link(target)
    if not ok then
        return nil, "link failed: " .. err
    end
    process.send(sender, "linked", process.pid())

    local timeout = time.after("3s")
    local result = channel.select{ events:case_receive(), timeout:case_receive() }
    if result.channel == events and result.value.kind == process.event.LINK_DOWN then
        return "LINK_DOWN_RECEIVED"
    end
    return nil, "no LINK_DOWN received"
end

return { main = main }
