-- The shipper in virtual time: the collector is a function, the directory an empty one of the test.
local test, fs = require("test"), require("fs")

local shipper, taken, out_of_order

-- logs is the directory, which the test may write to though the shipper may not.
local function logs()
    return assert(fs.get("app:logs"))
end

local function stop()
    process.cancel(shipper, "1s")
    test.expect_exit(shipper)
end

-- start has a shipper follow app.log; taken gets what it ships, as "first: lines".
local function start()
    shipper = test.spawn("app:shipper", "app.log")
    test.advance("1s")
end

return {
    setup = function()
        taken, out_of_order = {}, false
        test.replace("http_client", {
            post = function(url, options)
                test.equal(url, "http://127.0.0.1:8099/ingest")
                if out_of_order then return { status = 503, ok = false } end
                taken[#taken + 1] = options.json.first .. ": " .. table.concat(options.json.lines, " ")
                return { status = 200, ok = true }
            end,
        })
    end,

    test_ships_whole_lines = function()
        start()
        logs():writefile("app.log", "one\ntwo\nthr")
        test.advance("1s")
        test.equal(taken, { "1: one two" })
        logs():writefile("app.log", "ee\n", "a")
        test.advance("1s")
        test.equal(taken, { "1: one two", "3: three" })
        stop()
    end,

    test_tries_until_they_are_taken = function()
        out_of_order = true
        logs():writefile("app.log", "one\n")
        start()
        logs():writefile("app.log", "two\n", "a")
        test.advance("1h")
        test.equal(taken, {})
        out_of_order = false
        test.advance("1s")
        test.equal(taken, { "1: one", "2: two" })
        stop()
    end,

    test_follows_a_rotation = function()
        logs():writefile("app.log", "one\n")
        start()
        logs():writefile("app.log", "two\n", "a")
        logs():rename("app.log", "app.log.1")
        logs():writefile("app.log", "other\n")
        test.advance("1s")
        test.equal(taken, { "1: one", "2: two", "1: other" })
        stop()
    end,

    test_goes_on_where_it_was = function()
        logs():writefile("app.log", "one\n")
        start()
        stop()
        logs():writefile("app.log", "two\n", "a")
        logs():rename("app.log", "app.log.1") -- while nobody looks
        logs():writefile("app.log", "other\n")
        start()
        test.equal(taken, { "1: one", "2: two", "1: other" })
        stop()
    end,
}
