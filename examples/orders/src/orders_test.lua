-- The workers without a server: the test hands them requests, and gets the answers.
local test, sql, pg = require("test"), require("sql"), require("pg")

local answers

-- ask hands a request to the workers, as the route does, and gives status and JSON of the answer.
local function ask(method, body, id)
    local workers = assert(assert(pg.open("shop:pool")):get_members("api"))
    process.send(workers[1], "http.request", { method = method, body = body, params = { id = id or "" } })
    test.advance("1s")
    local answer = test.ok(table.remove(answers), "an answer")
    return answer.status or 200, answer.json
end

return {
    setup = function()
        answers = {}
        test.replace("http", { reply = function(_, answer) answers[#answers + 1] = answer end })
        test.start_app()
        test.advance("1s")
    end,

    test_takes_an_order = function()
        assert(assert(pg.open("shop:pool")):join("live"))
        local status, order = ask("POST", '{"item": "lamp"}')
        test.equal({ status, order.item }, { 201, "lamp" })
        local told = test.receive("order"):payload():data()
        test.equal({ told.id, told.left }, { order.id, 99 })
        local _, shown = ask("GET", "", order.id)
        test.equal(shown, order)
        local _, all = ask("GET")
        test.equal(all.orders, { order })
        test.equal(all.stock, { { item = "chair", n = 200 }, { item = "desk", n = 50 }, { item = "lamp", n = 99 } })
    end,

    test_sells_no_more_than_there_is = function()
        local db = assert(sql.get("shop:db"))
        assert(db:execute("UPDATE stock SET n = 1 WHERE item = ?", { "desk" }))
        test.equal(ask("POST", '{"item": "desk"}'), 201)
        local status, answer = ask("POST", '{"item": "desk"}')
        test.equal({ status, answer }, { 409, { error = "sold out" } })
        test.equal(#assert(db:query("SELECT id FROM orders")), 1)
    end,

    test_refuses_what_is_no_order = function()
        for _, body in ipairs { "", "[]", '{"item": 1}', "{" } do
            local status, answer = ask("POST", body)
            test.equal({ status, answer }, { 400, { error = "item is missing" } }, body)
        end
        local status = ask("GET", "", "unknown")
        test.equal(status, 404)
    end,
}
