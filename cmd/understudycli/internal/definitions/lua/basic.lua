---@meta _

-- The globals of Lua that scripts have (19.5), beside the libraries and the modules.

--- What may stand for a duration: text as "500ms", "10s" or "1m30s", nanoseconds, or a duration of the module time (10.1).
---@alias understudy.duration string|number|time.duration

--- The table of the globals of this process (19.2).
---@class _G
_G = {}

--- The version of the language, in the engine's words.
---@type string
_VERSION = ""

--- Throws message unchanged, any value, if v is nil or false; else gives all its arguments (19.7).
---@generic T
---@param v? T
---@param message? any
---@param ... any
---@return T
---@return any ...
function assert(v, message, ...) end

--- Throws any value. To a string the position is added, unless level is 0 (19.9, 19.10).
---@param message? any
---@param level? integer
function error(message, level) end

--- The metatable, or its field __metatable; of strings false (19.7).
---@param object any
---@return any
function getmetatable(object) end

--- For loops over 1, 2, ... up to the first nil.
---@generic T: table, V
---@param t T
---@return fun(table: V[], i?: integer): integer, V
---@return T
---@return integer
function ipairs(t) end

--- The next key and value; nil behind the last.
---@generic K, V
---@param t table<K, V>
---@param index? K
---@return K?
---@return V?
function next(t, index) end

--- For loops over all keys and values, in no particular order.
---@generic T: table, K, V
---@param t T
---@return fun(table: table<K, V>, index?: K): K, V
---@return T
function pairs(t) end

--- Calls f; gives true and its results, or false and what was thrown (19.9).
---@param f function
---@param ... any
---@return boolean success
---@return any result
---@return any ...
function pcall(f, ...) end

--- Prints a line: to the log of the runtime, or where exec shows it.
---@param ... any
function print(...) end

---@param a any
---@param b any
---@return boolean
function rawequal(a, b) end

---@param t table
---@param index any
---@return any
function rawget(t, index) end

---@generic T: table
---@param t T
---@param index any
---@param value any
---@return T
function rawset(t, index, value) end

--- A module or library that the entry lists under modules or imports; nothing else (14.16).
---@param name string
---@return any
function require(name) end

--- The arguments behind number n, counted from the end if it is negative; their count for "#".
---@param n integer|"#"
---@param ... any
---@return any ...
function select(n, ...) end

---@generic T: table
---@param t T
---@param metatable? table
---@return T
function setmetatable(t, metatable) end

--- The number of a text, in decimal or with 0x, or to a base from 2 to 36; nil if it is none.
---@param v any
---@param base? integer
---@return number?
function tonumber(v, base) end

---@param v any
---@return string
function tostring(v) end

---@param v any
---@return "nil"|"number"|"string"|"boolean"|"table"|"function"|"thread"|"userdata"
function type(v) end

--- The elements of a list from i to j.
---@generic T
---@param list T[]
---@param i? integer
---@param j? integer
---@return T ...
function unpack(list, i, j) end

--- As pcall; what is thrown goes through handler.
---@param f function
---@param handler function
---@param ... any
---@return boolean success
---@return any result
---@return any ...
function xpcall(f, handler, ...) end
