package engines_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/define"
)

// killed says how a process of a script is brought to its end.
type killed struct {
	name   string
	lua    string
	star   string
	limits core.Limits
	line   int // where its code stands then
	frames int
	loops  bool // without waiting, so it needs a real clock
	do     func(rt *core.Runtime, pid hostapi.PID) error
}

func terminated(rt *core.Runtime, pid hostapi.PID) error { return rt.Terminate(pid) }

func cancelled(rt *core.Runtime, pid hostapi.PID) error { return rt.Cancel(pid, time.Millisecond, "") }

// 2.19: whatever kills a process says where its code stood, if that ran or waited.
func TestKillsHaveAPlace(t *testing.T) {
	const luaLoop = "return function()\n local n = 0\n local function work()\n  print('ready') while true do\n   n = tostring(n)\n  end\n end\n work()\nend"
	const starLoop = "def work():\n    n = 0\n\n    print('ready')\n    while n != 1: n = str(n)\ndef main():\n    work()\n"
	cases := []killed{
		{name: "fuel", lua: luaLoop, star: starLoop, line: 5, frames: 2, limits: core.Limits{Fuel: 50_000}},
		{name: "terminate of a loop", loops: true, lua: luaLoop, star: starLoop, line: 5, frames: 2, do: terminated},
		{name: "grace of a loop", loops: true, lua: luaLoop, star: starLoop, line: 5, frames: 2, do: cancelled},
		{
			name: "grace of a sleep", line: 3, frames: 1, do: cancelled,
			lua:  "local time = require('time')\nreturn function()\n time.sleep('1h')\nend",
			star: "time = require('time')\ndef main():\n    time.sleep('1h')\n",
		},
		{
			name: "terminate inside pcall", line: 3, frames: 1, do: terminated,
			lua:  "return function()\n pcall(function()\n  process.inbox():receive() end)\nend",
			star: "def main():\n    pcall(lambda:\n        process.inbox().receive())\n",
		},
		{
			name: "memory", line: 4, frames: 1, limits: core.Limits{Memory: 2 << 20},
			lua:  "return function()\n local t = {}\n while true do\n  t[#t + 1] = ('x'):rep(1000)\n end\nend",
			star: "def main():\n    t = []\n    while True:\n        t.append('x' * 1000 + str(len(t)))\n",
		},
		{
			name: "deadlock", line: 3, frames: 1,
			lua:  "return function()\n local c = channel.new()\n c:receive()\nend",
			star: "def main():\n    c = channel.new()\n    c.receive()\n",
		},
		{
			name: "terminate in a manual coroutine", line: 3, do: terminated,
			lua: "return function()\n coroutine.wrap(function()\n  process.inbox():receive()\n end)()\nend",
		},
	}
	for _, e := range []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()} {
		for _, c := range cases {
			text := c.lua
			if e.Info().Language == "starlark" {
				text = c.star
			}
			if text == "" {
				continue // manual coroutines are Lua's
			}
			err := endOf(t, e, text, c)
			if err == nil || len(err.Frames) == 0 {
				t.Errorf("%s: %s: %v has no place", e.Info().Name, c.name, err)
				continue
			}
			at := err.Frames[0]
			// A loop is ended anywhere in it.
			if inLoop := c.line >= 4 && at.Line >= c.line-1 && at.Line <= c.line+1; at.Line != c.line && !inLoop ||
				at.Source != "src/test"+e.Info().Extension || err.Stack == "" || c.frames > 0 && len(err.Frames) < c.frames {
				t.Errorf("%s: %s is told at %v, want line %d:\n%s", e.Info().Name, c.name, err.Frames, c.line, err.Stack)
			}
		}
	}
}

// endOf gives the error with which a process of the script ends.
func endOf(t *testing.T, e hostapi.Engine, text string, c killed) *hostapi.Error {
	t.Helper()
	var options core.Options
	simulation := core.NewSimulation(1)
	ready := make(chan bool, 1)
	if c.loops {
		options.Output = told(ready)
	} else {
		options.Scheduler = simulation
	}
	rt := running(t, options, core.Entry{ID: "app:test", Program: compile(t, e, text), Method: "main", Limits: c.limits})
	ended := make(chan hostapi.Result, 1)
	pid, err := rt.Start(t.Context(), hostapi.Spawn{ID: "app:test", Host: hostID}, func(r hostapi.Result) { ended <- r })
	if err != nil {
		t.Fatal(err)
	}
	if c.loops {
		<-ready
	} else if c.do != nil {
		simulation.Settle()
	}
	if c.do != nil {
		if err := c.do(rt, pid); err != nil {
			t.Fatal(err)
		}
	}
	if !c.loops {
		simulation.RunFor(time.Second)
	}
	r := <-ended
	if err := rt.Shutdown(context.Background(), 0); err != nil {
		t.Fatal(err)
	}
	return r.Err
}

