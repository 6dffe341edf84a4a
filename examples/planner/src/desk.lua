local store, cron, time = require("store"), require("cron"), require("time")

-- plan keeps a plan under its name, with the time at which it is due first.
local function plan(s, p)
    local due, err = cron.next(p.cron, time.now(), p.zone)
    if err then
        return nil, err
    end
    return s:put("plan:" .. p.name, {
        cron = p.cron, zone = p.zone, text = p.text, due = due:unix(),
    }, { only_if_absent = true })
end

local function main(plans)
    process.registry.register("desk")
    local s = assert(store.get("app:state"))
    for _, p in ipairs(plans) do
        local _, err = plan(s, p)
        if err and err:kind() ~= errors.ALREADY_EXISTS then -- from the last run
            return nil, err
        end
    end
    while true do
        local m = process.inbox():receive()
        local entry, err = plan(s, m:payload():data())
        m:reply(entry and entry.value.due, err)
    end
end

return { main = main }
