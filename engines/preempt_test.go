package engines_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
)

// luaLoops are bodies of a main that never leave spin, which loops after it has
// printed "in". If they did they would print "out".
func luaLoops() map[string]string {
	return map[string]string{
		"while":          `spin()`,
		"empty":          `print("in") while true do end`,
		"repeat":         `print("in") repeat until false`,
		"for":            `print("in") for i = 1, math.huge do end`,
		"recursion":      `print("in") local function f(n) if n > 0 then return f(n - 1) end end while true do f(10000) end`,
		"pcall":          `while true do pcall(spin) print("out") end`,
		"pcalls":         `print("in") while true do pcall(error, "x") end`,
		"xpcall":         `while true do xpcall(spin, function() print("out") end) print("out") end`,
		"handler":        `while true do xpcall(error, spin) print("out") end`,
		"wrap":           `while true do pcall(coroutine.wrap(spin)) print("out") end`,
		"resume":         `while true do coroutine.resume(coroutine.create(spin)) print("out") end`,
		"yields":         `print("in") local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end`,
		"nested":         `coroutine.wrap(function() pcall(coroutine.wrap(function() pcall(spin) print("out") end)) print("out") end)()`,
		"spawned":        `coroutine.spawn(spin) print("out")`,
		"index":          `local t = setmetatable({}, {__index = spin}) while true do pcall(function() return t.x end) print("out") end`,
		"newindex":       `local t = setmetatable({}, {__newindex = spin}) while true do pcall(function() t.x = 1 end) print("out") end`,
		"add":            `local t = setmetatable({}, {__add = spin}) while true do pcall(function() return t + 1 end) print("out") end`,
		"concat":         `local t = setmetatable({}, {__concat = spin}) while true do pcall(function() return t .. "x" end) print("out") end`,
		"less":           `local t = setmetatable({}, {__lt = spin}) while true do pcall(function() return t < t end) print("out") end`,
		"call":           `local t = setmetatable({}, {__call = spin}) while true do pcall(t) print("out") end`,
		"tostring":       `local t = setmetatable({}, {__tostring = spin}) while true do pcall(tostring, t) print("out") end`,
		"comparator":     `while true do pcall(table.sort, {3, 1, 2}, spin) print("out") end`,
		"gsub":           `while true do pcall(string.gsub, "abc", ".", spin) print("out") end`,
		"iterator":       `while true do pcall(function() for _ in spin do end end) print("out") end`,
		"endless for":    `print("in") for _ in function() return 1 end do end`,
		"pattern":        `print("in") local s = ("a"):rep(100) while true do pcall(string.find, s, ("a*"):rep(3) .. "b") end`,
		"sort":           `print("in") local t = {} for i = 1, 1e4 do t[i] = -i end while true do table.sort(t, function(a, b) return a < b end) end`,
		"thrown message": `error(setmetatable({}, {__tostring = spin}))`,
		"top level":      ``,
	}
}

func luaLoop(name, body string) string {
	const spin = `local function spin() print("in") while true do end end `
	if name == "top level" {
		return spin + `spin() return print`
	}
	return spin + `return function() ` + body + ` end`
}

// starlarkLoops are the like in Starlark.
func starlarkLoops() map[string]string {
	return map[string]string{
		"while":         `spin()`,
		"for":           "print(\"in\")\n    for _ in range(1 << 40): pass",
		"recursion":     "print(\"in\")\n    def f(n): return pcall(f, n - 1) if n else 0\n    while True: f(12000)",
		"pcall":         "while True:\n        pcall(spin)\n        print(\"out\")",
		"pcalls":        "print(\"in\")\n    while True: pcall(error, \"x\")",
		"lambda":        "(lambda: pcall(spin))()\n    print(\"out\")",
		"spawned":       "coroutine.spawn(spin)\n    print(\"out\")",
		"key":           "while True:\n        pcall(sorted, [2, 1], key = lambda x: spin())\n        print(\"out\")",
		"max":           "while True:\n        pcall(max, [2, 1], key = lambda x: spin())\n        print(\"out\")",
		"comprehension": "while True:\n        pcall(lambda: [spin() for _ in range(3)])\n        print(\"out\")",
	}
}

func starlarkLoop(_, body string) string {
	return "def spin():\n    print(\"in\")\n    while True: pass\n\ndef main():\n    " + body + "\n"
}

// watcher is the output of a runtime; it closes in when a process has printed
// "in".
type watcher struct {
	once sync.Once
	in   chan struct{}
	mu   sync.Mutex
	out  bool
}

func (w *watcher) Write(b []byte) (int, error) {
	switch strings.TrimSpace(string(b)) {
	case "in":
		w.once.Do(func() { close(w.in) })
	case "out":
		w.mu.Lock()
		defer w.mu.Unlock()
		w.out = true
	}
	return len(b), nil
}

// A script that loops for ever, wherever it does, lets the only worker serve
// others, and can be killed (20.3, 20.8).
func TestLoopsArePreemptedAndKilled(t *testing.T) {
	for _, c := range []struct {
		engine hostapi.Engine
		loops  map[string]string
		source func(name, body string) string
	}{
		{gopherlua.New(), luaLoops(), luaLoop},
		{golua.New(), luaLoops(), luaLoop},
		{starlark.New(), starlarkLoops(), starlarkLoop},
	} {
		for name, body := range c.loops {
			t.Run(fmt.Sprint(c.engine.Info().Name, " ", name), func(t *testing.T) {
				preemptAndKill(t, compile(t, c.engine, c.source(name, body)), name == "top level")
			})
		}
	}
}

// preemptAndKill runs a program that loops, as a process, or if it never gets
// that far as one that is being started.
func preemptAndKill(t *testing.T, loop hostapi.Program, loading bool) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	w := &watcher{in: make(chan struct{})}
	rt := core.New(core.Options{Output: w})
	rt.DefineHost(core.HostOptions{ID: hostID, Workers: 1})
	if err := rt.StartHost(hostID); err != nil {
		t.Fatal(err)
	}
	rt.Define(core.Entry{ID: "app:loop", Program: loop})
	rt.Define(core.Entry{ID: "app:answer", Program: compile(t, gopherlua.New(), `return function(v) return v end`)})
	started, ended := make(chan error, 1), make(chan hostapi.Result, 1)
	var pid hostapi.PID
	go func() {
		var err error
		pid, err = rt.Start(ctx, hostapi.Spawn{ID: "app:loop", Host: hostID}, func(r hostapi.Result) { ended <- r })
		started <- err
	}()
	select {
	case <-w.in:
	case <-ctx.Done():
		t.Fatal("the loop was not reached")
	}
	for i := range int64(3) {
		v, err := rt.Exec(ctx, hostapi.Spawn{ID: "app:answer", Host: hostID, Args: []hostapi.Value{hostapi.Int(i)}})
		if err != nil || v.Int() != i {
			t.Fatalf("got %v, %v: the worker is taken", v, err)
		}
	}
	if loading {
		cancel()
		<-started
	} else {
		if err := <-started; err != nil {
			t.Fatal(err)
		}
		if err := rt.Terminate(pid); err != nil {
			t.Fatal(err)
		}
		select {
		case r := <-ended:
			if r.Err == nil || r.Err.Kind != hostapi.Canceled {
				t.Errorf("ended with %v", r)
			}
		case <-ctx.Done():
			t.Fatal("it cannot be killed")
		}
	}
	stop, cancelStop := context.WithTimeout(context.Background(), time.Minute)
	defer cancelStop()
	if err := rt.Shutdown(stop, 0); err != nil {
		t.Error(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.out {
		t.Error("it left the loop")
	}
}
