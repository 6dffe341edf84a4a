-- A test in Lua of an app in three interpreters.
local test = require("test")

return {
    test_another_interpreter_steps_in = function()
        test.stand_in("poly:golua_worker", "poly:gopher_worker")
        local supervisor = test.spawn("poly:supervisor")
        test.equal(test.expect_exit(supervisor).value, "6 workers on 3 interpreters")
    end,
}
