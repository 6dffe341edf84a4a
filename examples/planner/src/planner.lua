local sql, cron, time, log = require("sql"), require("cron"), require("time"), require("log")

-- run moves a plan on and starts its job. If another planner was quicker, there is no row
-- any more that is due then. What was due several times meanwhile is run once.
local function run(db, plan, now)
    local due, err = cron.next(plan.expr, now, plan.zone)
    if err then
        log.warn("bad plan", { id = plan.id, reason = tostring(err) })
        return db:execute("DELETE FROM plans WHERE id = ?", { plan.id })
    end
    local r = assert(db:execute("UPDATE plans SET due = ? WHERE id = ? AND due IS ?", { due:unix(), plan.id, plan.due or sql.NULL }))
    if r.rows_affected == 1 and plan.due then
        process.spawn("app:job", nil, plan.id, plan.text, plan.due)
    end
end

local function look(db)
    local now = time.now()
    for _, plan in ipairs(assert(db:query("SELECT * FROM plans WHERE due <= ? OR due IS NULL ORDER BY due LIMIT 1000", { now:unix() }))) do
        run(db, plan, now)
    end
end

local function main()
    process.registry.register("planner")
    local db = assert(sql.get("app:db"))
    local events, inbox = process.events(), process.inbox()
    look(db)
    while true do
        local r = channel.select{ events:case_receive(), inbox:case_receive() }
        if r.channel == inbox then
            look(db)
        elseif r.value.kind == process.event.CANCEL then
            return "stopped"
        end
    end
end

return { main = main }
