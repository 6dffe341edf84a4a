-- The puppet in Lua: it carries out the codes of conformance/code.go. A scalar
-- is itself; anything else is a list whose first element names an operation.
local stage = require("stage")
local slots = {}
local finished
local ops = {}

local function pack(...) return { n = select("#", ...), ... } end

local function eval(e)
    if type(e) ~= "table" then return e end
    return ops[e[1]](e)
end

local function first(e) return (eval(e)) end

-- The first results of the operands from position i on.
local function operands(e, i)
    local out = { n = #e - i + 1 }
    for k = 1, out.n do out[k] = first(e[i + k - 1]) end
    return out
end
local function spread(e, i)
    local t = operands(e, i)
    return unpack(t, 1, t.n)
end

local function resolve(path)
    local v
    for name in path:gmatch("[^.]+") do
        if v == nil then v = require(name) else v = v[name] end
    end
    return v
end

ops["nil"] = function() return nil end
function ops.quote(e) return e[2] end
function ops.get(e) return slots[e[2]] end
function ops.let(e) slots[e[2]] = first(e[3]) end
function ops.bind(e)
    local results = pack(eval(e[2]))
    for i = 3, #e do slots[e[i]] = results[i - 2] end
end
function ops.call(e) return resolve(e[2])(spread(e, 3)) end
function ops.constant(e) return resolve(e[2]) end
function ops.callwith(e)
    local options = {}
    for i = 1, #e[3], 2 do options[e[3][i]] = first(e[3][i + 1]) end
    local args = operands(e, 4)
    args[args.n + 1] = options
    return resolve(e[2])(unpack(args, 1, args.n + 1))
end
function ops.method(e)
    local o = first(e[2])
    return o[e[3]](o, spread(e, 4))
end
function ops.field(e) return first(e[2])[e[3]] end
function ops.at(e) return first(e[2])[first(e[3])] end
function ops.seq(e)
    for i = 2, #e - 1 do eval(e[i]) end
    return eval(e[#e])
end
function ops.values(e) return spread(e, 2) end
function ops.nth(e) return (select(e[2], eval(e[3]))) end
ops["if"] = function(e)
    if first(e[2]) == true then return eval(e[3]) end
    return eval(e[4])
end
function ops.equal(e) return first(e[2]) == first(e[3]) end
function ops.loop(e) while true do eval(e[2]) end end
function ops.times(e) for _ = 1, first(e[2]) do eval(e[3]) end end
function ops.spin() while true do end end
local function recurse(n) if n == 0 then return 0 end return 1 + recurse(n - 1) end
function ops.recurse(e) return recurse(e[2]) end
ops["function"] = function(e) return function() return eval(e[2]) end end
function ops.go(e) return coroutine.spawn(eval, e[2]) end
ops["try"] = function(e) return pcall(eval, e[2]) end
function ops.throw(e) error(first(e[2])) end
function ops.list(e) return { spread(e, 2) } end
function ops.table(e)
    local t, items = {}, operands(e, 2)
    for i = 1, items.n, 2 do t[items[i]] = items[i + 1] end
    return t
end
function ops.append(e)
    local t = first(e[2])
    t[#t + 1] = first(e[3])
end
function ops.len(e) return #first(e[2]) end
function ops.set(e) first(e[2])[first(e[3])] = first(e[4]) end
function ops.lookup(e) return first(e[2])[first(e[3])] end
function ops.select(e)
    local cases = { spread(e, 3) }
    cases.default = first(e[2])
    return channel.select(cases)
end
function ops.text(e) return tostring(first(e[2])) end
function ops.concat(e) return first(e[2]) .. first(e[3]) end
function ops.nested(e)
    local t = {}
    for _ = 2, e[2] do t = { t } end
    return t
end
function ops.report(e) stage.report(e[2], eval(e[3])) end
function ops.finish(e) finished = operands(e, 2) end
function ops.serve()
    local commands = process.listen("do")
    while not finished do
        local command = commands:receive()
        stage.report(command[1], eval(command[2]))
    end
    return unpack(finished, 1, finished.n)
end

-- Places where code can run, all of which may wait (9.9).
local places = {
    pcall = function(f) return select(2, pcall(f)) end,
    xpcall = function(f) return select(2, xpcall(f, print)) end,
    handler = function(f) return select(2, xpcall(error, f)) end,
    iterator = function(f) for v in f do return v end end,
    manual = function(f) return select(2, coroutine.resume(coroutine.create(f))) end,
    wrap = function(f) return coroutine.wrap(f)() end,
    index = function(f) return setmetatable({}, { __index = f }).x end,
    call = function(f) return setmetatable({}, { __call = f })() end,
    arithmetic = function(f) return setmetatable({}, { __add = f }) + 1 end,
    tostring = function(f) local v tostring(setmetatable({}, { __tostring = function() v = f() return "" end })) return v end,
    comparator = function(f) local v table.sort({ 1, 2 }, function() v = f() return false end) return v end,
    gsub = function(f) local v string.gsub("x", "x", function() v = f() end) return v end,
}
function ops.places()
    local names = {}
    for name in pairs(places) do names[#names + 1] = name end
    table.sort(names)
    return names
end
function ops.within(e) return (places[first(e[2])](function() return first(e[3]) end)) end

-- What the scenario wants done during the top level.
eval(stage.prologue())

return { main = function(code) return eval(code) end, other = function(...) return "other", ... end }
