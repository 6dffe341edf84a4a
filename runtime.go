package understudy

import (
	"cmp"
	"context"
	"io"
	"io/fs"
	"log/slog"
	"path"
	"slices"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
)

// DefaultHost is the host of what Load and Start run, unless Options.Host names
// another. No app is likely to have one of this id.
const DefaultHost = "understudy:processes"

// Options configure a Runtime. Only Engines has no useful zero value.
type Options struct {
	// Engines run scripts. A script runs on the first whose file extension it has.
	Engines []hostapi.Engine
	// Modules are those that scripts may use beside the standard ones.
	Modules []*hostapi.Module
	// Kinds are the kinds of entries of apps beside those of the core (world.Kinds).
	Kinds []*spec.Kind
	// Data is the directory that paths in such entries are relative to (41.7); "": the
	// working directory.
	Data string
	// Facilities are what those modules need of this runtime, found by type
	// (hostapi.FacilityOf).
	Facilities []any

	// Lookup gives values of the variables that apps declare (71.6), when LoadApp is
	// called and on its goroutine; nil: the environment does.
	Lookup func(name string) (value string, ok bool)

	// Output takes the lines that scripts print; nil: they are dropped.
	Output io.Writer
	// Log takes structured records: failures, dead letters, what scripts log; nil:
	// they are dropped.
	Log *slog.Logger
	// OnEvent is told everything that happens, one event at a time; see
	// core.Options.OnEvent.
	OnEvent func(core.RuntimeEvent)

	// Tracer is told of spans; see core.Options.Tracer and package observe/otel.
	Tracer hostapi.Tracer

	// Host is the id of the host, as scripts name it in spawn; "": DefaultHost.
	Host string
	// Workers is how many of its processes execute at the same time; 0: GOMAXPROCS.
	Workers int
	// MaxProcesses is how many it has at most; 0: core.DefaultMaxProcesses;
	// negative: no limit.
	MaxProcesses int
	// MaxOutside is how many operations outside the runtime has under way at most; 0:
	// core.DefaultMaxOutside; negative: no limit.
	MaxOutside int
	// Limits are the limits of its processes that say none themselves.
	Limits core.Limits
	// MemoryLimit is for the whole program, in bytes; see core.Options.MemoryLimit.
	MemoryLimit int64

	// Simulation, if set, runs everything on its virtual clock, in an order drawn
	// from its seed: for tests. Then the goroutine that holds the runtime drives it,
	// by the methods that wait.
	Simulation *core.Simulation
	// Outside decides what becomes of operations outside the runtime; see
	// core.Options.Outside.
	Outside func(entry string, op hostapi.Op) core.Handling
	// Seed is where random generators start; 0: drawn, or that of Simulation.
	Seed uint64
}

// Runtime runs processes. Its methods are safe for concurrent use, unless it runs on
// a Simulation.
type Runtime struct {
	core    *core.Runtime
	options Options

	mu   sync.Mutex
	apps []*App // in the order of loading
}

// New gives a runtime whose host is started. The caller shuts it down.
func New(o Options) (*Runtime, error) {
	o.Host = cmp.Or(o.Host, DefaultHost)
	c := core.Options{
		Output: o.Output, Log: o.Log, OnEvent: o.OnEvent, MemoryLimit: o.MemoryLimit,
		Outside: o.Outside, MaxOutside: o.MaxOutside, Facilities: o.Facilities, Seed: o.Seed, Tracer: o.Tracer,
	}
	if o.Simulation != nil {
		c.Scheduler = o.Simulation
	}
	rt := &Runtime{core: core.New(c), options: o}
	err := rt.core.DefineHost(core.HostOptions{ID: o.Host, Workers: o.Workers, MaxProcesses: o.MaxProcesses, Limits: o.Limits})
	if err == nil {
		err = rt.core.StartHost(o.Host)
	}
	if err != nil {
		return nil, err
	}
	return rt, nil
}

// Core gives the runtime underneath.
func (rt *Runtime) Core() *core.Runtime { return rt.core }

// modules gives those that scripts may use.
func (rt *Runtime) modules() []*hostapi.Module {
	return append(modules.Standard(), rt.options.Modules...)
}

