// Command embed shows supervised actors inside a Go program: scripts in two languages,
// a module written in Go that waits for a server, a call and its answer, a limit, and
// an orderly end.
//
//	go run ./examples/embed
package main

import (
	"context"
	"embed"
	"fmt"
	"log"
	"time"

	"github.com/understudy-run/understudy"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
)

//go:embed scripts
var scripts embed.FS

func main() {
	ctx := context.Background()
	server := warehouse()
	defer server.Close()
	rt, err := understudy.New(understudy.Options{
		Engines: []hostapi.Engine{gopherlua.New(), starlark.New()},
		Modules: []*hostapi.Module{inventory(server.URL)},
	})
	check(err)
	check(rt.Load("shop:clerk", scripts, "scripts/clerk.lua"))
	check(rt.LoadEntry(core.Entry{
		ID: "shop:spendthrift", Limits: core.Limits{Fuel: 100_000}, // interpreter steps in its whole life
	}, scripts, "scripts/spendthrift.star"))

	ann, err := rt.Start(ctx, "shop:clerk", "Ann")
	check(err)
	for _, item := range []string{"apples", "plums"} {
		answer, err := ann.Call(ctx, "order", map[string]any{"item": item, "n": 5})
		check(err)
		fmt.Println("Ann says:", answer.Str())
	}

	// A process that does not stop by itself is stopped by its budget.
	spendthrift, err := rt.Start(ctx, "shop:spendthrift")
	check(err)
	_, err = spendthrift.Wait(ctx)
	fmt.Println("spendthrift:", err)

	// Ask politely; after the grace time the process would be killed.
	check(ann.Stop(ctx, time.Second))
	value, err := ann.Wait(ctx)
	check(err)
	fmt.Println("at closing time:", value.Str())
	check(rt.Shutdown(ctx, 0))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
