package gopherlua

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	shared "github.com/understudy-run/understudy/engines/internal/coroutine"
	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/engines/internal/luaerror"
	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/engines/internal/pace"
	"github.com/understudy-run/understudy/hostapi"
)

// instance is the state of one process.
type instance struct {
	engine  *engine
	program *program
	task    task // that loaded it
	// env is the table of globals.
	env *lua.LTable
	// sources are the libraries and the entry, in the order they were loaded.
	sources []*loadedSource
	// variables are those that inputs have declared (61.7).
	variables map[string]variable
	// tables are the library tables, made on first use.
	tables map[string]*lua.LTable
	// consts are the constants that are made for each process.
	consts map[*hostapi.Const]lua.LValue
	random *lualib.Random

	libCalls  []*libCall
	positions luaerror.Positions

	coroutines shared.Set[lualib.Value]

	strands    *strand // of tasks, in a list
	ledger     ledger.Ledger
	pace       pace.Pace
	prepared   prepared
	covered    covered
	traversals traversals
	// made is about how many bytes the runtime made for the script since the
	// ledger was told.
	made int64
}

// loadedSource is a source of the process and what its top level returned.
type loadedSource struct {
	program *program
	exports lua.LValue
}

func (in *instance) loaded(p hostapi.Program) *loadedSource {
	for _, src := range in.sources {
		if p == src.program {
			return src
		}
	}
	return nil
}

// Method finds the method in what the entry returned (2.12).
func (in *instance) Method(name string) (hostapi.Function, error) {
	v := in.loaded(in.program).exports
	if t, ok := v.(*lua.LTable); ok {
		v = t.RawGetString(name)
	}
	if fn, ok := v.(*lua.LFunction); ok {
		return &function{in, fn}, nil
	}
	return nil, lualib.NoMethod(name)
}

// Methods gives the names of the functions in what the entry returned.
func (in *instance) Methods() []string {
	var names []string
	if t, ok := in.loaded(in.program).exports.(*lua.LTable); ok {
		t.ForEach(func(k, v lua.LValue) {
			if name, ok := k.(lua.LString); ok && v.Type() == lua.LTFunction {
				names = append(names, string(name))
			}
		})
	}
	slices.Sort(names)
	return names
}

// MethodOf gives the name under which the entry returned a function.
func (in *instance) MethodOf(fn hostapi.Value) string {
	t, _ := in.loaded(in.program).exports.(*lua.LTable)
	for _, name := range in.Methods() {
		if t.RawGetString(name) == fn.Ref() {
			return name
		}
	}
	return ""
}

// FunctionOf gives a function as one that the core can run.
func (in *instance) FunctionOf(fn hostapi.Value) hostapi.Function {
	if fn, ok := fn.Ref().(*lua.LFunction); ok {
		return &function{in, fn}
	}
	return nil
}

// Close unwinds the coroutines that wait in a yield.
func (in *instance) Close() { in.coroutines.Close() }

// function is a script function that the core can run as a task.
type function struct {
	in *instance
	fn lua.LValue
}

// Call runs the function in a strand of its own.
func (f *function) Call(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
	s, l := f.prepare(t, args)
	s.begin()
	thrown, ok := s.run(l, len(args))
	s.finish()
	s.end()
	if !ok {
		return nil, s.boundary(thrown)
	}
	return s.results(l)
}

// finish reports the instructions since the last tick.
func (s *strand) finish() {
	if n := s.quota - s.left; n > 0 && !s.task.killed && s.task.host.Tick(n) != nil {
		s.task.killed = true
	}
}

// prepare makes the strand and puts the function and its arguments on its stack.
// It is not inlined, nor is results: the call that waits needs no stack for them.
//
//go:noinline
func (f *function) prepare(t hostapi.Task, args []hostapi.Value) (*strand, *lua.LState) {
	s := newStrand(f.in, &task{host: t})
	l := f.in.engine.acquire(s)
	l.Push(f.in.engine.guard)
	l.Push(f.fn)
	for _, v := range args {
		l.Push(f.in.push(v))
	}
	return s, l
}

// results gives what the function returned.
//
//go:noinline
func (s *strand) results(l *lua.LState) (results []hostapi.Value, err error) {
	for i := 1; i <= l.GetTop(); i++ {
		results = append(results, value(l.Get(i)))
	}
	s.in.engine.release(l)
	if s.task.killed {
		return nil, hostapi.ErrKilled
	}
	return results, nil
}
