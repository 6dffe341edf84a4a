local test, store, hash = require("test"), require("store"), require("hash")

local function jobs()
    return assert(store.get("hooks:jobs"))
end

local function request(secret, id)
    local body = '{"n":1}'
    return {
        body = body,
        params = { source = "forge" },
        headers = { ["x-github-delivery"] = id, ["x-hub-signature-256"] = "sha256=" .. hash.hmac_sha256(body, secret) },
    }
end

return {
    test_believes_signatures = function()
        test.replace("env", { get = function() return "a secret" end })
        local function answer(...)
            return test.expect_exit(test.spawn("hooks:receiver", request(...))).value.status
        end
        test.equal(answer("a guess", "one"), 401)
        test.equal(answer("a secret", "one"), 202)
        test.equal(answer("a secret", "one"), 202, "sent again")
        test.equal(#jobs():list({ prefix = "job:" }).items, 1)
        test.equal(jobs():get("job:one").body, '{"n":1}')
    end,

    test_tries_for_hours = function()
        local tried, begin = {}, os.time()
        test.replace("http_client", {
            post = function()
                tried[#tried + 1] = os.time() - begin
                return { status = 503, ok = false }
            end,
        })
        jobs():set("job:a", { source = "forge", body = "{}", tries = 0, due = 0 })
        local deliverer = test.spawn("hooks:deliverer", "https://api.partner.example/events", 4)
        test.advance("12h")
        test.equal(tried, { 0, 4, 20, 84, 340, 1364, 5460, 21844 })
        test.equal(jobs():has("job:a"), false)
        test.equal(jobs():get("dead:job:a").tries, 8)
        process.cancel(deliverer, "1s")
        test.equal(test.expect_exit(deliverer).value, "stopped")
    end,
}
