// Command custom-engine runs an app whose actors are written in JavaScript, by
// an engine that is no part of the project: the package javascript beside this
// file. README.md tells how it was made.
//
//	cd examples/custom-engine && go run .
package main

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log"
	"os"

	"example.com/custom-engine/javascript"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/lifecycle"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

//go:embed all:app
var files embed.FS

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	dir, err := fs.Sub(files, "app")
	if err != nil {
		return err
	}
	// The engine is one value in a list; all else is as for any other app.
	a, found := app.Load(dir, app.Options{
		Engines: []hostapi.Engine{javascript.New()},
		Modules: modules.Standard(),
	})
	if err := found.Err(); err != nil {
		return err
	}
	rt := core.New(core.Options{Output: os.Stdout})
	words, err := lifecycle.New(rt, a, lifecycle.Options{})
	if err != nil {
		return err
	}
	words.AutoStart()
	if err := words.Wait(ctx); err != nil {
		return err
	}
	v, err := rt.Exec(ctx, hostapi.Spawn{ID: "words:main", Host: "words:processes", Args: []hostapi.Value{
		hostapi.String("the cat and the dog"), hostapi.String("42"), hostapi.String("the end"),
	}})
	if err != nil {
		return err
	}
	fmt.Println(v, "different words")
	return words.Stop(ctx)
}
