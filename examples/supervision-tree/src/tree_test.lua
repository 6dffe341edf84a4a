-- The tree as a whole, and a worker alone.
local test = require("test")

return {
    test_worker_ends_as_told = function()
        local crash = test.spawn("app.workers:worker", "a", "b", "2s", "crash")
        local exit = test.spawn("app.workers:worker", "a", "c", "1s", "exit")
        test.equal(test.expect_exit(exit).error, nil)
        test.equal(test.expect_exit(crash).error:message(), "out of luck")
    end,

    test_groups_are_restarted_by_their_strategy = function()
        test.start_app()
        test.advance("2900ms")
        local restarts = {}
        for _, e in ipairs(test.events("child.restarted")) do
            restarts[e.entry] = (restarts[e.entry] or 0) + 1
        end
        test.equal(restarts["app:chain"], 1, "filter, and with it sink")
        test.equal(restarts["app:pair"], 1, "right, and with it left")
        test.equal(restarts["app:solo"], nil, "shaky fails after 3s")
    end,
}
