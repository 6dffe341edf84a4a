package app

import (
	"io/fs"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
	"go.yaml.in/yaml/v3"
)

// App is a checked app: its entries with all fields decoded, references
// resolved, scripts compiled. Immutable.
type App struct {
	// Entries are in the order of the index files by path, and of each file.
	Entries []Entry
	// Files are the index and source files that were read, sorted.
	Files []string
	// Contents are all files that the app consists of wherever it runs (62.1), sorted, if
	// Options.Contents is set.
	Contents []string
	// Tests are the test files (60.1), if Options.TestModules is set.
	Tests []*TestFile
	// Typed is what people type, as a source that is empty yet, if Options.Typed is set;
	// nil: no engine speaks the language.
	Typed *TestFile
	// Secrets are the values that came from secret variables (71.6): not to be shown.
	Secrets []string

	byID     map[string]Entry
	requires map[string][]string
	place    spec.Place
}

// Options say what an app is checked against.
type Options struct {
	// Engines are those available. Where clause 14.13 chooses gopherlua and it
	// is not among them, the first that speaks the language serves.
	Engines []hostapi.Engine
	// Modules are all that exist; those with Always set need no grant.
	Modules []*hostapi.Module
	// EngineOverride is the engine of the command line (14.13), "" for none.
	EngineOverride string
	// Lookup gives values of the variables that index files declare (71.6); nil: the
	// environment does. It is called on the goroutine of the load.
	Lookup func(name string) (value string, ok bool)
	// AllowUnset makes a variable without a value a warning.
	AllowUnset bool
	// Set are fields to set or add, each as ENTRY.path=value (71.7).
	Set []string
	// Kinds are those of entries from outside the core.
	Kinds []*spec.Kind
	// Data is the directory that paths in such entries are relative to (41.7). "": that of
	// the app for LoadDir, else the working directory.
	Data string
	// TestModules are those that test files have beside Modules (60.2); nil: there are no
	// test files.
	TestModules []*hostapi.Module
	// Contents asks for App.Contents.
	Contents bool
	// Program is the path of the program that carries the app: no volume that may be
	// written holds it (41.7). "": the app is not part of a program.
	Program string
	// Typed says that people type source text at the app (61.7).
	Typed *Typed
	// OwnHosts says that nobody but the app has hosts and entries, as for the command:
	// one with processes and without a host is an error then, and so are ids of
	// entries that it does not have (14.19).
	OwnHosts bool
}

// Lookup gives the entry of an id, nil if there is none.
func (a *App) Lookup(id string) Entry { return a.byID[id] }

// Hosts gives the entries of kind process.host.
func (a *App) Hosts() []*Host { return only[*Host](a.Entries) }

// Processes gives the entries that hold a script to run.
func (a *App) Processes() []*Process { return only[*Process](a.Entries) }

// Libraries gives the entries that scripts import.
func (a *App) Libraries() []*Library { return only[*Library](a.Entries) }

// Services gives the entries of kind process.service.
func (a *App) Services() []*Service { return only[*Service](a.Entries) }

// Supervisors gives the entries of kind process.supervisor.
func (a *App) Supervisors() []*Supervisor { return only[*Supervisor](a.Entries) }

// Scopes gives the entries of kind pg.scope.
func (a *App) Scopes() []*Scope { return only[*Scope](a.Entries) }

func only[T Entry](entries []Entry) []T {
	var out []T
	for _, e := range entries {
		if t, ok := e.(T); ok {
			out = append(out, t)
		}
	}
	return out
}

// Load reads and checks the app in a file system. The diagnostics are all that
// is wrong with it, and warnings; if there is an error among them the App is
// nil. A file system must itself refuse links that lead out of the app, as that
// of LoadDir does.
func Load(fsys fs.FS, opts Options) (*App, Diagnostics) {
	l := newLoader(fsys, opts)
	l.load()
	if l.failed {
		return nil, l.sorted()
	}
	return l.app, l.sorted()
}

// load does all that Load does; the app is sound unless l.failed.
func (l *loader) load() {
	l.read()
	l.hostless()
	l.compile()
	l.checkPaths()
	l.useless()
	l.contents()
	if !l.failed {
		l.finish()
	}
}

// read reads the index files and resolves what they refer to.
func (l *loader) read() {
	var files []*indexFile
	l.findIndexes(func(f *indexFile) error {
		files = append(files, f)
		return nil
	})
	if len(files) == 0 && !l.failed {
		hint := ""
		if l.dir == "" {
			hint = "; of an embedded directory Go leaves out _index.yaml, unless it is embedded as all:DIR"
		}
		l.add(Diagnostic{Message: "no index file: no *.yaml, *.yml or *.json file has a namespace" + hint})
	}
	l.settle(files)
	for _, f := range files {
		l.readIndex(f)
	}
	l.misread = l.failed
	for id, d := range l.declared {
		if d.entry != nil {
			l.app.byID[id] = d.entry
		}
	}
	l.link()
	l.order()
}

// loader holds what one load has found so far.
type loader struct {
	*collector
	fsys        fs.FS
	dir         string // of the app; "" for a file system that is no directory
	opts        Options
	app         *App
	index       map[string]*indexFile
	all         []Entry // those without a name or with a taken one too
	declared    map[string]declaration
	required    map[string]bool // ids that some lifecycle.requires names
	misread     bool            // some index file or entry could not be read as it is meant
	texts       map[string]readResult
	engines     map[string]hostapi.Engine
	modules     map[string]*hostapi.Module
	moduleNames []string // sorted
	kinds       []string
	paths       []dataPath
	directories []appDirectory
	sources     []compiledSource // to be checked together
	// before is what the survey before has compiled, results what this one has: of surveys
	// only.
	before, results map[compileKey]compileResult
	code            map[codeKey][]compileResult // compiled so far
}

func newLoader(fsys fs.FS, opts Options) *loader {
	l := &loader{
		collector: &collector{unknown: map[*yaml.Node]bool{}, tainted: map[*yaml.Node][]string{}},
		fsys:      fsys,
		opts:      opts,
		app:       &App{byID: map[string]Entry{}, requires: map[string][]string{}},
		index:     map[string]*indexFile{},
		declared:  map[string]declaration{},
		required:  map[string]bool{},
		texts:     map[string]readResult{},
		engines:   map[string]hostapi.Engine{},
		modules:   map[string]*hostapi.Module{},
		kinds:     kinds(opts.Engines, opts.Kinds),
	}
	if d, ok := fsys.(directory); ok {
		l.dir = d.dir
	}
	l.app.place = spec.Place{Data: opts.Data, App: fsys, Lookup: opts.Lookup, Entries: l.app.entriesOf}
	for _, e := range opts.Engines {
		l.engines[e.Info().Name] = e
	}
	// These are always available and so legal to list (14.15), whether an
	// engine brings them or a module table.
	names := map[string]bool{
		"process": true, "channel": true, "coroutine": true, "errors": true, "os": true,
		"string": true, "table": true, "math": true,
	}
	for _, m := range opts.Modules {
		l.modules[m.Name] = m
		names[m.Name] = true
	}
	l.moduleNames = sortedKeys(names)
	return l
}

// finish completes a sound app.
func (l *loader) finish() {
	used := map[string]bool{}
	for file := range l.index {
		used[file] = true
	}
	for _, e := range l.app.Entries {
		h := e.Head()
		h.Hash = h.hash(l.index[h.Position.File], e)
		for _, s := range h.sources {
			used[s.path] = true
		}
	}
	l.app.Files = sortedKeys(used)
	for _, e := range l.app.Entries {
		e.Head().sources = nil
	}
}
