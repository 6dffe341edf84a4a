package gopherlua

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// The globals of a process are a table that begins empty. Its metatable finds
// the functions in a table shared by all processes, and makes library tables
// when they are first named. Scripts never see that: they reach the table of
// globals only by the name _G, and then it is filled and loses its metatable.

// makeGlobals makes what the processes of a program share.
func (p *program) makeGlobals() {
	fields := map[string]lua.LValue{"_VERSION": lua.LString(lua.LuaVersion)}
	for name, f := range p.engine.functions {
		fields[name] = f
	}
	for _, m := range p.source.Modules {
		if m.Always && !p.isLibrary(m.Name) {
			fields[m.Name] = p.engine.module(m)
		}
	}
	p.globals = fixedTable(fields)
	p.globals.Metatable = fixedTable(map[string]lua.LValue{"__index": native(indexGlobal)})
	p.meta = fixedTable(map[string]lua.LValue{
		"__index":    p.globals,
		"__newindex": native(assignGlobal),
	})
}

// isLibrary reports whether name is a table that each process has for itself.
func (p *program) isLibrary(name string) bool {
	m := p.module(name)
	return p.engine.libraries[name] != nil || m != nil && m.Library
}

// indexGlobal looks up a global that is no shared one.
func indexGlobal(l *lua.LState) int {
	in := strandOf(l).in
	name := lua.LVAsString(l.Get(2))
	switch {
	case name == "_G":
		in.fillGlobals()
		l.Push(in.env)
	case in.program.isLibrary(name):
		t := in.library(name)
		in.env.RawSetString(name, t)
		l.Push(t)
	default:
		return 0
	}
	return 1
}

// assignGlobal sets a global that is not set yet. A table of globals that hides
// a shared one can no longer do without its own copies.
func assignGlobal(l *lua.LState) int {
	in := strandOf(l).in
	name := lua.LVAsString(l.Get(2))
	if name == "_G" || in.program.isLibrary(name) || in.program.globals.RawGetString(name) != lua.LNil {
		in.fillGlobals()
	}
	in.env.RawSetString(name, l.Get(3))
	return 0
}

// fillGlobals makes the table of globals an ordinary one.
func (in *instance) fillGlobals() {
	if in.env.Metatable == lua.LNil {
		return
	}
	in.env.Metatable = lua.LNil
	in.env.RawSetString("_G", in.env)
	in.program.globals.ForEach(func(name, v lua.LValue) { in.env.RawSet(name, v) })
	for name := range in.engine.libraries {
		in.env.RawSetString(name, in.library(name))
	}
	for _, m := range in.program.source.Modules {
		if m.Always && m.Library {
			in.env.RawSetString(m.Name, in.library(m.Name))
		}
	}
}

// library gives the process's own table of a library: the functions of the
// language and those of a module of the same name.
func (in *instance) library(name string) *lua.LTable {
	if t := in.libraries[name]; t != nil {
		return t
	}
	own, m := in.engine.libraries[name], in.program.module(name)
	host := map[string]*lua.LFunction{}
	if m != nil {
		for _, f := range m.Funcs {
			host[f.Name] = in.engine.function(f)
		}
	}
	t := in.engine.base.CreateTable(0, len(own)+len(host)+1)
	for name, f := range host {
		t.RawSetString(name, f)
	}
	if m != nil {
		for i := range m.Consts {
			t.RawSetString(m.Consts[i].Name, constant(&m.Consts[i]))
		}
	}
	for _, o := range own {
		if o.make != nil {
			t.RawSetString(o.name, o.make(host[o.name]))
		} else {
			t.RawSetString(o.name, o.value)
		}
	}
	if in.libraries == nil {
		in.libraries = map[string]*lua.LTable{}
	}
	in.libraries[name] = t
	return t
}

// function gives the native function of a library module's function.
func (e *engine) function(f *hostapi.Func) *lua.LFunction {
	if v, ok := e.funcs.Load(f); ok {
		return v.(*lua.LFunction)
	}
	v, _ := e.funcs.LoadOrStore(f, bind(f, nil))
	return v.(*lua.LFunction)
}

// indexString finds the methods of strings in the process's string library.
func indexString(l *lua.LState) int {
	l.Push(strandOf(l).in.library("string").RawGet(l.Get(2)))
	return 1
}

// require gives a module, a library table or what an imported library returned,
// as granted to the source whose text contains the call (14.16).
func require(l *lua.LState) int {
	s := strandOf(l)
	name := checkName(l, 1, "require")
	p := s.caller()
	if m := p.module(name); m != nil && !p.isLibrary(name) {
		l.Push(s.in.engine.module(m))
		return 1
	}
	if p.isLibrary(name) {
		l.Push(s.in.library(name))
		return 1
	}
	for _, imp := range p.source.Imports {
		if imp.Alias == name {
			l.Push(s.in.loaded(imp.Program.(*program)).exports)
			return 1
		}
	}
	throw(l, hostapi.NotFound, "module '%s' not found", name)
	return 0
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
				f := v.(*lua.LFunction)
				for _, src := range s.in.sources {
					if src.program.protos[f.Proto] {
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
