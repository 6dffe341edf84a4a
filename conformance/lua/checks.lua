-- Checks for the programs beside this file.
local M = {}

local function show(v) return type(v) == "string" and string.format("%q", v) or tostring(v) end

-- eq fails unless got is want, by the language's equality.
function M.eq(got, want)
    if got ~= want then error("got " .. show(got) .. ", want " .. show(want), 2) end
end

-- list fails unless the elements of got are those of want.
function M.list(got, want)
    local function join(t)
        local out = {}
        for i = 1, t.n or #t do out[i] = show(t[i]) end
        return table.concat(out, ", ")
    end
    if join(got) ~= join(want) then error("got " .. join(got) .. ", want " .. join(want), 2) end
end

-- has fails unless text contains part.
function M.has(text, part)
    if not string.find(tostring(text), part, 1, true) then error("got " .. show(tostring(text)) .. ", want .." .. part .. "..", 2) end
end

-- raises fails unless f(...) throws an error object of the kind whose message contains part.
function M.raises(kind, part, f, ...)
    local ok, e = pcall(f, ...)
    if ok then error("nothing was thrown, want " .. kind .. " " .. part, 2) end
    if type(e) ~= "userdata" then error("thrown was " .. show(e) .. ", want an error object", 2) end
    if e:kind() ~= kind then error("kind " .. e:kind() .. " of " .. tostring(e) .. ", want " .. kind, 2) end
    M.has(e:message(), part)
    return e
end

-- throws fails unless f(...) throws anything, and gives that.
function M.throws(f, ...)
    local ok, e = pcall(f, ...)
    if ok then error("nothing was thrown", 2) end
    return e
end

return M
