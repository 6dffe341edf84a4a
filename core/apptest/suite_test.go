package apptest_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/understudy-run/understudy/core/apptest"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

func engines() []hostapi.Engine {
	return []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()}
}

func files(texts map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range texts {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

// theApp answers, counts late, and has a library.
var theApp = map[string]string{
	"_index.yaml": `
namespace: app
entries:
  - {name: host, kind: process.host}
  - {name: echo, kind: process.lua, source: "file://echo.lua"}
  - {name: silent, kind: process.lua, source: "file://silent.lua", lifecycle: {auto_start: true}}
  - {name: words, kind: library.script, source: "file://words"}
`,
	"echo.lua": `
local function main()
	local inbox = process.inbox()
	while true do
		local m = inbox:receive()
		if m:topic() == "stop" then return "stopped" end
		if m:topic() == "fail" then error("as told") end
		process.send(m:from(), "echo", m:payload():data())
	end
end
return { main = main }
`,
	"silent.lua": `
local function main()
	process.registry.register("silent")
	print("silent runs")
	process.inbox():receive()
end
return { main = main }
`,
	"words.lua":  `return { double = function(s) return s .. s end }`,
	"words.star": `def double(s): return s + s`,
}

func load(t *testing.T, o apptest.Options, texts ...map[string]string) *apptest.Suite {
	t.Helper()
	all := map[string]string{}
	for _, more := range texts {
		for name, text := range more {
			all[name] = text
		}
	}
	o.App, o.Engines, o.Modules = files(all), engines(), modules.Standard()
	s, found := apptest.Load(o)
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

// verdicts are the bodies of tests in both languages, and what becomes of them: passed,
// skipped, or the text of the failure.
var verdicts = []struct{ name, lua, starlark, want string }{
	{"returns", `return 1`, `return 1`, "passed"},
	{"gives a failure", `return nil, "why"`, `return None, "why"`, "why"},
	{"raises", `error("why", 0)`, `fail("why")`, "why"},
	{"equal", `test.equal({a = {1, "x"}}, {a = {1, "x"}})`, `test.equal({"a": [1, "x"]}, {"a": [1, "x"]})`, "passed"},
	{"equal as numbers", `test.equal(1, 1.0)`, `test.equal(1, 1.0)`, "passed"},
	{"equal but for an element", `test.equal({jobs = {1, 2}}, {jobs = {1, 3}}, "the jobs")`, `test.equal({"jobs": [1, 2]}, {"jobs": [1, 3]}, note = "the jobs")`, "the jobs: got.jobs[{}]: 2, want 3"},
	{"equal but for a type", `test.equal("1", 1)`, `test.equal("1", 1)`, `got: "1", want 1`},
	{"equal but for a length", `test.equal({1}, {1, 2})`, `test.equal([1], [1, 2])`, "got: 1 elements, want 2: [1], want [1, 2]"},
	{"equal but for a missing field", `test.equal({a = 1}, {a = 1, b = 2})`, `test.equal({"a": 1}, {"a": 1, "b": 2})`, "got.b: nothing, want 2"},
	{"equal but for a further field", `test.equal({a = 1, b = true}, {a = 1})`, `test.equal({"a": 1, "b": True}, {"a": 1})`, "got.b: true, want nothing"},
	{"not equal", `test.not_equal(1, 2)`, `test.not_equal(1, 2)`, "passed"},
	{"not equal and equal", `test.not_equal({1}, {1})`, `test.not_equal([1], [1])`, "got: [1], want another value"},
	{"ok", `test.equal(test.ok(0), 0)`, `test.equal(test.ok(0), 0)`, "passed"},
	{"ok of false", `test.ok(false, "it")`, `test.ok(False, note = "it")`, "it: got: false"},
	{"ok of nothing", `test.ok(nil)`, `test.ok(None)`, "got: nil"},
	{"matches", `test.matches("abc", "^a.c$")`, `test.matches("abc", "^a.c$")`, "passed"},
	{"matches not", `test.matches("abc", "^b")`, `test.matches("abc", "^b")`, `got: "abc", want a match of ^b`},
	{"near", `test.near(1, 1.05, 0.1)`, `test.near(1, 1.05, 0.1)`, "passed"},
	{"near not", `test.near(1, 2, 0.5)`, `test.near(1, 2, 0.5)`, "got: 1, want 2 within 0.5"},
	{"raises as told", `test.matches(test.raises(function() error("no", 0) end, nil, "no"):message(), "no")`, `test.matches(test.raises(lambda: fail("no"), text = "no").message(), "no")`, "passed"},
	{"raises not", `test.raises(function() end)`, `test.raises(lambda: 1)`, "nothing was raised"},
	{"raises another kind", `test.raises(function() error(errors.new(errors.INVALID, 'no')) end, errors.TIMEOUT)`, `test.raises(lambda: fail('no'), errors.TIMEOUT)`, "raised: "},
	{"fails", `test.fail("why")`, `test.fail("why")`, "why"},
	{"skips", `test.skip("later")`, `test.skip("later")`, "skipped later"},

	{"answers", `local pid = test.spawn("app:echo") process.send(pid, "x", 7) test.equal(test.receive("echo"):payload():data(), 7) process.send(pid, "stop") test.equal(test.expect_exit(pid).value, "stopped")`,
		`
    pid = test.spawn("app:echo")
    process.send(pid, "x", 7)
    test.equal(test.receive("echo").payload().data(), 7)
    process.send(pid, "stop")
    test.equal(test.expect_exit(pid).value, "stopped")`, "passed"},
	{"is told of a failure", `local pid = test.spawn("app:echo") process.send(pid, "fail") test.matches(test.expect_exit(pid).error:message(), "as told")`,
		`
    pid = test.spawn("app:echo")
    process.send(pid, "fail")
    test.matches(test.expect_exit(pid).error.message(), "as told")`, "passed"},
	{"expects an end in vain", `test.allow_left() test.expect_exit(test.spawn("app:echo"), "3s")`, `
    test.allow_left()
    test.expect_exit(test.spawn("app:echo"), "3s")`, "{test:host|2} has not ended in 3s: receive channel(inbox)"},
	{"expects the end of no process", `test.expect_exit("app:echo")`, `test.expect_exit("app:echo")`, "app:echo has not ended in 5s: no process has this PID"},
	{"expects the end of what has ended", `local pid = test.spawn("app:echo") process.send(pid, "stop") test.settle() test.expect_exit(pid)`, `
    pid = test.spawn("app:echo")
    process.send(pid, "stop")
    test.settle()
    test.expect_exit(pid)`, "passed"},
	{"asks for no kind of event", `test.events("process.start")`, `test.events("process.start")`, `unknown kind of event "process.start" (did you mean "process.started"?)`},
	{"unknown entry", `test.spawn("app:" .. "none")`, `test.spawn("app:" + "none")`, "app:none"},
	{"receives in vain", `process.send(process.pid(), "other") test.receive("echo")`, `
    process.send(process.pid(), "other")
    test.receive("echo")`, `no message "echo" in 5s; there are "other" from {test:host|1}`},
	{"others stay", `process.send(process.pid(), "a") process.send(process.pid(), "b") test.receive("b") test.equal(test.receive():topic(), "a")`, `
    process.send(process.pid(), "a")
    process.send(process.pid(), "b")
    test.receive("b")
    test.equal(test.receive().topic(), "a")`, "passed"},
	{"expects nothing", `test.expect_nothing("1h")`, `test.expect_nothing("1h")`, "passed"},
	{"expects nothing in vain", `process.send(process.pid(), "a") test.expect_nothing("1h")`, `
    process.send(process.pid(), "a")
    test.expect_nothing("1h")`, `message "a" from {test:host|1}, want nothing`},
	{"time is virtual", `local before = os.time() test.advance("24h") test.equal(os.time() - before, 86400)`, `
    before = os.time()
    test.advance("24h")
    test.equal(os.time() - before, 86400)`, "passed"},
	{"leaves a process behind", `test.spawn("app:echo")`, `test.spawn("app:echo")`, "left behind: process {test:host|2} of app:echo at echo.lua:5: receive channel(inbox)"},
	{"may leave it behind", `test.spawn("app:echo") test.allow_left()`, `
    test.spawn("app:echo")
    test.allow_left()`, "passed"},
	{"leaves a message behind", `process.send(process.pid(), "a")`, `process.send(process.pid(), "a")`, `left behind: an unread message "a" from {test:host|1}`},
	{"starts the app", `test.start_app() test.settle() test.ok(process.registry.lookup("silent")) test.equal(test.output(), {"silent runs"})`, `
    test.start_app()
    test.settle()
    test.ok(process.registry.lookup("silent"))
    test.equal(test.output(), ["silent runs"])`, "passed"},
	{"sees what happened", `local pid = test.spawn("app:echo") process.send(pid, "stop") test.expect_exit(pid) local e = test.events("process.ended") test.equal(#e, 1) test.equal(e[1].entry, "app:echo")`, `
    pid = test.spawn("app:echo")
    process.send(pid, "stop")
    test.expect_exit(pid)
    e = test.events("process.ended")
    test.equal(len(e), 1)
    test.equal(e[0]["entry"], "app:echo")`, "passed"},
	{"stands in", `test.stand_in("app:echo", "app:silent") test.expect_exit(test.spawn("app:echo"))`, `
    test.stand_in("app:echo", "app:silent")
    test.expect_exit(test.spawn("app:echo"))`, "has not ended in 5s"},
	{"stands in for no process", `test.stand_in("app:" .. "host", "app:echo")`, `test.stand_in("app:" + "host", "app:echo")`, "app:host is a process.host"},
	{"replaces nothing", `test.replace("os", {tim = 1})`, `test.replace("os", {"tim": 1})`, `no such function: os.tim`},
	{"replaces no method", `test.replace("time", {["timer.stap"] = 1})`, `test.replace("time", {"timer.stap": 1})`, `no such function: time.timer.stap (did you mean "timer.stop"?)`},
	{"replaces a method that stays", `test.replace("time", {["timer.stop"] = 1})`, `test.replace("time", {"timer.stop": 1})`, `cannot replace: methods of objects of time`},
	{"sees links", `local pid = test.spawn("app:echo") process.link(pid) process.unlink(pid) process.send(pid, "stop") test.expect_exit(pid) local e = test.events("link.made") test.equal(#e, 1) test.equal(e[1].pid, process.pid()) test.equal(e[1].peer, pid)`, `
    pid = test.spawn("app:echo")
    process.link(pid)
    process.unlink(pid)
    process.send(pid, "stop")
    test.expect_exit(pid)
    e = test.events("link.made")
    test.equal(len(e), 1)
    test.equal(e[0]["pid"], process.pid())
    test.equal(e[0]["peer"], pid)`, "passed"},
	{"sees links of a start", `local pid = process.spawn_linked("app:silent", "test:host") test.equal(#test.events("link.made"), 1) process.send(pid, "x") test.settle()`, `
    pid, _ = process.spawn_linked("app:silent", "test:host")
    test.equal(len(test.events("link.made")), 1)
    process.send(pid, "x")
    test.settle()`, "passed"},
	{"replaces what stays", `test.replace("process", {send = 1})`, `test.replace("process", {"send": 1})`, `cannot replace: functions of process`},
	{"waits for ever", `process.inbox():receive()`, `process.inbox().receive()`, "nothing can run any more"},
	{"runs for ever", `while true do end`, "\n    while True:\n        pass", "more than 10000000 steps"},
	{"knows the library", `test.equal(require("words").double("a"), "aa")`, `test.equal(require("words").double("a"), "aa")`, "passed"},
}

// 60.4 and 60.6: what makes a test pass and fail, on every engine.
func TestVerdicts(t *testing.T) {
	lua, star := "local test = require('test')\nreturn {\n", "test = require('test')\n"
	for i, v := range verdicts {
		lua += fmt.Sprintf("test_%02d = function() %s end,\n", i, v.lua)
		body := v.starlark
		if !strings.HasPrefix(body, "\n") {
			body = "\n    " + body
		}
		star += fmt.Sprintf("def test_%02d():%s\n", i, body)
	}
	s := load(t, apptest.Options{Engine: "all"}, theApp, map[string]string{"v_test.lua": lua + "}", "v_test.star": star})
	seen := 0
	for _, c := range s.Cases {
		var i int
		if _, err := fmt.Sscanf(c.Name, "test_%d", &i); err != nil {
			t.Fatalf("%s: %v", c, c.Broken)
		}
		seen++
		v := verdicts[i]
		t.Run(c.Engine+"/"+v.name, func(t *testing.T) {
			r := s.Run(context.Background(), c)
			got := string(r.Status)
			switch r.Status {
			case apptest.Failed:
				got = r.Err.Error()
			case apptest.Skipped:
				got += " " + r.Reason
			}
			want := strings.ReplaceAll(v.want, "{}", map[bool]string{true: "1", false: "2"}[c.Engine == "starlark"])
			if !strings.Contains(got, want) {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
	if seen != 3*len(verdicts) {
		t.Errorf("%d tests, want %d", seen, 3*len(verdicts))
	}
}

// 60.9: a test that does not end says where each process is.
func TestProcessesOfATestThatDoesNotEnd(t *testing.T) {
	s := load(t, apptest.Options{Engine: "all"}, theApp, map[string]string{
		"v_test.lua": `
local test = require("test")
return { test_waits = function()
	test.spawn("app:echo")
	process.inbox():receive()
end }`,
		"v_test.star": `
test = require("test")
def test_waits():
    test.spawn("app:echo")
    process.inbox().receive()
`})
	for _, c := range s.Cases {
		place := map[string]string{".lua": "v_test.lua:5", ".star": "v_test.star:5"}[c.File[strings.Index(c.File, "."):]]
		want := []string{
			"{test:host|1} test:" + c.File + " (waiting) at " + place + ": receive channel(inbox)",
			"{test:host|2} app:echo (waiting) at echo.lua:5: receive channel(inbox)",
		}
		if r := s.Run(context.Background(), c); !slices.Equal(r.Where, want) {
			t.Errorf("%s: got %q, want %q", c.Engine, r.Where, want)
		}
	}
}

// 60.3: what is nearly a name that counts is told.
func TestMisspeltFunctionsOfTestFiles(t *testing.T) {
	texts := maps.Clone(theApp)
	texts["a_test.lua"] = `return { setUp = function() end, tear_down = function() end, testOne = function() end, setupp = function() end, helper = function() end, test_two = function() end, teardown = function() end }`
	texts["b_test.star"] = "def before_each():\n    pass\ndef set():\n    pass\ndef test_one():\n    pass\n"
	s, found := apptest.Load(apptest.Options{Engine: "all", App: files(texts), Engines: engines(), Modules: modules.Standard()})
	want := []string{
		"a_test.lua: warning: nothing calls setUp; what runs before each test is named setup",
		"a_test.lua: warning: nothing calls setupp; what runs before and after each test is named setup and teardown",
		"a_test.lua: warning: nothing calls tear_down; what runs after each test is named teardown",
		"a_test.lua: warning: nothing calls testOne; names of tests begin with test_",
		"b_test.star: warning: nothing calls before_each; what runs before each test is named setup",
	}
	var got []string
	for _, d := range found {
		got = append(got, d.String())
	}
	if s == nil || len(s.Cases) != 3 || !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// 60.3: setup and teardown run in the process of each test.
func TestBeforeAndAfter(t *testing.T) {
	s := load(t, apptest.Options{Engine: "all"}, theApp, map[string]string{
		"v_test.lua": `
local test, state = require("test"), nil
return {
	setup = function() state = (state or 0) + 1 print("setup " .. state) end,
	teardown = function() print("teardown " .. state) end,
	test_a = function() state = state + 1 end,
	test_b = function() test.fail("b") end,
	helper = function() error("is no test") end,
}`,
		"v_test.star": `
test = require("test")
state = []
def setup():
    state.append(1)
    print("setup %d" % len(state))
def teardown():
    print("teardown %d" % len(state))
def test_b():
    test.fail("b")
def test_a():
    state.append(1)
def helper():
    fail("is no test")
`})
	var seen []string
	for _, c := range s.Cases {
		r := s.Run(context.Background(), c)
		seen = append(seen, fmt.Sprint(c.Engine, " ", c.Name, " ", r.Status, " ", r.Output))
	}
	want := []string{
		"gopherlua test_a passed [setup 1 teardown 2]", "gopherlua test_b failed [setup 1 teardown 1]",
		"golua test_a passed [setup 1 teardown 2]", "golua test_b failed [setup 1 teardown 1]",
		// As written, and at the top level of Starlark nothing may be changed later.
		"starlark test_b failed [setup 1 teardown 1]", "starlark test_a passed [setup 1 teardown 2]",
	}
	slices.Sort(seen)
	slices.Sort(want)
	if !slices.Equal(seen, want) {
		t.Errorf("got  %q\nwant %q", seen, want)
	}
}

// 60.3: what a failure of teardown is, raised or returned; one of the test goes before it.
func TestTeardownFails(t *testing.T) {
	const test = `local test = require("test") return { test_a = function() end, test_b = function() test.fail("b") end, teardown = function() %s end }`
	s := load(t, apptest.Options{Engine: "all"}, theApp, map[string]string{
		"raises_test.lua":  fmt.Sprintf(test, `error("not clean")`),
		"returns_test.lua": fmt.Sprintf(test, `return nil, "not clean"`),
		"fails_test.star":  "test = require('test')\ndef test_a():\n    pass\ndef test_b():\n    test.fail('b')\ndef teardown():\n    fail('not clean')",
	})
	for _, c := range s.Cases {
		want := "teardown: not clean"
		if c.Name == "test_b" {
			want = "b"
		}
		if r := s.Run(context.Background(), c); r.Err == nil || r.Err.Message != want {
			t.Errorf("%s on %s: %v, want %q", c, c.Engine, r.Err, want)
		} else if !strings.HasPrefix(c.File, "returns") && !strings.HasPrefix(r.Place(), c.File+":") {
			t.Errorf("%s on %s is at %q", c, c.Engine, r.Place())
		}
	}
}

// 60.1, 60.2, 60.4: which files are tests, and one that is none fails alone.
func TestFiles(t *testing.T) {
	s := load(t, apptest.Options{}, theApp, map[string]string{
		"a_test.lua":          `return { test_a = function() end, test_b = function() end, other = function() end }`,
		"sub/b_test.star":     "def test_one():\n    pass\ndef test_a():\n    pass",
		"sub/broken_test.lua": `return { test_a = function( end }`,
		"top_test.lua":        `error("at the top")`,
		".hidden/c_test.lua":  `return { test_hidden = function() end }`,
		"app_test.lua":        `return function() end`,
		"more.yaml":           "namespace: more\nentries:\n  - {name: own, kind: process.lua, source: 'file://app_test.lua'}\n",
		"empty_test.lua":      `local tests = { test_a = function() end }`, // is not returned
		"empty_test.star":     "def tests_a():\n    pass",
		"misspelt_test.lua":   `local test = require("test") return { test_a = function() test.equals(1, 1) end }`,
	})
	var seen []string
	for _, c := range s.Cases {
		r := s.Run(context.Background(), c)
		text := fmt.Sprint(c, " ", r.Status)
		if r.Err != nil {
			text += " " + r.Err.Error()
		}
		seen = append(seen, text)
	}
	want := []string{
		"a_test.lua:test_a passed", "a_test.lua:test_b passed",
		"empty_test.lua failed no tests in this file: in Lua they are functions test_* of the table that it returns",
		"empty_test.star failed no tests in this file: in Lua",
		"misspelt_test.lua failed misspelt_test.lua:1:",
		"sub/b_test.star:test_one passed", "sub/b_test.star:test_a passed",
		"sub/broken_test.lua failed sub/broken_test.lua:1:",
		"top_test.lua failed failed to execute script: at the top",
	}
	if !slices.EqualFunc(seen, want, strings.HasPrefix) {
		t.Errorf("got  %q\nwant %q", seen, want)
	}
}

// 60.8: the seed of a failure repeats it, with everything that happened.
func TestSeedRepeats(t *testing.T) {
	racy := map[string]string{"r_test.lua": `
local test = require("test")
return { test_order = function()
	local a, b = test.spawn("app:echo"), test.spawn("app:echo")
	process.send(a, "x", "a") process.send(b, "x", "b")
	local first = test.receive():payload():data()
	test.receive()
	process.send(a, "stop") process.send(b, "stop")
	test.expect_exit(a) test.expect_exit(b)
	test.equal(first, "a")
end }`}
	s := load(t, apptest.Options{Schedules: 200}, theApp, racy)
	r := s.Run(context.Background(), s.Cases[0])
	if r.Status != apptest.Failed || r.Err.Error() != `got: "b", want "a"` {
		t.Fatalf("%s, %v after %d schedules", r.Status, r.Err, r.Schedules)
	}
	again := load(t, apptest.Options{Seed: r.Seed, Schedules: 1}, theApp, racy)
	r2 := again.Run(context.Background(), again.Cases[0])
	if r2.Status != apptest.Failed || fmt.Sprint(r2.Events) != fmt.Sprint(r.Events) {
		t.Errorf("seed %d gives %s:\n%v\nfirst:\n%v", r.Seed, r2.Status, r2.Events, r.Events)
	}
}

// 60.14: the tests of an app are sub-tests of a Go test.
func TestRunInGo(t *testing.T) {
	apptest.Run(t, apptest.Options{
		App: files(map[string]string{
			"_index.yaml": theApp["_index.yaml"], "echo.lua": theApp["echo.lua"], "silent.lua": theApp["silent.lua"],
			"words.lua": theApp["words.lua"], "words.star": theApp["words.star"],
			"a_test.lua": `local test = require("test") return { test_a = function() test.equal(require("words").double("x"), "xx") end }`,
		}),
		Engines: engines(), Modules: modules.Standard(), Engine: "all", Coverage: true,
	})
}

// 60.13: coverage changes no verdict, is the sum of all runs, and knows libraries.
func TestCoverageOfASuite(t *testing.T) {
	s := load(t, apptest.Options{Engine: "all", Coverage: true}, theApp, map[string]string{
		"v_test.lua":  `local test = require("test") return { test_a = function() test.equal(require("words").double("x"), "xx") end, test_b = function() local pid = test.spawn("app:echo") process.send(pid, "fail") test.matches(test.expect_exit(pid).error:message(), "as told") end }`,
		"v_test.star": "def test_a():\n    pass\n",
	})
	of := func(path string) string {
		for _, f := range s.Coverage().Files {
			if f.Path == path {
				executed, all := f.Count()
				return fmt.Sprintf("%d of %d, not %v", executed, all, f.Missed())
			}
		}
		return "none"
	}
	if got := of("echo.lua"); got != "0 of 10, not [2-11]" {
		t.Errorf("before there was a run: %s", got)
	}
	for _, c := range s.Cases {
		if r := s.Run(context.Background(), c); r.Status != apptest.Passed {
			t.Errorf("%s %s: %s", c.Engine, c, r.Text())
		}
	}
	// Nobody has asked for an answer, or for its end.
	if got := of("echo.lua"); got != "8 of 10, not [6 8]" {
		t.Errorf("echo.lua: %s", got)
	}
	for _, f := range s.Coverage().Files {
		if strings.Contains(f.Path, "_test.") {
			t.Errorf("%s counts", f.Path)
		}
	}
}

// 60.15: functions of the test file, with arguments, in processes of their own.
func TestStandIns(t *testing.T) {
	s := load(t, apptest.Options{Engine: "all"}, theApp, map[string]string{
		"v_test.lua": `
local test = require("test")
local t = {}
function t.double(n) process.registry.register("stand-in") return n * 2 end
function t.test_function()
	test.stand_in("app:echo", t.double)
	test.equal(test.expect_exit(test.spawn("app:echo", 21)).value, 42)
end
function t.test_closure() test.stand_in("app:echo", function() end) end
return t`,
		"v_test.star": `
test = require("test")
def double(n):
    process.registry.register("stand-in")
    return n * 2
def test_function():
    test.stand_in("app:echo", double)
    test.equal(test.expect_exit(test.spawn("app:echo", 21)).value, 42)
def test_closure():
    test.stand_in("app:echo", lambda: None)
`})
	for _, c := range s.Cases {
		r := s.Run(context.Background(), c)
		switch {
		case c.Name == "test_function" && r.Status != apptest.Passed:
			t.Errorf("%s %s: %s", c.Engine, c, r.Text())
		case c.Name == "test_closure" && (r.Err == nil || !strings.HasPrefix(r.Err.Error(), "not a function of the test file: in Lua it must be a field")):
			t.Errorf("%s %s: %v", c.Engine, c, r.Err)
		}
	}
	if len(s.Cases) != 6 {
		t.Errorf("%d tests", len(s.Cases))
	}
}

// 60.16: values and functions take the place of those of modules, for the other processes.
func TestReplacements(t *testing.T) {
	app := map[string]string{
		"_index.yaml": "namespace: app\nentries:\n  - {name: host, kind: process.host}\n  - {name: asks, kind: process.script, source: 'file://asks'}\n",
		"asks.lua":    `return { main = function(what) if what == "time" then return os.time() end local v, err = os.date("%Y", 0) return v end }`,
		"asks.star": `
def main(what):
    if what == "time":
        return os.time()
    return os.date("%Y", 0)
`}
	s := load(t, apptest.Options{Engine: "all"}, app, map[string]string{
		"v_test.lua": `
local test = require("test")
return {
	test_value = function()
		test.replace("os", {time = 7})
		test.equal(test.expect_exit(test.spawn("app:asks", "time")).value, 7)
		test.not_equal(os.time(), 7)
	end,
	test_function = function()
		local seen = {}
		test.replace("os", {date = function(format, at) seen[#seen + 1] = {format, at} require("time").sleep("1s") return "then" end})
		test.equal(test.expect_exit(test.spawn("app:asks", "date")).value, "then")
		test.equal(seen, {{"%Y", 0}})
	end,
	test_raised = function()
		test.replace("os", {date = function() error("no clock", 0) end})
		test.matches(test.expect_exit(test.spawn("app:asks", "date")).error:message(), "no clock")
	end,
}`,
		"v_test.star": `
test = require("test")
def test_value():
    test.replace("os", {"time": 7})
    test.equal(test.expect_exit(test.spawn("app:asks", "time")).value, 7)
    test.not_equal(os.time(), 7)
def test_function():
    seen = []
    def date(format, at):
        seen.append([format, at])
        return "then"
    test.replace("os", {"date": date})
    test.equal(test.expect_exit(test.spawn("app:asks", "date")).value, "then")
    test.equal(seen, [["%Y", 0]])
def test_raised():
    test.replace("os", {"date": lambda a, b: fail("no clock")})
    test.matches(test.expect_exit(test.spawn("app:asks", "date")).error.message(), "no clock")
`})
	for _, c := range s.Cases {
		if r := s.Run(context.Background(), c); r.Status != apptest.Passed {
			t.Errorf("%s %s: %s", c.Engine, c, r.Text())
		}
	}
	if len(s.Cases) != 9 {
		t.Errorf("%d tests", len(s.Cases))
	}
}
