local http, json, sql, pg = require("http"), require("json"), require("sql"), require("pg")
local time, uuid = require("time"), require("uuid")

local db, pool

local function create(req)
    local order, err = json.decode(req.body)
    if err or type(order) ~= "table" or type(order.item) ~= "string" then
        return { status = 400, json = { error = "item is missing" } }
    end
    local tx = assert(db:begin())
    local sold = assert(tx:execute("UPDATE stock SET n = n - 1 WHERE item = ? AND n > 0", { order.item }))
    if sold.rows_affected == 0 then
        tx:rollback()
        return { status = 409, json = { error = "sold out" } }
    end
    local made = assert(tx:execute("INSERT INTO orders (id, item, at) VALUES (?, ?, ?) RETURNING id, item, at",
        { uuid.v7(), order.item, time.now() }))
    local left = assert(tx:query("SELECT n FROM stock WHERE item = ?", { order.item }))
    assert(tx:commit())
    local row = made.rows[1]
    pool:broadcast("live", "order", { id = row.id, item = row.item, at = row.at, left = left[1].n })
    return { status = 201, json = row }
end

local function show(id)
    local rows = assert(db:query("SELECT id, item, at FROM orders WHERE id = ?", { id }))
    if not rows[1] then return { status = 404, json = { error = "no such order" } } end
    return { json = rows[1] }
end

local function list()
    return {
        json = {
            stock = assert(db:query("SELECT item, n FROM stock ORDER BY item")),
            orders = assert(db:query("SELECT id, item, at FROM orders ORDER BY id DESC LIMIT 20")),
        },
    }
end

local function answer(req)
    if req.method == "POST" then return create(req) end
    if req.params.id == "" then return list() end
    return show(req.params.id)
end

local function main()
    db, pool = assert(sql.get("shop:db")), assert(pg.open("shop:pool"))
    assert(pool:join("api"))
    local events, requests = process.events(), process.listen("http.request")
    while true do
        local r = channel.select { events:case_receive(), requests:case_receive() }
        if r.channel == requests then
            http.reply(r.value, answer(r.value))
        elseif r.value.kind == process.event.CANCEL then
            return "stopped"
        end
    end
end

return { main = main }