// told is an output that tells that something was printed.
type told chan bool

func (w told) Write(b []byte) (int, error) {
	w <- true
	return len(b), nil
}

// running gives a runtime with a host and an entry.
func running(t *testing.T, options core.Options, entry core.Entry) *core.Runtime {
	t.Helper()
	rt := core.New(options)
	if err := rt.DefineHost(core.HostOptions{ID: hostID}); err != nil {
		t.Fatal(err)
	}
	if err := rt.StartHost(hostID); err != nil {
		t.Fatal(err)
	}
	rt.Define(entry)
	return rt
}

// 15.1: a top level that does not end in time says where it is.
func TestStartThatTimesOutHasAPlace(t *testing.T) {
	for e, text := range map[hostapi.Engine]string{
		gopherlua.New(): "local n = 0\nwhile true do\n n = tostring(n)\nend",
		golua.New():     "local n = 0\nwhile true do\n n = tostring(n)\nend",
		starlark.New():  "n = 0\nwhile n != 1:\n    n = str(n)\n",
	} {
		failures := make(chan *hostapi.Error, 100)
		rt := running(t, core.Options{OnEvent: func(ev core.RuntimeEvent) {
			if c, ok := ev.(core.ServiceChange); ok && c.NotStarted {
				failures <- c.Err
			}
		}}, core.Entry{ID: "app:test", Program: compile(t, e, text), Method: "main"})
		options := core.DefaultService
		options.Spawn = hostapi.Spawn{ID: "app:test", Host: hostID}
		options.StartTimeout = 20 * time.Millisecond
		options.Restart.InitialDelay, options.Restart.MaxDelay = time.Millisecond, time.Millisecond
		service := rt.NewService(options)
		service.Start()
		err := <-failures
		for i := 0; i < 50 && len(err.Frames) == 0; i++ { // it had not begun: the machine is busy
			err = <-failures
		}
		if err.Kind != hostapi.Timeout || len(err.Frames) == 0 || err.Frames[0].Line > 4 {
			t.Errorf("%s: the start failed with %v at %v", e.Info().Name, err, err.Frames)
		}
		service.Stop("")
		if err := rt.Shutdown(context.Background(), 0); err != nil {
			t.Fatal(err)
		}
	}
}

// 2.24: who knows the script only finds the function of a module that has panicked, and
// the line that has called it.
func TestPanicsOfModulesHaveAPlace(t *testing.T) {
	stock := define.Module("stock", "What there is.", define.Func("count", "Counts.", func(item string) int {
		counts := []int{1, 2}
		return counts[len(item)]
	}, "item"))
	for e, text := range map[hostapi.Engine]string{
		gopherlua.New(): "local stock = require('stock')\nreturn function()\n return pcall(stock.count, 'nuts')\nend",
		golua.New():     "local stock = require('stock')\nreturn function()\n return pcall(stock.count, 'nuts')\nend",
		starlark.New():  "stock = require('stock')\ndef main():\n    return pcall(stock.count, 'nuts')\n",
	} {
		rt := running(t, core.Options{Scheduler: core.NewSimulation(1)},
			core.Entry{ID: "app:test", Program: compile(t, e, text, stock), Method: "main"})
		_, failed := rt.Exec(t.Context(), hostapi.Spawn{ID: "app:test", Host: hostID})
		err := hostapi.AsError(failed)
		if at := "src/test" + e.Info().Extension + ":3"; err.Message != "internal error" || err.Place() != at ||
			!strings.HasPrefix(err.Stack, "panic: runtime error: index out of range [4] with length 2 in stock.count\n") || !strings.Contains(err.Stack, at) || !strings.Contains(err.Stack, "place_test.go:") {
			t.Errorf("%s: a panic is told as %v at %s:\n%s", e.Info().Name, err, err.Place(), err.Stack)
		}
		if err := rt.Shutdown(context.Background(), 0); err != nil {
			t.Fatal(err)
		}
	}
}

