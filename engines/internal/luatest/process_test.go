package luatest_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

const hostID = "app:host"

// stage is a runtime whose processes are Lua sources.
type stage struct {
	*core.Runtime
	t      testing.TB
	engine hostapi.Engine
	mu     sync.Mutex
	lines  []string
}

// engines are those under test.
func engines() []hostapi.Engine { return []hostapi.Engine{gopherlua.New(), golua.New()} }

func newStage(t testing.TB, e hostapi.Engine, o core.Options) *stage {
	s := &stage{t: t, engine: e}
	o.Output = s
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	s.Runtime = core.New(o)
	s.DefineHost(core.HostOptions{ID: hostID, Workers: 2})
	if err := s.StartHost(hostID); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *stage) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, strings.TrimSuffix(string(b), "\n"))
	return len(b), nil
}

// define makes app:<name> an entry.
func (s *stage) define(name, text string) {
	s.t.Helper()
	s.Define(core.Entry{ID: "app:" + name, Program: s.compile(name, text)})
}

func (s *stage) compile(name, text string, imports ...hostapi.Import) hostapi.Program {
	s.t.Helper()
	p, err := s.engine.Compile(hostapi.Source{
		ID: "app:" + name, Path: "src/" + name + ".lua", Text: text,
		Modules: modules.Standard(), Imports: imports,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

// play runs app:main and compares what was printed.
func (s *stage) play(want string) {
	s.t.Helper()
	_, err := s.Exec(context.Background(), hostapi.Spawn{ID: "app:main", Host: hostID})
	if err != nil {
		e := hostapi.AsError(err)
		s.t.Errorf("%s: %s\n%s", e.Kind, e.Message, e.Stack)
	}
	if got := strings.Join(s.lines, "\n"); got != strings.TrimSpace(want) {
		s.t.Errorf("printed\n%s\nwant\n%s", got, want)
	}
	s.stop()
}

func (s *stage) stop() {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.Shutdown(ctx, 0); err != nil {
		s.t.Error(err)
	}
}

// onAll runs a test on each engine, on several simulated schedules and on real
// workers.
func onAll(t *testing.T, test func(s *stage)) {
	for _, e := range engines() {
		for seed := range uint64(10) {
			t.Run(fmt.Sprint(e.Info().Name, " seed ", seed), func(t *testing.T) {
				test(newStage(t, e, core.Options{Scheduler: core.NewSimulation(seed), Seed: seed + 1}))
			})
		}
		t.Run(e.Info().Name+" workers", func(t *testing.T) { test(newStage(t, e, core.Options{})) })
	}
}

// onEach runs a test on each engine, on one simulated schedule.
func onEach(t *testing.T, test func(t *testing.T, newStage func() *stage)) {
	for _, e := range engines() {
		t.Run(e.Info().Name, func(t *testing.T) {
			test(t, func() *stage { return newStage(t, e, core.Options{Scheduler: core.NewSimulation(1), Seed: 1}) })
		})
	}
}

func TestPingPong(t *testing.T) {
	onAll(t, func(s *stage) {
		s.define("echo", `return function()
			local inbox = process.inbox()
			while true do
				local m = inbox:receive()
				if m:topic() == "stop" then return "done" end
				process.send(m:from(), "answer", m:payload():data())
			end
		end`)
		s.define("main", `return function()
			local echo = assert(process.spawn_monitored("app:echo", "app:host"))
			local sum = 0
			for i = 1, 100 do
				process.send(echo, "ask", {n = i, list = {1, 2, 3}})
				local d = process.inbox():receive():payload():data()
				sum = sum + d.n + #d.list
			end
			process.send(echo, "stop")
			local e = process.events():receive()
			print(sum, e.kind, e.from == echo, e.result.value)
		end`)
		s.play("5350 pid.exit true done")
	})
}

// A call that waits may be made from anywhere in a script (9.9).
func TestWaitsEverywhere(t *testing.T) {
	onAll(t, func(s *stage) {
		s.define("main", `
		local time = require("time")
		local ch = channel.new()
		local function wait(v) ch:send(v) return (ch:receive()) end
		return function()
			coroutine.spawn(function() while true do local v = ch:receive() ch:send(v) end end)
			print("plain", wait(1))
			print("pcall", pcall(wait, 2))
			print("xpcall", xpcall(error, function(e) return wait(e) end, 3))
			local t = {3, 1, 2}
			table.sort(t, function(a, b) return wait(a) < wait(b) end)
			print("sort", t[1], t[2], t[3])
			print("gsub", (string.gsub("abc", ".", function(c) return wait(c) .. c end)))
			local mt = setmetatable({}, {
				__index = function(_, k) return wait(k) end,
				__add = function(_, b) return wait(b) end,
				__lt = function() return wait(true) end,
				__tostring = function() return wait("text") end,
				__call = function(_, x) return wait(x) end,
			})
			print("meta", mt.x, mt + 4, mt < mt, tostring(mt), mt(5))
			for v in function(_, v) return v == nil and wait(6) or nil end do print("iterator", v) end
			local co = coroutine.wrap(function(a)
				local b = coroutine.yield(wait(a))
				pcall(function() b = coroutine.yield(wait(b)) end)
				table.sort({2, 1}, function(x, y) coroutine.yield(wait("less")) return x < y end)
				return wait(b)
			end)
			print("coroutine", co(1), co(2), co(3), co())
			local inner = coroutine.wrap(function()
				local deep = coroutine.wrap(function() coroutine.yield(wait("deep")) end)
				coroutine.yield(deep())
			end)
			print("nested", inner())
			time.sleep("1ms")
			print(pcall(time.sleep, "1ms"))
		end`)
		s.play(`
plain 1
pcall true 2
xpcall false 3
sort 1 2 3
gsub aabbcc
meta x 4 true text 5
iterator 6
coroutine 1 2 less 3
nested deep
true`)
	})
}

// A manual coroutine may be resumed by different coroutines of the process in
// turn, and waits in the one that resumed it (9.12).
func TestManualCoroutineChangesHands(t *testing.T) {
	onAll(t, func(s *stage) {
		s.define("main", `
		return function()
			local a, b = channel.new(), channel.new()
			local co = coroutine.create(function()
				print("first", (a:receive()))
				coroutine.yield("one")
				print("second", (b:receive()))
				return "two"
			end)
			local handle, main = coroutine.running()
			print(type(handle), main, coroutine.status(handle), coroutine.status(co))
			local done = channel.new()
			local spawned = coroutine.spawn(function()
				print(coroutine.resume(co))
				done:send(true)
			end)
			print(coroutine.status(spawned), coroutine.status(co), spawned ~= handle)
			print(coroutine.resume(co))
			a:send(1)
			done:receive()
			print(coroutine.status(spawned), coroutine.status(co))
			coroutine.spawn(function() b:send(2) end)
			print(coroutine.resume(co))
			print(coroutine.status(co))
		end`)
		s.play(`
thread true running suspended
suspended normal true
false cannot resume non-suspended coroutine
first 1
true one
dead suspended
second 2
true two
dead`)
	})
}

func TestErrorsAtTheBoundary(t *testing.T) {
	onEach(t, func(t *testing.T, newStage func() *stage) {
		cases := map[string]struct{ body, want string }{
			"string":         {`error("bad")`, "Internal bad"},
			"level 2":        {`local function f() error("bad", 2) end f()`, "Internal bad"},
			"level 0":        {`error("src/case.lua:1: bad", 0)`, "Internal src/case.lua:1: bad"},
			"own position":   {`error("src/case.lua:1: bad")`, "Internal src/case.lua:1: bad"},
			"rethrown":       {`local _, e = pcall(error, "bad") error(e, 0)`, "Internal bad"},
			"rethrown again": {`local _, e = pcall(function() error("bad") end) error(e, 0)`, "Internal bad"},
			"coroutine":      {`coroutine.wrap(function() error("bad") end)()`, "Internal bad"},
			"object":         {`error(errors.new{message = "bad", kind = errors.CONFLICT, details = {n = 1}})`, "Conflict bad {n: 1}"},
			"unknown":        {`error(errors.new("bad"))`, "Internal bad"},
			"table":          {`error(setmetatable({}, {__tostring = function() return "text" end}))`, "Internal text"},
			"nil":            {`error(nil)`, "Internal nil"},
			"number":         {`error(42)`, "Internal 42"},
			"returned":       {`return nil, "bad"`, "Internal bad"},
			"returned error": {`return nil, errors.new{message = "bad", kind = errors.TIMEOUT}`, "Timeout bad"},
			"invalid":        {`channel.new("x")`, "Invalid"},
			"spawned":        {`coroutine.spawn(function() error("bad") end) channel.new():receive()`, "Internal bad"},
			"unsendable":     {`return print`, "Invalid cannot send a function"},
			"runtime":        {`local x = nil; return x.y`, "Internal"},
			"deadlock":       {`channel.new():receive()`, "Internal deadlock: all 1 coroutines blocked"},
		}
		for name, c := range cases {
			s := newStage()
			s.define("case", "return function() "+c.body+" end")
			s.define("main", `return function()
				local v, e = process.exec("app:case", "app:host")
				print(e:kind() .. " " .. e:message(), (e:details() or {}).n and "{n: " .. e:details().n .. "}" or "")
				assert(v == nil and #e:stack() > 0)
			end`)
			_, err := s.Exec(context.Background(), hostapi.Spawn{ID: "app:main", Host: hostID})
			if err != nil || len(s.lines) != 1 || !strings.HasPrefix(s.lines[0], c.want) {
				t.Errorf("%s: got %q, %v, want %q", name, s.lines, err, c.want)
			}
			if c.want != "Internal" && c.want != "Invalid" && !strings.HasPrefix(c.want, "Invalid") && strings.TrimSpace(strings.Join(s.lines, "")) != c.want {
				t.Errorf("%s: got %q, want %q", name, s.lines, c.want)
			}
		}
	})
}

func TestStackOfAnError(t *testing.T) {
	onEach(t, func(t *testing.T, newStage func() *stage) {
		s := newStage()
		s.define("main", `local function inner()
		error("bad")
	end
	local function outer()
		inner()
		return 1
	end
	return function()
		outer()
		return 1
	end`)
		_, err := s.Exec(context.Background(), hostapi.Spawn{ID: "app:main", Host: hostID})
		e := hostapi.AsError(err)
		var lines []int
		for _, f := range e.Frames {
			if f.Source != "src/main.lua" {
				t.Errorf("frame %+v", f)
			}
			lines = append(lines, f.Line)
		}
		if fmt.Sprint(lines) != "[2 5 9]" || e.Frames[0].Name != "inner" {
			t.Errorf("got frames %+v", e.Frames)
		}
		if !strings.Contains(e.Stack, "src/main.lua:2: in function inner") || !strings.HasPrefix(e.Stack, "src/main.lua:2: bad\n") {
			t.Errorf("got stack %s", e.Stack)
		}
	})
}

func TestKillWhileWaiting(t *testing.T) {
	onAll(t, func(s *stage) {
		for name, wait := range map[string]string{
			"receive":    `ch:receive()`,
			"pcall":      `while true do pcall(ch.receive, ch) print("on") end`,
			"sleep":      `while true do pcall(require("time").sleep, "1h") print("on") end`,
			"coroutine":  `while true do coroutine.wrap(function() while true do pcall(ch.receive, ch) print("on") end end)() end`,
			"comparator": `table.sort({2, 1}, function() ch:receive() print("on") end)`,
			"spawned":    `coroutine.spawn(function() pcall(ch.receive, ch) print("on") end) ch:receive()`,
			"loop":       `while true do pcall(function() while true do end end) print("on") end`,
		} {
			s.define(name, `return function() local ch = process.inbox() `+wait+` end`)
		}
		s.define("main", `return function(...)
			for _, name in ipairs{"receive", "pcall", "sleep", "coroutine", "comparator", "spawned", "loop"} do
				local pid = assert(process.spawn_monitored("app:" .. name, "app:host"))
				coroutine.yield()
				assert(process.terminate(pid))
				local e = process.events():receive()
				print(name, e.result.error:kind())
			end
		end`)
		s.play(`
receive Canceled
pcall Canceled
sleep Canceled
coroutine Canceled
comparator Canceled
spawned Canceled
loop Canceled`)
	})
}

// When main returns, coroutines that wait are discarded: nothing of them runs.
func TestDiscardedCoroutinesRunNoMore(t *testing.T) {
	onAll(t, func(s *stage) {
		s.define("main", `return function()
			local ch = channel.new()
			for i = 1, 20 do
				coroutine.spawn(function()
					local co = coroutine.wrap(function() pcall(ch.receive, ch) print("on") end)
					pcall(co)
					print("on")
				end)
			end
			print("main")
		end`)
		s.play("main")
	})
}

func TestLibraries(t *testing.T) {
	onEach(t, func(t *testing.T, newStage func() *stage) {
		s := newStage()
		base := s.compile("base", `
			print("base", pcall(require, "mid"))
			return {n = 0, loader = require, load = function(name) return require(name) end}`)
		mid := s.compile("mid", `
			local base = require("under")
			base.n = base.n + 1
			print("mid", require("under") == base)
			return base`, hostapi.Import{Alias: "under", Program: base})
		main := s.compile("main", `
			local a, b = require("mid"), require("base")
			return function()
				b.n = b.n + 1
				print(a == b, b.n, require("process") == process, require("string") == string)
				print(pcall(require, "under"))
				print(pcall(a.load, "base"))
				print(select(2, pcall(a.loader, "base")) == b)
				print(select(2, pcall(require, "nothing")):kind())
				print(pcall(function() return coroutine.wrap(function() return require("base") == b end)() end))
			end`, hostapi.Import{Alias: "mid", Program: mid}, hostapi.Import{Alias: "base", Program: base})
		s.Define(core.Entry{ID: "app:main", Program: main})
		s.play(`
base false module 'mid' not found: the entry of src/base.lua lists it in neither modules nor imports
mid true
true 2 true true
false module 'under' not found: the entry of src/main.lua lists it in neither modules nor imports
false module 'base' not found: the entry of src/base.lua lists it in neither modules nor imports
true
NotFound
true true`)
	})
}

// Entries may share a source file; each still has its own grants (14.16).
func TestSourcesOfOneFile(t *testing.T) {
	onEach(t, func(t *testing.T, newStage func() *stage) {
		s := newStage()
		const text = `
			local load = require
			local function own(name) return (pcall(load, name)) end
			local function use(name) return (pcall(require, name)) end
			return function() print(own("a"), use("a"), own("b"), use("b")) end`
		shared := func(imports ...hostapi.Import) hostapi.Program {
			p, err := s.engine.Compile(hostapi.Source{ID: "app:x", Path: "src/one.lua", Text: text, Modules: modules.Standard(), Imports: imports})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		nothing := s.compile("nothing", `return 1`)
		a := shared(hostapi.Import{Alias: "a", Program: nothing})
		b := shared(hostapi.Import{Alias: "b", Program: nothing})
		s.Define(core.Entry{ID: "app:main", Program: s.compile("main", `
			local one, two = require("one"), require("two")
			return function() one() two() end`, hostapi.Import{Alias: "one", Program: a}, hostapi.Import{Alias: "two", Program: b})})
		s.play(`
true true false false
false false true true`)
	})
}
