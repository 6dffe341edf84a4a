-- The server that runs in a reference interpreter, Lua 5.1 or 5.2. It reads
-- programs, each as a line with its length and then its bytes, and answers each
-- in the same form: a line that is "ok" or says why the program tells nothing,
-- and what was printed. Its arguments are the prelude, the deviations, how many
-- instructions and how many KiB a program may take, and "l" if a last printed line is to
-- tell which lines of the program were executed, and with which numbers it called trace.
local prelude, deviations, most, memory, mask = ...
local lua51 = _VERSION == "Lua 5.1"
local load51 = loadstring
local real = {}
for k, v in pairs(_G) do
  if type(v) == "table" and k ~= "_G" and k ~= "package" then
    local members = {}
    for name, f in pairs(v) do members[name] = f end
    real[k] = members
  else
    real[k] = v
  end
end
local sethook, getinfo, getmetatable, collectgarbage = debug.sethook, debug.getinfo, getmetatable, collectgarbage
local find, read, write, flush = string.find, io.read, io.write, io.flush

local function compile(text, name, env)
  if lua51 then
    local f, problem = load51(text, name)
    if f then setfenv(f, env) end
    return f, problem
  end
  return load(text, name, "t", env)
end

-- void says why the program tells nothing.
local void, instructions, lines, executed, called
local step = 1000
local function hook(event, line)
  if event == "line" then
    if getinfo(2, "S").source == "=src/test.lua" then executed[line] = true end
    return
  end
  instructions = instructions + step
  if instructions > most then
    void = "takes too many instructions"
  elseif collectgarbage("count") > memory then
    -- After a large program the garbage may stay for a thousand small ones.
    collectgarbage()
    if collectgarbage("count") > memory then void = "takes too much memory" end
  end
  if void then error("stopped", 0) end
end

local globals = {}
for word in ("_VERSION assert error getmetatable ipairs next pairs pcall print rawequal rawget rawset select setmetatable tonumber tostring type unpack xpcall"):gmatch("%S+") do
  globals[word] = real[word]
end
local libraries = {
  string = "byte char find format gmatch gsub len lower match rep reverse sub upper",
  table = "concat insert remove sort pack unpack",
  math = "abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp huge ldexp log log10 max min modf pi pow rad sin sinh sqrt tan tanh",
  coroutine = "create resume running status wrap yield",
}
for name, words in pairs(libraries) do
  local members = {}
  for word in words:gmatch("%S+") do members[word] = real[name][word] end
  globals[name] = members
end
globals.print = function(...)
  if void then error("stopped", 0) end -- the hook may have been caught
  local items = {...}
  for i = 1, select("#", ...) do items[i] = globals.tostring(items[i]) end
  lines[#lines + 1] = table.concat(items, "\t")
end
-- Coroutines have hooks of their own.
globals.coroutine.create = function(f)
  local co = real.coroutine.create(f)
  sethook(co, hook, mask, step)
  return co
end
-- tells says that the error e of the reference makes the program tell nothing.
local function tells(e)
  if type(e) == "string" and (find(e, "C-call boundary", 1, true) or find(e, "overflow", 1, true)
      or find(e, "not enough memory", 1, true)) then
    void = "the reference is at its limits: " .. e
  end
end
local function nothing(why) void = "no program of this language: " .. why end

compile(deviations, "=deviations", setmetatable({real = real, globals = globals, lua51 = lua51, nothing = nothing}, {__index = real}))()

local function fresh()
  local env = {}
  for k, v in pairs(globals) do
    if type(v) == "table" then
      local members = {}
      for name, f in pairs(v) do members[name] = f end
      v = members
    end
    env[k] = v
  end
  env._G = env
  getmetatable("").__index = env.string
  return env
end

while true do
  local size = read("*l")
  if not size then break end
  local text = read(tonumber(size))
  void, instructions, lines, executed, called = nil, 0, {}, {}, {}
  local env = fresh()
  if mask == "l" then env.trace = function(i) called[i] = true end end
  compile(prelude, "=prelude", env)()
  local caught = env.caught
  env.caught = function(e)
    tells(e)
    return caught(e)
  end
  local main, problem = compile(text, "=src/test.lua", env)
  if main then
    sethook(hook, mask, step)
    local ok, e = real.pcall(main())
    sethook()
    if not ok and not void then void = "failed: " .. real.tostring(e) end
  else
    void = "does not compile: " .. problem
  end
  getmetatable("").__index = real.string
  for _, set in real.ipairs(mask == "l" and { executed, called } or {}) do
    local line = "executed"
    for n in real.pairs(set) do line = line .. " " .. n end
    lines[#lines + 1] = line
  end
  local answer = real.table.concat(lines, "\n")
  write(void and real.string.gsub(void, "\n", " ") or "ok", "\n", #answer, "\n", answer)
  flush()
end