// Errors about arguments name a function as scripts do, and as what is found before
// anything starts does.
func TestArgumentErrorsNameTheModule(t *testing.T) {
	for _, c := range []struct{ lua, star, want string }{
		{"process.send(1, 't')", "process.send(1, 't')", "process.send: argument #1"},
		{"process.registry.lookup(1)", "process.registry.lookup(1)", "process.registry.lookup: argument #1"},
		{"process.with_context({}):with_name(1)", "", "builder:with_name: argument #1"},
		{"", "process.with_context({}).with_name(1)", "builder.with_name: argument #1"},
		{"coroutine.spawn(1)", "coroutine.spawn(1)", "coroutine.spawn: argument #1"},
		{"channel.select(1)", "channel.select(1)", "channel.select: argument #1"},
		{"require('time').date(1)", "require('time').date(1)", "time.date requires argument #2"},
	} {
		for e, code := range map[hostapi.Engine]string{
			gopherlua.New(): c.lua, golua.New(): c.lua, starlark.New(): c.star,
		} {
			text := "return function()\n " + code + "\nend"
			if e.Info().Language == "starlark" {
				text = "def main():\n    " + code + "\n"
			}
			if code == "" {
				continue // it is spelled otherwise
			}
			if err := failureOf(t, e, text); err.Kind != hostapi.Invalid || !strings.Contains(err.Message, c.want) {
				t.Errorf("%s: %s fails with %s: %s, want %s", e.Info().Name, code, err.Kind, err.Message, c.want)
			}
		}
	}
}

// 19.9: the message of a run-time error that nobody caught begins with its place, whoever
// computes the operation; what error said does not (2.18).
func TestRunTimeErrorsHaveAPlace(t *testing.T) {
	for code, want := range map[string]string{
		"local v = 'a' .. x":           "test.lua:3: attempt to concatenate local 'x' (a nil value)",
		"local v = x .. 'a'":           "test.lua:3: attempt to concatenate local 'x' (a nil value)",
		"local v = x + 1":              "test.lua:3: attempt to perform arithmetic on local 'x' (a nil value)",
		"local v = x % 2":              "test.lua:3: attempt to perform arithmetic on local 'x' (a nil value)",
		"local v = 2 ^ x":              "test.lua:3: attempt to perform arithmetic on local 'x' (a nil value)",
		"local v = #x":                 "test.lua:3: attempt to get length of local 'x' (a nil value)",
		"local v = x.y":                "test.lua:3: attempt to index local 'x' (a nil value)",
		"x.y = 1":                      "test.lua:3: attempt to index local 'x' (a nil value)",
		"x()":                          "test.lua:3: attempt to call local 'x' (a nil value)",
		"local v = x < 1":              "test.lua:3: attempt to compare nil with number",
		"string.rep()":                 "test.lua:3: bad argument #1 to 'rep' (string expected, got no value)",
		"ipairs()":                     "test.lua:3: bad argument #1 to 'ipairs' (table expected, got no value)",
		"local t = {} t[x] = 1":        "test.lua:3: table index is nil",
		"error('said')":                "said",
		"error('said', 2)":             "said",
		"error('test.lua:3: said', 0)": "test.lua:3: said",
		"assert(false, 'said')":        "said",
		"error(select(2, pcall(error, 'said', 1)))": "said",
	} {
		for _, e := range []hostapi.Engine{gopherlua.New(), golua.New()} {
			err := failureOf(t, e, "return function()\n local x\n "+code+"\nend")
			if got := strings.ReplaceAll(err.Message, "src/test.lua", "test.lua"); got != want {
				t.Errorf("%s: %s fails with %q, want %q", e.Info().Name, code, got, want)
			}
			if err.Kind != hostapi.Internal || !strings.Contains(err.Stack, "src/test.lua:3: in function <src/test.lua:1>") {
				t.Errorf("%s: %s fails with %s, at %s", e.Info().Name, code, err.Kind, err.Stack)
			}
		}
	}
}

// A simulation whose time a script holds for ever says which, and where it is.
func TestEndlessLoopInASimulationIsTold(t *testing.T) {
	for e, text := range map[hostapi.Engine]string{
		gopherlua.New(): "return function()\n while true do\n  tostring(1)\n end\nend",
		golua.New():     "return function()\n while true do\n  tostring(1)\n end\nend",
		starlark.New():  "def main():\n\n    while True: str(1)\n",
	} {
		simulation := core.NewSimulation(1)
		simulation.MostSlices = 1000
		rt := running(t, core.Options{Scheduler: simulation},
			core.Entry{ID: "app:test", Program: compile(t, e, text), Method: "main"})
		if _, err := rt.Start(t.Context(), hostapi.Spawn{ID: "app:test", Host: hostID}, nil); err != nil {
			t.Fatal(err)
		}
		func() {
			defer func() {
				said, _ := recover().(string)
				if !strings.Contains(said, "app:test at src/test"+e.Info().Extension+":") || !strings.Contains(said, "MostSlices") {
					t.Errorf("%s: the simulation says %q", e.Info().Name, said)
				}
			}()
			simulation.RunFor(time.Hour)
		}()
	}
}
