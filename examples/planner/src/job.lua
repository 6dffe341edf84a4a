local store, time = require("store"), require("time")

return function(id, text, due)
    print(time.unix(due, 0):utc():format("2006-01-02 15:04 ") .. id .. ": " .. text)
    local today = time.now():utc():format("2006-01-02")
    assert(assert(store.get("app:state")):incr("done:" .. today, 1, "72h"))
end
