-- Does nothing for a while, and then ends: by a failure or normally. It knows
-- nothing of supervisors.

local time = require("time")

local function main(group, name, after, ending)
    local function say(text) print(group .. ": " .. name .. " " .. text) end

    local events = process.events()
    local cases = { events:case_receive() }
    if after then
        table.insert(cases, time.after(after):case_receive())
    end

    say("started")
    local r = channel.select(cases)
    if r.channel == events then
        say("stops: " .. r.value.reason)
        return
    end
    if ending == "crash" then
        say("crashes")
        return nil, "out of luck"
    end
    say("is done")
end

return { main = main }
