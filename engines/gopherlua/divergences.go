package gopherlua

import "github.com/understudy-run/understudy/hostapi"

// Divergences implements hostapi.Divergent.
func (*engine) Divergences() []hostapi.Divergence {
	return []hostapi.Divergence{
		{
			What: `constant conditions`, Interpreter: `a loop whose body begins with a constant condition jumps to the wrong place: wrong values, or no end`,
			Clauses: `19.4`,
			Probe:   `local n = 0 for _, v in ipairs({1, 2, 3}) do local o = false and {} or 5 n = n + o end return n`,
			Seen:    `0`, Right: `15`,
		},
		{
			What: `local f = function`, Interpreter: `the function sees the new f, not the one outside`, Clauses: `19.4`,
			Probe: `local f = 1 local f = function() return type(f) end return f()`,
			Seen:  `function`, Right: `number`,
		},
		{
			What: `several assignments`, Interpreter: `a, b = b, a changes a before it is read`, Clauses: `19.4`,
			Probe: `local a, b = 1, 2 a, b = b, a return a, b`,
			Seen:  `2 2`, Right: `2 1`,
		},
		{
			What: `goto and closures`, Interpreter: `after a goto a function and its closures have different variables`, Clauses: `19.4`,
			Probe: `local n = 0 local inc = function() n = n + 1 end for i = 1, 5 do if i % 2 == 0 then goto continue end inc() ::continue:: end return n`,
			Seen:  `1`, Right: `3`,
		},
		{
			What: `constructors of 50`, Interpreter: `a list of exactly 50 elements and a call loses the results of the call`, Clauses: `19.4`,
			Probe: `local t = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, (function() return "a", "b" end)()} return #t, t[51]`,
			Seen:  `50 nil`, Right: `52 a`,
		},
		{
			What: `long constructors`, Interpreter: `elements behind the 25,550th are lost`, Clauses: `19.4`, Test: `TestLua`,
		},
		{
			What: `table.pack, table.unpack`, Interpreter: `absent`, Clauses: `19.6`,
			Probe: `return type(table.pack), type(table.unpack)`,
			Seen:  `nil nil`, Right: `function function`,
		},
		{
			What: `base of math.log`, Interpreter: `ignored`, Clauses: `19.7`,
			Probe: `return math.log(8, 2)`,
			Seen:  `2.0794415416798357`, Right: `3`,
		},
		{
			What: `separator of string.rep`, Interpreter: `ignored`, Clauses: `19.7`,
			Probe: `return string.rep("a", 3, ",")`,
			Seen:  `aaa`, Right: `a,a,a`,
		},
		{
			What: `tonumber with exponent`, Interpreter: `nil`, Clauses: `19.7`,
			Probe: `return tonumber("1e1")`,
			Seen:  `nil`, Right: `10`,
		},
		{
			What: `text of numbers`, Interpreter: `shortest form; large integers in full; -0 is 0`, Clauses: `19.7, 22.6`,
			Probe: `return tostring(1e15), tostring(1/3)`,
			Seen:  `1000000000000000 0.3333333333333333`, Right: `1000000000000000 0.33333333333333`,
		},
		{
			What: `math.huge`, Interpreter: `the largest finite number`, Clauses: `19.7`,
			Probe: `return math.huge == 1/0`,
			Seen:  `false`, Right: `true`,
		},
		{
			What: `string.format %d`, Interpreter: `takes 3.7 for 3`, Clauses: `19.7`,
			Probe: `return pcall(string.format, "%d", 3.7)`,
			Seen:  `true 3`, Right: `false bad argument #2 to 'format' (number has no integer representation)`,
		},
		{
			What:        `string.format %q`,
			Interpreter: `writes \n for a newline`,
			Clauses:     `19.7`,
			Probe:       `return string.format("%q", "a\nb")`,
			Seen:        `"a\nb"`,
			Right: `"a\
b"`,
		},
		{
			What: `string.format %s`, Interpreter: `does not use __tostring`, Clauses: `19.7`,
			Probe: `return (string.format("%s", setmetatable({}, {__tostring = function() return "T" end})):sub(1, 1))`,
			Seen:  `t`, Right: `T`,
		},
		{
			What: `upper, lower`, Interpreter: `change letters beyond ASCII`, Clauses: `19.7`,
			Probe: `return ("\195\132"):lower() == "\195\132"`,
			Seen:  `false`, Right: `true`,
		},
		{
			What: `no match`, Interpreter: `string.match without a match gives nothing, not nil`, Clauses: `19.7`,
			Probe: `return select("#", string.match("abc", "z"))`,
			Seen:  `0`, Right: `1`,
		},
		{
			What: `strings in arithmetic`, Interpreter: `read as Go does: octal, binary, underscores, inf`, Clauses: `19.7`,
			Probe: `return "010" + 0`,
			Seen:  `8`, Right: `10`,
		},
		{
			What: `%`, Interpreter: `with infinities and large operands otherwise than the manual`, Clauses: `19.7`,
			Probe: `return 5 % math.huge, 1e15 % 0.3`,
			Seen:  `5 0.13700743415417188`, Right: `nan 0.125`,
		},
		{
			What: `hexadecimal numbers`, Interpreter: `from 2^63 on NaN; no fractions and exponents`, Clauses: `19.4`,
			Probe: `return 0x8000000000000000`,
			Seen:  `NaN`, Right: `9.2233720368548e+18`,
		},
		{
			What: `escapes`, Interpreter: `"\300" is a comma`, Clauses: `19.4`, Test: `TestNumerals`,
			Probe: `return "\44"`,
			Seen:  `,`, Right: `,`,
		},
		{
			What: `numeric for`, Interpreter: `refuses numeric strings`, Clauses: `19.4`,
			Probe: `return pcall(function() for i = "1", 2 do return i end end)`,
			Seen:  `false <string>:1: for statement init must be a number`, Right: `true 1`,
		},
		{
			What: `next with an unknown key`, Interpreter: `nil, no error`, Clauses: `19.5`,
			Probe: `return pcall(next, {}, "x")`,
			Seen:  `true nil`, Right: `false invalid key to 'next'`,
		},
		{
			What: `operand of __unm`, Interpreter: `given once, where Lua gives it twice`, Engine: `passed on`, Clauses: `19.7`,
			Probe: `local o = setmetatable({}, {__unm = function(a, b) return b end}) return rawequal(-o, o)`,
			Seen:  `false`, Right: `false`,
		},
		{
			What:        `metamethods that are no functions`,
			Interpreter: `tables with __call are passed over by == and refused by others; __eq and __len that cannot be called are no error`, Engine: `passed on`,
			Clauses: `19.7`,
			Probe:   `local m = {__eq = setmetatable({}, {__call = function() return true end})} return setmetatable({}, m) == setmetatable({}, m)`,
			Seen:    `false`, Right: `false`,
		},
		{
			What: `empty pattern`, Interpreter: `is found at the beginning, whatever init says`, Clauses: `19.7`,
			Probe: `return ("abc"):find("", 3)`,
			Seen:  `1 0`, Right: `3 2`,
		},
		{
			What: `numbers too large`, Interpreter: `1e400 is NaN`, Clauses: `19.4`,
			Probe: `return 1e400`,
			Seen:  `NaN`, Right: `inf`,
		},
		{
			What: `string.char`, Interpreter: `takes numbers beyond 255`, Clauses: `19.7`,
			Probe: `return (pcall(string.char, 256))`,
			Seen:  `true`, Right: `false`,
		},
		{
			What: `hidden variable arg`, Interpreter: `vararg functions have a local arg`, Clauses: `19.4`,
			Probe: `local function f(...) return arg end return f(1) == nil`,
			Seen:  `false`, Right: `true`,
		},
		{
			What: `xpcall`, Interpreter: `drops further arguments`, Clauses: `19.7`,
			Probe: `return xpcall(function(...) return select("#", ...) end, print, 1, 2)`,
			Seen:  `true 0`, Right: `true 2`,
		},
		{
			What: `error with a level`, Interpreter: `adds a position to text also where assert throws it`, Clauses: `19.10`,
			Probe: `return select(2, pcall(function() assert(false, "x") end))`,
			Seen:  `<string>:1: x`, Right: `x`,
		},
		{
			What: `collectgarbage("count")`, Interpreter: `gives nothing`, Engine: `absent (19.5)`, Clauses: `19.5`, Test: `TestGlobals`,
		},
		{
			What: `order of pairs`, Interpreter: `of insertion, mostly`, Engine: `unspecified`, Clauses: `19.4`, Test: `TestPairs`,
		},
		{
			What: `coroutines`, Interpreter: `cannot yield through native calls, pcall included`, Clauses: `9.9, 9.10`,
			Probe: `local co = coroutine.wrap(function() return pcall(coroutine.yield, 1) end) co() return pcall(co, 2)`,
			Seen:  `false runtime error: invalid memory address or nil pointer dereference`, Right: `true true 2`,
		},
		{
			What: `patterns`, Interpreter: `without a budget of steps, no %g`, Clauses: `19.7, 20.5`,
			Probe: `return pcall(string.find, "a", "%g")`,
			Seen:  `true nil`, Right: `true 1 1`,
		},
		{
			What: `identity of host objects`, Interpreter: `each push of an object is another value`, Clauses: `8.2`, Test: `TestWaitsEverywhere`,
		},
		{
			What: `native call in progress`, Interpreter: `cannot be interrupted`, Engine: `ours go in pieces`, Clauses: `20.5, 20.6`, Test: `TestKill`,
		},
		{
			What: `large holes`, Interpreter: `t[n] far behind the end of a list fills the gap, in one instruction`, Engine: `passed on, bounded`, Clauses: `17.14`,
			Test: `TestAttacks`,
		},
	}
}
