-- Works for long and reads no events: a cancel has to be forced.
local function main()
    local time = require("time")
    time.sleep("1h")
    return "worked for an hour"
end

return { main = main }
