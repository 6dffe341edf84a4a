-- Keeps a number of workers alive: a worker that dies is replaced.

local function main(worker_count)
    local time = require("time")
    worker_count = worker_count or 4

    -- A worker's failure arrives as an event instead of ending the pool.
    process.set_options({ trap_links = true })

    local events = process.events()
    local workers = {} -- pid -> {id, started_at}

    local function start_worker(id)
        local pid, err = process.spawn_linked("app.workers:task_worker", "app:processes", id)
        if err then
            print("Failed to start worker " .. id .. ": " .. err)
            return
        end
        workers[pid] = { id = id, started_at = os.time() }
        print("Worker " .. id .. " started: " .. pid)
    end

    for id = 1, worker_count do
        start_worker(id)
    end
    print("Supervisor started with " .. worker_count .. " workers")

    while true do
        local health = time.after("60s")
        local result = channel.select{ events:case_receive(), health:case_receive() }

        if result.channel == health then
            local count = 0
            for _ in pairs(workers) do count = count + 1 end
            print("Health check: " .. count .. " active workers")
        elseif result.value.kind == process.event.CANCEL then
            return "stopped"
        elseif result.value.kind == process.event.LINK_DOWN then
            local dead = workers[result.value.from]
            if dead then
                workers[result.value.from] = nil
                local uptime = os.time() - dead.started_at
                print("Worker " .. dead.id .. " died after " .. uptime .. "s, restarting")
                time.sleep("100ms") -- a worker that fails at once must not keep us busy
                start_worker(dead.id)
            end
        end
    end
end

return { main = main }
