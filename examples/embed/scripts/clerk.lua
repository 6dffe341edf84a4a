-- Answers orders with the price, until it is asked to stop.
local inventory = require("inventory")

local function main(name)
    local events, inbox = process.events(), process.inbox()
    while true do
        local r = channel.select{ events:case_receive(), inbox:case_receive() }
        if r.channel == events then
            return name .. " went home"
        end
        local msg = r.value
        local order = msg:payload():data()
        local price, err = inventory.price(order.item) -- only this actor waits
        local text = price and order.n .. " " .. order.item .. " for " .. order.n * price
        msg:reply(text or "no " .. order.item .. ": " .. err)
    end
end

return { main = main }
