package gopherlua

import (
	"maps"
	"slices"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/engines/internal/pace"
	"github.com/understudy-run/understudy/hostapi"
)

const (
	// maxCalls bounds the nested calls of one LState (17.12). Each LState has a
	// list of pointers for them, 1 KiB.
	maxCalls = 1024
	// The registry of an LState holds the locals of all its calls. It begins
	// small and grows, since most processes stay shallow.
	registrySize = 24
	registryGrow = 40
	registryMax  = 1 << 18
)

// engine is immutable but for its caches, which are safe for concurrent use.
type engine struct {
	// base is what every LState is made from: options and the part of the
	// interpreter state that all processes share.
	base      *lua.LState
	guard     *lua.LFunction
	operators operators
	// functions are the language's own globals.
	functions map[string]*lua.LFunction
	// libraries are the language's own members of library tables, by library.
	libraries map[string][]member
	// lstates holds idle LStates.
	lstates sync.Pool
	// modules and types hold what was made for a *hostapi.Module and a
	// *hostapi.ObjectType: read-only tables and metatables.
	modules, types sync.Map
	readOnly       *lua.LFunction
	environments   sync.Map // *environment, by the modules that it has
	// emptyList is the metatable of tables that are lists while they are empty (1.5).
	// Scripts do not see it, and it stays empty.
	emptyList *lua.LTable

	layout   *layout
	unknown  error // why the interpreter is not one whose layout is known
	meter    *ledger.Meter
	clock    func() time.Duration
	garbage  *collections
	none     *collections // never any
	censuses sync.Pool    // of *census
}

// member is one entry of a library table.
type member struct {
	name  string
	value lua.LValue
}

// New gives the engine. Several may be used at once; they share nothing.
func New() hostapi.Engine {
	boundArrays()
	base := lua.NewState(lua.Options{
		SkipOpenLibs:        true,
		MinimizeStackMemory: true,
		CallStackSize:       maxCalls,
		RegistrySize:        128,
	})
	base.Options.RegistrySize = registrySize
	base.Options.RegistryGrowStep = registryGrow
	base.Options.RegistryMaxSize = registryMax
	// The interpreter writes to the shared state only while it has no main
	// thread.
	base.G.MainThread = base
	layout, unknown := newLayout()
	e := &engine{
		base:      base,
		guard:     native(guard),
		operators: newOperators(),
		layout:    layout,
		unknown:   unknown,
		meter:     ledger.NewMeter(),
		clock:     pace.Clock(),
		garbage:   watchCollections(),
		none:      &collections{},
	}
	e.readOnly = native(raiseReadOnly)
	e.emptyList = fixedTable(nil)
	e.functions = e.baseFunctions()
	e.libraries = baseLibraries()
	ofStrings := fixedTable(e.operators.strings)
	ofStrings.RawSetString("__index", native(indexString))
	ofStrings.RawSetString("__metatable", lua.LFalse)
	base.SetMetatable(lua.LString(""), ofStrings)
	return e
}

// collectionsFor gives the collections after which ticks are due.
func (e *engine) collectionsFor(t hostapi.Task) *collections {
	if t.RealTime() {
		return e.garbage
	}
	return e.none
}

// Info describes the engine.
func (e *engine) Info() hostapi.Info {
	return hostapi.Info{
		Name:        "gopherlua",
		Language:    "lua",
		Extension:   ".lua",
		Interpreter: "github.com/yuin/gopher-lua v1.1.2 (" + lua.LuaVersion + ")",
		Lacks: []string{
			"memory: what a process holds is counted from time to time, so that a limit takes effect late; one assignment to an index fills up to 128 MiB before",
			"lists end at 8,388,607 elements",
		},
	}
}

// acquire gives an LState with an empty stack that runs in s.
func (e *engine) acquire(s *strand) *lua.LState {
	l, _ := e.lstates.Get().(*lua.LState)
	if l == nil {
		l, _ = e.base.NewThread()
	}
	l.SetContext(s)
	return l
}

// release takes back an LState whose calls have all returned. No script value
// may refer to it.
func (e *engine) release(l *lua.LState) {
	l.SetTop(0)
	l.RemoveContext()
	e.lstates.Put(l)
}

// native makes a function of the language from Go code. It is shared by all
// processes.
func native(f lua.LGFunction) *lua.LFunction {
	return &lua.LFunction{IsG: true, GFunction: f}
}

// fixedTable makes a table that scripts cannot reach or cannot change.
func fixedTable(fields map[string]lua.LValue) *lua.LTable {
	t := &lua.LTable{Metatable: lua.LNil}
	for _, name := range slices.Sorted(maps.Keys(fields)) { // pairs gives them in this order
		t.RawSetString(name, fields[name])
	}
	return t
}
