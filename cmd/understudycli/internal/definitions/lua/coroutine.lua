-- Manual coroutines, which Lua has beside those of the runtime (9.10).

--- A suspended coroutine of f.
---@param f function
---@return thread
function coroutine.create(f) end

--- True inside a manual coroutine.
---@return boolean
function coroutine.isyieldable() end

--- Runs a manual coroutine to its next yield, return or error; what it throws is err, unchanged.
---@param co thread
---@param ... any
---@return boolean success
---@return any ...
function coroutine.resume(co, ...) end

--- The current coroutine, and true if it is not a manual one.
---@return thread co
---@return boolean main
function coroutine.running() end

---@param co thread
---@return "running"|"suspended"|"normal"|"dead"
function coroutine.status(co) end

--- A function each call of which resumes a coroutine of f; errors are thrown on.
---@param f function
---@return fun(...): any ...
function coroutine.wrap(f) end

--- Inside a manual coroutine: returns its arguments from resume, and gives the arguments of the next. Elsewhere, without
--- arguments: lets the other runnable coroutines of the process run first (9.5).
---@param ... any
---@return any ...
function coroutine.yield(...) end

