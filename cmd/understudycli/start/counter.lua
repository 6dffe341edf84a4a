-- Counts what it is sent. Its state is its own: nobody else can see n.

local function main(n)
    local events = process.events() -- who asks for these is told when to stop
    local inbox = process.inbox()
    while true do
        -- Waits for whichever comes first; other processes run meanwhile.
        local r = channel.select{ events:case_receive(), inbox:case_receive() }
        if r.channel == events then
            if r.value.kind == process.event.CANCEL then
                return n
            end
        elseif r.value:topic() == "add" then
            n = n + r.value:payload():data()
            r.value:reply(n) -- to process.call; one that was sent needs none
        elseif r.value:topic() == "crash" then
            error("as you wish") -- the supervisor starts another one
        end
    end
end

return { main = main }
