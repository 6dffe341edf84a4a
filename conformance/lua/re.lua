-- What the modules of section 42 take counts against the limit of the process.

-- case: lua/re_results_are_charged
-- claim: What a search finds is charged while it is collected.
-- clauses: 42.7, 17.11
-- memory: 4000000
-- schedules: 1
-- fails: LimitExceeded memory limit exceeded
local re = require("re")
re.find_all("", string.rep("x", 200000))
error("all are found")

-- case: lua/re_patterns_are_charged
-- claim: Compiled patterns are charged as they are kept.
-- clauses: 42.7, 17.11
-- memory: 8000000
-- schedules: 1
-- fails: LimitExceeded memory limit exceeded
local re = require("re")
local kept = {}
for i = 1, 400 do
    kept[i] = assert(re.compile("[ab]{500}" .. i))
end
for _ = 1, 100000 do end -- what is held is counted from time to time
error("all are kept")

-- case: lua/json_is_charged
-- claim: What is read is charged before the script has it.
-- clauses: 42.3, 17.11
-- memory: 4000000
-- schedules: 1
-- fails: LimitExceeded memory limit exceeded
local json = require("json")
json.decode("[" .. string.rep("1,", 200000) .. "1]")
error("it is read")
