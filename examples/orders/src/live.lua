local http, json, pg = require("http"), require("json"), require("pg")

-- main shows one page what is ordered, until that goes or the server stops.
local function main(req)
    local orders = process.listen("order")
    assert(assert(pg.open("shop:pool")):join("live"))
    local page = assert(http.stream(req, { headers = { ["content-type"] = "text/event-stream" } }))
    local gone = page:closed()
    while true do
        local r = channel.select { orders:case_receive(), gone:case_receive() }
        if r.channel == gone then return end
        page:event { name = "order", data = assert(json.encode(r.value)) }
    end
end

return { main = main }
