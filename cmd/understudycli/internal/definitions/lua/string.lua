---@meta string

-- The members of string (19.6, 19.7). They count bytes.

---@class stringlib
string = {}

---@param s string|number
---@param i? integer
---@param j? integer
---@return integer ...
function string.byte(s, i, j) end

---@param ... integer
---@return string
function string.char(...) end

--- Where pattern, or with plain the text of it, is first found from init on, and what it captures.
---@param s string|number
---@param pattern string|number
---@param init? integer
---@param plain? boolean
---@return integer? first
---@return integer? last
---@return any ... captured
function string.find(s, pattern, init, plain) end

--- %d %i %u %c %x %X %o %e %E %f %g %G %q %s %%; %s takes any value (19.7).
---@param format string|number
---@param ... any
---@return string
function string.format(format, ...) end

---@param s string|number
---@param pattern string|number
---@return fun(): string, ...
function string.gmatch(s, pattern) end

--- replacement is text with %1, a table, or a function, which may wait.
---@param s string|number
---@param pattern string|number
---@param replacement string|number|table|function
---@param n? integer
---@return string
---@return integer count
function string.gsub(s, pattern, replacement, n) end

---@param s string|number
---@return integer
function string.len(s) end

--- Changes ASCII only.
---@param s string|number
---@return string
function string.lower(s) end

---@param s string|number
---@param pattern string|number
---@param init? integer
---@return any ... captured
function string.match(s, pattern, init) end

---@param s string|number
---@param n integer
---@param separator? string|number
---@return string
function string.rep(s, n, separator) end

---@param s string|number
---@return string
function string.reverse(s) end

---@param s string|number
---@param i integer
---@param j? integer
---@return string
function string.sub(s, i, j) end

--- Changes ASCII only.
---@param s string|number
---@return string
function string.upper(s) end

return string
