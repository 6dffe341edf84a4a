-- Adds up the numbers it is sent. A job that is no list of numbers is fatal.

local function main(name)
    local inbox = process.inbox()
    while true do
        local msg = inbox:receive()
        local sum = 0
        for _, n in ipairs(msg:payload():data().numbers) do
            if type(n) ~= "number" then
                error(errors.new{ message = "bad job", kind = errors.INVALID, details = { worker = name } })
            end
            sum = sum + n
        end
        process.send(msg:from(), "sum", { worker = name, sum = sum })
    end
end

return { main = main }
