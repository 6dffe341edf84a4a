-- It answers, and looks whether anybody has touched what is its own.
local names = {
    "assert", "error", "getmetatable", "ipairs", "next", "pairs", "pcall", "print", "rawequal", "rawget", "rawset",
    "require", "select", "setmetatable", "tonumber", "tostring", "type", "unpack", "xpcall",
    "channel", "coroutine", "errors", "math", "os", "process", "string", "table",
}
local globals, members = {}, {}
for _, name in ipairs(names) do
    globals[name] = _G[name]
    if type(_G[name]) == "table" then
        members[name] = {}
        for k, v in pairs(_G[name]) do members[name][k] = v end
    end
end
local treasure = { list = { 1, 2, 3 }, text = "mine", [1] = true }

local function damage()
    for name, v in pairs(globals) do
        if _G[name] ~= v then return "_G." .. name end
    end
    for k in pairs(_G) do
        if k ~= "_G" and k ~= "_VERSION" and globals[k] == nil then return "a global " .. tostring(k) end
    end
    for library, t in pairs(members) do
        for k, v in pairs(t) do
            if globals[library][k] ~= v then return library .. "." .. tostring(k) end
        end
    end
    if getmetatable("") ~= false or ("x"):upper() ~= "X" or ("x").evil ~= nil then return "strings" end
    if getmetatable({}) ~= nil or ({}).evil ~= nil then return "tables" end
    if #treasure.list ~= 3 or treasure.text ~= "mine" or treasure[1] ~= true then return "the treasure" end
    if string.format("%d %s", 7, "x") ~= "7 x" or string.rep("ab", 2) ~= "abab" or ("abc"):find("b") ~= 2 then return "string" end
    if table.concat({ 1, 2 }, ",") ~= "1,2" or math.floor(1.5) ~= 1 then return "table or math" end
    if tostring(errors.new("x")) ~= "x" or errors.NOT_FOUND == nil then return "errors" end
    if process.evil ~= nil or process.event.CANCEL == nil then return "process" end
    local c = channel.new(1)
    c:send(1)
    if c:receive() ~= 1 then return "channels" end
end

local function main()
    local inbox = process.inbox()
    while true do
        local m = inbox:receive()
        if m:topic() == "ping" then
            print("bystander " .. m:payload():data() .. " pong")
        elseif m:topic() == "check" then
            local ok, found = pcall(damage)
            print("bystander " .. m:payload():data() .. " " .. (ok and (found or "intact") or tostring(found)))
        end
    end
end

return { main = main }
