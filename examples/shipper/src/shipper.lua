-- Ships the lines of a log file, in order, across rotations, restarts and outages.
local fs, store, http = require("fs"), require("store"), require("http_client")
local env, uuid, time, log = require("env"), require("uuid"), require("time"), require("log")

local url = "http://" .. env.get("COLLECTOR") .. "/ingest"
local interval = env.get("INTERVAL")
local most = 500 -- lines of a batch

-- begin says where the shipper is at the beginning of a file. The collector knows lines by
-- stream and number, so that it can leave out what it has already.
local function begin(stat)
    return { stream = uuid.v4(), file = stat.id, offset = 0, lines = 0 }
end

-- ship sends one batch until it is taken.
local function ship(at, lines)
    while true do
        local resp, err = http.post(url, { json = { stream = at.stream, first = at.lines + 1, lines = lines } })
        if resp and resp.ok then return end
        log.warn("not shipped", { reason = err and tostring(err) or "status " .. resp.status })
        time.sleep(interval)
    end
end

-- drain ships the lines that a file has from where at says, which goes along.
local function drain(f, at, save)
    assert(f:seek("set", at.offset))
    repeat
        local lines, line, err = {}
        repeat
            line, err = f:read_line()
            if err then error(err) end
            lines[#lines + 1] = line
        until not line or #lines == most
        if #lines > 0 then
            ship(at, lines)
            at.offset, at.lines = assert(f:seek("cur")), at.lines + #lines
            save(at)
        end
    until not line
end

-- renamed gives the name that the file has now in which the shipper was, if that is not
-- the path any more.
local function renamed(vol, path, at)
    local now = vol:stat(path)
    if at and not (now and now.id == at.file) then
        for _, e in ipairs(assert(vol:readdir("/"))) do
            if e.id == at.file and e.size >= at.offset then return e.name end
        end
    end
end

-- follow ships what a file gets, for ever.
local function follow(path)
    local vol, state = assert(fs.get("app:logs")), assert(store.get("app:state"))
    local at = state:get(path)
    local function save(at) assert(state:set(path, at)) end

    local old = renamed(vol, path, at)
    if old then -- while nobody looked
        local f = assert(vol:open(old))
        drain(f, at, save)
        f:close()
    end
    while true do
        local f = vol:open(path)
        if f then
            local stat = assert(f:stat())
            if not at or stat.id ~= at.file or stat.size < at.offset then
                at = begin(stat)
                save(at)
            end
            local now
            repeat
                drain(f, at, save)
                time.sleep(interval)
                now = vol:stat(path)
            until now and (now.id ~= at.file or now.size < at.offset)
            if now.id ~= at.file then drain(f, at, save) end -- what came before the rename
            f:close()
        else
            time.sleep(interval)
        end
    end
end

-- main ends when it is asked to stop, whatever follow is doing: what was not saved is
-- shipped again, and the collector leaves it out.
local function main(path)
    local events = process.events()
    coroutine.spawn(follow, path)
    repeat until events:receive().kind == process.event.CANCEL
end

return { main = main }
