--- hidden_globals | returns "" | what the white list does not name is not there
return { main = function()
    local found = ""
    for _, name in ipairs{ "load", "loadstring", "loadfile", "dofile", "collectgarbage", "rawlen", "setfenv", "getfenv",
        "module", "newproxy", "package", "io", "debug", "bit32", "utf8", "jit", "ffi", "_ENV", "arg", "_printregs" } do
        if _G[name] ~= nil then found = found .. " " .. name end
    end
    for _, name in ipairs{ "execute", "exit", "getenv", "remove", "rename", "setlocale", "tmpname" } do
        if os[name] ~= nil then found = found .. " os." .. name end
    end
    if string.dump or table.maxn or coroutine.close then found = found .. " dump" end
    return found
end }
--- globals_complete | returns "" | every global is on the list
return { main = function()
    local listed = {}
    for name in ("_G _VERSION assert error getmetatable ipairs next pairs pcall print rawequal rawget rawset require select setmetatable tonumber tostring type unpack xpcall channel coroutine errors math os process string table"):gmatch("%S+") do listed[name] = true end
    local extra = ""
    for k in pairs(_G) do if not listed[k] then extra = extra .. " " .. tostring(k) end end
    return extra
end }
--- library_vandalism | returns "done" | a process ruins its own libraries
return { main = function()
    for _, lib in ipairs{ string, table, math, os, coroutine } do
        for k in pairs(lib) do lib[k] = function() return "evil" end end
        lib.evil = true
        setmetatable(lib, { __index = function() return "evil" end })
    end
    local globals = _G
    for k in pairs(globals) do globals[k] = nil end
    return "done"
end }
--- string_metatable | returns false | the metatable of strings is out of reach
return { main = function()
    local m = getmetatable("")
    pcall(function() m.__index = { evil = true, upper = function() return "evil" end } end)
    pcall(function() setmetatable("", { __index = { evil = true } }) end)
    string.evil = true
    return m
end }
--- module_assignment | returns "read-only" | runtime modules do not take values
local function evil(m)                -- tables of constants raise on what they do not have
    local ok, v = pcall(function() return m.evil end)
    return ok and v or nil
