package inspect_test

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
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/inspect"
)

// 63.3: where a script stands is seen on every engine, also of a loop that never waits, and
// of each coroutine.
func TestStacksOfScripts(t *testing.T) {
	const lua = `local n = 0
local function turn()
  while true do n = n + 1 end
end
local function wait() process.inbox():receive() end
return {
  busy = function() turn() end,
  waits = function() coroutine.spawn(function() channel.new(0):receive() end)
    wait()
  end,
}`
	const star = `def turn():
    n = 0
    for i in range(1000000000):
        n += 1

def wait():
    process.inbox().receive()

def busy():
    turn()

def waits():
    coroutine.spawn(lambda: channel.new(0).receive())
    wait()
`
	for _, c := range []struct {
		engine            hostapi.Engine
		file, text        string
		turn, inner, wait int // lines
	}{
		{gopherlua.New(), "a.lua", lua, 3, 8, 5},
		{golua.New(), "a.lua", lua, 3, 8, 5},
		{starlark.New(), "a.star", star, 4, 13, 7},
	} {
		t.Run(c.engine.Info().Name, func(t *testing.T) {
			h := onWorkers(t, inspect.Options{})
			program, err := c.engine.Compile(hostapi.Source{ID: "test:a", Path: c.file, Text: c.text, Modules: modules.Standard()})
			if err != nil {
				t.Fatal(err)
			}
			for _, method := range []string{"busy", "waits"} {
				if err := h.Define(core.Entry{ID: "test:" + method, Program: program, Method: method, Engine: c.engine.Info().Name}); err != nil {
					t.Fatal(err)
				}
			}
			busy, waits := h.start("busy"), h.start("waits")
			// Whatever the machine does meanwhile, the loop comes to its next tick.
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			for { // until it is in its loop
				d, ok := h.Detail(ctx, busy, 0)
				if !ok || !d.Stacks {
					t.Fatalf("not seen: %+v", d)
				}
				if s := d.Coroutines[0].Stack; len(s) > 0 && s[0].Source == c.file && abs(s[0].Line-c.turn) <= 1 && s[0].Name != "" {
					break
				}
			}
			for {
				var d inspect.ProcessDetail
				h.get(of(waits), &d)
				if len(d.Coroutines) == 2 && d.State == "waiting" && d.Coroutines[0].State == "waiting" && d.Coroutines[1].State == "waiting" {
					if f := d.Coroutines[0].Stack; len(f) < 2 || f[0].Line != c.wait || !strings.Contains(f[0].Function, "wait") || f[0].File != c.file {
						t.Errorf("main: %+v", d.Coroutines[0])
					}
					if f := d.Coroutines[1].Stack; len(f) == 0 || f[0].Line != c.inner {
						t.Errorf("other: %+v", d.Coroutines[1])
					}
					break
				}
			}
			if err := h.Terminate(busy); err != nil {
				t.Error(err)
			}
		})
	}
}

func abs(n int) int { return max(n, -n) }
