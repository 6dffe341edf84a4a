package luanet

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
)

// plant is a fault that an engine might have. The net must find it.
type plant struct {
	name   string
	lua    string // runs before the program
	change change // of the program
	moves  bool   // the change moves lines: positions are not compared
}

// plants are faults as they were found in interpreters, and others like them.
// What a change puts in place of an operation it calls planted.
var plants = []plant{
	{name: "floor rounds towards zero", lua: `
		local floor = math.floor
		function math.floor(x)
			if type(x) == "number" and x < 0 then return -floor(-x) end
			return floor(x)
		end`},
	{name: "operands are evaluated from right to left", lua: `
		function plantedSum(a, b) return a + b end
		function plantedDifference(a, b) return a - b end
		function plantedProduct(a, b) return a * b end`, change: func(n *node) *node {
		if n.kind != binary || n.text != "+" && n.text != "-" && n.text != "*" || n.mentionsDots() || n.kids[1].kind == literal {
			return nil
		}
		swapped := functionOf("right, left", returning(callOf("planted"+map[string]string{"+": "Sum", "-": "Difference", "*": "Product"}[n.text], id("left"), id("right"))))
		return callNode(parenthesised(swapped), n.kids[1], n.kids[0])
	}},
	{name: "a nil at the end of arguments is lost", change: func(n *node) *node {
		if last := len(n.kids) - 1; n.kind == call && last > 0 && n.kids[last].text == "nil" {
			return &node{kind: call, text: n.text, kids: n.kids[:last]}
		}
		return nil
	}},
	{name: "a nil that is returned at the end is lost", change: func(n *node) *node {
		if last := len(n.kids) - 1; n.kind == giveBack && last >= 0 && n.kids[last].text == "nil" {
			return returning(n.kids[:last]...)
		}
		return nil
	}},
	{name: "... gives one value only", change: func(n *node) *node {
		if last := len(n.kids) - 1; (n.kind == call || n.kind == table || n.kind == giveBack) && last >= 0 && n.kids[last].kind == dots {
			kids := slices.Clone(n.kids)
			kids[last] = parenthesised(kids[last])
			return &node{kind: n.kind, text: n.text, kids: kids}
		}
		return nil
	}},
	{name: "init of match is one too large if negative", lua: `
		local match = string.match
		function string.match(s, p, init)
			if type(init) == "number" and init < -1 then init = init + 1 end
			return match(s, p, init)
		end`},
	{name: "an empty match at the end is forgotten", lua: `
		local gsub, find = string.gsub, string.find
		function string.gsub(s, p, r, n)
			local text, count = gsub(s, p, r, n)
			if n == nil and r == "" and count > 0 and find("", p) then count = count - 1 end
			return text, count
		end`},
	{name: "% has the sign of the dividend", lua: `
		function planted(a, b)
			local r = a % b
			if type(a) == "number" and type(r) == "number" and r ~= 0 and (a < 0) ~= (r < 0) then return r - b end
			return r
		end`,
		change: calling("%")},
	{name: "closures do not share variables", moves: true, change: func(n *node) *node {
		if n.kind != function || len(n.kids[0].kids) == 0 || n.kids[0].kids[0].kind != assign {
			return nil
		}
		target := n.kids[0].kids[0].kids[0].kids[0]
		if target.kind != name || n.text == target.text+" " {
			return nil
		}
		if n.text != "" && n.text != "d" {
			return nil
		}
		copied := &node{kind: function, text: n.text, kids: []*node{blockOf(append([]*node{{kind: remark}}, n.kids[0].kids...)...)}}
		return callNode(parenthesised(functionOf(target.text, returning(copied))), target)
	}},
	{name: "rounds of a loop share their variable", moves: true, change: func(n *node) *node {
		if n.kind != numericFor || n.text == "planted" {
			return nil
		}
		last := len(n.kids) - 1
		b := blockOf(append([]*node{assignment(id(n.text), id("planted"))}, n.kids[last].kids...)...)
		return doing(blockOf(localOf(n.text), forOf("planted", b, slices.Clone(n.kids[:last])...)))
	}},
	{name: "the level of an error is one too small", change: func(n *node) *node {
		if n.kind == call && n.kids[0].text == "error" && len(n.kids) == 3 && n.kids[2].text == "2" {
			return callOf("error", n.kids[1], constant("1"))
		}
		return nil
	}},
	{name: "# counts to the first NUL", lua: `
		function planted(v)
			if type(v) == "string" then return (v:find("\0", 1, true) or #v + 1) - 1 end
			return #v
		end`,
		change: calling("#")},
	{name: "-0 or a large number is joined in another form", lua: `
		local function text(v)
			if type(v) == "number" then return string.format("%.14g", v) end
			return v
		end
		function planted(a, b) return text(a) .. text(b) end`,
		change: calling("..")},
	{name: "a <= b is not (b < a)", lua: `function planted(a, b) return not (b < a) end`, change: calling("<=")},
	{name: "or evaluates both", lua: `function planted(a, b) return a or b end`, change: calling("or")},
	{name: "a loop downwards ends one early", change: func(n *node) *node {
		if n.kind != numericFor || len(n.kids) != 4 || n.kids[2].kind != unary || n.kids[1].kind != literal {
			return nil
		}
		return forOf(n.text, n.kids[3], n.kids[0], operation("+", n.kids[1], constant("0.1")), n.kids[2])
	}},
	{name: "insert at 1 inserts at 2", lua: `
		local insert = table.insert
		function table.insert(t, ...)
			if ... == 1 and select("#", ...) == 2 and #t > 0 then return insert(t, 2, (select(2, ...))) end
			return insert(t, ...)
		end`},
	{name: "remove does not move what is behind", lua: `
		local remove = table.remove
		function table.remove(t, i)
			if i == nil then return remove(t) end
			local v = t[i]
			if i == #t then t[i] = nil end
			return v
		end`},
	{name: "%5s is padded on the right", lua: `
		local format = string.format
		function string.format(f, ...)
			if type(f) == "string" then f = f:gsub("%%(%d+s)", "%%-%1") end
			return format(f, ...)
		end`},
	{name: "pcall gives one result", lua: `
		local function two(ok, ...)
			if select("#", ...) > 1 then return ok, (...) end
			return ok, ...
		end
		local pcall = pcall
		function _G.pcall(...) return two(pcall(...)) end`},
	{name: "resume loses what it passes", lua: `
		local resume = coroutine.resume
		function coroutine.resume(co, a) return resume(co, a) end`},
	{name: "assignments are made one after the other", moves: true, change: func(n *node) *node {
		if n.kind != assign || len(n.kids[0].kids) != 2 || len(n.kids[1].kids) != 2 {
			return nil
		}
		targets, values := n.kids[0].kids, n.kids[1].kids
		return doing(blockOf(assignment(targets[0], values[0]), assignment(targets[1], values[1])))
	}},
	{name: "__concat is not called if a number is on the left", lua: `
		local setmetatable = setmetatable
		function _G.setmetatable(t, mt)
			local concat = type(mt) == "table" and rawget(mt, "__concat")
			if type(concat) == "function" then
				mt.__concat = function(a, b)
					if type(a) == "number" then error("no number") end
					return concat(a, b)
				end
			end
			return setmetatable(t, mt)
		end`},
	{name: "sort ignores the order it is given", lua: `
		local sort = table.sort
		function table.sort(t) return sort(t) end`},
	{name: "upper changes letters beyond ASCII", lua: `
		local upper, gsub = string.upper, string.gsub
		function string.upper(s) return (gsub(upper(s), "\233", "\201")) end`},
	{name: "rep ends with the separator", lua: `
		local rep = string.rep
		function string.rep(s, n, separator)
			if separator and n > 1 then return rep(s, n, separator) .. separator end
			return rep(s, n, separator)
		end`},
	{name: "tonumber takes octal numbers", lua: `
		local tonumber = tonumber
		function _G.tonumber(...)
			local s, base = ...
			if base == nil and type(s) == "string" and s:find("^0[0-7]+$") then return tonumber(s, 8) end
			return tonumber(...)
		end`},
	{name: "a table thrown is a copy", lua: `
		local error = error
		function _G.error(v, ...)
			if type(v) == "table" then v = {} end
			return error(v, (... or 1) > 0 and (... or 1) + 1 or 0)
		end`},
	{name: "unpack stops at a nil", lua: `
		local unpack = unpack
		function _G.unpack(t, i, j)
			if j == nil then return unpack(t, i) end
			while j >= (i or 1) and t[j] == nil do j = j - 1 end
			return unpack(t, i, j)
		end`},
}

