package apptest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/apptest"
	"github.com/understudy-run/understudy/hostapi/modules"
)

// race is a small app with one classic race or leak, and its mended twin. Both have the
// same test. $ in the actors is what differs.
type race struct {
	name           string
	actors         map[string]string
	broken, mended string
	test           string
}

// serve is an actor that answers calls: text is a list of branches on m:topic().
func serve(before, branches string) string {
	return before + `
		while true do
			local m = process.inbox():receive()
			local topic, v = m:topic(), m:payload() and m:payload():data()
			if topic == "end" then return "ended"
			` + branches + `
			end
		end`
}

var races = []race{
	{
		"a change between look and subscription",
		map[string]string{
			"server": serve(`local value, subscriber`, `
				elseif topic == "get" then m:reply(value)
				elseif topic == "subscribe" then subscriber = m:from()
				elseif topic == "set" then value = v if subscriber then process.send(subscriber, "changed", v) end`),
			"client": `local server = ... local changed = process.listen("changed") $
				if value then return value end
				local r = channel.select{ changed:case_receive(), time.after("10s"):case_receive() }
				return r.channel == changed and r.value or nil`,
		},
		`local value = process.call(server, "get") process.send(server, "subscribe")`,
		`process.send(server, "subscribe") local value = process.call(server, "get")`,
		`local server = test.spawn("app:server")
		local client = test.spawn("app:client", server)
		process.send(server, "set", 7)
		local r = test.expect_exit(client, "1m")
		process.send(server, "end") test.expect_exit(server)
		test.equal(r.value, 7)`,
	},
	{
		"an end before the monitor",
		map[string]string{
			"worker": `return "done"`,
			"client": `$ local events = process.events()
				local r = channel.select{ events:case_receive(), time.after("10s"):case_receive() }
				return r.channel == events`,
		},
		`local pid = process.spawn("app:worker") process.monitor(pid)`,
		`local pid = process.spawn_monitored("app:worker")`,
		`test.equal(test.expect_exit(test.spawn("app:client"), "1m").value, true)`,
	},
	{
		"a failure before the link",
		map[string]string{
			"worker": `error("no")`,
			"client": `process.set_options({ trap_links = true }) $ local events = process.events()
				local r = channel.select{ events:case_receive(), time.after("10s"):case_receive() }
				return r.channel == events`,
		},
		`local pid = process.spawn("app:worker") process.link(pid)`,
		`local pid = process.spawn_linked("app:worker")`,
		`test.equal(test.expect_exit(test.spawn("app:client"), "1m").value, true)`,
	},
	{
		"a reply after the timeout",
		map[string]string{
			"server": serve(`local slow = true`, `elseif topic == "double" then
				if slow then slow = false time.sleep("1500ms") end
				if not m:reply(v * 2) then process.send(m:from(), "reply", v * 2) end`),
			"client": `local server = ... $ local first = ask(1) return ask(10)`,
		},
		`local replies = process.listen("reply")
		local function ask(n)
			process.send(server, "double", n)
			local r = channel.select{ replies:case_receive(), time.after("1s"):case_receive() }
			return r.channel == replies and r.value or nil
		end`,
		`local function ask(n) return (process.call(server, "double", "1s", n)) end`,
		`local server = test.spawn("app:server")
		local r = test.expect_exit(test.spawn("app:client", server), "1m")
		process.send(server, "end") test.expect_exit(server)
		test.equal(r.value, 20)`,
	},
	{
		"a ticker that goes on",
		map[string]string{
			"clock":  `local to = ... local events = process.events() local t = time.ticker("1s") while true do local r = channel.select{ events:case_receive(), t:channel():case_receive() } if r.channel == events then return end process.send(to, "tick") end`,
			"client": `local clock = process.spawn("app:clock", nil, process.pid()) process.listen("tick"):receive() $ return "late"`,
		},
		``,
		`process.cancel(clock, "1s")`,
		`test.equal(test.expect_exit(test.spawn("app:client")).value, "late") test.advance("3s")`,
	},
	{
		"a restart without the name",
		map[string]string{
			"worker": serve(``, `elseif topic == "ask" then m:reply(1) elseif topic == "fail" then error("no")`),
			"keeper": `process.set_options({ trap_links = true }) local events = process.events()
				local function start() return process.spawn_linked("app:worker") end
				process.registry.register("worker", start())
				while true do
					local e = events:receive()
					if e.kind == process.event.CANCEL then process.send("worker", "end") return end
					local pid = start() $
				end`,
		},
		``,
		`process.registry.register("worker", pid)`,
		`local keeper = test.spawn("app:keeper") test.settle()
		process.send("worker", "fail") test.settle()
		local v = process.call("worker", "ask", "1s")
		process.cancel(keeper, "1s") test.expect_exit(keeper) test.settle()
		test.equal(v, 1)`,
	},
	{
		"two holders of a role",
		map[string]string{"member": `local to = ... local pid = process.registry.lookup("leader") if pid then return end coroutine.yield() $ process.send(to, "leads") process.inbox():receive()`},
		`process.registry.register("leader")`,
		`if not process.registry.register("leader") then return end`,
		`for _ = 1, 3 do test.spawn("app:member", process.pid()) end
		test.receive("leads") test.allow_left() test.raises(function() test.receive("leads", "1s") end)`,
	},
	{
		"a lost update",
		map[string]string{
			"server": serve(`local n = 0`, `elseif topic == "get" then m:reply(n) elseif topic == "set" then n = v m:reply(n) elseif topic == "add" then n = n + v m:reply(n)`),
			"client": `local server = ... $`,
		},
		`local n = process.call(server, "get") process.call(server, "set", "5s", n + 1)`,
		`process.call(server, "add", "5s", 1)`,
		`local server = test.spawn("app:server")
		local a, b = test.spawn("app:client", server), test.spawn("app:client", server)
		test.expect_exit(a) test.expect_exit(b)
		local n = process.call(server, "get") process.send(server, "end") test.expect_exit(server)
		test.equal(n, 2)`,
	},
	{
		"a message to a name that is not there yet",
		map[string]string{
			"server": `process.registry.register("server")` + serve(``, ``),
			"client": `local server = process.spawn("app:server") $`,
		},
		`process.send("server", "end")`,
		`process.send(server, "end")`,
		`test.expect_exit(test.spawn("app:client")) test.settle()`,
	},
	{
		"an answer that nobody reads",
		map[string]string{"server": serve(``, `elseif topic == "ask" then m:reply(1) $`)},
		`process.send(m:from(), "answer", 1)`,
		``,
		`local server = test.spawn("app:server") test.equal(process.call(server, "ask"), 1) process.send(server, "end") test.expect_exit(server)`,
	},
	{
		"workers that outlive their pool",
		map[string]string{
			"worker": serve(``, ``),
			"pool":   `local events = process.events() local pids = {} for i = 1, 3 do pids[i] = process.spawn_linked("app:worker") end events:receive() $ return "stopped"`,
		},
		``,
		`for _, pid in ipairs(pids) do process.send(pid, "end") end`,
		`local pool = test.spawn("app:pool") test.settle() process.cancel(pool, "1s") test.equal(test.expect_exit(pool).value, "stopped") test.settle()`,
	},
	{
		"two that ask each other",
		map[string]string{"node": serve(`local other, sum = nil, 0`, `
				elseif topic == "meet" then other = v
				elseif topic == "number" then m:reply(1)
				elseif topic == "add" then $ 
				elseif topic == "sum" then m:reply(sum)`)},
		`local n = process.call(other, "number", "2s") sum = n and n + 1 or -1`,
		`local n coroutine.spawn(function() n = process.call(other, "number", "2s") sum = n and n + 1 or -1 end)`,
		`local a, b = test.spawn("app:node"), test.spawn("app:node")
		process.send(a, "meet", b) process.send(b, "meet", a)
		process.send(a, "add") process.send(b, "add") test.advance("1m")
		local x, y = process.call(a, "sum"), process.call(b, "sum")
		process.send(a, "end") process.send(b, "end") test.expect_exit(a) test.expect_exit(b)
		test.equal({ x, y }, { 2, 2 })`,
	},
	{
		"answers taken in the order of the questions",
		map[string]string{
			"worker": `local to, n = ... process.send(to, "result", { n = n, square = n * n })`,
			"client": `local results = process.listen("result") local out = {}
				for n = 1, 3 do process.spawn("app:worker", nil, process.pid(), n) end
				for n = 1, 3 do local r = results:receive() $ end return out`,
		},
		`out[n] = r.square`,
		`out[r.n] = r.square`,
		`test.equal(test.expect_exit(test.spawn("app:client")).value, { 1, 4, 9 })`,
	},
	{
		"a channel that nobody reads yet",
		map[string]string{"client": `local c = channel.new() local got $ return got`},
		`c:send(7) coroutine.spawn(function() got = c:receive() end)`,
		`coroutine.spawn(function() got = c:receive() end) c:send(7) coroutine.yield()`,
		`test.equal(test.expect_exit(test.spawn("app:client")).value, 7)`,
	},
	{
		"a CANCEL behind the work",
		map[string]string{"worker": `local events, inbox = process.events(), process.inbox() process.send(process.pid(), "next")
			while true do
				local r = channel.select{ $ }
				if r.channel == events then return "stopped" end
				process.send(process.pid(), "next") time.sleep("10ms")
			end`},
		`inbox:case_receive(), events:case_receive()`,
		`events:case_receive(), inbox:case_receive()`,
		`local worker = test.spawn("app:worker") test.advance("100ms") process.cancel(worker, "1s") test.equal(test.expect_exit(worker).value, "stopped")`,
	},
	{
		"a service started twice",
		map[string]string{
			"server": `local ok = process.registry.register("server") $` + serve(``, ``),
			"client": `if not process.registry.lookup("server") then process.spawn("app:server") end`,
		},
		``,
		`if not ok then return end`,
		`local a, b = test.spawn("app:client"), test.spawn("app:client") test.expect_exit(a) test.expect_exit(b) test.settle()
		process.send("server", "end") test.settle()`,
	},
	{
		"a failure that is not counted",
		map[string]string{
			"worker": `local to, n = ... if n == 2 then error("no") end process.send(to, "done", n)`,
			"client": `local done, events = process.listen("done"), process.events() local n = 0
				for i = 1, 3 do process.spawn_monitored("app:worker", nil, process.pid(), i) end
				while n < 3 do
					local r = channel.select{ done:case_receive(), events:case_receive() }
					$
				end return n`,
		},
		`if r.channel == done then n = n + 1 end`,
		`if r.channel == events then n = n + 1 end`,
		`test.equal(test.expect_exit(test.spawn("app:client")).value, 3)`,
	},
	{
		"a deadline that each message puts off",
		map[string]string{"client": `local inbox, events = process.inbox(), process.events() local limit = time.after("5s")
			while true do
				$
				local r = channel.select{ inbox:case_receive(), limit:case_receive() }
				if r.channel ~= inbox then return "over" end
			end`},
		`limit = time.after("5s")`,
		``,
		`local client = test.spawn("app:client") for _ = 1, 8 do test.advance("1s") process.send(client, "ping") end test.allow_left()
		test.equal(test.expect_exit(client, "10ms").value, "over")`,
	},
	{
		"a PID that was kept too long",
		map[string]string{
			"worker": `process.registry.register("worker")` + serve(``, `elseif topic == "ask" then m:reply(1) elseif topic == "fail" then error("no")`),
			"client": serve(`local worker = process.registry.lookup("worker")`, `elseif topic == "ask" then local v, err = process.call($, "ask", "1s") m:reply(v or 0)`),
		},
		`worker`,
		`"worker"`,
		`local first = test.spawn("app:worker") test.settle()
		local client = test.spawn("app:client") test.settle()
		process.send(first, "fail") test.expect_exit(first)
		local second = test.spawn("app:worker") test.settle()
		local v = process.call(client, "ask")
		process.send(client, "end") process.send(second, "end") test.expect_exit(client) test.expect_exit(second)
		test.equal(v, 1)`,
	},
	{
		"a greeting before the other listens",
		map[string]string{
			"server": `local first = process.inbox():receive() $`,
			"client": `local server = ... process.send(server, "hello", 1) process.send(server, "data", 2)`,
		},
		`if first:topic() ~= "data" then return nil end return first:payload():data()`,
		`local data = process.listen("data") return data:receive()`,
		`local server = test.spawn("app:server") test.expect_exit(test.spawn("app:client", server)) test.equal(test.expect_exit(server).value, 2)`,
	},
}

