local sql, cron, time = require("sql"), require("cron"), require("time")

return function(id, expr, text, zone)
    zone = zone or "UTC"
    local due, err = cron.next(expr, time.now(), zone)
    if err then
        return nil, err
    end
    local _, err = assert(sql.get("app:db")):execute(
        "INSERT INTO plans(id, expr, zone, text, due) VALUES (?, ?, ?, ?, ?)", { id, expr, zone, text, due:unix() })
    if err then
        return nil, err
    end
    return id .. " is due at " .. due:format("2006-01-02 15:04")
end
