package gopherlua

import (
	"fmt"
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// A table of globals or of a library belongs to one process, which may change
// it, but begins empty: its metatable finds the values in a table shared by all
// processes. Before anything could notice, unfold makes it an ordinary table
// with values of its own. Scripts reach the table of globals only by the name
// _G, and then it is unfolded.

// foldMark is a field of the metatables of tables that are not unfolded.
const foldMark = "\x00folded"

// foldedMeta makes the metatable of tables with the given values.
func foldedMeta(values *lua.LTable) *lua.LTable {
	return fixedTable(map[string]lua.LValue{
		"__index":    values,
		"__newindex": native(assignFolded),
		foldMark:     values,
	})
}

// unfold makes t an ordinary table if it is a folded one.
func (in *instance) unfold(t *lua.LTable) {
	mt, ok := t.Metatable.(*lua.LTable)
	if !ok {
		return
	}
	values, ok := mt.RawGetString(foldMark).(*lua.LTable)
	if !ok {
		return
	}
	t.Metatable = lua.LNil
	walk(values, func(k, v lua.LValue) bool { t.RawSet(k, v); return true })
	if t == in.env {
		t.RawSetString("_G", t)
		for _, name := range slices.Sorted(maps.Keys(in.program.libraries)) {
			t.RawSetString(name, in.library(name))
		}
	}
}

// assignFolded sets a field that is not set yet. If it hides a shared value the
// table needs values of its own, or the shared one would come back later.
func assignFolded(l *lua.LState) int {
	in := strandOf(l).in
	t, k := l.Get(1).(*lua.LTable), l.Get(2)
	values := t.Metatable.(*lua.LTable).RawGetString(foldMark).(*lua.LTable)
	name := lua.LVAsString(k)
	if values.RawGet(k) != lua.LNil || t == in.env && (name == "_G" || in.program.libraries[name] != nil) {
		in.unfold(t)
	}
	l.RawSet(t, k, l.Get(3))
	return 0
}

// environment is what programs find without asking for it, and what all that are given the
// same modules share. It is never changed.
type environment struct {
	modules []*hostapi.Module
	// globals and libraries are the metatables of the tables of a process.
	globals   *lua.LTable
	libraries map[string]*lua.LTable
}

// environment gives that of a source.
func (e *engine) environment(src *hostapi.Source) *environment {
	var modules []*hostapi.Module
	var key []byte
	for _, m := range src.Modules {
		if _, own := e.libraries[m.Name]; own || m.Always {
			modules = append(modules, m)
			key = fmt.Appendf(key, "%p ", m)
		}
	}
	if known, ok := e.environments.Load(string(key)); ok {
		return known.(*environment)
	}
	made, _ := e.environments.LoadOrStore(string(key), e.newEnvironment(modules))
	return made.(*environment)
}

func (e *engine) newEnvironment(modules []*hostapi.Module) *environment {
	env := &environment{modules: modules, libraries: map[string]*lua.LTable{}}
	globals := map[string]lua.LValue{"_VERSION": lua.LString(lua.LuaVersion)}
	for name, f := range e.functions {
		globals[name] = f
	}
	for name, own := range e.libraries {
		var named *hostapi.Module
		if i := slices.IndexFunc(modules, func(m *hostapi.Module) bool { return m.Name == name }); i >= 0 {
			named = modules[i]
		}
		env.libraries[name] = foldedMeta(e.libraryValues(own, named))
	}
	for _, m := range modules {
		switch {
		case m.Always && m.Library && env.libraries[m.Name] == nil:
			env.libraries[m.Name] = foldedMeta(e.libraryValues(nil, m))
		case m.Always && !m.Library:
			globals[m.Name] = e.module(m)
		}
	}
	values := fixedTable(globals)
	values.Metatable = fixedTable(map[string]lua.LValue{"__index": native(indexGlobal)})
	env.globals = foldedMeta(values)
	return env
}

// libraryValues gives the members of a library: the functions of the language
// and those of a module of the same name, nil if there is none. Of two functions of
// one name the language's answers inside a manual coroutine (9.5).
func (e *engine) libraryValues(own []member, m *hostapi.Module) *lua.LTable {
	values := map[string]lua.LValue{}
	host := map[string]*lua.LFunction{}
	if m != nil {
		for i := range m.Consts {
			values[m.Consts[i].Name] = constant(&m.Consts[i])
		}
		for _, f := range m.Funcs {
			host[f.Name] = bind(f, nil)
			values[f.Name] = host[f.Name]
		}
	}
	for _, o := range own {
		values[o.name] = o.value
		if outside := host[o.name]; outside != nil {
			inside := o.value.(*lua.LFunction)
			values[o.name] = native(func(l *lua.LState) int {
				if strandOf(l).co != nil {
					return inside.GFunction(l)
				}
				return outside.GFunction(l)
			})
		}
	}
	return fixedTable(values)
}

// library gives the process's own table of a library.
func (in *instance) library(name string) *lua.LTable {
	t := in.tables[name]
	if t == nil {
		if in.tables == nil {
			in.tables = map[string]*lua.LTable{}
		}
		t = &lua.LTable{Metatable: in.program.libraries[name]}
		in.tables[name] = t
	}
	return t
}

// indexGlobal looks up a global that is no shared one.
func indexGlobal(l *lua.LState) int {
	in := strandOf(l).in
	name := lua.LVAsString(l.Get(2))
	switch {
	case name == "_G":
		in.unfold(in.env)
		l.Push(in.env)
	case in.program.libraries[name] != nil:
		t := in.library(name)
		in.env.RawSetString(name, t)
		l.Push(t)
	default:
		return 0
	}
	return 1
}

// indexString finds the methods of strings in the process's string library.
func indexString(l *lua.LState) int {
	l.Push(l.GetTable(strandOf(l).in.library("string"), l.Get(2)))
	return 1
}

// require gives a module, a library table or what an imported library returned,
// as granted to the source whose text contains the call (14.16).
func require(l *lua.LState) int {
	s := strandOf(l)
	name := checkName(l, 1, "require")
	p := s.caller()
	if p.libraries[name] != nil {
		l.Push(s.in.library(name))
		return 1
	}
	m, library, err := p.source.Require(name)
	switch {
	case err != nil:
		s.fail(l, err)
	case m != nil:
		l.Push(s.in.engine.module(m))
	default:
		l.Push(s.in.loaded(library).exports)
	}
	return 1
}

// caller finds the source of the innermost script function that is running.
func (s *strand) caller() *program {
	for ; s != nil; s = s.resumer() {
		for i := len(s.levels) - 1; i >= 0; i-- {
			l := s.levels[i]
			for level := 0; ; level++ {
				d, ok := l.GetStack(level)
				if !ok {
					break
				}
				v, _ := l.GetInfo("f", d, lua.LNil)
				proto := s.in.covered.original(v.(*lua.LFunction).Proto)
				for _, src := range s.in.sources {
					if src.program.protos[proto] {
						return src.program
					}
				}
			}
		}
		if s.co == nil {
			return s.in.program
		}
	}
	return nil
}
