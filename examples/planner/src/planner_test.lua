-- Two days of the planner, in virtual time; the store is empty, and each test has its own.
local test, store = require("test"), require("store")

return {
    test_does_what_is_planned_and_reports = function()
        test.start_app()
        test.advance("48h") -- from 2020-01-01, a Wednesday
        test.equal(test.output(), {
            "report of 2019-12-31: 0 done",
            "2020-01-01 16:00 tea: put the kettle on",
            "report of 2020-01-01: 1 done",
            "2020-01-02 07:30 bins: put the bins out",
            "2020-01-02 16:00 tea: put the kettle on",
        })
        test.equal(store.get("app:state"):get("done:2020-01-02"), 2)
    end,

    test_takes_further_plans = function()
        test.start_app()
        test.settle()
        local told = test.ok(process.exec("app:plan", nil, "walk", "5 0 * * *", "walk the dog"))
        test.equal(told, "walk is due at 2020-01-01 00:05")
        local again, err = process.exec("app:plan", nil, "walk", "6 0 * * *", "walk the cat")
        test.equal({ again, err:kind() }, { nil, errors.ALREADY_EXISTS })
        test.advance("10m")
        test.equal(test.output(), { "2020-01-01 00:05 walk: walk the dog" })
    end,

    test_refuses_what_is_no_schedule = function()
        test.start_app()
        test.settle()
        local _, err = process.exec("app:plan", nil, "odd", "61 * * * *", "never")
        test.equal(err:kind(), errors.INVALID)
    end,
}
