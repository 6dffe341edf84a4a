package check_test

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/check"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

// What a text does not show is no finding: what may have been assigned, what is asked
// for first, what another way may have put there.
func TestWhatMayBeMeant(t *testing.T) {
	lua, star := gopherlua.New(), starlark.New()
	for what, test := range map[string]struct {
		engine hostapi.Engine
		text   string
	}{
		"an assigned global":            {lua, "function helper() return 1 end\nreturn helper()"},
		"a global assigned later":       {lua, "local function f() return late() end\nlate = print\nreturn f"},
		"a global by _G":                {lua, "_G.helper = print\nhelper(1)"},
		"globals by computed names":     {lua, "for _, n in ipairs({'a', 'b'}) do _G[n] = print end\na(b)"},
		"globals by rawset":             {lua, "rawset(_G, 'a', print)\na(1)"},
		"a global that is asked for":    {lua, "if jit then jit.off() end\nlocal f = loadstring or load\nreturn f and f('')"},
		"_G asked for":                  {lua, "return _G.loadstring"},
		"a local of the name":           {lua, "local process = { spwan = print }\nprocess.spwan()"},
		"a parameter of the name":       {lua, "return function(process) process.spwan() end"},
		"a variable assigned again":     {lua, "local p = process\np = {}\np.spwan()"},
		"a module assigned again":       {lua, "process = { spwan = print }\nprocess.spwan()"},
		"an extended library":           {lua, "function string.trim(s) return s end\nreturn string.trim('x')"},
		"a library given away":          {lua, "local function extend(t) t.trim = print end\nextend(string)\nreturn string.trim('x')"},
		"a member that is asked for":    {lua, "if process.hibernate then process.hibernate() end"},
		"arguments of unknown number":   {lua, "local function f(...) process.send(...) end\nreturn f"},
		"results as arguments":          {lua, "local function two() return 'a', 'b' end\nprocess.send(two())"},
		"a method through a variable":   {lua, "local inbox = process.inbox()\nlocal receive = inbox.receive\nreturn function() return receive(inbox) end"},
		"a method with its object":      {lua, "local inbox = process.inbox()\nreturn function() return inbox.receive(inbox) end"},
		"a library function of Lua":     {lua, "return ('x'):upper(), math.floor(1), table.unpack({}), coroutine.wrap(print)"},
		"nothing for an option":         {lua, "return function() process.cancel('x', nil, 'why') end"},
		"no wait":                       {lua, "local time = require('time')\nreturn function() time.sleep(0) time.sleep(5 * time.SECOND) time.sleep(2000000) end"},
		"a spawn in a function":         {lua, "return { main = function() return process.spawn('a:b', 'a:h') end }"},
		"os.date in os.time":            {lua, "return os.time({ year = 2020, month = 1, day = 1, isdst = false })"},
		"fields of a log record":        {lua, "local log = require('log')\nlog.info('x', { anything = 1 })"},
		"goto and labels":               {lua, "for i = 1, 3 do goto continue\n::continue:: end"},
		"an attribute asked for":        {star, "if hasattr(process, 'hibernate'):\n    process.hibernate()\n"},
		"a local name":                  {star, "def f(process):\n    process.spwan()\n"},
		"a reassigned name":             {star, "p = process\np = struct(spwan = 1)\np.spwan()\n"},
		"arguments of a list":           {star, "def f(*args, **kwargs):\n    process.set_options(*args, **kwargs)\n"},
		"keywords":                      {star, "def f(pid):\n    process.cancel(pid, reason = 'why')\n"},
		"reserved names":                {star, "def f(msg, e):\n    return errors.is_(e, 'X')\n"},
		"a comprehension's name":        {star, "x = [process for process in [1, 2]]\n"},
		"attributes of what is unknown": {star, "def f(x):\n    return x.anything.at(all)\n"},
	} {
		src := hostapi.Source{ID: "a:b", Path: "x", Text: test.text, Modules: modules.Standard()}
		if _, err := test.engine.Compile(src); err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		for _, found := range findings(t, test.engine, src) {
			t.Errorf("%s: %s", what, found)
		}
	}
}

