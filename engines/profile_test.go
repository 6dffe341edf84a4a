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
	"github.com/understudy-run/understudy/hostapi/modules"
)

// The programs do nine tenths of their work in hot, one tenth in cold, and wait in between.
const (
	profiledLua = `local function work(n)
  local x = 0
  for i = 1, n do x = x + i end
  return x
end
local function hot() return (work(9000)) end
local function cold() return (work(1000)) end
return { main = function()
  for i = 1, 100 do
    hot()
    cold()
    process.send(process.pid(), "go")
    process.inbox():receive()
  end
end }`
	profiledStarlark = `def work(n):
    x = 0
    for i in range(n):
        x += i
    return x

def hot():
    return work(9000)

def cold():
    return work(1000)

def main():
    for i in range(100):
        hot()
        cold()
        process.send(process.pid(), "go")
        process.inbox().receive()
`
)

func profiled(t *testing.T, e hostapi.Engine, id, file, text, method string) core.Entry {
	t.Helper()
	program, err := e.Compile(hostapi.Source{ID: id, Path: file, Text: text, Modules: modules.Standard()})
	if err != nil {
		t.Fatal(err)
	}
	return core.Entry{ID: id, Program: program, Method: method, Engine: e.Info().Name}
}

// 64.3: a profile says which functions the steps were made in, with the places of the
// source, and in a simulated run the same each time.
func TestProfilesOfScripts(t *testing.T) {
	for _, c := range []struct {
		engine     hostapi.Engine
		file, text string
		hot        int // the line that calls work, which stands in lines 1 to 5
	}{
		{gopherlua.New(), "a.lua", profiledLua, 6},
		{golua.New(), "a.lua", profiledLua, 6},
		{starlark.New(), "a.star", profiledStarlark, 8},
	} {
		t.Run(c.engine.Info().Name, func(t *testing.T) {
			take := func() []core.ProfileSample {
				rt := running(t, core.Options{Scheduler: core.NewSimulation(1)}, profiled(t, c.engine, "app:main", c.file, c.text, "main"))
				stop, err := rt.Profile(core.ProfileOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if _, err := rt.Profile(core.ProfileOptions{}); hostapi.AsError(err).Kind != hostapi.Unavailable {
					t.Errorf("a second profile: %v", err)
				}
				if _, err := rt.Exec(context.Background(), hostapi.Spawn{ID: "app:main", Host: hostID}); err != nil {
					t.Fatal(err)
				}
				return stop()
			}
			samples := take()
			var all, hot, cold int64
			for _, s := range samples {
				if s.Entry != "app:main" || s.Engine != c.engine.Info().Name || s.Host != hostID || s.Time != 0 {
					t.Errorf("a sample is of %s, %s, %s, %s", s.Entry, s.Engine, s.Host, s.Time)
				}
				all += s.Steps
				if len(s.Stack) < 3 {
					continue
				}
				if in := s.Stack[0]; in.Source != c.file || in.Line < 1 || in.Line > 5 {
					t.Errorf("work stands at %s:%d", in.Source, in.Line)
				}
				switch s.Stack[1].Line {
				case c.hot:
					hot += s.Steps
				case c.hot + 1, c.hot + 3: // in Lua, in Starlark
					cold += s.Steps
				}
			}
			if hot < all*7/10 || cold < all/50 || cold > all*3/10 {
				t.Errorf("of %d steps %d are in hot and %d in cold: %v", all, hot, cold, samples)
			}
			again := take()
			if len(again) != len(samples) || again[0].Steps != samples[0].Steps {
				t.Errorf("the second run gives %v, the first %v", again, samples)
			}
		})
	}
}

// On workers a process is found by the time that it takes, whatever its slices are; one that
// waits is not found, and one written in Go is known by its entry.
func TestProfilesOnWorkers(t *testing.T) {
	e := gopherlua.New()
	rt := running(t, core.Options{}, profiled(t, e, "app:busy", "busy.lua", `return function() local n = 0 while true do n = n + 1 end end`, ""))
	if err := rt.Define(profiled(t, e, "app:idle", "idle.lua", `return function() process.inbox():receive() end`, "")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	defer func() { // or the busy one is in the way of all tests that follow
		if err := rt.Shutdown(ctx, 0); err != nil {
			t.Error(err)
		}
	}()
	for _, id := range []string{"app:busy", "app:idle"} {
		if _, err := rt.Start(ctx, hostapi.Spawn{ID: id, Host: hostID}, nil); err != nil {
			t.Fatal(err)
		}
	}
	for { // however little of the machine it gets
		stop, err := rt.Profile(core.ProfileOptions{Period: time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		seen := make(chan bool)
		time.AfterFunc(20*time.Millisecond, func() { close(seen) })
		<-seen
		samples := stop()
		for _, s := range samples {
			if s.Entry != "app:busy" || s.Steps != 0 || s.Time <= 0 || s.Count < 1 {
				t.Fatalf("seen %+v", s)
			}
		}
		if len(samples) > 0 && len(samples[0].Stack) > 0 {
			if f := samples[0].Stack[0]; !strings.Contains(f.Source, "busy") || f.Line != 1 {
				t.Errorf("it stands at %s:%d", f.Source, f.Line)
			}
			return
		}
		if ctx.Err() != nil {
			t.Fatal("the busy process was never seen")
		}
	}
}
