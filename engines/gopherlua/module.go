package gopherlua

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

// moduleMark is a field of the metatables of modules. No script can see them.
const moduleMark = "\x00module"

// isModule reports whether t is the read-only table of a module.
func isModule(t *lua.LTable) bool {
	mt, ok := t.Metatable.(*lua.LTable)
	return ok && mt.RawGetString(moduleMark) == lua.LTrue
}

// module gives the read-only table of m: empty, so that each assignment calls
// __newindex, and shared by all processes.
func (e *engine) module(m *hostapi.Module) *lua.LTable {
	if t, ok := e.modules.Load(m); ok {
		return t.(*lua.LTable)
	}
	fields := map[string]lua.LValue{}
	perProcess := map[string]*hostapi.Const{}
	for _, f := range m.Funcs {
		fields[f.Name] = bind(f, nil)
	}
	for i := range m.Consts {
		if c := &m.Consts[i]; c.Make != nil {
			perProcess[c.Name] = c
		} else {
			fields[c.Name] = constant(c)
		}
	}
	for _, nested := range m.Modules {
		fields[nested.Name] = e.module(nested)
	}
	contents := fixedTable(fields)
	if len(m.Consts) > 0 {
		contents.Metatable = fixedTable(map[string]lua.LValue{
			"__index": native(func(l *lua.LState) int {
				name, isText := l.Get(2).(lua.LString)
				if c := perProcess[string(name)]; c != nil {
					l.Push(strandOf(l).constant(c))
					return 1
				}
				if err := m.NoConstant(string(name)); isText && err != nil {
					strandOf(l).fail(l, err)
				}
				return 0
			}),
		})
	}
	text := lua.LString("module: " + m.Name)
	t := fixedTable(nil)
	t.Metatable = fixedTable(map[string]lua.LValue{
		"__index":     contents,
		"__newindex":  e.readOnly,
		"__metatable": lua.LFalse,
		"__tostring":  native(func(l *lua.LState) int { l.Push(text); return 1 }),
		moduleMark:    lua.LTrue,
	})
	first, _ := e.modules.LoadOrStore(m, t)
	return first.(*lua.LTable)
}

// constant gives the value of a constant that is a scalar.
func constant(c *hostapi.Const) lua.LValue {
	switch c.Value.Type() {
	case hostapi.TypeBool:
		return lua.LBool(c.Value.Bool())
	case hostapi.TypeInt, hostapi.TypeFloat:
		return lua.LNumber(c.Value.Float())
	case hostapi.TypeString:
		return lua.LString(c.Value.Str())
	}
	return lua.LNil
}

// constant gives the value of a constant that each process makes for itself.
func (s *strand) constant(c *hostapi.Const) lua.LValue {
	if v, ok := s.in.consts[c]; ok {
		return v
	}
	v := s.in.push(c.Make(s.task.host))
	if s.in.consts == nil {
		s.in.consts = map[*hostapi.Const]lua.LValue{}
	}
	s.in.consts[c] = v
	return v
}

func raiseReadOnly(l *lua.LState) int {
	strandOf(l).fail(l, lualib.ReadOnly())
	return 0
}

// metatable gives the metatable of the objects of a type.
func (e *engine) metatable(t *hostapi.ObjectType) *lua.LTable {
	if mt, ok := e.types.Load(t); ok {
		return mt.(*lua.LTable)
	}
	return e.newMetatable(t)
}

// newMetatable is not inlined: a process that only uses a metatable is not to
// need the stack for this.
//
//go:noinline
func (e *engine) newMetatable(t *hostapi.ObjectType) *lua.LTable {
	methods := map[string]lua.LValue{}
	for _, f := range t.Methods {
		methods[f.Name] = bind(f, t)
	}
	mt, _ := e.types.LoadOrStore(t, fixedTable(map[string]lua.LValue{
		"__index":     fixedTable(methods),
		"__newindex":  e.readOnly,
		"__metatable": lua.LFalse,
		"__tostring":  e.functions["tostring"],
	}))
	return mt.(*lua.LTable)
}
