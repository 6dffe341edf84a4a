-- What is particular to Lua in the API: several results, tables as options,
-- types of objects.

-- case: lua/several_results
-- claim: A result that may be an error is the value and nil, or nil and the error; false takes the place of nil where 0.5 says so.
-- clauses: 0.5, 0.4
check.eq(select("#", process.pid()), 1)
local ok, err = process.send(process.pid(), "t")
check.eq(ok, true) check.eq(err, nil)
local ok, err = process.send("nobody", "t")
check.eq(ok, nil) check.eq(err:kind(), errors.NOT_FOUND)
local ok, err = process.set_options(1)
check.eq(ok, false) check.eq(err:kind(), errors.INVALID)
local pid = assert(process.spawn_monitored(process.id(), "app:host", "child"))

-- case: lua/surplus_arguments_ignored
-- claim: Surplus arguments are ignored.
-- clauses: 0.9, 2.14
check.eq(process.pid(1, 2), process.pid())
check.eq(process.inbox("x"), process.inbox())
check.eq(#{ process.get_options({}) }, 1)

-- case: lua/types_of_objects
-- claim: API objects are userdata, modules and records tables, coroutines threads; all have a text form.
-- clauses: 0.12, 0.7
local time = require("time")
for _, o in ipairs({
    process.inbox(), process.inbox():case_receive(), errors.new("x"), time.timer("1h"), time.ticker("1h"), time.now(),
    time.parse_duration("1s"), time.utc, process.with_name("x"),
}) do
    check.eq(type(o), "userdata")
    check.eq(type(tostring(o)), "string")
end
for _, m in ipairs({ process, process.registry, channel, errors, time, process.event, process.get_options(), os, coroutine }) do
    check.eq(type(m), "table")
end
check.eq(type(coroutine.spawn(function() end)), "thread")
process.send(process.pid(), "t", 1)
local msg = process.inbox():receive()
check.eq(type(msg), "userdata")
check.eq(type(msg:payload()), "userdata")
check.eq(type(msg:payloads()), "table")

-- case: lua/records_are_plain_tables
-- claim: A record is a plain table whose absent fields are nil; from is an ordinary field.
-- clauses: 0.7, 0.8, 4.2, 8.12
process.cancel(process.pid(), nil, "why")
local ev = process.events():receive()
check.eq(getmetatable(ev), nil)
check.eq(ev.kind, process.event.CANCEL)
check.eq(ev.from, process.pid())
check.eq(rawget(ev, "deadline"), nil)
ev.mine = 1
check.eq(ev.mine, 1)
local r = channel.select({ channel.new():case_receive(), default = true })
check.eq(getmetatable(r), nil)
check.eq(r.channel, nil) check.eq(r.value, nil) check.eq(r.ok, true) check.eq(r.default, true)

-- case: lua/select_reads_array_and_default
-- claim: Of the table given to select only the array part and default are read; a nil in it is named.
-- clauses: 8.10, 8.13, 8.19
local c = channel.new(1)
c:send(1)
local r = channel.select({ c:case_receive(), other = 5, [0] = "x", default = false })
check.eq(r.value, 1) check.eq(r.channel, c) check.eq(r.default, nil)
local time = require("time")
check.raises(errors.INVALID, "invalid select case at index 1", channel.select, { time.now(), c:case_receive() })
check.raises(errors.INVALID, "select with no cases", channel.select, {})
check.raises(errors.INVALID, "", channel.select, "x")

-- case: lua/functions_and_channels_through_channels
-- claim: Functions, tables with metatables and channels go through private channels by reference.
-- clauses: 1.18, 8.9
local c = channel.new(3)
local t = setmetatable({}, { __index = function() return "indexed" end })
local f = function() return "called" end
c:send(t) c:send(f) c:send(c)
local u = c:receive()
check.eq(u, t) check.eq(u.anything, "indexed")
check.eq(c:receive()(), "called")
check.eq(c:receive(), c)

-- case: lua/metatables_do_not_travel
-- claim: Only raw contents of a table are sent; metatables are neither consulted nor transferred.
-- clauses: 1.5
local t = setmetatable({ 1, 2 }, { __index = { x = 1 }, __len = function() return 5 end, __pairs = error })
process.send(process.pid(), "t", t)
local u = process.inbox():receive():payload():data()
check.list(u, { 1, 2 })
check.eq(u.x, nil) check.eq(getmetatable(u), nil)

-- case: lua/table_keys
-- claim: Map keys may be strings, numbers and booleans; other keys cannot be sent.
-- clauses: 1.1, 1.13
process.send(process.pid(), "t", { [1.5] = "f", [true] = "b", x = "s", [-1] = "n" })
local u = process.inbox():receive():payload():data()
check.eq(u[1.5], "f") check.eq(u[true], "b") check.eq(u.x, "s") check.eq(u[-1], "n")
local ok, err = process.send(process.pid(), "t", { [{}] = 1 })
check.eq(ok, nil) check.has(err:message(), "cannot send a ")

-- case: lua/nil_holes
-- claim: A nil in a map drops its key, a nil in a list leaves a hole.
-- clauses: 1.7
process.send(process.pid(), "t", "a", nil, "c")
local u = process.inbox():receive():payload():data()
check.eq(u[1], "a") check.eq(u[2], nil) check.eq(u[3], "c")

-- case: lua/error_objects_as_strings
-- claim: The string functions take an error object where they expect a string; .. joins it.
-- clauses: 11.9, 11.10
local e = errors.wrap(errors.new("not found"), "ctx")
check.eq(string.find(e, "not found", 1, true), 6)
check.eq(string.upper(e), "CTX: NOT FOUND")
check.eq(string.format("<%s>", e), "<ctx: not found>")
check.eq("a " .. e .. " b", "a ctx: not found b")
check.eq(e .. e, "ctx: not foundctx: not found")

-- case: lua/any_value_thrown
-- claim: error throws any value and pcall gives back the identical one, tables and nil included.
-- clauses: 11.13, 19.9
local t = {}
for _, v in ipairs({ t, 5, true, errors.new("x"), function() end }) do
    local ok, e = pcall(error, v)
    check.eq(ok, false) check.eq(e, v)
end
local r = table.pack(pcall(error))
check.eq(r[1], false) check.eq(r[2], nil)
check.list(table.pack(pcall(function(...) return ... end, 1, nil, 3)), { true, 1, nil, 3, n = 4 })
check.raises(errors.INVALID, "", channel.new, -1)
check.eq(type(check.throws(function() local x = nil; return x.y end)), "string")

-- case: lua/positions_in_thrown_strings
-- claim: A string thrown with level 1 or 2 gets file and line in front; level 0 adds none, assert neither.
-- clauses: 19.10, 19.7
check.eq(string.match(check.throws(function() error("x") end), "^lua/idioms%.lua:%d+: x$") ~= nil, true)
local function thrower() error("y", 2) end
check.eq(string.match(check.throws(function() thrower() return 1 end), "^lua/idioms%.lua:%d+: y$") ~= nil, true)
check.eq(check.throws(function() error("z", 0) end), "z")
check.eq(check.throws(assert, false, "m"), "m")
check.eq(check.throws(assert, nil), "assertion failed!")
local t = {}
check.eq(check.throws(assert, nil, t), t)
check.list(table.pack(assert(1, 2, 3)), { 1, 2, 3, n = 3 })

-- case: lua/xpcall
-- claim: xpcall passes further arguments and gives what the handler returns; an error in the handler is the result.
-- clauses: 19.7, 19.9
check.list(table.pack(xpcall(function(...) return ... end, error, 1, nil, 3)), { true, 1, nil, 3, n = 4 })
local ok, v = xpcall(error, function(e) return "handled " .. e end, "x")
check.eq(ok, false) check.eq(v, "handled x")
local ok, v = xpcall(error, function() error(errors.new("inner")) end, "x")
check.eq(ok, false) check.eq(tostring(v), "inner")

-- case: lua/chunk_may_return_a_function
-- claim: A chunk that returns a function serves it for any method name.
-- clauses: 2.12
check.eq(process.id(), "app:lead.program") -- this very program is such a chunk

-- case: lua/print
-- claim: print joins its arguments with one space, as tostring shows them, into one line.
-- clauses: 13.25
-- prints: a 1 nil true 2.5
-- prints:  
-- prints: an error
print("a", 1, nil, true, 2.5)
print(" ")
print(errors.new("an error"))

-- case: lua/require
-- claim: require gives the same object every time, the always available modules too; anything else is NOT_FOUND.
-- clauses: 14.15, 14.16, 19.8
check.eq(require("time"), require("time"))
check.eq(require("process"), process)
check.eq(require("string"), string)
check.eq(require("checks"), check)
for _, name in ipairs({ "debug", "supervisor2", "lua/checks", "package" }) do
    check.raises(errors.NOT_FOUND, "module '" .. name .. "' not found", require, name)
end

-- case: lua/os_functions
-- claim: os.time, os.date and os.clock follow the runtime's clock and the fields given.
-- clauses: 19.3, 10.18
check.eq(os.date("!%Y-%m-%d %H:%M:%S %j %p %y %%", 86400 * 59), "1970-03-01 00:00:00 060 AM 70 %")
local f = os.date("!*t", 3600)
check.eq(f.hour, 1) check.eq(f.isdst, false) check.eq(f.wday, 5)
local t = os.time({ year = 2024, month = 14, day = 1, hour = 0 })
check.eq(os.date("%Y-%m-%d %H", t), "2025-02-01 00")
check.eq(os.date("%H:%M:%S", os.time({ year = 2024, month = 1, day = 1 })), "12:00:00")
check.eq(os.time(os.date("*t", 1720000000)), 1720000000)
check.eq(os.date("!%FT%T%z", 0), "1970-01-01T00:00:00+0000")
check.eq(math.floor(os.time()), os.time())
check.eq(os.difftime(5, 3), 2)
check.raises(errors.INVALID, "", os.date, "%Q")
