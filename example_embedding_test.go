package understudy_test

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/world"
	"github.com/understudy-run/understudy/world/store"
)

// The examples of docs/embedding.md: what stands between marks is shown there.

// scripts is what the examples load.
var scripts = fstest.MapFS{
	"counter.lua": {Data: []byte(`
local function main(n)
    local events, inbox = process.events(), process.inbox()
    while true do
        local r = channel.select{ events:case_receive(), inbox:case_receive() }
        if r.channel == events then return n end
        n = n + r.value:payload():data()
        r.value:reply(n)
    end
end
return { main = main }`)},
	"report.star": {Data: []byte(`
def main(order):
    return {"id": order["id"], "pieces": sum([l["n"] for l in order["lines"]])}

def sum(numbers):
    total = 0
    for n in numbers:
        total += n
    return total
`)},
	"app/_index.yaml": {Data: []byte(`
version: "1.0"
namespace: shop
entries:
  - {name: processes, kind: process.host, host: {workers: 2}, lifecycle: {auto_start: true}}
  - {name: clock, kind: process.lua, source: file://clock.lua, host: shop:processes, lifecycle: {auto_start: true}}
`)},
	"app/clock.lua": {Data: []byte(`return { main = function() process.events():receive() end }`)},
}

func open() *understudy.Runtime {
	rt, err := understudy.New(understudy.Options{Engines: []hostapi.Engine{gopherlua.New(), starlark.New()}})
	check(err)
	check(rt.Load("shop:counter", scripts, "counter.lua"))
	check(rt.Load("shop:report", scripts, "report.star"))
	return rt
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func Example_new() {
	ctx := context.Background()
	// [new]
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New(), starlark.New()},
		Output:  os.Stdout, // what scripts print
	})
	check(err)
	defer func() { check(rt.Shutdown(ctx, time.Second)) }()

	check(rt.Load("shop:counter", scripts, "counter.lua"))
	counter, err := rt.Start(ctx, "shop:counter", 10)
	check(err)
	total, err := counter.Call(ctx, "add", 5)
	check(err)
	fmt.Println(total.Int())
	// [end]
	// Output: 15 <nil>
}

func Example_end() {
	ctx := context.Background()
	rt := open()
	defer func() { check(rt.Shutdown(ctx, 0)) }()
	// [end of a process]
	counter, err := rt.Start(ctx, "shop:counter", 10)
	check(err)
	select {
	case <-counter.Done():
		fmt.Println("ended by itself")
	default:
		check(counter.Stop(ctx, time.Second)) // CANCEL, and a kill after a second
	}
	value, err := counter.Wait(ctx) // what it returned, or the error it failed with
	fmt.Println(value.Int(), err)

	other, err := rt.Start(ctx, "shop:counter", 1)
	check(err)
	check(other.Kill()) // at once, whatever it does
	_, err = other.Wait(ctx)
	fmt.Println(hostapi.AsError(err).Kind, err)
	// [end]
	// Output:
	// 10 <nil>
	// Canceled process terminated
}

func Example_values() {
	ctx := context.Background()
	rt := open()
	defer func() { check(rt.Shutdown(ctx, 0)) }()
	// [values]
	type Line struct {
		SKU string
		N   int
	}
	type Order struct {
		ID    string // "id" for scripts
		Lines []Line
		Note  string `script:"remark,omitempty"`
	}
	report, err := rt.Start(ctx, "shop:report", Order{ID: "a1", Lines: []Line{{"apples", 5}, {"pears", 2}}})
	check(err)
	value, err := report.Wait(ctx)
	check(err)
	var answer struct{ Pieces int }
	check(value.Decode(&answer))
	fmt.Println(answer.Pieces)
	// [end]
	// Output: 7
}

func Example_limits() {
	ctx := context.Background()
	rt := open()
	defer func() { check(rt.Shutdown(ctx, 0)) }()
	loop := fstest.MapFS{"loop.lua": {Data: []byte("return { main = function() while true do end end }")}}
	// [limits]
	check(rt.LoadEntry(core.Entry{
		ID:      "shop:stranger",
		Limits:  core.Limits{Fuel: 1_000_000, Memory: 16 << 20}, // steps in its life, bytes
		Mailbox: core.Mailbox{Limit: 1000, Overflow: spec.DropNew},
	}, loop, "loop.lua"))
	stranger, err := rt.Start(ctx, "shop:stranger")
	check(err)
	_, err = stranger.Wait(ctx)
	fmt.Println(hostapi.AsError(err).Kind, err)
	// [end]
	// Output: LimitExceeded fuel exhausted
}

func Example_address() {
	ctx := context.Background()
	rt := open()
	defer func() { check(rt.Shutdown(ctx, 0)) }()
	// [address]
	here, err := rt.Attach(ctx)
	check(err)
	defer here.Close()
	counter, err := rt.Start(ctx, "shop:counter", 0)
	check(err)
	check(here.Monitor(counter.PID()))
	check(here.Send(counter.PID(), "add", hostapi.Int(3)))
	d, err := here.Receive(ctx)
	check(err)
	fmt.Println("message", d.Message.Topic, d.Message.Data())
	check(counter.Cancel(time.Second, "enough"))
	d, err = here.Receive(ctx)
	check(err)
	fmt.Println("event", d.Event.Kind, d.Event.From == counter.PID(), d.Event.Result.Value)
	// [end]
	// Output:
	// message total 3
	// event pid.exit true 3
}

