package golua

import (
	"slices"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// The globals of a process come into _G when they are first used: few scripts
// use many. Whatever looks at the table as such fills it before.

// global makes a global of that name for the process, nil if there is none.
func (th *thread) global(name string) any {
	e := th.in.engine
	switch name {
	case "_G":
		return th.in.globals
	case "_VERSION":
		return lua.VersionString
	}
	if f, ok := e.base[name]; ok {
		return f
	}
	for _, m := range th.in.program.source.Modules {
		if m.Name == name && m.Always {
			return th.module(m)
		}
	}
	if members, ok := e.libraries[name]; ok {
		return th.library(name, members)
	}
	return nil
}

// globalNames gives all names that global knows.
func (th *thread) globalNames() []string {
	e := th.in.engine
	names := []string{"_G", "_VERSION"}
	for name := range e.base {
		names = append(names, name)
	}
	for name := range e.libraries {
		names = append(names, name)
	}
	for _, m := range th.in.program.source.Modules {
		if m.Always {
			names = append(names, m.Name)
		}
	}
	return names
}

// indexGlobals is the __index of _G while it is being filled.
func indexGlobals(l *lua.State) int {
	name, ok := l.ToValue(2).(string)
	if !ok {
		return 0
	}
	v := threadOf(l).global(name)
	if v == nil {
		return 0
	}
	l.PushLightUserData(v)
	l.PushValue(2)
	l.PushValue(-2)
	l.RawSet(1)
	return 1
}

// setGlobal is the __newindex of _G while it is being filled. A global that is
// deleted must not come back.
func setGlobal(l *lua.State) int {
	th := threadOf(l)
	if l.IsNil(3) {
		th.fill(l)
	}
	l.SetTop(3)
	l.RawSet(1)
	return 0
}

// fill completes _G.
func (th *thread) fill(l *lua.State) {
	if th.in.filled {
		return
	}
	th.in.filled = true
	l.PushLightUserData(th.in.globals)
	for _, name := range th.globalNames() {
		l.PushString(name)
		l.RawGet(-2)
		absent := l.IsNil(-1)
		l.Pop(1)
		if absent {
			l.PushLightUserData(th.global(name))
			l.SetField(-2, name)
		}
	}
	l.PushNil()
	l.SetMetaTable(-2)
	l.Pop(1)
}

// whole fills _G if it is the table at an index.
func (th *thread) whole(l *lua.State, i int) {
	if !th.in.filled && l.ToValue(i) == th.in.globals {
		th.fill(l)
	}
}

// indexString is the __index of strings until it has been called on a State. It
// gives the State a metatable of the process, whose __index is the process's
// own table.
func indexString(l *lua.State) int {
	th := threadOf(l)
	table := th.library("string", th.in.engine.libraries["string"])
	if th.in.strings == nil {
		l.CreateTable(0, 2)
		l.PushLightUserData(table)
		l.SetField(-2, "__index")
		l.PushBoolean(false)
		l.SetField(-2, "__metatable")
		th.in.strings = pop(l)
		th.in.engine.addArithmetic(l, th.in.strings)
	}
	setStringMetatable(l, th.in.strings)
	l.PushLightUserData(table)
	l.PushValue(2)
	l.Table(-2)
	return 1
}

// require serves the source whose text contains the call (14.16).
func require(l *lua.State) int {
	th := threadOf(l)
	name, ok := l.ToValue(1).(string)
	if !ok {
		th.invalid("require: argument #1 (name) must be a string, got %s", typeName(l, 1))
	}
	p := th.caller()
	if p == nil {
		th.raise(hostapi.Errorf(hostapi.NotFound, "module '%s' not found", name))
	}
	m, library, err := p.source.Require(name)
	switch members, ok := th.in.engine.libraries[name]; {
	case m != nil:
		l.PushLightUserData(th.module(m))
	case library != nil:
		l.PushLightUserData(th.in.libraryValue(library))
	case ok:
		l.PushLightUserData(th.library(name, members))
	default:
		th.raise(err)
	}
	return 1
}

// caller gives the program of the innermost script function, nil if there is
// none.
func (th *thread) caller() *program {
	for t := th; t != nil; t = t.resumer() {
		for i := len(t.outer); i >= 0; i-- {
			l := t.state
			if i < len(t.outer) {
				l = t.outer[i]
			}
			if p := th.in.innermost(l); p != nil {
				return p
			}
		}
	}
	return nil
}

// innermost gives the program of the innermost script function active on l, nil
// if there is none.
func (in *instance) innermost(l *lua.State) *program {
	for level := 0; ; level++ {
		f, ok := lua.Stack(l, level)
		if !ok {
			return nil
		}
		d, _ := lua.Info(l, "S", f)
		if d.What == "Go" || isHelper(d) {
			continue
		}
		found := in.sources(d.Source[1:])
		for _, c := range found {
			if len(found) > 1 && in.sharesUpvalue(l, f, c.main) {
				return c.program
			}
		}
		if len(found) > 0 {
			return found[0].program
		}
		return nil
	}
}

// sources gives the chunks of that file: entries may share one.
func (in *instance) sources(path string) []chunkCopy {
	var found []chunkCopy
	for _, c := range in.chunks {
		if c.program.source.Path == path {
			found = append(found, c)
		}
	}
	return found
}

// sharesUpvalue reports whether the function of a frame and the main function
// share a variable, as _ENV or one that rewrite added.
func (in *instance) sharesUpvalue(l *lua.State, f lua.Frame, main any) bool {
	top := l.Top()
	defer l.SetTop(top)
	lua.Info(l, "f", f)
	l.PushLightUserData(main)
	ids := func(function int) (ids []any) {
		for i := 1; ; i++ {
			if _, ok := lua.UpValue(l, function, i); !ok {
				return ids
			}
			l.Pop(1)
			ids = append(ids, lua.UpValueId(l, function, i))
		}
	}
	of := ids(top + 2)
	return slices.ContainsFunc(ids(top+1), func(id any) bool { return slices.Contains(of, id) })
}

func (in *instance) libraryValue(p hostapi.Program) any {
	for _, lib := range in.libraries {
		if p == lib.program {
			return lib.value
		}
	}
	return nil
}
