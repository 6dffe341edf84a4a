package understudy

import (
	"context"
	"fmt"
	"io/fs"
	"strings"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/core/lifecycle"
)

// App is an app that a runtime has loaded: a file system with index files (section 14
// of the specification).
type App struct {
	app *app.App
	run *lifecycle.Run
	// Warnings are what is legal and probably not meant, a line each with its place.
	Warnings []string
}

// LoadApp reads and checks an app, and makes its entries known. It starts nothing.
// The error lists all that is wrong with the app, a line each with file, line and
// entry. fsys may be an embed.FS; embed the directory as all:DIR, or files that begin
// with _ are left out. Use os.Root's FS, or os.DirFS, for a directory.
func (rt *Runtime) LoadApp(fsys fs.FS) (*App, error) {
	loaded, found := app.Load(fsys, app.Options{Engines: rt.options.Engines, Modules: rt.modules(), Lookup: rt.options.Lookup, Kinds: rt.options.Kinds, Data: rt.options.Data})
	var warnings, errors []string
	for _, d := range found {
		if d.Warning {
			warnings = append(warnings, d.String())
		} else {
			errors = append(errors, d.String())
		}
	}
	if loaded == nil {
		return nil, fmt.Errorf("the app cannot be loaded:\n%s", strings.Join(errors, "\n"))
	}
	run, err := lifecycle.New(rt.core, loaded, lifecycle.Options{Log: rt.options.Log})
	if err != nil {
		return nil, err
	}
	a := &App{loaded, run, warnings}
	rt.mu.Lock()
	rt.apps = append(rt.apps, a)
	rt.mu.Unlock()
	return a, nil
}

// Start opens the resources of the app, which in a simulated run their first operation
// does, and starts entries and what they require; without ids those with auto_start. It
// returns when all of them run, or the first error: of entries that could not be
// started, or of ctx. If a resource cannot be opened nothing is started.
func (a *App) Start(ctx context.Context, ids ...string) error {
	if err := a.run.Open(ctx, true); err != nil {
		return err
	}
	if len(ids) == 0 {
		a.run.AutoStart()
	} else {
		for _, id := range ids {
			if _, ok := a.app.Lookup(id).(app.Startable); !ok {
				return fmt.Errorf("no entry %s that can be started", id)
			}
		}
		a.run.Start(ids...)
	}
	return a.run.Wait(ctx)
}

// Wait waits until the app is done (71.3, 71.4): an essential entry has failed, or all
// entries that were started are exited or failed and no process of the runtime is left.
// The error is lifecycle.ErrEssential, or names the entries that failed, or is that of
// ctx. It stops nothing.
func (a *App) Wait(ctx context.Context) error { return a.run.Finish(ctx) }

// hostOf gives the host for processes of an entry: what its app says, or the
// runtime's own.
func (rt *Runtime) hostOf(id string) string {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	for _, a := range rt.apps {
		switch e := a.app.Lookup(id).(type) {
		case *app.Process:
			if e.Host != "" {
				return e.Host
			}
		case *app.Supervisor:
			if e.Spec.Host != "" {
				return e.Spec.Host
			}
		}
	}
	return rt.options.Host
}
