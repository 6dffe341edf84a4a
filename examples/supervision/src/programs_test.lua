-- Each program returns what it proves.
local test = require("test")

local function returns(id, want)
    return function()
        local pid = test.spawn(id)
        local result = test.expect_exit(pid, "1m")
        test.equal(result.value, want)
    end
end

return {
    test_spawn_monitored = returns("app:spawn_monitored", "worker exited with task completed"),
    test_monitor_existing = returns("app:monitor_existing", "worker ended: process cancelled: grace period expired"),
    test_link = returns("app:link", "LINK_DOWN_RECEIVED"),
    test_spawn_linked = returns("app:spawn_linked", "child died: WORKER_FAILURE"),
    test_trap_on = returns("app:trap_on", "LINK_DOWN_RECEIVED"),
    test_cancel = returns("app:cancel", "Canceled: process cancelled: grace period expired"),
    test_cancel_handling = returns("app:cancel_handling", "cancelled gracefully after 1 message: time to go"),
    test_star = returns("app:star", "10 children died with their parent"),
    test_chain = returns("app:chain", "all 5 nodes died, each of its neighbour"),

    test_star_kills_ten = function()
        local pid = test.spawn("app:star")
        test.expect_exit(pid)
        local killed = 0
        for _, e in ipairs(test.events("process.ended")) do
            if e.error and e.error:message() == "linked process failed" then killed = killed + 1 end
        end
        test.equal(killed, 10)
    end,
}
