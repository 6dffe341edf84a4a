-- What programs of the net call, the same in the references and the engines.
-- Programs may change libraries, so that all is kept in local variables.
local type, tostring, next, select, error = type, tostring, next, select, error
local print, setmetatable = print, setmetatable
local format, find, gsub, sub, byte = string.format, string.find, string.gsub, string.sub, string.byte
local sort, concat = table.sort, table.concat

local function escape(c) return format("\\%03d", byte(c)) end

local function content(v, depth, around)
  local t = type(v)
  if t == "number" then
    if v ~= v then return "nan" end
    if v == 0 then return "0" end -- of either sign
    return format("%.14g", v)
  elseif t == "string" then
    if find(v, ": ", 1, true) then v = gsub(v, "(%l+): 0x%x+", "%1") end -- an address
    if find(v, "[^ -~]") then v = gsub(v, "[^ -~]", escape) end
    return '"' .. v .. '"'
  elseif t == "nil" or t == "boolean" then
    return tostring(v)
  elseif t ~= "table" then
    return t
  elseif around[v] then
    return "cycle"
  elseif depth == 0 then
    return "{...}"
  end
  around[v] = true
  local items, n = {}, 0
  for k, x in next, v do
    n = n + 1
    items[n] = "[" .. content(k, depth - 1, around) .. "]=" .. content(x, depth - 1, around)
  end
  sort(items)
  around[v] = nil
  return "{" .. concat(items, " ") .. "}"
end

-- show prints values in one form for all interpreters.
function show(...)
  local items = {}
  for i = 1, select("#", ...) do
    items[i] = content((select(i, ...)), 4, {})
  end
  print(sub(concat(items, " "), 1, 500))
end

-- mark tells when it is called and gives its further arguments.
function mark(n, ...)
  print("mark " .. content(n, 1, {}))
  return ...
end

-- caught gives a thrown value; all errors that the script did not throw itself
-- are one: what it throws has an @ in it. But what cannot be called or indexed must
-- have the same name (19.15). Operands have none for a reference where a function
-- stands for the operator, as deviations want it.
function caught(e)
  local t = type(e)
  if t == "userdata" then return "failed" end
  if t ~= "string" or find(e, "@", 1, true) then return e end
  for _, operation in next, { "call", "index" } do
    local from = find(e, "attempt to " .. operation .. " %l+ '")
    if from then return sub(e, from) end
  end
  return "failed"
end

-- outcome is what pcall gives, with the error as caught gives it.
function outcome(ok, ...)
  if ok then return ok, ... end
  return ok, caught((...))
end

-- clip bounds texts that loops make longer.
function clip(s)
  if #s > 60 then return sub(s, 1, 60) end
  return s
end

-- ordinary makes NaN, infinities and what is no number 0: they are no bounds of
-- loops, and have no place in an order.
function ordinary(n)
  if type(n) == "number" and n - n == 0 then return n end
  return 0
end

-- text is tostring of what has the same text everywhere.
function text(v)
  local t = type(v)
  if t == "number" or t == "string" or t == "boolean" or t == "nil" then return tostring(v) end
  return t
end

-- sorted gives the keys of a table in an order that does not depend on pairs.
function sorted(t)
  local keys = {}
  for k in next, t do keys[#keys + 1] = k end
  sort(keys, function(a, b) return content(a, 1, {}) < content(b, 1, {}) end)
  local i = 0
  return function()
    i = i + 1
    if keys[i] ~= nil then return keys[i], t[keys[i]] end
  end
end
