---@meta math

-- The members of math (19.6, 19.7).

---@class mathlib
math = {}

---@type number
math.huge = 0

---@type number
math.pi = 0

---@param x number
---@return number
function math.abs(x) end

---@param x number
---@return number
function math.acos(x) end

---@param x number
---@return number
function math.asin(x) end

---@param x number
---@return number
function math.atan(x) end

---@param x number
---@return integer
function math.ceil(x) end

---@param x number
---@return number
function math.cos(x) end

---@param x number
---@return number
function math.cosh(x) end

---@param x number
---@return number
function math.deg(x) end

---@param x number
---@return number
function math.exp(x) end

---@param x number
---@return integer
function math.floor(x) end

---@param x number
---@return number
function math.log10(x) end

---@param x number
---@return number
function math.rad(x) end

---@param x number
---@return number
function math.sin(x) end

---@param x number
---@return number
function math.sinh(x) end

---@param x number
---@return number
function math.sqrt(x) end

---@param x number
---@return number
function math.tan(x) end

---@param x number
---@return number
function math.tanh(x) end

---@param y number
---@param x number
---@return number
function math.atan2(y, x) end

---@param x number
---@param y number
---@return number
function math.fmod(x, y) end

---@param x number
---@param y number
---@return number
function math.pow(x, y) end

---@param x number
---@return number mantissa
---@return integer exponent
function math.frexp(x) end

---@param x number
---@return number whole
---@return number fraction
function math.modf(x) end

---@param mantissa number
---@param exponent integer
---@return number
function math.ldexp(mantissa, exponent) end

---@param x number
---@param base? number
---@return number
function math.log(x, base) end

---@param x number
---@param ... number
---@return number
function math.max(x, ...) end

---@param x number
---@param ... number
---@return number
function math.min(x, ...) end

--- A float from 0 to 1, or an integer from 1 to m, or from m to n. The runtime seeds it for each process.
---@param m? integer
---@param n? integer
---@return number
function math.random(m, n) end

---@param seed number
function math.randomseed(seed) end

return math
