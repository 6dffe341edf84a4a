--- topics | returns "safe" | topics of any bytes
return { main = function(pid)
    for _, topic in ipairs{ "\0", "a\0b", "\255\254", "\192\128", "\237\160\128", "\n\r", ("x"):rep(100000), "\27[2J" } do
        process.send(pid, topic, topic)
        process.send(process.pid(), topic, topic)
        local m = process.inbox():receive()
        if m:topic() ~= topic or m:payload():data() ~= topic then return "changed" end
    end
    return "safe"
end }
--- names | returns "safe" | registered names of any bytes
return { main = function()
    for _, name in ipairs{ "\0", "a\0b", "\255\254", "\192\128", "\n", ("x"):rep(100000), "\27[2J" } do
        if process.registry.register(name) and process.registry.lookup(name) ~= process.pid() then return "lost" end
        process.registry.unregister(name)
    end
    return "safe"
end }
--- pids | returns "refused" | PIDs of any bytes
return { main = function()
    for _, pid in ipairs{ "{", "}", "{}", "{|}", "{\0|\0}", "{\255|1}", "{app:processes|" .. ("9"):rep(1000) .. "}", "{app:processes|-1}", "{|||}", "\0" } do
        for _, f in ipairs{ process.terminate, process.monitor, process.link, process.cancel, process.registry.lookup } do
            if f(pid) then return pid end
        end
        if process.send(pid, "x") then return pid end
    end
    return "refused"
end }
--- entries | ends | entry and host ids of any bytes
return { main = function()
    for _, id in ipairs{ "", "\0", ":", "a:b:c", "\255", ("x"):rep(100000), "app:attack\0", "app:processes" } do
        pcall(process.spawn, id, "app:processes")
        pcall(process.spawn, "app:attack\0", id)
        pcall(process.exec, id, id)
    end
end }
--- thrown_bytes | fails Internal | a thrown string of any bytes
return { main = function() error("\0\255\27[2J" .. ("x"):rep(100000), 0) end }
--- thrown_method | returns "safe" | errors of any bytes
return { main = function()
    local e = errors.new{ message = "\0\255", kind = "\0", details = { ["\0\255"] = "\0" } }
    return e:message() == "\0\255" and "safe" or "changed"
end }
--- durations | returns "refused" | durations that are none
return { main = function()
    local time = require("time")
    for _, d in ipairs{ "\0", "1\0s", "1e999h", "99999999999999999999h", "--1s", "-", "." } do
        if time.after(d) then return d end
        if time.parse_duration(d) then return d end
    end
    return "refused"
end }
--- keys | returns "safe" | keys of any bytes in sent tables
return { main = function()
    process.send(process.pid(), "x", { ["\0"] = 1, ["\255"] = 2, [""] = 3, [1.5] = 4, [-1] = 5, [true] = 6 })
    local t = process.inbox():receive():payload():data()
    return t["\0"] == 1 and t["\255"] == 2 and t[""] == 3 and t[1.5] == 4 and t[-1] == 5 and t[true] == 6 and "safe" or "changed"
end }
--- logs | ends | log lines of any bytes
return { main = function()
    local log = require("log")
    log.info("\0\255\27[2J\n", { ["\0"] = "\n", ["\255"] = { 1 } })
    print("\0\255\27[2J\nbystander 1 intact")
end }
