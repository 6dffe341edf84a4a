-- Answers orders with the price, until it is asked to stop.
local inventory = require("inventory")

local function main(name)
    local events, inbox = process.events(), process.inbox()
    while true do
        local r = channel.select{ events:case_receive(), inbox:case_receive() }
        if r.channel == events then
            return name .. " went home"
        end
        local order = r.value:payload():data()
        local price, err = inventory.price(order.item)
        if err then
            process.send("desk", "answer", { from = name, text = "no " .. order.item .. ": " .. err })
        else
            process.send("desk", "answer", { from = name, text = order.n .. " " .. order.item .. " for " .. order.n * price })
        end
    end
end

return { main = main }
