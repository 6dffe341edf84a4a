local store, cron, time, log = require("store"), require("cron"), require("time"), require("log")

-- run starts the job of a plan that is due. If another planner was quicker, the version is
-- not the same any more.
local function run(s, entry, now)
    local plan = entry.value
    local was = plan.due
    local due, err = cron.next(plan.cron, now, plan.zone)
    if err then
        log.warn("bad plan", { plan = entry.key, reason = tostring(err) })
        return s:delete(entry.key, { if_version = entry.version })
    end
    plan.due = due:unix()
    local _, taken = s:put(entry.key, plan, { if_version = entry.version })
    if not taken then
        process.spawn("app:job", nil, entry.key, plan.text, was)
    end
end

-- look runs what is due. What was due several times meanwhile is run once.
local function look(s)
    local now, after, page = time.now(), nil, nil
    repeat
        page = assert(s:list{ prefix = "plan:", after = after })
        for _, entry in ipairs(page.items) do
            if entry.value.due <= now:unix() then
                run(s, entry, now)
            end
        end
        after = page.cursor
    until not page.has_more
end

local function main()
    process.registry.register("planner")
    local s = assert(store.get("app:state"))
    local events, inbox = process.events(), process.inbox()
    look(s)
    while true do
        local r = channel.select{ events:case_receive(), inbox:case_receive() }
        if r.channel == inbox then
            look(s)
        elseif r.value.kind == process.event.CANCEL then
            return "stopped"
        end
    end
end

return { main = main }
