-- Takes one webhook: believes it if it is signed, and stores it before it says so.
local hash, crypto, uuid = require("hash"), require("crypto"), require("uuid")
local env, store = require("env"), require("store")

local function main(req)
    local want = "sha256=" .. hash.hmac_sha256(req.body, assert(env.get("HOOK_SECRET")))
    if not crypto.constant_time_compare(want, req.headers["x-hub-signature-256"] or "") then
        return { status = 401 }
    end
    -- What is sent again while it waits is the same job: it has the same key.
    local key = "job:" .. (req.headers["x-github-delivery"] or uuid.v4())
    local job = { source = req.params.source, body = req.body, tries = 0, due = 0 }
    local _, err = assert(store.get("hooks:jobs")):put(key, job, { only_if_absent = true })
    if err and err:kind() ~= errors.ALREADY_EXISTS then
        return nil, err -- no 202: they send it again
    end
    process.send("deliverer", "job", key)
    return { status = 202 }
end

return { main = main }