// understudy test finds at least 19 of 20 races within its default schedules, and nothing
// in their mended twins.
func TestRacesAreFound(t *testing.T) {
	verdict := func(r race, text string) apptest.Result {
		index := "namespace: app\nentries:\n  - {name: host, kind: process.host}\n"
		files := map[string]string{}
		for name, body := range r.actors {
			index += fmt.Sprintf("  - {name: %s, kind: process.lua, source: 'file://%s.lua', modules: [time]}\n", name, name)
			files[name+".lua"] = "local time = require('time')\nreturn function(...) " + strings.ReplaceAll(body, "$", text) + " end"
		}
		files["_index.yaml"] = index
		files["r_test.lua"] = "local test = require('test')\nreturn { test_it = function() " + r.test + " end }"
		s := load(t, apptest.Options{Seed: 1}, files)
		return s.Run(context.Background(), s.Cases[0])
	}
	found := 0
	for _, r := range races {
		if v := verdict(r, r.broken); v.Status == apptest.Failed {
			found++
			t.Logf("%s: found after %d: %v", r.name, v.Schedules, v.Err)
		} else {
			t.Logf("%s: not found", r.name)
		}
		if v := verdict(r, r.mended); v.Status != apptest.Passed {
			t.Errorf("%s: the mended twin: %s", r.name, v.Text())
		}
	}
	if len(races) != 20 || found < 19 {
		t.Errorf("%d of %d found", found, len(races))
	}
}

// A thousand tests of three actors each, under 25 schedules, one after the other.
func BenchmarkThousandTests(b *testing.B) {
	s, found := apptest.Load(apptest.Options{Seed: 1, App: files(map[string]string{
		"_index.yaml": "namespace: app\nentries:\n  - {name: host, kind: process.host}\n  - {name: echo, kind: process.lua, source: 'file://echo.lua'}\n",
		"echo.lua":    theApp["echo.lua"],
		"three_test.lua": `local test = require("test")
return { test_three = function()
	local pids = {}
	for i = 1, 3 do pids[i] = test.spawn("app:echo") process.send(pids[i], "x", i) end
	for i = 1, 3 do test.receive("echo") end
	for i = 1, 3 do process.send(pids[i], "stop") test.expect_exit(pids[i]) end
end }`,
	}), Engines: engines(), Modules: modules.Standard()})
	if s == nil {
		b.Fatal(found)
	}
	for b.Loop() {
		for range 1000 {
			if r := s.Run(context.Background(), s.Cases[0]); r.Status != apptest.Passed || r.Schedules != 25 {
				b.Fatal(r.Text())
			}
		}
	}
}
