package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/lifecycle"
	"github.com/understudy-run/understudy/hostapi/modules"
)

func engineFlag() cli.Flag {
	return &cli.StringFlag{Name: "engine", Usage: "run every entry of its language, and every process.script, on engine `E`: " + engineNames()}
}

// runtimeFlags are those of run and exec; level is the default of --log-level.
func runtimeFlags(level string) []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "log", Value: "text", Usage: "`FORMAT` of log records on stderr: text or json"},
		&cli.StringFlag{Name: "log-level", Value: level, Usage: "least `LEVEL` that is logged: debug, info, warn or error"},
		memoryFlag(),
		&cli.StringFlag{Name: "shutdown-timeout", Value: "30s", Usage: "after `DURATION` of shutting down, what is left is dropped"},
	}
}

// loadApp loads the app of a directory. Its errors are printed, all at once;
// the status then says that it is the app's fault.
func loadApp(c *cli.Context, dir string) (*app.App, error) {
	return loadAppOr(c, dir, "nothing was started")
}

// loadAppOr is loadApp; consequence is what an error in the app means.
func loadAppOr(c *cli.Context, dir, consequence string) (*app.App, error) {
	if engine := c.String("engine"); engine != "" && !knownEngine(engine) {
		return nil, usage("unknown engine %q; there are: %s", engine, engineNames())
	}
	if info, err := os.Stat(dir); err != nil {
		return nil, usage("no such directory: %s", dir)
	} else if !info.IsDir() {
		return nil, usage("not a directory: %s", dir)
	}
	a, found := app.LoadDir(dir, app.Options{
		Engines:        engines(),
		Modules:        modules.Standard(),
		EngineOverride: c.String("engine"),
	})
	for _, d := range found {
		fmt.Fprintln(c.App.ErrWriter, d)
	}
	if errs := found.Errors(); len(errs) > 0 {
		noun := "error"
		if len(errs) > 1 {
			noun = "errors"
		}
		return nil, status{statusUsage, fmt.Sprintf("understudy: %d %s in %s; %s", len(errs), noun, filepath.ToSlash(dir), consequence)}
	}
	return a, nil
}

func knownEngine(name string) bool {
	for _, e := range engines() {
		if e.Info().Name == name {
			return true
		}
	}
	return false
}

// session is an app on a runtime, as run and exec use it.
type session struct {
	rt  *core.Runtime
	app *app.App
	run *lifecycle.Run
	log *slog.Logger
}

// open makes the runtime for an app.
func open(c *cli.Context, a *app.App, stdout io.Writer, workers int) (*session, error) {
	log, err := newLogger(c.App.ErrWriter, c.String("log"), c.String("log-level"))
	if err != nil {
		return nil, err
	}
	limit, err := memoryLimit(c.String("memory-limit"), machineMemory, log)
	if err != nil {
		return nil, err
	}
	rt := core.New(core.Options{Output: stdout, Log: log, MemoryLimit: limit})
	run, err := lifecycle.New(rt, a, lifecycle.Options{Workers: workers, Log: log})
	if err != nil {
		return nil, err
	}
	return &session{rt, a, run, log}, nil
}
