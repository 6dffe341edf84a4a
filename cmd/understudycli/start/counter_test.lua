-- 'understudy test' runs this in virtual time, each test under several schedules.
local test = require("test")

return {
    test_counts = function()
        local pid = test.spawn("app:counter", 10)
        test.equal(process.call(pid, "add", "1s", 5), 15)
        process.cancel(pid, "1s")
        test.equal(test.expect_exit(pid).value, 15)
    end,

    test_is_started_again_after_a_failure = function()
        test.start_app()
        process.send("counter", "crash")
        test.advance("1s")
        test.equal(process.call("counter", "add", "1s", 1), 11)
    end,
}
