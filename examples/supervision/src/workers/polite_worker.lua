-- Handles messages until it is cancelled. The inbox comes first in the select, so
-- messages that are already there are handled before leaving.
local function main()
    local events, inbox = process.events(), process.inbox()
    local handled = 0

    while true do
        local result = channel.select{ inbox:case_receive(), events:case_receive() }
        if result.channel == events then
            local event = result.value
            if event.kind == process.event.CANCEL then
                return "cancelled gracefully after " .. handled .. " message: " .. event.reason
            end
        else
            handled = handled + 1
        end
    end
end

return { main = main }
