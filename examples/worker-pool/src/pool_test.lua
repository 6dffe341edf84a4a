-- The pool and its workers, and the whole app.
local test = require("test")

return {
    test_replaces_a_worker = function()
        local pool = test.spawn("app.supervisor:pool", 2)
        test.settle()
        local first = test.ok(process.registry.lookup("worker-1"))
        local other = test.ok(process.registry.lookup("worker-2"))
        process.terminate(first)
        test.advance("200ms")
        test.not_equal(test.ok(process.registry.lookup("worker-1")), first)
        test.equal(process.registry.lookup("worker-2"), other, "the other stays")
        process.terminate(pool) -- and with it its workers: they are linked
        test.ok(test.expect_exit(pool).error)
    end,

    test_has_nobody_while_it_pauses = function()
        local pool = test.spawn("app.supervisor:pool", 1)
        test.settle()
        process.terminate(test.ok(process.registry.lookup("worker-1")))
        test.advance("50ms")
        test.equal(process.registry.lookup("worker-1"), nil)
        test.advance("60ms")
        test.ok(process.registry.lookup("worker-1"))
        process.terminate(pool)
        test.expect_exit(pool)
    end,

    test_the_app_for_a_minute = function()
        test.start_app()
        test.advance("1m")
        local results, ends = 0, 0
        for _, line in ipairs(test.output()) do
            if line:find("^Result: worker %d completed: job %d+$") then results = results + 1 end
            if line:find("^Saboteur: terminating") then ends = ends + 1 end
        end
        test.ok(results > 100, "results")
        test.ok(ends > 20, "workers terminated")
        -- Workers, pool, client and saboteur; one worker may be on its way.
        test.near(#test.events("process.started") - #test.events("process.ended"), 1 + 7, 1)
    end,
}
