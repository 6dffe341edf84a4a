-- The standard library where versions and interpreters differ (19.7).

-- case: lua/number_text
-- claim: tostring, print, %s and concat write integral numbers up to 2^53 in full and others as %.14g.
-- clauses: 19.7
for _, row in ipairs({ { 1, "1" }, { -1, "-1" }, { 1e14, "100000000000000" }, { 2 ^ 53, "9007199254740992" }, { 0.1, "0.1" }, { 1 / 3, "0.33333333333333" },
    { 1e300, "1e+300" }, { 2.5, "2.5" }, { -0.0, "0" }, { 1e15 + 0.5, "1e+15" }, { math.huge, "inf" }, { -math.huge, "-inf" }, { 100, "100" } }) do
    check.eq(tostring(row[1]), row[2])
    check.eq(string.format("%s", row[1]), row[2])
    check.eq(table.concat({ row[1] }), row[2])
end
check.eq(tostring(0 / 0) == "nan" or tostring(0 / 0) == "-nan", true)
check.eq(1 .. "", "1") check.eq(99999999999999 .. "", "99999999999999")

-- case: lua/tonumber
-- claim: tonumber reads decimal, exponent and 0x forms with spaces around, and bases 2 to 36.
-- clauses: 19.7
for text, want in pairs({ ["10"] = 10, [" 10 "] = 10, ["1e1"] = 10, ["0x1F"] = 31, [".5"] = 0.5, ["5."] = 5, ["-2"] = -2, ["1E+2"] = 100 }) do check.eq(tonumber(text), want) end
for _, text in ipairs({ "", " ", "x", "1 2", "0x", "1e", "--1", "1,5", "inf", "nan" }) do check.eq(tonumber(text), nil) end
check.eq(tonumber("ff", 16), 255) check.eq(tonumber("zz", 36), 1295) check.eq(tonumber("102", 2), nil) check.eq(tonumber("-101", 2), -5)
check.eq(tonumber(5), 5) check.eq(tonumber({}), nil)

-- case: lua/select_and_unpack
-- claim: select counts negative numbers from the end; pack and unpack keep nils.
-- clauses: 19.7
check.eq(select("#", nil, nil), 2) check.eq(select(-1, 1, 2, 3), 3) check.eq((select(2, "a", "b")), "b")
check.throws(select, 0)
local t = table.pack(1, nil, 3, nil)
check.eq(t.n, 4)
check.list(table.pack(table.unpack(t, 1, t.n)), { 1, nil, 3, nil, n = 4 })
check.list(table.pack(unpack({ 1, 2, 3 }, 2)), { 2, 3, n = 2 })

