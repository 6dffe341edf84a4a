---@meta table

-- The members of table (19.6, 19.7).

---@class tablelib
table = {}

---@param list table
---@param separator? string|number
---@param i? integer
---@param j? integer
---@return string
function table.concat(list, separator, i, j) end

--- Appends a value, or puts it at a position before others.
---@overload fun(list: table, position: integer, value: any)
---@param list table
---@param value any
function table.insert(list, value) end

--- A table of the arguments, with their count in n.
---@param ... any
---@return table
function table.pack(...) end

--- Takes out the last element, or that at a position.
---@param list table
---@param position? integer
---@return any
function table.remove(list, position) end

--- Not stable. less may wait.
---@param list table
---@param less? fun(a: any, b: any): boolean
function table.sort(list, less) end

--- The elements of a list from i to j; also the global unpack.
---@generic T
---@param list T[]
---@param i? integer
---@param j? integer
---@return T ...
function table.unpack(list, i, j) end

return table
