package understudy_test

import (
	"context"
	"fmt"
	"os"
	"testing/fstest"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/define"
)

// The examples of docs/guide: what stands between marks is shown there.

// tills is the app of these examples.
var tills = fstest.MapFS{
	"_index.yaml": {Data: []byte(`
namespace: shop
entries:
  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}
  - {name: till, kind: process.lua, source: file://till.lua}
  - {name: bell, kind: process.lua, source: file://bell.lua, modules: [time], lifecycle: {auto_start: true}}
`)},
	"till.lua": {Data: []byte(`return function()
		local inbox, events, total = process.inbox(), process.events(), 0
		while true do
			local r = channel.select{ inbox:case_receive(), events:case_receive() }
			if r.channel == events then return total end
			total = total + r.value:payload():data()
		end
	end`)},
	"bell.lua": {Data: []byte(`local time = require("time")
	return function()
		time.sleep("12h")
		print("ding")
	end`)},
}

func Example_guideTesting() {
	ctx, files := context.Background(), tills
	// [testing]
	for seed := range uint64(100) {
		rt, err := understudy.New(understudy.Options{
			Engines:    []hostapi.Engine{gopherlua.New()},
			Simulation: core.NewSimulation(seed),
		})
		check(err)
		app, err := rt.LoadApp(files)
		check(err)
		check(app.Start(ctx, "shop:processes"))
		till, err := rt.Start(ctx, "shop:till")
		check(err)
		check(till.Send("pay", 5))
		check(till.Send("pay", 7))
		check(till.Stop(ctx, time.Hour)) // of the virtual clock
		total, err := till.Wait(ctx)
		if err != nil || total.Int() != 12 {
			fmt.Println("seed", seed, "took", total, err)
		}
		check(rt.Shutdown(ctx, 0))
	}
	// [end]
	// Output:
}

func Example_guideTime() {
	ctx, files := context.Background(), tills
	// [time]
	simulation := core.NewSimulation(1)
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()}, Output: os.Stdout, Simulation: simulation,
	})
	check(err)
	app, err := rt.LoadApp(files)
	check(err)
	check(app.Start(ctx)) // the entries with auto_start
	simulation.RunFor(24 * time.Hour)
	check(rt.Shutdown(ctx, time.Minute))
	// [end]
	// Output: ding
}

func Example_guideModule() {
	ctx := context.Background()
	// [module]
	stock := define.Module("stock", "What is on the shelf.",
		define.Func("count", "How many there are.", func(item string) (int, error) {
			n, ok := map[string]int{"apples": 3}[item]
			if !ok {
				return 0, hostapi.Errorf(hostapi.NotFound, "no %s", item)
			}
			return n, nil
		}, "item"),
	)
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()},
		Modules: []*hostapi.Module{stock},
		Output:  os.Stdout,
	})
	// [end]
	check(err)
	check(rt.Load("shop:main", fstest.MapFS{"main.lua": {Data: []byte(`
		local stock = require("stock")
		return function()
			print(stock.count("apples"))
			local n, err = stock.count("pears")
			print(n, err, err:kind() == errors.NOT_FOUND)
		end`)}}, "main.lua"))
	p, err := rt.Start(ctx, "shop:main")
	check(err)
	_, err = p.Wait(ctx)
	check(err)
	check(rt.Shutdown(ctx, 0))
	// Output:
	// 3 nil
	// nil no pears true
}

func Example_guideApp() {
	ctx, files := context.Background(), tills
	// [app]
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New()},
		Output:  os.Stdout,
		Lookup:  os.LookupEnv, // for variables that the app declares
	})
	check(err)
	app, err := rt.LoadApp(files) // an embed.FS, a directory, anything with index files
	check(err)                    // all that is wrong, with file, line and entry
	check(app.Start(ctx))         // the entries with auto_start, and what they require

	till, err := rt.Start(ctx, "shop:till") // one more process of the app
	check(err)
	check(till.Send("pay", 5))
	check(till.Stop(ctx, time.Second)) // asked to stop, killed after a second
	total, err := till.Wait(ctx)
	check(err)
	fmt.Println("took", total)
	check(rt.Shutdown(ctx, time.Second)) // everything, in reverse order
	// [end]
	// Output: took 5
}