-- case: lua/patterns
-- claim: Patterns are those of Lua 5.2.
-- clauses: 19.7
check.eq(string.find("hello world", "o w"), 5) check.eq(string.match("key = value", "^(%w+)%s*=%s*(%w+)$"), "key")
check.list({ string.match("2024-03-01", "(%d+)-(%d+)-(%d+)") }, { "2024", "03", "01" })
check.eq(string.gsub("hello", "l", "L"), "heLLo") check.eq((string.gsub("abc", "%w", "%0%0")), "aabbcc") check.eq((string.gsub("abc", "", "-")), "-a-b-c-")
check.eq(string.match("f(a(b)c)d", "%b()"), "(a(b)c)") check.eq((string.gsub("THE (quick) fox", "%f[%a]%a+", "x")), "x (x) x")
check.eq(string.match("aa-aa", "(a+)%-%1"), "aa") check.eq(string.find("abc", "()b()"), 2) check.eq(select(3, string.find("abc", "()b()")), 2)
check.eq(string.match("\0a\0", "%z?(a)"), "a") check.eq(string.find("a.b", ".", 1, true), 2) check.eq(string.find("a\0b", "\0", 1, true), 2)
check.eq(string.match(" \tx!", "%g+"), "x!") check.eq(string.match("x", "y"), nil) check.eq(string.find("", ""), 1) check.eq(string.find("abc", "b", -1), nil)
local words = {}
for w in string.gmatch("one two  three", "%a+") do words[#words + 1] = w end
check.list(words, { "one", "two", "three" })
check.eq((string.gsub("$name is $age", "%$(%w+)", { name = "Bo", age = 7 })), "Bo is 7")
check.eq((string.gsub("abc", "%w", function(c) if c == "b" then return "X" end end)), "aXc")
check.eq(select(2, string.gsub("aaa", "a", "b", 2)), 2)
check.throws(string.match, "x", "[a") check.throws(string.match, "x", "%") check.throws(string.gsub, "x", "x", "%9")

-- case: lua/strings
-- claim: String functions work on bytes; upper and lower change ASCII only; numbers count as strings.
-- clauses: 19.7, 1.10
check.eq(string.len("é"), 2) check.eq(("é"):upper(), "é") check.eq(("aZ1"):upper(), "AZ1") check.eq(("aZ1"):lower(), "az1")
check.eq(string.rep("ab", 3, "-"), "ab-ab-ab") check.eq(string.rep("x", 0), "") check.eq(string.rep("x", -1), "")
check.eq(string.sub("hello", 2, -2), "ell") check.eq(string.sub("hello", -3), "llo") check.eq(string.sub("hello", 4, 2), "") check.eq(string.reverse("abc"), "cba")
check.list({ string.byte("abc", 1, -1) }, { 97, 98, 99 }) check.eq(string.char(104, 0, 255), "h\0\255") check.eq(string.len(12), 2) check.eq(#"a\0b", 3)
check.throws(string.char, 256) check.throws(string.rep)

-- case: lua/format
-- claim: string.format follows 19.7: integer conversions refuse fractions, %s takes any value, %q escapes newlines.
-- clauses: 19.7
check.eq(string.format("%d %i %u %5d|%-5d|%05d", 3, 4, 5, 6, 7, 8), "3 4 5     6|7    |00008")
check.eq(string.format("%c%x%X%o", 65, 255, 255, 8), "AffFF10") check.eq(string.format("%.2f %e %g %G", 1 / 3, 12345.678, 1e20, 1e-10), "0.33 1.234568e+04 1e+20 1E-10")
check.eq(string.format("%5s|%-5s|%.2s", "ab", "ab", "abc"), "   ab|ab   |ab") check.eq(string.format("%s %s %s", nil, true, setmetatable({}, { __tostring = function() return "obj" end })), "nil true obj")
check.eq(string.format("%q", 'a "b"\n\\c'), '"a \\"b\\"\\\n\\\\c"') check.eq(string.format("%%"), "%")
check.raises(errors.INVALID, "", string.format, "%d", 3.7) check.throws(string.format, "%d", "x") check.throws(string.format, "%y", 1) check.throws(string.format, "%d")

-- case: lua/tables
-- claim: insert, remove, concat and sort work as in Lua.
-- clauses: 19.7, 19.4
local t = { 3, 1, 2 }
table.insert(t, 4) table.insert(t, 1, 0)
check.list(t, { 0, 3, 1, 2, 4 }) check.eq(table.remove(t), 4) check.eq(table.remove(t, 1), 0) check.eq(table.remove({}), nil)
table.sort(t) check.list(t, { 1, 2, 3 })
table.sort(t, function(a, b) return a > b end) check.list(t, { 3, 2, 1 })
check.eq(table.concat({ 1, "b", 3 }, "-", 2, 3), "b-3") check.throws(table.concat, { {} }) check.throws(table.sort, { 1, "x" })
local big = {}
for i = 1, 1000 do big[i] = (i * 7919) % 1009 end
table.sort(big)
for i = 2, 1000 do if big[i - 1] > big[i] then error("not sorted") end end

-- case: lua/mathematics
-- claim: huge is infinity, log takes a base, the same seed gives the same numbers.
-- clauses: 19.7
check.eq(math.huge, 1 / 0) check.eq(math.log(8, 2), 3) check.eq(math.log10(1000), 3) check.eq(math.floor(-1.5), -2) check.eq(math.ceil(1.2), 2)
check.eq(math.max(1, 5, 3), 5) check.eq(math.fmod(-5, 3), -2) check.eq(-5 % 3, 1) check.list({ math.modf(2.5) }, { 2, 0.5 }) check.eq(math.pow(2, 10), 1024)
math.randomseed(42)
local a = { math.random(), math.random(10), math.random(5, 6) }
math.randomseed(42)
check.list({ math.random(), math.random(10), math.random(5, 6) }, a)
for _ = 1, 100 do local r = math.random(3) if r < 1 or r > 3 or r % 1 ~= 0 then error("random out of range") end end
check.throws(math.random, 2, 1)

-- case: lua/metamethods
-- claim: The metamethods of 19.7 are honoured for tables.
-- clauses: 19.7
local mt = {}
for _, name in ipairs({ "add", "sub", "mul", "div", "mod", "pow", "unm", "concat" }) do mt["__" .. name] = function() return name end end
mt.__len = function() return 7 end
mt.__eq = function() return true end
mt.__lt = function() return true end
mt.__le = function() return false end
mt.__call = function(_, x) return x end
mt.__index = function(_, k) return k end
mt.__newindex = function(t, k, v) rawset(t, k, v * 2) end
mt.__tostring = function() return "text" end
local a, b = setmetatable({}, mt), setmetatable({}, mt)
check.list({ a + 1, 1 - a, a * a, a / 1, a % 1, a ^ 1, -a, a .. "x" }, { "add", "sub", "mul", "div", "mod", "pow", "unm", "concat" })
check.eq(#a, 7) check.eq(a == b, true) check.eq(a < b, true) check.eq(a <= b, false) check.eq(a > b, true) check.eq(a(5), 5) check.eq(a.key, "key") check.eq(tostring(a), "text")
a.n = 4 check.eq(rawget(a, "n"), 8) check.eq(rawequal(a, b), false)
mt.__metatable = "locked"
check.eq(getmetatable(a), "locked") check.throws(setmetatable, a, {})

-- case: lua/language
-- claim: The grammar and meaning that Lua 5.1 and 5.2 share: closures, varargs, numeric for, nested tables, long strings.
-- clauses: 19.4
local fs = {}
for i = 1, 3 do fs[i] = function() i = i + 1 return i end end
check.list({ fs[1](), fs[1](), fs[2]() }, { 2, 3, 3 })
local function va(...) local a, b = ... return select("#", ...), a, b end
check.list(table.pack(va(nil, 2, nil)), { 3, nil, 2, n = 3 })
local n = 0
for i = 10, 1, -3 do n = n + i end
check.eq(n, 22)
for _ = 1, 0 do error("no step") end
local s = [==[
a]]b]==]
check.eq(s, "a]]b") check.eq("\65\066\n", "AB\n") check.eq(0xff, 255) check.eq(2 ^ -1, 0.5) check.eq(7 % 4 .. "", "3") check.eq("10" + 5, 15)
local t = { 1, 2, x = { y = { z = "deep" } }, [10] = "ten", (va(1)) }
check.eq(t.x.y.z, "deep") check.eq(t[3], 1) check.eq(#"abc", 3) check.eq(not nil == true, true) check.eq(1 and nil or "other", "other")
local i = 0
repeat local done = i >= 3 i = i + 1 until done
check.eq(i, 4)
while true do i = i - 1 if i < 0 then break end end
check.eq(i, -1)
local a, b, c = (function() return 1, 2, 3 end)()
check.eq(a + b + c, 6)
for k, v in next, { q = 1 } do check.eq(k .. v, "q1") end
check.eq(rawequal(0, -0), true) check.eq(0 / 0 ~= 0 / 0, true)

-- case: lua/memory_limit
-- claim: A library function that builds more than the memory limit fails the process; pcall does not catch it.
-- clauses: 17.8, 17.11, 20.7
-- memory: 1048576
-- fails: LimitExceeded memory limit exceeded
check.eq(#string.rep("x", 1000), 1000)
pcall(string.rep, "x", 4000000)
error("string.rep built four megabytes")

-- case: lua/memory_within_limit
-- claim: What stays within the memory limit is not touched by it, however often it is done.
-- clauses: 17.8
-- memory: 1048576
for _ = 1, 100 do string.rep("x", 100000) end

-- case: lua/kill_in_library_functions
-- claim: A kill reaches a process inside a library function that works on large data.
-- clauses: 20.5, 20.6
local works = {
    match = function() return string.find(string.rep("a", 40), string.rep("a*", 20) .. "b") end,
    gsub = function() return string.gsub(string.rep("a", 40), string.rep("a*", 20) .. "b", "") end,
    sort = function() local t = {} for i = 1, 1000 do t[i] = i end while true do table.sort(t) end end,
    rep = function() while true do string.rep("x", 100000) end end,
    concat = function() local t = {} for i = 1, 10000 do t[i] = "x" end while true do table.concat(t) end end,
    comparator = function() table.sort({ 2, 1 }, function() while true do end end) end,
}
local name = ...
if name then
    process.send(process.registry.lookup("parent"), "works")
    works[name]()
    return "finished"
end
process.registry.register("parent")
local inbox, events = process.inbox(), process.events()
for name in pairs(works) do
    local pid = assert(process.spawn_monitored(process.id(), "app:host", name))
    inbox:receive()
    check.eq(process.terminate(pid), true)
    check.eq(tostring(events:receive().result.error), "process terminated")
end

-- case: lua/default_payload_size
-- claim: By default all values of one call may have 16 MiB.
-- clauses: 1.15, 17.8
local most = string.rep("x", 16 * 1024 * 1024 - 16)
check.eq(process.send(process.pid(), "t", most), true)
local ok, err = process.send(process.pid(), "t", most, 1)
check.eq(ok, nil) check.has(err:message(), "too large")

-- case: lua/errors_name_variables
-- claim: The error of an operation names the variable or field that it failed on.
-- clauses: 19.9, 19.15
local none, t, settings = nil, {}, { port = 80 }
local function says(want, f)
    local ok, e = pcall(f)
    check.eq(ok, false)
    check.eq(e:match(": (attempt to .*)$"), want)
end
says("attempt to index upvalue 'none' (a nil value)", function() return none.x end)
says("attempt to index local 'found' (a nil value)", function() local found = t.x return found.y end)
says("attempt to index field 'x' (a nil value)", function() return t.x.y end)
says("attempt to index field '?' (a nil value)", function() return t[1].y end)
says("attempt to index field 'x' (a nil value)", function() t.x.y = 1 end)
says("attempt to call upvalue 'none' (a nil value)", function() none() end)
says("attempt to call field 'start' (a nil value)", function() t.start() end)
says("attempt to call method 'start' (a nil value)", function() t:start() end)
says("attempt to call field 'port' (a number value)", function() settings.port() end)
says("attempt to perform arithmetic on field 'count' (a nil value)", function() return settings.port + t.count end)
says("attempt to perform arithmetic on upvalue 't' (a table value)", function() return t % 2 end)
says("attempt to get length of field 'list' (a nil value)", function() return #t.list end)
says("attempt to concatenate field 'name' (a nil value)", function() return "port of " .. t.name .. ":" end)
says("attempt to compare two nil values", function() return none < none end)
says("attempt to compare number with nil", function() return settings.port < none end)
