package luanet

import (
	"slices"
	"strings"
)

// deviation is a difference between a reference and docs/spec. It is taken
// out on the side of the reference, so that what is left must be equal.
type deviation struct {
	clause string
	what   string // is otherwise in a reference
	why    string
	// lua changes the globals of the reference; see reference.lua for the
	// variables it finds.
	lua string
	// change writes the program for the references, or for the only one.
	change change
	only   string
}

// deviations are all that is allowed. Where the references differ from each
// other, an engine may give what one of them gives, line by line (19.4).
var deviations = []deviation{
	{
		clause: "19.7", what: "tostring and print of numbers",
		why: "integral numbers to 2^53 are written in full, -0 is 0, NaN is nan",
		lua: `
			local format, floor, type, tostring = string.format, math.floor, type, tostring
			function plain(v)
				if v ~= v then return "nan" end
				if v == floor(v) and v >= -2^53 and v <= 2^53 then return v == 0 and "0" or format("%.0f", v) end
				return format("%.14g", v)
			end
			local plain = plain
			globals.tostring = function(...)
				local v = ...
				if type(v) == "number" then return plain(v) end
				return tostring(...)
			end`,
	},
	{
		clause: "Appendix A", what: "comments in strings",
		why: "golua takes them for nothing in arithmetic on strings that a program makes",
		lua: `
			local find, type = string.find, type
			function globals.operand(v)
				if type(v) == "string" and find(v, "--", 1, true) then nothing("a comment in a number") end
				return v
			end`,
		change: func(n *node) *node {
			if n.kind != binary && n.kind != unary || !strings.Contains("+-*/%^", n.text) || n.text == "^" && n.kids[1].kind == literal {
				return nil
			}
			made := *n
			made.kids = slices.Clone(n.kids)
			for i, x := range made.kids {
				// A local is read when the operation is done: after the other operand, which may
				// have changed it.
				early := x.kind == name && len(n.kids) == 2 && n.kids[1-i].kind != name && n.kids[1-i].kind != literal
				if x.kind != literal && !early {
					made.kids[i] = callOf("operand", x)
				}
			}
			return &made
		},
	},
	{
		clause: "19.7", what: "a zero byte in a number",
		why: "such a text is no number, as in Lua 5.2; Lua 5.1 reads what stands before the zero byte",
		lua: `
			local find, type, operand = string.find, type, globals.operand
			if tonumber("0\0") == 0 then
				globals.operand = function(v)
					if type(v) == "string" and find(v, "%z") then return {} end
					return operand(v)
				end
			end`,
	},
	{
		clause: "19.7", what: "a ^ 2, a ^ 0.5",
		why: "the engines give the nearest double, C now and then the next one",
		lua: `
			local tonumber, sqrt = tonumber, math.sqrt
			local done
			function globals.raised(v, exponent)
				local n = tonumber(globals.operand(v))
				done = n and (exponent == 2 or exponent == 0.5 and n > 0)
				if done then return exponent == 2 and n * n or sqrt(n) end
				return v
			end
			function globals.exponent(n) return done and 1 or n end`,
		change: func(n *node) *node {
			if n.kind != binary || n.text != "^" || n.kids[1].kind != literal || strings.Contains(n.kids[1].text, "\n") { // twice, it would be a line more
				return nil
			}
			return operation("^", callOf("raised", n.kids...), callOf("exponent", n.kids[1]))
		},
	},
	{
		clause: "19.7", what: "numbers joined by ..",
		why: "engine-specific from 10^14 on, and for -0 and NaN; the engines give what tostring gives",
		lua: `
			local type, plain, format = type, plain, string.format
			function globals.joined(v)
				if type(v) == "number" and format("%.14g", v) ~= plain(v) then return plain(v) end
				return v
			end`,
		change: func(n *node) *node {
			if n.kind != binary || n.text != ".." {
				return nil
			}
			operands := make([]*node, 2)
			for i, x := range n.kids {
				operands[i] = x
				if (x.kind != literal || x.text[0] != '"') && (x.kind != binary || x.text != "..") {
					operands[i] = callOf("joined", x)
				}
			}
			return operation("..", operands[0], operands[1])
		},
	},
	{
		clause: "19.7", what: "numbers in table.concat",
		why: "as tostring",
		lua: `
			local type, tonumber, rawget, plain, concat = type, tonumber, rawget, plain, table.concat
			globals.table.concat = function(t, separator, i, j)
				local first, last = tonumber(i or 1), tonumber(j or type(t) == "table" and #t)
				if type(t) ~= "table" or not first or not last then return concat(t, separator, i, j) end
				local copy = {}
				for k = first, last do
					local v = rawget(t, k)
					copy[k] = type(v) == "number" and plain(v) or v
				end
				return concat(copy, separator, first, last)
			end`,
	},
	{
		clause: "19.7", what: "string.format",
		why: "%s takes any value, and bytes of value 0; integer conversions of a number that is not integral or has more than 64 bits raise; unsigned ones take negative numbers as Lua 5.1 does; NaN is nan",
		lua: `
			local format, gsub, find, match, sub, rep = string.format, string.gsub, string.find, string.match, string.sub, string.rep
			local error, select, tonumber, floor, type, byte = error, select, tonumber, math.floor, type, string.byte
			local tostring = globals.tostring
			local zero = 0
			local nan = zero / zero
			if find(format("%g", nan), "-", 1, true) then nan = -nan end
			globals.string.format = function(text, ...)
				local args, count, i = {...}, select("#", ...), 0
				return (gsub(text, "%%([-+ #0]*%d*%.?%d*)(.?)", function(modifiers, letter)
					if letter == "%" and modifiers == "" then return "%" end
					i = i + 1
					if i > count then error("no value") end
					local v = args[i]
					if letter == "s" then
						v = tostring(v)
						if modifiers == "" then return v end
						if find(v, "\0", 1, true) then
							local flags, width, point, most = match(modifiers, "^([-+ #0]*)(%d*)(%.?)(%d*)$")
							if point ~= "" then v = sub(v, 1, tonumber(most) or 0) end
							local space = rep(" ", (tonumber(width) or 0) - #v)
							return find(flags, "-", 1, true) and v .. space or space .. v
						end
					elseif letter == "q" and lua51 and (type(v) == "string" or type(v) == "number") then
						return '"' .. gsub(v, '([%c%z"\\])(%d?)', function(c, digit)
							if find(c, '["\\\n]') then return "\\" .. c .. digit end
							return format(digit == "" and "\\%d" or "\\%03d", byte(c)) .. digit
						end) .. '"'
					elseif find(letter, "[diucxXo]") then
						local n = tonumber(v)
						if n and (n ~= floor(n) or n - n ~= 0) then error("not integral") end
						if n and (n < -2^63 or n >= (find(letter, "[dic]") and 2^63 or 2^64)) then error("out of range") end
						if n and n < 0 and not lua51 and find(letter, "[uxXo]") then nothing("an unsigned conversion of Lua 5.1") end
					elseif find(letter, "[eEfgG]") then
						local n = tonumber(v)
						if n and n ~= n then v = nan end
					end
					return format("%" .. modifiers .. letter, v)
				end))
			end`,
	},
	{
		clause: "19.7", what: "# of a table with __len",
		why: "it is honoured",
		lua: `
			local getmetatable, type, rawget = debug.getmetatable, type, rawget
			function globals.length(v)
				local mt = type(v) == "table" and getmetatable(v)
				local event = type(mt) == "table" and rawget(mt, "__len")
				if event then return (event(v)) end
				return #v
			end`,
		only: "lua5.1",
		change: func(n *node) *node {
			if n.kind != unary || n.text != "#" {
				return nil
			}
			return callOf("length", n.kids[0])
		},
	},
	{
		clause: "19.7", what: "patterns of Lua 5.1",
		why: "they are those of Lua 5.2; with NUL or %g that of 5.1 tells nothing",
		lua: `
			if lua51 then
				local find, gsub, error, tonumber, tostring, type = string.find, string.gsub, error, tonumber, tostring, type
				local function look(p)
					if type(p) == "string" and (find(p, "\0", 1, true) or find(p, "%%[gG]")) then nothing("a pattern of Lua 5.2") end
				end
				for name, f in pairs(globals.string) do
					if name == "find" or name == "match" then
						globals.string[name] = function(s, p, init, ...)
							look(p)
							if (tonumber(init) or 1) > #tostring(s) + 1 then return nil end
							return f(s, p, init, ...)
						end
					elseif name == "gmatch" then
						globals.string[name] = function(s, p)
							look(p)
							return f(s, p)
						end
					elseif name == "gsub" then
						globals.string[name] = function(s, p, r, ...)
							look(p)
							local text, count = f(s, p, r, ...)
							if type(r) == "string" and count > 0 and (find(gsub(r, "%%%%", ""), "%%%D") or find(gsub(r, "%%%%", ""), "%%$")) then
								error("invalid use of % in the replacement")
							end
							return text, count
						end
					end
				end
			end`,
	},
	{
		clause: "19.7", what: "numbers as arguments of string functions",
		why: "they count as their text",
		lua: `
			local joined = globals.joined
			for name, f in pairs(globals.string) do
				if name == "find" or name == "match" or name == "gmatch" then
					globals.string[name] = function(s, p, ...) return f(joined(s), joined(p), ...) end
				elseif name == "gsub" then
					globals.string[name] = function(s, p, r, ...) return f(joined(s), joined(p), joined(r), ...) end
				elseif name ~= "char" and name ~= "format" then
					globals.string[name] = function(s, ...) return f(joined(s), ...) end
				end
			end`,
	},
	{
		clause: "19.7", what: "string.rep, table.pack, table.unpack, unpack, math.log",
		why: "both engines have those of Lua 5.2, and unpack",
		lua: `
			globals.unpack = unpack or table.unpack
			globals.table.unpack = globals.unpack
			if lua51 then
				local select, rep, log, log10 = select, string.rep, math.log, math.log10
				globals.table.pack = function(...) return {n = select("#", ...), ...} end
				globals.math.log = function(x, base)
					if base == nil then return log(x) end
					if base == 10 then return log10(x) end
					return log(x) / log(base)
				end
				globals.string.rep = function(s, n, separator)
					if separator == nil then return rep(s, n) end
					if n < 1 then return "" end
					return rep(s .. separator, n - 1) .. s
				end
			end`,
	},
	{
		clause: "19.7", what: "tonumber",
		why: "names of numbers are none, nor is a text with a zero byte",
		lua: `
			local tonumber, find, type = tonumber, string.find, type
			globals.tonumber = function(...)
				local s, base = ...
				if base == nil and type(s) == "string" and find(s, "[nN%z]") then return nil end
				return tonumber(...)
			end`,
	},
	{
		clause: "19.7", what: "getmetatable of strings",
		why: "it is hidden",
		lua: `
			local getmetatable, type = getmetatable, type
			globals.getmetatable = function(...)
				if type((...)) == "string" then return false end
				return getmetatable(...)
			end`,
	},
	{
		clause: "19.7", what: "assert",
		why: "it throws its argument unchanged, any value",
		lua: `
			local assert, error, select = assert, error, select
			globals.assert = function(...)
				local v, message = ...
				if v or select("#", ...) == 0 then return assert(...) end
				if select("#", ...) == 1 then message = "assertion failed!" end
				error(message, 0)
			end`,
	},
	{
		clause: "19.10", what: "error of a number",
		why: "only strings get a position",
		lua: `
			local type = type
			function globals.thrown(v, level)
				if type(v) == "number" then return v, 0 end
				return v, level
			end`,
		change: func(n *node) *node {
			if n.kind != call || n.kids[0].kind != name || n.kids[0].text != "error" || len(n.kids) == 1 {
				return nil
			}
			return &node{kind: call, text: n.text, kids: []*node{n.kids[0], callOf("thrown", n.kids[1:]...)}}
		},
	},
	{
		clause: "9.9", what: "pcall in coroutines",
		why: "what it calls may yield",
		lua: `
			if lua51 then
				local create, resume, yield, status = globals.coroutine.create, coroutine.resume, coroutine.yield, coroutine.status
				local pcall, running, select = pcall, coroutine.running, select
				local function results(co, ok, ...)
					if not ok then return false, (...) end
					if status(co) == "suspended" then return results(co, resume(co, yield(...))) end
					return true, ...
				end
				globals.pcall = function(...)
					if not running() or select("#", ...) == 0 then return pcall(...) end
					local f = ...
					local co = create(function(...) return f(...) end)
					return results(co, resume(co, select(2, ...)))
				end
			end`,
	},
	{
		clause: "19.7", what: "xpcall",
		why: "it passes arguments on, and an error in the handler is the result",
		lua: `
			local xpcall, pcall, select = xpcall, globals.pcall, select
			local function results(handler, ok, ...)
				if ok then return ok, ... end
				local _, v = pcall(handler, ...)
				return false, v
			end
			globals.xpcall = function(...)
				if select("#", ...) < 2 then return xpcall(...) end
				local f, handler = ...
				return results(handler, pcall(f, select(3, ...)))
			end`,
	},
	{
		clause: "9.10", what: "coroutine.wrap, running and isyieldable",
		why: "errors come out of wrap unchanged, running gives the main coroutine too, isyieldable is there",
		lua: `
			local resume, running, error = coroutine.resume, coroutine.running, error
			local create = globals.coroutine.create
			local function results(ok, ...)
				if not ok then error((...), 0) end
				return ...
			end
			globals.coroutine.wrap = function(f)
				local co = create(f)
				return function(...) return results(resume(co, ...)) end
			end
			if lua51 then
				local main = coroutine.create(function() end)
				globals.coroutine.running = function()
					local co = running()
					return co or main, co == nil
				end
			end
			local running = globals.coroutine.running
			globals.coroutine.isyieldable = function()
				local _, main = running()
				return not main
			end`,
	},
}

// deviationCode is the Lua code of all deviations.
func deviationCode() string {
	var b strings.Builder
	for _, d := range deviations {
		if d.lua != "" {
			b.WriteString("do" + d.lua + "\nend\n")
		}
	}
	return b.String()
}

// changeFor writes programs for a reference.
func changeFor(interpreter string) change {
	return func(n *node) *node {
		for _, d := range deviations {
			if d.change == nil || d.only != "" && d.only != interpreter {
				continue
			}
			if other := d.change(n); other != nil {
				return other
			}
		}
		return nil
	}
}
