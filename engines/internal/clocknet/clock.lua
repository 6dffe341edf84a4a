-- What the functions of os and time make of a case, as text: on both Lua engines,
-- and, for os, on the reference interpreters.
local function whole(n) return string.format("%.0f", n) end

local function fields(d)
  return table.concat({
    whole(d.year), whole(d.month), whole(d.day), whole(d.hour), whole(d.min), whole(d.sec),
    whole(d.wday), whole(d.yday), tostring(d.isdst),
  }, " ")
end

local operations = {}

function operations.date(format, t)
  local d = os.date(format, t)
  return type(d) == "table" and fields(d) or d
end

function operations.time(f) return whole(os.time(f)) end

-- Back from the fields that os.date gives.
function operations.round_trip(t) return whole(os.time(os.date("*t", t))) end

function operations.difference(a, b) return whole(os.difftime(a, b)) end

-- The operations of module time work on points in time: seconds, nanoseconds, zone.
local function moment(time, at) return time.unix(at[1], at[2]):in_location(time.load_location(at[3])) end

local function show(t)
  return t:format("2006-01-02T15:04:05.999999999 Z07:00:00 MST")
end

local function numbers(...)
  local texts = { ... }
  for i, n in ipairs(texts) do texts[i] = whole(n) end
  return table.concat(texts, " ")
end

local function module(name, run)
  operations[name] = function(...) return run(require("time"), ...) end
end

module("format", function(time, at, layout) return moment(time, at):format(layout) end)
module("parse", function(time, layout, text, zone)
  local t, err
  if zone then
    t, err = time.parse(layout, text, time.load_location(zone))
  else
    t, err = time.parse(layout, text)
  end
  return err and "cannot parse" or show(t)
end)
module("at", function(time, zone, ...)
  local f = { ... }
  f[#f + 1] = time.load_location(zone)
  return show(time.date(unpack(f)))
end)
module("fields", function(time, at)
  local t = moment(time, at)
  local year, month, day = t:date()
  local hour, minute, second = t:clock()
  return numbers(year, month, day, hour, minute, second, t:nanosecond(), t:weekday(), t:year_day(), t:unix())
    .. " " .. numbers(t:year(), t:month(), t:day(), t:hour(), t:minute(), t:second()) .. " " .. tostring(t:location())
end)
module("round", function(time, at, d) return show(moment(time, at):round(time.parse_duration(d))) end)
module("truncate", function(time, at, d) return show(moment(time, at):truncate(time.parse_duration(d))) end)
module("add", function(time, at, d) return show(moment(time, at):add(d)) end)
module("add_date", function(time, at, ...) return show(moment(time, at):add_date(...)) end)
module("sub", function(time, at, other)
  local a, b = moment(time, at), moment(time, other)
  return tostring(a:sub(b)) .. " " .. tostring(a:before(b)) .. " " .. tostring(a:after(b)) .. " " .. tostring(a:equal(b))
end)
module("duration", function(time, d)
  local x, err = time.parse_duration(d)
  if err then return "invalid" end
  return tostring(x) .. " " .. numbers(x:microseconds(), x:milliseconds()), x:seconds(), x:minutes(), x:hours()
end)

-- A list of the results, or nothing if the call raised.
local function answer(case)
  local results = { pcall(operations[case.op], (unpack or table.unpack)(case.args)) }
  return table.remove(results, 1) and results or {}
end

return {
  main = function(cases)
    local answers = {}
    for i, case in ipairs(cases) do answers[i] = answer(case) end
    return answers
  end,
}
