package core_test

import (
	"context"
	"fmt"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

// The least that runs a script: an engine compiles it, the runtime knows it
// under an id, and a host executes it.
func Example() {
	program, err := gopherlua.New().Compile(hostapi.Source{
		ID: "shop:greeter", Path: "greeter.lua",
		Text:    `return { main = function(name) return "hello, " .. name end }`,
		Modules: modules.Standard(),
	})
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	rt := core.New(core.Options{})
	rt.DefineHost(core.HostOptions{ID: "shop:processes", Workers: 2})
	rt.Define(core.Entry{ID: "shop:greeter", Program: program})
	if err := rt.StartHost("shop:processes"); err != nil {
		panic(err)
	}
	defer rt.Shutdown(ctx, time.Second)

	value, err := rt.Exec(ctx, hostapi.Spawn{
		ID: "shop:greeter", Host: "shop:processes", Args: []hostapi.Value{hostapi.String("Ann")},
	})
	fmt.Println(value, err)
	// Output: "hello, Ann" <nil>
}

// An actor may be a Go function. It waits by the same calls as a script, and
// returns their errors: they say that the process is being killed.
func ExampleRuntime_Start() {
	ctx := context.Background()
	rt := core.New(core.Options{})
	rt.DefineHost(core.HostOptions{ID: "shop:processes"})
	rt.Define(core.Entry{ID: "shop:till", Program: native.Program(
		func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
			sum := int64(0)
			for range 2 {
				v, _, err := t.Process().Inbox().Receive()
				if err != nil {
					return nil, err
				}
				sum += v.Message().Data().Int()
			}
			return []hostapi.Value{hostapi.Int(sum)}, nil
		})})
	if err := rt.StartHost("shop:processes"); err != nil {
		panic(err)
	}
	defer rt.Shutdown(ctx, time.Second)

	ended := make(chan hostapi.Result, 1)
	pid, err := rt.Start(ctx, hostapi.Spawn{ID: "shop:till", Host: "shop:processes"},
		func(r hostapi.Result) { ended <- r })
	if err != nil {
		panic(err)
	}
	_ = rt.Send(pid, "coin", hostapi.Int(2))
	_ = rt.Send(pid, "coin", hostapi.Int(5))
	fmt.Println((<-ended).Value)
	// Output: 7
}

// A test on a simulation takes no real time, and its order of events is drawn
// from a seed: a failure is reproduced by its number.
func ExampleSimulation() {
	sim := core.NewSimulation(1)
	rt := core.New(core.Options{Clock: sim, Scheduler: sim})
	rt.DefineHost(core.HostOptions{ID: "shop:processes", Workers: 2})
	rt.Define(core.Entry{ID: "shop:sleeper", Program: native.Program(
		func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
			return nil, t.Process().Sleep(24 * time.Hour)
		})})
	if err := rt.StartHost("shop:processes"); err != nil {
		panic(err)
	}
	began := rt.Now()
	_, err := rt.Exec(context.Background(), hostapi.Spawn{ID: "shop:sleeper", Host: "shop:processes"})
	fmt.Println(rt.Now().Sub(began), err)
	// Output: 24h0m0s <nil>
}
