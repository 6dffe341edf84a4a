-- The white list of section 19.

-- case: lua/globals_complete
-- claim: The globals are exactly those of 19.5.
-- clauses: 19.1, 19.5
local want = {}
for name in string.gmatch("_G _VERSION assert error getmetatable ipairs next pairs pcall print rawequal rawget rawset require select " ..
    "setmetatable tonumber tostring type unpack xpcall channel coroutine errors math os process string table", "%S+") do want[name] = true end
for name in pairs(_G) do
    if not want[name] then error("the global " .. tostring(name) .. " is not in the list") end
end
for name in pairs(want) do
    if _G[name] == nil then error("the global " .. name .. " is missing") end
end
check.eq(_G._G, _G)
check.eq(type(_VERSION), "string")

-- case: lua/libraries_complete
-- claim: The members of the libraries are exactly those of 19.6.
-- clauses: 19.1, 19.6
for name, members in pairs({
    string = "byte char find format gmatch gsub len lower match rep reverse sub upper",
    table = "concat insert pack remove sort unpack",
    math = "abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min modf pi pow rad random randomseed sin sinh sqrt tan tanh",
    coroutine = "create isyieldable resume running spawn status wrap yield",
    os = "clock date difftime platform time",
}) do
    local want = {}
    for member in string.gmatch(members, "%S+") do
        want[member] = true
        if _G[name][member] == nil then error(name .. "." .. member .. " is missing") end
    end
    for member in pairs(_G[name]) do
        if not want[member] then error(name .. "." .. tostring(member) .. " is not in the list") end
    end
end
check.eq(unpack({ 7 }), table.unpack({ 7 }))

-- case: lua/modules_read_only
-- claim: Runtime modules are read-only and their metatables hidden; constants cannot be changed.
-- clauses: 19.2, 4.1
for _, m in ipairs({ process, process.registry, process.event, channel, errors, require("time"), require("ctx"), require("log") }) do
    check.raises(errors.INVALID, "read-only", function() m.x = 1 end)
    local key = next({ pid = 1 })
    check.raises(errors.INVALID, "read-only", function() m[key] = 1 end)
    local mt = getmetatable(m)
    if type(mt) == "table" then error("the metatable of a module can be reached") end
    check.throws(setmetatable, m, {})
end
check.eq(type(process.pid()), "string")

-- case: lua/object_metatables_hidden
-- claim: Scripts cannot reach the metatables of API objects and strings.
-- clauses: 19.2, 19.7
for _, o in ipairs({ process.inbox(), errors.new("x"), require("time").now() }) do
    if type(getmetatable(o)) == "table" then error("the metatable of an object can be reached") end
end
check.eq(getmetatable(""), false)
check.eq(("x"):upper(), "X")

-- case: lua/libraries_private
-- claim: What a process does to its globals and library tables is invisible to others; it may change them for itself.
-- clauses: 19.2, 2.8
if ... == nil and string.mine == nil then
    string.mine, table.insert, mine = 1, nil, 1
    check.eq(("x").mine, 1)
    local v, err = process.exec(process.id(), "app:host", "second")
    check.eq(err, nil)
    check.eq(v, "unchanged")
else
    check.eq(string.mine, nil) check.eq(mine, nil)
    check.eq(type(table.insert), "function")
    return "unchanged"
end

-- case: lua/no_code_loading
-- claim: There is no way to load code or reach the interpreter at run time.
-- clauses: 19.1, 19.5
for _, name in ipairs({ "load", "loadstring", "loadfile", "dofile", "collectgarbage", "rawlen", "setfenv", "getfenv", "module", "newproxy",
    "package", "io", "debug", "bit32", "utf8" }) do check.eq(_G[name], nil) end
check.eq(string.dump, nil)
