package golua

import "github.com/understudy-run/understudy/hostapi"

// Divergences implements hostapi.Divergent.
func (*engine) Divergences() []hostapi.Divergence {
	return []hostapi.Divergence{
		{
			What: `coroutines`, Interpreter: `none`, Clauses: `9.9, 9.10`,
			Probe: `return type(coroutine)`,
			Seen:  `nil`, Right: `table`,
		},
		{
			What: `patterns`, Interpreter: `find is plain only; no match, gmatch, gsub`, Clauses: `19.7`,
			Probe: `return string.find("abc", "[b]"), type(string.match), type(string.gsub)`,
			Seen:  `nil nil nil`, Right: `2 function function`,
		},
		{
			What: `unpack, os.date, math.log10`, Interpreter: `absent`, Clauses: `19.6`,
			Probe: `return type(unpack), type(os.date), type(math.log10)`,
			Seen:  `nil nil nil`, Right: `function function function`,
		},
		{
			What: `text of numbers`, Interpreter: `%.14g: 1e+14; -0 is -0`, Clauses: `19.7, 22.6`,
			Probe: `return tostring(-0.0), tostring(1e14)`,
			Seen:  `-0 1e+14`, Right: `0 100000000000000`,
		},
		{
			What: `math.huge`, Interpreter: `the largest finite number`, Clauses: `19.7`,
			Probe: `return math.huge == 1/0`,
			Seen:  `false`, Right: `true`,
		},
		{
			What: `string.format %d`, Interpreter: `raises for 3.7`, Clauses: `19.7`,
			Probe: `return pcall(string.format, "%d", 3.7)`,
			Seen:  `false bad argument #2 to '?' (number has no integer representation)`,
			Right: `false bad argument #2 to 'format' (number has no integer representation)`,
		},
		{
			What: `upper, lower`, Interpreter: `change letters beyond ASCII`, Clauses: `19.7`,
			Probe: `return ("\195\132"):lower() == "\195\132"`,
			Seen:  `false`, Right: `true`,
		},
		{
			What: `thrown values`, Interpreter: `only strings: a table that is thrown is lost`, Clauses: `11.13, 19.9`,
			Probe: `local t = {} return select(2, pcall(error, t)) == t`,
			Seen:  `false`, Right: `true`,
		},
		{
			What: `error(nil)`, Interpreter: `another error instead of nil`, Clauses: `19.9`,
			Probe: `return select(2, pcall(error, nil)) == nil`,
			Seen:  `false`, Right: `true`,
		},
		{
			What: `%`, Interpreter: `with infinities otherwise than the manual`, Clauses: `19.7`,
			Probe: `return -7 % 3, 7 % -3, 5 % math.huge`,
			Seen:  `2 -2 5`, Right: `2 -2 nan`,
		},
		{
			What: `deletion`, Interpreter: `t.a = nil on a present field calls __newindex and keeps the field`, Clauses: `19.4`,
			Probe: `local t = setmetatable({a = 1}, {__newindex = function() end}) t.a = nil return t.a`,
			Seen:  `1`, Right: `nil`,
		},
		{
			What: `os.time of a table`, Interpreter: `1900 years and a month early`, Clauses: `19.7`, Test: `TestTime`,
		},
		{
			What: `__pairs`, Interpreter: `honoured`, Clauses: `19.4`,
			Probe: `local n = 0 for _ in pairs(setmetatable({1}, {__pairs = function() return function() end end})) do n = n + 1 end return n`,
			Seen:  `0`, Right: `1`,
		},
		{
			What: `%g`, Interpreter: `other digits than C writes`, Clauses: `19.7`,
			Probe: `return string.format("%g", 123456789)`,
			Seen:  `1.23456789e+08`, Right: `1.23457e+08`,
		},
		{
			What: `names of functions in errors`, Interpreter: `"?"`, Clauses: `2.19`,
			Probe: `return select(2, pcall(select, 0))`,
			Seen:  `bad argument #1 to '?' (index out of range)`, Right: `bad argument #1 to 'select' (index out of range)`,
		},
		{
			What: `tail calls in vararg functions`, Interpreter: `fail inside the interpreter`, Clauses: `19.4`, Test: `TestLua`,
		},
		{
			What: `keys with __eq`, Interpreter: `a traversal of keys that call each other equal does not end`, Clauses: `19.5`, Test: `TestWalkingIgnoresEquality`,
		},
		{
			What: `closures of factories`, Interpreter: `two are the same if the values they captured are equal, even in different coroutines`, Clauses: `19.4`,
			Probe: `local function make(x) return function() return function() x = x + 1 return x end end end local a, b = make(0)(), make(0)() return a(), b(), a == b`,
			Seen:  `1 2 true`, Right: `1 1 false`,
		},
		{
			What: `a .. b as an argument`, Interpreter: `a metamethod called for an argument behind it overwrites arguments`, Clauses: `19.4`,
			Probe: `local t = setmetatable({}, {__index = function(t, k) return k end}) local a, b = "a", "b" local function f(...) return ... end return f(a .. b, b, t.x, 1)`,
			Seen:  `ab x x 1`, Right: `ab b x 1`,
		},
		{
			What: `events behind a missed __index`, Interpreter: `__newindex, __len and __eq are not found once __index was missed`,
			Engine: `as promised; an empty table for mt[k] where k is computed to __index`, Clauses: `19.4`,
			Probe: `local o = setmetatable({}, {__len = function() return 9 end}) local x = o.x return #o`,
			Seen:  `0`, Right: `9`,
		},
		{
			What: `captured variables`, Interpreter: `stay in a list for ever if two go out of scope at once`, Clauses: `17.11`,
			Test: `TestCapturedVariablesAreReleased`,
		},
		{
			What: `clearing while walking`, Interpreter: `next fails behind a key that was cleared`, Clauses: `19.5`,
			Probe: `local t = {a = 1, b = 2} local k = next(t) t[k] = nil return (pcall(next, t, k))`,
			Seen:  `false`, Right: `true`,
		},
		{
			What: `^, math.pow, math.exp`, Interpreter: `off by some of the last digits`, Clauses: `19.7`,
			Probe: `return 0xfccf1017 ^ 3 % 100000, string.format("%.0f", math.exp(171))`,
			Seen:  `8796093022208 183804612428282488815840290107810368963979057871902930998730146887661256704`,
			Right: `0 183804612428282463707433348561087313620821365041237266589308369031523205120`,
		},
		{
			What: `constant powers`, Interpreter: `computed when compiled, off by some of the last digits`, Clauses: `19.7`,
			Probe: `return string.format("%.17g", (1 + 0.05) ^ (12))`,
			Seen:  `1.7958563260221292`, Right: `1.7958563260221301`,
		},
		{
			What: `large numerals`, Interpreter: `a syntax error from 1e309 on; long hexadecimal ones rounded more than once`, Clauses: `19.4`,
			Probe: `return string.format("%.17g", 0x252d572dd7df79d82a5d04395d)`,
			Seen:  `2.9454742315046918e+30`, Right: `2.9454742315046924e+30`,
		},
		{
			What: `large numbers in strings`, Interpreter: `no numbers in arithmetic`, Clauses: `19.7`,
			Probe: `return pcall(function() return "1e999" + 0 end)`,
			Seen:  `false [string "return pcall(function() return "1e999" + 0 end)..."]:1: attempt to perform arithmetic on a string value`, Right: `true inf`,
		},
		{
			What: `comments in strings`, Interpreter: `"5--x" + 1 is 6`, Engine: `an error where the string is a constant, else passed on`, Clauses: `19.7`,
			Probe: `return (pcall(function() return "5--x" + 1 end))`,
			Seen:  `true`, Right: `false`,
		},
		{
			What: `text of type errors`, Interpreter: `blames another variable of the same value`, Clauses: `2.19`, Test: `TestTypeErrorsBlameNoOtherVariable`,
		},
		{
			What: `integer keys outside the array`, Interpreter: `each is put in by a walk over the whole table`, Clauses: `20.5`, Test: `TestSparseTablesAreFound`,
		},
		{
			What: `elseifs, breaks, ands`, Interpreter: `compile in time with the third power of the jumps that lead to one place`,
			Engine: `elseifs as promised, others bounded`, Clauses: `19.7`, Test: `TestManyElseifs`,
		},
		{
			What: `more than 2^18 constants`, Interpreter: `a function with them fails inside the interpreter`, Clauses: `19.4`, Test: `TestManyConstants`,
		},
		{
			What: `order of pairs`, Interpreter: `random`, Engine: `unspecified`, Clauses: `19.4`, Test: `TestPairs`,
		},
		{
			What: `xpcall`, Interpreter: `never comes back from a handler in Lua`, Clauses: `19.7`, Test: `TestLua`,
		},
		{
			What: `identity of host objects`, Interpreter: `each push of an object is another value`, Clauses: `8.2`, Test: `TestWaitsEverywhere`,
		},
		{
			What: `preemption and kill`, Interpreter: `a kill from the count hook is swallowed by pcall`, Clauses: `20.4 to 20.8`, Test: `TestKill`,
		},
		{
			What: `native call in progress`, Interpreter: `cannot be interrupted`, Engine: `ours go in pieces`, Clauses: `20.5, 20.6`, Test: `TestKill`,
		},
	}
}
