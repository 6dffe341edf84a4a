-- A test in Lua of an app in three interpreters.
local test = require("test")

return {
    test_workers_sum_alike = function()
        for _, kind in ipairs{ "gopher_worker", "golua_worker", "starlark_worker" } do
            local worker = test.spawn("poly:" .. kind, kind)
            process.send(worker, "job", { numbers = { 1, 2, 3.5 } })
            test.equal(test.receive("sum"):payload():data().sum, 6.5, kind)
            process.send(worker, "job", { numbers = { "one" } })
            test.equal(test.expect_exit(worker).error:message(), "bad job")
        end
    end,

    test_another_interpreter_steps_in = function()
        test.stand_in("poly:golua_worker", "poly:gopher_worker")
        local supervisor = test.spawn("poly:supervisor")
        test.equal(test.expect_exit(supervisor).value, "6 workers on 3 interpreters")
    end,
}
