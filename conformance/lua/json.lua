-- What is particular to Lua in the module json: tables serve for lists and maps.

-- case: lua/json_tables
-- claim: A table that is neither a list nor a map of texts has no JSON; an empty one is a map, unless marked or asked for.
-- clauses: 42.1, 42.2, 1.5
local json = require("json")
local function refuses(text, ...)
    local v, err = json.encode(...)
    check.eq(v, nil)
    check.eq(err:kind(), errors.INVALID)
    assert(string.find(err:message(), text, 1, true), err:message())
end
refuses("list with holes at #1", { [1] = 1, [3] = 3 })
refuses("list with holes at #1.a[2]", { a = { 1, { [0] = 0 } } })
refuses("mixed keys at #1", { 1, 2, x = 3 })
refuses("not UTF-8 at #1.a", { ["a\255"] = 1 })
refuses("unknown option", {}, { indnet = " " })
check.eq(json.encode({ [1.5] = 1, [true] = 2, x = 3 }), '{"1.5":1,"true":2,"x":3}')
refuses("duplicate key at #1.true", { [true] = 1, ["true"] = 2 })
check.eq(json.encode({ {}, { a = {} } }), '[{},{"a":{}}]')
check.eq(json.encode({ {}, { a = {} } }, { empty = "list" }), '[[],{"a":[]}]')
check.eq(json.encode({}, { empty = "map" }), "{}")
local t = {}
check.eq(json.list(t), t)
check.eq(json.encode({ t, {} }), "[[],{}]")
check.eq(json.list(t), t)
t.x = 1
check.eq(json.encode(t), '{"x":1}')
check.raises(errors.INVALID, "", json.list, 1)

-- case: lua/json_marks_are_not_seen
-- claim: A table that is marked has no metatable that scripts see; one given by setmetatable takes the mark's place, and a table with one cannot be marked.
-- clauses: 42.2
local json = require("json")
local time = require("time")
local t = json.list()
check.eq(getmetatable(t), nil)
check.eq(t.x, nil) check.eq(#t, 0) check.eq(next(t), nil) check.eq(t == json.list(), false)
check.eq(string.sub(tostring(t), 1, 6), "table:")
for i = 1, 600 do t[i * 3] = i end
check.eq(t[600], 200)
for i = 1, 600 do t[i * 3] = nil end
check.eq(json.encode(t), "[]")
check.eq(getmetatable(t), nil)
check.eq(setmetatable(t, { __index = { x = 5 } }), t)
check.eq(t.x, 5)
check.eq(json.encode(t), "{}")
check.raises(errors.INVALID, "a table with a metatable", json.list, t)
setmetatable(t, nil)
check.eq(json.encode(json.list(t)), "[]")
check.raises(errors.INVALID, "", json.list, json)
for _, o in ipairs({ json.null, json.number("1") }) do
    check.eq(type(o), "userdata")
    check.eq(type(tostring(o)), "string")
end

-- case: lua/json_null
-- claim: A null entry of a map is absent, a null element of a list is json.null, which is true.
-- clauses: 42.5
local json = require("json")
local v = json.decode('{"a":null,"l":[1,null,null]}')
check.eq(v.a, nil) check.eq(#v.l, 3) check.eq(v.l[2], json.null) check.eq(v.l[3], json.null)
check.eq(json.null and "true", "true")
check.eq(json.decode("null"), nil)
check.eq(json.encode(v), '{"l":[1,null,null]}')
local t = { [json.null] = 1 }
check.eq(t[json.null], 1)
