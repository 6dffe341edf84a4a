local store, time = require("store"), require("time")

return function(o)
    local day = time.unix(o.due, 0):utc():add_date(0, 0, -1):format("2006-01-02")
    local done = assert(store.get("app:state")):get("done:" .. day) or 0
    print(("report of %s: %d done%s"):format(day, done, o.late > 60 and ", made late" or ""))
end
