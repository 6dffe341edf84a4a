-- A worker alone, in virtual time.
local test = require("test")

local worker

return {
    setup = function()
        worker = test.spawn("app.workers:task_worker", 1)
        test.settle() -- it has a name now
    end,

    teardown = function()
        process.cancel(worker, "1s")
        test.equal(test.expect_exit(worker).value, "cancelled")
    end,

    test_answers_a_job = function()
        process.send("worker-1", "work", "dig")
        test.equal(test.receive("result"):payload():data(), "worker 1 completed: dig")
    end,

    test_does_one_job_after_the_other = function()
        for _, job in ipairs{ "dig", "fill" } do
            process.send(worker, "work", job)
        end
        test.advance("150ms")
        test.equal(test.receive("result"):payload():data(), "worker 1 completed: dig")
        test.expect_nothing("20ms")
        test.equal(test.receive("result"):payload():data(), "worker 1 completed: fill")
    end,

    test_says_that_it_is_idle = function()
        test.advance("11s")
        test.equal(test.output(), { "Task worker 1 started", "Worker 1 idle", "Worker 1 idle" })
    end,
}
