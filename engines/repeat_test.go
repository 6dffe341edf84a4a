package engines_test

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

// A schedule drawn from a seed repeats, whatever Go's garbage collector does
// meanwhile: else no seed would reproduce a failure.
func TestScheduleRepeats(t *testing.T) {
	sources := map[string]string{
		"lua": `return { main = function(name)
			local kept = {}
			for i = 1, 20000 do
				kept[i % 100 + 1] = { i, "text" .. i }
				if i % 500 == 0 then print(name, i) end
			end
		end }`,
		"starlark": `
def main(name):
    kept = [None] * 100
    for i in range(20000):
        kept[i % 100] = [i, "text" + str(i)]
        if i % 500 == 0:
            print(name, i)
`,
	}
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	for _, e := range []hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()} {
		t.Run(e.Info().Name, func(t *testing.T) {
			p, err := e.Compile(hostapi.Source{
				ID: "app:works", Path: "works" + e.Info().Extension,
				Text: sources[e.Info().Language], Modules: modules.Standard(),
			})
			if err != nil {
				t.Fatal(err)
			}
			var first string
			for i, percent := range []int{100, 1, 400} {
				debug.SetGCPercent(percent)
				runtime.GC()
				got := played(t, p)
				if i == 0 {
					first = got
				} else if got != first {
					t.Fatalf("with GOGC=%d the schedule is another", percent)
				}
			}
			if strings.Index(first, "b") > strings.LastIndex(first, "a") {
				t.Error("nobody was preempted: this shows nothing")
			}
		})
	}
}

// played runs three processes of a program under a simulation, and gives what they
// print.
func played(t *testing.T, p hostapi.Program) string {
	t.Helper()
	var out strings.Builder
	sim := core.NewSimulation(7)
	rt := core.New(core.Options{Scheduler: sim, Seed: 7, Output: &out})
	rt.DefineHost(core.HostOptions{ID: "app:host", Workers: 2})
	rt.Define(core.Entry{ID: "app:works", Program: p})
	if err := rt.StartHost("app:host"); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		name := hostapi.String(fmt.Sprintf("%c", 'a'+i))
		if _, err := rt.Start(context.Background(), hostapi.Spawn{ID: "app:works", Host: "app:host", Args: []hostapi.Value{name}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	sim.Run()
	if err := rt.Shutdown(context.Background(), 0); err != nil {
		t.Error(err)
	}
	return out.String()
}