// calling gives a change that calls planted instead of an operator.
func calling(operator string) change {
	return func(n *node) *node {
		if (n.kind == binary || n.kind == unary) && n.text == operator {
			return callOf("planted", n.kids...)
		}
		return nil
	}
}

func (n *node) mentionsDots() bool {
	return n.kind == dots || n.kind != function && slices.ContainsFunc(n.kids, (*node).mentionsDots)
}

var line = regexp.MustCompile(`test\.lua:\d+:`)

func withoutLines(output string) string { return line.ReplaceAllString(output, "") }

func (a answers) withoutLines() answers {
	a = slices.Clone(a)
	for i := range a {
		a[i].output = withoutLines(a[i].output)
	}
	return a
}

// TestNetFindsPlantedDeviations holds the net to what it is for: each fault is
// found by the programs of an ordinary run.
func TestNetFindsPlantedDeviations(t *testing.T) {
	if testing.Short() {
		t.Skip("takes long, and the race detector has nothing to see")
	}
	n := open(t)
	programs := make([]*node, ordinary)
	for i := range programs {
		programs[i] = generate(*seed, i)
	}
	all, err := n.ask(programs)
	if err != nil {
		t.Fatal(err)
	}
	for own, e := range []hostapi.Engine{gopherlua.New(), golua.New()} {
		for i, p := range plants {
			if i%2 != own && os.Getenv("UNDERSTUDY_LONG") == "" {
				continue // the net finds it on the other engine
			}
			t.Run(e.Info().Name+"/"+p.name, func(t *testing.T) {
				c, err := newCandidate(e, own, prelude+"\n"+p.lua)
				if err != nil {
					t.Fatal(err)
				}
				for i, program := range programs {
					text := program.program(p.change)
					expected, seen := all[i], c.run(text)
					if p.moves {
						expected, seen = expected.withoutLines(), withoutLines(seen)
					}
					if expected.allow(own, seen) || !all[i].allow(own, n.candidates[own].run(program.program(nil))) {
						continue
					}
					t.Logf("found by program %d", i)
					return
				}
				t.Errorf("not found by %d programs", ordinary)
			})
		}
	}
}