end
return { main = function()
    for _, m in ipairs{ process, channel, errors, process.event, process.registry } do
        if pcall(function() m.evil = 1 end) or evil(m) ~= nil then return "assigned" end
        pcall(rawset, m, "evil", 1)
        if evil(m) ~= nil then return "rawset" end
        pcall(setmetatable, m, {})
        local meta = getmetatable(m)
        if type(meta) == "table" then
            pcall(function() meta.__index = function() return "evil" end meta.__newindex = nil end)
            if evil(m) ~= nil then return "metatable" end
        end
    end
    return "read-only"
end }
--- module_functions | returns "safe" | functions of modules called with strange arguments
return { main = function()
    local strange = { 1, -1, 0.5, 1 / 0, -1 / 0, 0 / 0, 2 ^ 63, "", "\0", "{", "{x|y}", ("x"):rep(10000), {}, { {} }, true, print, process,
        setmetatable({}, { __index = function() error("trap") end, __len = function() return 1000 end, __tostring = function() error("trap") end }) }
    local skip = { inbox = true, events = true, exec = true, terminate = true, cancel = true, upgrade = true, sleep = true,
        execute = true, exit = true, remove = true, rename = true, tmpname = true } -- elsewhere os has them
    local modules = { process, process.registry, channel, errors, os, math, string, table, require("time"), require("ctx"), require("log") }
    for _, m in ipairs(modules) do
        for k, f in pairs(m) do
            if type(f) == "function" and not skip[k] and not (m == string and k == "rep") then
                pcall(f)
                for _, a in ipairs(strange) do
                    pcall(f, a)
                    pcall(f, a, a)
                    pcall(f, a, 1, a)
                end
            end
        end
    end
    return "safe"
end }
--- module_pairs | ends | modules can be walked, or not, without harm
return { main = function() for k in pairs(process) do rawget({}, k) end next(process) end }
--- host_objects | returns "opaque" | fields and metatables of objects of the runtime
return { main = function()
    local c = channel.new()
    for _, o in ipairs{ c, c:case_receive(), errors.new("x"), coroutine.spawn(function() end), process.inbox() } do
        pcall(function() o.evil = 1 end)
        pcall(rawset, o, "evil", 1)
        pcall(setmetatable, o, { __index = { evil = 1 } })
        local meta = getmetatable(o)
        if type(meta) == "table" then return "a metatable" end
        local ok, v = pcall(function() return o.evil end)
        if ok and v ~= nil then return "a field" end
        for _, name in ipairs{ "Value", "Object", "SetWrapper", "Wrapper", "__index", "__gc", "__name" } do
            ok, v = pcall(function() return o[name] end)
            if ok and v ~= nil then return name end
        end
    end
    return "opaque"
end }
--- wrong_self | returns "refused" | methods with another object as self
return { main = function()
    local c, e = channel.new(), errors.new("x")
    for _, self in ipairs{ e, {}, "x", 1, process } do
        if pcall(c.send, self, 1) or pcall(c.receive, self) or pcall(c.close, self) then return "taken" end
    end
    if pcall(e.kind, c) or pcall(e.message, {}) then return "taken" end
    return "refused"
end }
--- require_tricks | returns "refused" | names that are no modules
return { main = function()
    for _, name in ipairs{ "io", "os ", "debug", "../x", "/etc/passwd", "a.b", "", "\0", "package", "_G", "process\0", 1, {} } do
        if pcall(require, name) then return tostring(name) end
    end
    return "refused"
end }
--- binary_chunk | refused  | a compiled chunk is no source
Lua
--- environment_tricks | returns "safe" | _ENV is no way out
return { main = function()
    local _ENV = { }
    return "safe"
end }
--- error_objects_immutable | returns "same" | errors cannot be changed
return { main = function()
    local e = errors.new{ message = "m", details = { a = { 1 } } }
    e:details().a[1] = "evil"
    pcall(function() e.message = "evil" end)
    if e:details().a[1] ~= 1 or e:message() ~= "m" then return "changed" end
    return "same"
end }
--- payloads_copied | returns "copied" | a message is not shared with its sender
return { main = function()
    local t = { { 1 } }
    process.send(process.pid(), "x", t)
    t[1][1] = "evil"
    local got = process.inbox():receive():payload():data()
    if got[1][1] ~= 1 then return "shared" end
    return "copied"
end }
--- metatable_field | returns "hidden" | __metatable holds
return { main = function()
    local t = setmetatable({}, { __metatable = "hidden" })
    if pcall(setmetatable, t, {}) then return "replaced" end
    return getmetatable(t)
end }
--- coroutine_misuse | returns "safe" | coroutines that resume themselves, the dead and the running
return { main = function()
    local c
    c = coroutine.create(function() coroutine.resume(c) coroutine.resume(coroutine.running()) end)
    coroutine.resume(c) coroutine.resume(c) coroutine.resume(c)
    pcall(coroutine.wrap(function() error("x") end))
    pcall(coroutine.yield)
    pcall(coroutine.status, coroutine.running())
    pcall(coroutine.resume, coroutine.spawn(function() end))
    return "safe"
end }
--- next_misuse | ends | next with keys that are not there
return { main = function()
    pcall(next, {}, "no")
    pcall(next, { 1 }, 7)
    local t = { 1, 2, 3, a = 1, b = 2 }
    for k in pairs(t) do t[k] = nil t[tostring(k) .. "x"] = nil end
    for i in ipairs(t) do t[i] = nil end
    pcall(function() t[nil] = 1 end)
    pcall(function() t[0 / 0] = 1 end)
    return t[nil] == nil and t[0 / 0] == nil
end }
--- kill_the_bystander_badly | returns "refused" | a PID that only looks like one
return { main = function(pid)
    for _, p in ipairs{ pid .. " ", pid:sub(1, -2), pid .. "\0", pid:upper() .. "}", "{" .. pid .. "}", pid:gsub("|", "|0") .. "" } do
        if process.terminate(p) then return p end
    end
    return "refused"
end }
--- steal_a_name | returns "taken" | a registered name is not taken over
return { main = function(pid)
    assert(process.registry.register("bystander", pid))
    local ok, err = process.registry.register("bystander")
    return (not ok and err:kind() == errors.ALREADY_EXISTS) and "taken" or "stolen"
end }
--- fault_as_error | ends | what makes interpreters panic
return { main = function()
    local t = setmetatable({}, { __index = function(t, k) t[k] = nil error(t) end })
    pcall(function() return t.x end)
    pcall(error, setmetatable({}, { __tostring = function() return {} end }))
    pcall(tostring, setmetatable({}, { __tostring = function() return {} end }))
    pcall(string.format, "%s", setmetatable({}, { __tostring = function() return nil end }))
    pcall(table.concat, { {} })
    pcall(table.sort, { 1, "x", {} })
    pcall(table.sort, { 5, 3, 4, 1, 2, 9, 8, 7 }, function() return true end)
    pcall(table.insert, {}, 5, 1)
    pcall(table.insert, {}, 1 / 0, 1)
    pcall(table.remove, {}, -1)
    pcall(unpack, {}, -2 ^ 62, 2 ^ 62)
    pcall(select, -5)
    pcall(select, 2 ^ 53, 1)
    pcall(string.rep, "x", 0 / 0)
    pcall(string.sub, "x", -2 ^ 63, 2 ^ 63)
    pcall(string.byte, "x", -2 ^ 63, 2 ^ 63)
    pcall(string.char, -1)
    pcall(string.char, 1 / 0)
    pcall(math.random, 0)
    pcall(math.random, 2, 1)
    pcall(math.random, -2 ^ 63, 2 ^ 63)
    pcall(math.fmod, 1, 0)
    pcall(math.ldexp, 1, 1e9)
    pcall(os.date, "%Ez")
    pcall(os.date, "*t", 1e18)
    pcall(os.date, "%c", -1e18)
    pcall(os.time, { year = 1e18, month = 1e18, day = 1e18 })
    pcall(string.find, "x", "x", 2 ^ 53)
    pcall(string.gsub, "x", "x", "%9")
    pcall(string.gsub, "x", "(", "")
    pcall(string.format, "%d", "x")
    pcall(string.format, "%c", 1e10)
    pcall(tonumber, "1", 1)
    pcall(tonumber, "1", 2 ^ 40)
    return "no fault"
end }
--- random_flood | ends | a seed of any kind
return { main = function()
    for _, s in ipairs{ 0, -1, 1 / 0, 0 / 0, 2 ^ 63 } do pcall(math.randomseed, s) pcall(math.random) end
end }
