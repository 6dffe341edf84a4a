--- recursion | fails Internal | plain recursion
local function f(n) return n == 0 and 0 or 1 + f(n - 1) end
return { main = function() return f(30000) end }
--- recursion_caught | returns "again" | recursion is an error like others
local function f(n) return n == 0 and 0 or 1 + f(n - 1) end
return { main = function() for _ = 1, 3 do assert(not pcall(f, 30000)) end return "again" end }
--- recursion_through_pcall | ends | each level catches
local function f() return pcall(f) end
return { main = f }
--- recursion_through_pcall_caught | killed | each level catches and goes on
local function f() pcall(f) pcall(f) end
return { main = function() while true do f() end end }
--- recursion_through_xpcall | ends | recursion in error handlers
("x"):gsub("x", "y") -- an interpreter without it ends here; its xpcall would not come back
local function h(e) return xpcall(error, h, e) end
return { main = function() return (xpcall(error, h, "x")) end }
--- error_in_handler | ends | handlers that fail
("x"):gsub("x", "y") -- as above
return { main = function()
    for _ = 1, 1000 do xpcall(error, function() error("in the handler") end, "x") end
    return (xpcall(error, error, "x"))
end }
--- index_chain | ends | a chain of __index tables
return { main = function()
    local t = {}
    for _ = 1, 2000 do t = setmetatable({}, { __index = t }) end
    return (pcall(function() return t.x end))
end }
--- index_cycle | ends | an __index that is its own
return { main = function()
    local t = {}
    setmetatable(t, { __index = t })
    return (pcall(function() return t.x end))
end }
--- newindex_cycle | ends | a __newindex that is its own
return { main = function()
    local t = {}
    setmetatable(t, { __newindex = t })
    return (pcall(function() t.x = 1 end))
end }
--- index_recursion | ends | recursion through __index
local t = setmetatable({}, { __index = function(t, k) return t[k .. "x"] end })
return { main = function() return (pcall(function() return t.x end)) end }
--- newindex_recursion | ends | recursion through __newindex
local t = setmetatable({}, { __newindex = function(t, k, v) t[k + 1] = v end })
return { main = function() return (pcall(function() t[1] = 1 end)) end }
--- call_chain | ends | a chain of __call
return { main = function()
    local f = function() end
    for _ = 1, 2000 do f = setmetatable({}, { __call = f }) end
    return (pcall(f))
end }
--- call_recursion | ends | recursion through __call
local t = {}
setmetatable(t, { __call = function(_, n) return n == 0 and 0 or 1 + t(n - 1) end })
return { main = function() return (pcall(t, 30000)) end }
--- concat_recursion | ends | recursion through __concat
local t = {}
setmetatable(t, { __concat = function(a, b) return a .. b end })
return { main = function() return (pcall(function() return t .. t end)) end }
--- eq_recursion | ends | recursion through __eq
local m = {}
local a, b = setmetatable({}, m), setmetatable({}, m)
m.__eq = function(x, y) return x == y end
return { main = function() return (pcall(function() return a == b end)) end }
--- lt_recursion | ends | recursion through __lt
local m = {}
local a, b = setmetatable({}, m), setmetatable({}, m)
m.__lt = function(x, y) return x < y end
return { main = function() return (pcall(function() return a < b end)) end }
--- len_recursion | ends | recursion through __len
local t = {}
setmetatable(t, { __len = function(x) return #x end })
return { main = function() return (pcall(function() return #t end)) end }
--- arithmetic_recursion | ends | recursion through __add
local t = {}
setmetatable(t, { __add = function(x, y) return x + y end })
return { main = function() return (pcall(function() return t + t end)) end }
--- tostring_recursion | ends | recursion through __tostring
local t = {}
setmetatable(t, { __tostring = function(x) return tostring(x) end })
return { main = function() return (pcall(tostring, t)) end }
--- sort_recursion | ends | a comparator that sorts
local function less(a, b) table.sort({ 2, 1 }, less) return a < b end
return { main = function() return (pcall(table.sort, { 2, 1 }, less)) end }
--- gsub_recursion | ends | a replacement that replaces
local function sub(x) return (x:gsub(".", sub)) end
return { main = function() return (pcall(sub, "x")) end }
--- coroutine_recursion | returns false | a coroutine in a coroutine in a coroutine, each in protected calls
--- memory=48 program=100
local f
local function protected(n, k)
    if k == 0 then return n > 0 and coroutine.wrap(f)(n - 1) end
    local ok, v = pcall(protected, n, k - 1)
    return ok and v or error(v, 0)
end
function f(n) return protected(n, 5) or true end
return { main = function() return (pcall(f, 300)) end }
--- pattern_recursion | ends | patterns nested as deep as the subject is long
return { main = function()
    local s = ("("):rep(1000)
    pcall(string.find, s, ("("):rep(30) .. (")"):rep(30))
    pcall(string.find, s, ("%(?"):rep(400))
    pcall(string.find, s, ("[("):rep(400))
end }
--- deep_data_sent | fails Invalid too deep | a value of ten thousand levels is not sent
return { main = function()
    local t = {}
    for _ = 1, 10000 do t = { t } end
    local ok, err = process.send(process.pid(), "x", t)
    error(err)
end }
--- deep_data_returned | fails Invalid too deep | nor returned
return { main = function()
    local t = {}
    for _ = 1, 10000 do t = { t } end
    return t
end }
--- cycle_sent | fails Invalid cyclic value | nor one that contains itself
return { main = function()
    local t = {}
    t.t = { t }
    local ok, err = process.send(process.pid(), "x", t)
    error(err)
end }
--- deep_error_details | fails Invalid | nor put into an error
return { main = function()
    local t = {}
    for _ = 1, 10000 do t = { t } end
    errors.new{ message = "x", details = t }
end }
--- deep_wrap | ends | an error wrapped many times is still printed
return { main = function()
    local e = errors.new("x")
    for _ = 1, 2000 do e = errors.wrap(e, "y") end
    return #tostring(e) > 0
end }
--- unpack_depth | ends | thousands of arguments
local function f(...) return select("#", ...) end
return { main = function()
    local t = {}
    for i = 1, 5000 do t[i] = i end
    return (pcall(f, unpack(t)))
end }
