package understudycli

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"slices"

	"github.com/understudy-run/understudy/cluster"
	"github.com/understudy-run/understudy/cmd/understudycli/internal/bundle"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/engines/golua"
	"github.com/understudy-run/understudy/engines/gopherlua"
	"github.com/understudy-run/understudy/engines/starlark"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules"
	"github.com/understudy-run/understudy/world"
	"github.com/understudy-run/understudy/world/sql/drivers"
)

// Options add to the command what a program brings along. The zero value is the command
// as it is.
type Options struct {
	// Modules are those that scripts may use beside the standard ones.
	Modules []*hostapi.Module
	// Kinds are further kinds of entries of apps, behind those of the command.
	Kinds []*spec.Kind
	// Facilities are what those modules need of the runtime.
	Facilities []any
	// Engines are further ones, behind those of the command.
	Engines []hostapi.Engine
	// App, if set, is the app where no APPDIR is given; embed it as all:DIR.
	App fs.FS
}

// Main is the whole command, for a main of one line. It does not return.
func Main(o Options) {
	heap := tuneCollector()
	p, args := &program{options: o}, os.Args
	app, file, err := bundle.Own()
	if err != nil { // whatever was asked for (62.2)
		fmt.Fprintf(os.Stderr, "understudy: %v; nothing was started\n", err)
		os.Exit(statusUsage)
	}
	if app != nil {
		p.contain(app, file)
		args = p.asRun(args)
	}
	status := p.run(args, os.Stdout, os.Stderr)
	runtime.KeepAlive(heap)
	os.Exit(status)
}

// program is the command with what it was given.
type program struct {
	options Options
	stdin   io.Reader         // nil: that of the program
	fileEnv map[string]string // of --env-file, once that has been read

	contained *bundle.App // the app that the file of the program contains (62.1), or nil
	file      string      // of the program, if it contains one
}

// engines are those built in, the default of each language first, and further ones.
func (p *program) engines() []hostapi.Engine {
	return append([]hostapi.Engine{gopherlua.New(), golua.New(), starlark.New()}, p.options.Engines...)
}

// kinds are all kinds of entries from outside the core.
func (p *program) kinds() []*spec.Kind {
	return slices.Concat(world.Kinds(), drivers.Kinds(), []*spec.Kind{cluster.Kind}, p.options.Kinds)
}

// modules are all that scripts may use.
func (p *program) modules() []*hostapi.Module {
	return slices.Concat(modules.Standard(), world.Modules(), p.options.Modules)
}