// Load compiles the script in a file and makes it known under an id of the form
// namespace:name, for Start and for spawns of scripts. It may use all modules of the
// runtime. Loaded again it replaces the version before: running processes keep their
// code. The error of a script that does not compile names file and line.
func (rt *Runtime) Load(id string, fsys fs.FS, file string) error {
	return rt.LoadEntry(core.Entry{ID: id}, fsys, file)
}

// LoadEntry is Load for an entry with a method, limits or a mailbox policy of its
// own. Its Program and Engine are those of the file.
func (rt *Runtime) LoadEntry(e core.Entry, fsys fs.FS, file string) error {
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return err
	}
	engine, err := rt.engine(file)
	if err != nil {
		return err
	}
	e.Engine = engine.Info().Name
	e.Program, err = engine.Compile(hostapi.Source{ID: e.ID, Path: file, Text: string(text), Modules: rt.modules()})
	if err != nil {
		return err
	}
	return rt.core.Define(e)
}

// engine gives the engine that runs a file.
func (rt *Runtime) engine(file string) (hostapi.Engine, error) {
	for _, e := range rt.options.Engines {
		if e.Info().Extension == path.Ext(file) {
			return e, nil
		}
	}
	return nil, hostapi.Errorf(hostapi.NotFound, "no engine runs %s", file)
}

// Define makes an entry known whose code is given: by an engine's Compile, or by
// package engines/native for processes written in Go.
func (rt *Runtime) Define(e core.Entry) error { return rt.core.Define(e) }

// Send puts one message into the mailbox of a process, named by its PID or by a
// registered name, without a sender. It does not wait.
func (rt *Runtime) Send(to hostapi.Dest, topic string, payloads ...any) error {
	values, err := valuesOf(payloads)
	if err != nil {
		return err
	}
	return rt.core.Send(to, topic, values...)
}

// Call is Process.Call to a PID or a registered name.
func (rt *Runtime) Call(ctx context.Context, to hostapi.Dest, topic string, payloads ...any) (hostapi.Value, error) {
	values, err := valuesOf(payloads)
	if err != nil {
		return hostapi.Value{}, err
	}
	return rt.core.Call(ctx, to, topic, values...)
}

// Offer is Process.Offer to a PID or a registered name.
func (rt *Runtime) Offer(ctx context.Context, to hostapi.Dest, topic string, payloads ...any) error {
	values, err := valuesOf(payloads)
	if err != nil {
		return err
	}
	return rt.core.Offer(ctx, to, topic, values...)
}

// Attach gives the calling goroutine an address, which processes can send to and
// monitor; see core.Runtime.Attach.
func (rt *Runtime) Attach(ctx context.Context) (*core.Address, error) { return rt.core.Attach(ctx) }

// Inspect gives what is known of a process; see core.Runtime.Inspect.
func (rt *Runtime) Inspect(pid hostapi.PID) (core.Inspection, bool) { return rt.core.Inspect(pid) }

// DefineResource makes a resource known, for the entries that list it under resources
// (41.2); see core.Runtime.DefineResource.
func (rt *Runtime) DefineResource(id, kind string, resource any) {
	rt.core.DefineResource(id, kind, resource)
}

// Shutdown stops the apps, last loaded first, then asks all processes that are left
// to stop, kills what is left of those after the grace time, and returns when no
// process and no goroutine of the runtime is left. If ctx is done first, what is left
// is dropped, and the error names it. Last of all the resources of the apps are closed.
// Afterwards nothing can be started.
func (rt *Runtime) Shutdown(ctx context.Context, grace time.Duration) error {
	rt.mu.Lock()
	apps := rt.apps
	rt.apps = nil
	rt.mu.Unlock()
	var failed error
	for _, a := range slices.Backward(apps) {
		failed = cmp.Or(failed, a.run.Stop(ctx))
	}
	failed = cmp.Or(failed, rt.core.Shutdown(ctx, grace))
	for _, a := range slices.Backward(apps) {
		failed = cmp.Or(failed, a.run.Close(ctx))
	}
	return failed
}