func Example_app() {
	ctx := context.Background()
	rt := open()
	defer func() { check(rt.Shutdown(ctx, 0)) }()
	files, err := scripts.Sub("app")
	check(err)
	// [app]
	app, err := rt.LoadApp(files) // a directory, an embed.FS, anything with index files
	check(err)
	check(app.Start(ctx)) // the entries with auto_start, and what they require
	for _, pid := range rt.Core().Processes() {
		p, _ := rt.Inspect(pid)
		fmt.Println(p.Entry, "on", p.Host, "is", p.State)
	}
	// [end]
	// Output: shop:clock on shop:processes is waiting
}

func Example_resources() {
	ctx := context.Background()
	data := ""
	scripts := fstest.MapFS{"till.lua": {Data: []byte(`
		local store = require("store")
		return { main = function(item, n)
			local prices = store.get("shop:prices")
			prices:set("apples", 5)
			return n * prices:get(item)
		end }`)}}
	// [resources]
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()},
		Modules: world.Modules(), // or single ones, of the packages below world
		Kinds:   world.Kinds(),
		Data:    data, // what paths in the app are relative to
	})
	check(err)
	defer func() { check(rt.Shutdown(ctx, time.Second)) }()
	memory := store.NewMemory(store.MemoryConfig{})
	rt.DefineResource("shop:prices", store.KindMemory, memory) // beside those of apps
	check(rt.LoadEntry(core.Entry{ID: "shop:till", Resources: []core.Grant{{ID: "shop:prices"}}}, scripts, "till.lua"))
	till, err := rt.Start(ctx, "shop:till", "apples", 3)
	check(err)
	fmt.Println(till.Wait(ctx))
	// [end]
	// Output: 15 <nil>
}

func Example_settings() {
	ctx := context.Background()
	settings := map[string]string{"GREETING": "good morning"}
	files := fstest.MapFS{"_index.yaml": {Data: []byte(`
namespace: shop
env: {GREETING: {default: hello}}
entries:
  - {name: processes, kind: process.host}
  - {name: greeter, kind: process.lua, source: "return print", input: ["${GREETING}"], lifecycle: {auto_start: true}}
`)}}
	// [settings]
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()},
		Output:  os.Stdout,
		Lookup: func(name string) (string, bool) { // nil: the environment
			value, ok := settings[name]
			return value, ok
		},
	})
	check(err)
	app, err := rt.LoadApp(files)
	check(err)
	check(app.Start(ctx))
	// [end]
	check(rt.Shutdown(ctx, time.Minute))
	// Output: good morning
}

func Example_observer() {
	ctx := context.Background()
	failures := make(chan string, 1)
	// [observer]
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()},
		OnEvent: func(e core.RuntimeEvent) {
			if end, ok := e.(core.EndReport); ok && end.Result.Err != nil {
				failures <- end.Entry + ": " + end.Result.Err.Error()
			}
		},
	})
	check(err)
	// [end]
	check(rt.Load("shop:broken", fstest.MapFS{"broken.lua": {Data: []byte(`return { main = function() error("out of stock") end }`)}}, "broken.lua"))
	_, err = rt.Start(ctx, "shop:broken")
	check(err)
	fmt.Println(<-failures)
	check(rt.Shutdown(ctx, 0))
	// Output: shop:broken: out of stock
}

func Example_simulation() {
	ctx := context.Background()
	// [simulation]
	for seed := range uint64(100) {
		rt, err := understudy.New(understudy.Options{
			Engines:    []hostapi.Engine{gopherlua.New()},
			Simulation: core.NewSimulation(seed),
			Seed:       seed + 1,
		})
		check(err)
		check(rt.Load("shop:counter", scripts, "counter.lua"))
		counter, err := rt.Start(ctx, "shop:counter", 0)
		check(err)
		if v, err := counter.Call(ctx, "add", 1); err != nil || v.Int() != 1 {
			fmt.Println("seed", seed, v, err) // the same seed fails again
		}
		check(rt.Shutdown(ctx, time.Hour)) // an hour of virtual time, if need be
	}
	// [end]
	// Output:
}

func Example_native() {
	ctx := context.Background()
	rt := open()
	defer func() { check(rt.Shutdown(ctx, 0)) }()
	var served atomic.Int32
	// [native]
	check(rt.Define(core.Entry{ID: "shop:desk", Program: native.Program(
		func(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
			p := t.Process()
			for {
				v, _, err := p.Inbox().Receive() // parks the process, not its worker
				if err != nil {
					return nil, err // killed: leave at once
				}
				m := v.Message()
				served.Add(1)
				if err := m.Reply(m.Data(), nil); err != nil {
					return nil, err
				}
			}
		})}))
	desk, err := rt.Start(ctx, "shop:desk")
	check(err)
	answer, err := desk.Call(ctx, "ask", "a question")
	check(err)
	fmt.Println(answer.Str(), served.Load())
	// [end]
	// Output: a question 1
}
