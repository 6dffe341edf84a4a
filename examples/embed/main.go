// Command embed shows the actor core inside a Go program, without YAML: scripts
// from an embed.FS and from a string, in two languages, with a module written
// in Go that they share, a limit, and an orderly end.
//
//	go run ./examples/embed
package main

import (
	"context"
	"embed"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

//go:embed scripts
var scripts embed.FS

// inventory is a module of our own. It is a table like those of the runtime:
// every engine binds it, and arguments are checked before Run sees them.
var inventory = &hostapi.Module{
	Name: "inventory",
	Doc:  "What the shop has.",
	Funcs: []*hostapi.Func{{
		Name:    "price",
		Doc:     "The price of one item.",
		Params:  []hostapi.Param{{Name: "item", Accept: hostapi.AcceptString}},
		Results: []hostapi.Param{{Name: "price", Accept: hostapi.AcceptNumber}},
		Returns: hostapi.OrError,
		Errors:  []hostapi.Kind{hostapi.NotFound},
		Run: func(c hostapi.Call) error {
			price, ok := map[string]int64{"apples": 3, "pears": 4}[c.Arg(0).Str()]
			if !ok {
				return hostapi.Errorf(hostapi.NotFound, "not in stock")
			}
			c.Push(hostapi.Int(price))
			return nil
		},
	}},
}

// spendthrift is an actor written in Starlark, as a string.
const spendthrift = `
def main():
    n = 0
    while True:
        n += 1
`

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	ctx := context.Background()
	ended := make(chan core.EndReport, 8)
	rt := core.New(core.Options{
		Output: os.Stdout,
		OnEnd:  func(r core.EndReport) { ended <- r },
	})
	rt.DefineHost(core.HostOptions{ID: "shop:processes", Workers: 2})
	if err := rt.StartHost("shop:processes"); err != nil {
		return err
	}

	// Compile scripts, each with the modules it may use, and make them known.
	code, err := scripts.ReadFile("scripts/clerk.lua")
	if err != nil {
		return err
	}
	clerk, err := gopherlua.New().Compile(hostapi.Source{
		ID: "shop:clerk", Path: "clerk.lua", Text: string(code),
		Modules: append(modules.Standard(), inventory),
	})
	if err != nil {
		return err
	}
	rt.Define(core.Entry{ID: "shop:clerk", Program: clerk})

	loop, err := starlark.New().Compile(hostapi.Source{
		ID: "shop:spendthrift", Path: "spendthrift.star", Text: spendthrift,
		Modules: modules.Standard(),
	})
	if err != nil {
		return err
	}
	rt.Define(core.Entry{
		ID: "shop:spendthrift", Program: loop,
		Limits: core.Limits{Fuel: 100_000}, // interpreter steps in its whole life
	})

	// An actor written in Go brings messages out to the rest of the program.
	answers := make(chan hostapi.Value, 8)
	rt.Define(core.Entry{ID: "shop:desk", Program: native.Program(
		func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
			inbox := t.Process().Inbox()
			for {
				v, _, err := inbox.Receive()
				if err != nil {
					return nil, err
				}
				answers <- v.Object().(*hostapi.Message).Data()
			}
		})})

	if _, err := rt.Spawn(ctx, hostapi.Spawn{ID: "shop:desk", Host: "shop:processes", Name: "desk", Named: true}); err != nil {
		return err
	}
	ann, err := rt.Spawn(ctx, hostapi.Spawn{ID: "shop:clerk", Host: "shop:processes", Args: []hostapi.Value{hostapi.String("Ann")}})
	if err != nil {
		return err
	}

	for _, item := range []string{"apples", "plums"} {
		order := hostapi.MapOf(hostapi.Field("item", hostapi.String(item)), hostapi.Field("n", hostapi.Int(5)))
		if err := rt.Send(string(ann), "order", order); err != nil {
			return err
		}
		answer := (<-answers).Map()
		fmt.Printf("%s says: %s\n", answer.Get("from").Str(), answer.Get("text").Str())
	}

	// A process that does not stop by itself is stopped by its budget.
	_, err = rt.Exec(ctx, hostapi.Spawn{ID: "shop:spendthrift", Host: "shop:processes"})
	fmt.Println("spendthrift:", err)
	<-ended

	// Ask politely; after the grace time the process would be killed.
	if err := rt.Cancel(string(ann), time.Second, "closing time"); err != nil {
		return err
	}
	r := <-ended
	fmt.Println(r.Entry, "returned", r.Result.Value)

	return rt.Shutdown(ctx, 0)
}