// Globals and library tables are those of a process, so what a library assigns is there
// for whoever imports it.
func TestLibrariesShareGlobals(t *testing.T) {
	e := gopherlua.New()
	lib := hostapi.Source{ID: "a:lib", Path: "lib", Text: "function helper() end\nfunction string.trim(s) return s end\nreturn {}", Modules: modules.Standard()}
	compiled, err := e.Compile(lib)
	if err != nil {
		t.Fatal(err)
	}
	main := hostapi.Source{
		ID: "a:main", Path: "main", Text: "require('lib')\nhelper()\nother()\nreturn string.trim('x')", Modules: modules.Standard(),
		Imports: []hostapi.Import{{Alias: "lib", Program: compiled}},
	}
	found := groupFindings(t, e, lib, main)
	if len(found) != 1 || !strings.HasPrefix(found[0], "main:3: error: unknown global 'other'") {
		t.Errorf("found %q, want other in line 3", found)
	}
}

// What a return at the end shows of the methods (14.19).
func TestMethods(t *testing.T) {
	lua, star := gopherlua.New(), starlark.New()
	for text, test := range map[string]struct {
		engine hostapi.Engine
		bad    bool
	}{
		"return { main = function() end }":                                              {lua, false},
		"return function() end":                                                         {lua, false},
		"local function f() end\nreturn f":                                              {lua, false},
		"local M = {}\nfunction M.main() end\nreturn M":                                 {lua, false},
		"local M = {}\nM['main'] = print\nreturn M":                                     {lua, false},
		"local M = {}\nfor _, n in ipairs({'main'}) do M[n] = print end\nreturn M":      {lua, false},
		"local M = {}\nlocal function add(t) t.main = print end\nadd(M)\nreturn M":      {lua, false},
		"local M = {}\nfunction M:extend() self.main = print end\nM:extend()\nreturn M": {lua, false},
		"local n = 'main'\nreturn { [n] = print }":                                      {lua, false},
		"if os.time() > 0 then return { main = print } end":                             {lua, false},
		"return require('x')":                                                           {lua, false},
		"return setmetatable({ main = print }, {})":                                     {lua, false},
		"return { start = print }":                                                      {lua, true},
		"return { main = 'text' }":                                                      {lua, true},
		"return { main = nil }":                                                         {lua, true},
		"return {}":                                                                     {lua, true},
		"return nil":                                                                    {lua, true},
		"local x = 1":                                                                   {lua, true},
		"return":                                                                        {lua, true},
		"local M = {}\nfunction M.start() end\nreturn M":                                {lua, true},
		"def main():\n    pass\n":                                                       {star, false},
		"main = lambda: 1\n":                                                            {star, false},
		"def other():\n    pass\nmain = other\n":                                        {star, false},
		"if True:\n    main = 1\nelse:\n    main = print\n":                             {star, false},
		"def mian():\n    pass\n":                                                       {star, true},
		"main = [1]\n":                                                                  {star, true},
	} {
		src := hostapi.Source{ID: "a:b", Path: "x", Text: text, Modules: modules.Standard()}
		if err := methodOf(t, test.engine, src); err != nil != test.bad {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Who embeds an app may have entries of its own, so an unknown id is an error only where
// nobody has (14.19).
func TestUnknownEntries(t *testing.T) {
	e := gopherlua.New()
	src := hostapi.Source{ID: "a:b", Path: "x", Text: "return function() process.spawn('a:nobody', 'a:h') end", Modules: modules.Standard()}
	for _, closed := range []bool{false, true} {
		app := &check.App{
			Modules: modules.Standard(), Closed: closed,
			Kinds: map[string]string{"a:b": "process.lua", "a:h": "process.host"}, Namespaces: map[string]bool{"a": true},
			Fits: func(entry hostapi.EntryRole, kind string) bool {
				return (entry == hostapi.EntryHost) == (kind == "process.host")
			},
		}
		found := check.NewGroup(app, []check.Source{{Source: src, Outline: e.(hostapi.Outliner).Outline(src)}}).Find(0)
		if len(found) != 1 || found[0].Warning == closed || !strings.Contains(found[0].Message, "a:nobody") {
			t.Errorf("closed %v: found %v", closed, found)
		}
	}
}
