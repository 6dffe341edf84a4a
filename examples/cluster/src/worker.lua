local time = require("time")

-- The PID of a process names its node: {node#life/host|number}.
local function node() return process.pid():match("^{([^#]+)#") or "no node" end

local function main(boss, number)
    local events = process.events()
    process.monitor(boss)
    for round = 1, math.huge do
        local r = channel.select{ events:case_receive(), time.after("500ms"):case_receive() }
        if r.channel == events then
            return "stopped"               -- CANCEL, or the boss or its node is gone
        end
        process.send(boss, "done", { number = number, round = round, node = node() })
    end
end

return { main = main }
