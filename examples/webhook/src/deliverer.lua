-- Delivers what the receiver has stored, one job after the other, and tries again what
-- the partner has not taken. The store is the queue: a restart loses nothing.
local http, store = require("http_client"), require("store")
local time, log = require("time"), require("log")

local max_tries = 8

local function now()
    return time.now():unix_nano() / 1e9
end

local function check(result, err)
    if err then
        error(err, 0) -- the store: lifecycle restarts us
    end
    return result
end

-- Tries to deliver a job that is due, and gives the time when it is due again, if at all.
local function deliver(jobs, key, job, url, pause)
    if job.due > now() then
        return job.due
    end
    local resp, err = http.post(url, {
        body = job.body,
        headers = { ["content-type"] = "application/json", ["idempotency-key"] = key },
    })
    if resp and resp.ok then
        check(jobs:delete(key))
        return nil
    end
    local reason = err and err:message() or "status " .. resp.status
    local final = err and not err:retryable() or resp and resp.status < 500 and resp.status ~= 429
    job.tries = job.tries + 1
    if final or job.tries == max_tries then
        log.error("given up", { key = key, reason = reason })
        check(jobs:set("dead:" .. key, job, "168h"))
        check(jobs:delete(key))
        return nil
    end
    job.due = now() + pause * 4 ^ (job.tries - 1) -- 4s, 16s, ... 4.5h
    check(jobs:set(key, job))
    return job.due
end

local function main(url, pause)
    local jobs = assert(store.get("hooks:jobs"))
    assert(process.registry.register("deliverer"))
    local events, inbox = process.events(), process.inbox()
    while true do
        local next_due = now() + 60
        local page
        repeat
            page = check(jobs:list({ prefix = "job:", after = page and page.cursor }))
            for _, item in ipairs(page.items) do
                next_due = math.min(next_due, deliver(jobs, item.key, item.value, url, pause) or next_due)
            end
        until not page.has_more
        local timer = time.timer(math.max(next_due - now(), 0.001) * time.SECOND)
        local waiting = true
        while waiting do
            local r = channel.select{ events:case_receive(), inbox:case_receive(), timer:channel():case_receive() }
            if r.channel == inbox then
                local key = r.value:payload():data()
                local job = jobs:get(key) -- absent if it was delivered meanwhile
                local due = job and deliver(jobs, key, job, url, pause)
                waiting = not due or due >= next_due
            elseif r.channel ~= events then
                waiting = false
            elseif r.value.kind == process.event.CANCEL then
                return "stopped"
            end
        end
        timer:stop()
    end
end

return { main = main }
