package golua

import (
	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// moduleKey is the key under which the metatable of a module's table has what is
// in the module.
type moduleKey struct{}

// module gives the value that a script gets for a module: for a library its
// private table, else a read-only one.
func (th *thread) module(m *hostapi.Module) any {
	e := th.in.engine
	if m.Library {
		return th.library(m.Name, th.hostMembers(m))
	}
	if table, ok := e.modules.Load(m); ok {
		return table
	}
	if table, ok := th.in.modules[m]; ok {
		return table
	}
	objects, shared := th.objects(m)
	e.mu.Lock()
	defer e.mu.Unlock()
	table := e.moduleTable(m, objects)
	if shared {
		e.modules.Store(m, table)
	} else {
		if th.in.modules == nil {
			th.in.modules = make(map[*hostapi.Module]any)
		}
		th.in.modules[m] = table
	}
	return table
}

// objects gives the constants of m and the modules in it that are made in each
// process; shared is true if there are none.
func (th *thread) objects(m *hostapi.Module) (objects map[string]any, shared bool) {
	objects, shared = map[string]any{}, true
	for _, c := range m.Consts {
		switch {
		case c.Make != nil:
			objects[c.Name] = th.raw(c.Make(th.run.task))
			shared = false
		case c.Value.Object() != nil:
			objects[c.Name] = th.raw(c.Value)
			shared = false
		}
	}
	for _, inner := range m.Modules {
		objects[inner.Name] = th.module(inner)
		if _, same := th.in.engine.modules.Load(inner); !same {
			shared = false
		}
	}
	return objects, shared
}

// moduleTable makes the read-only table of a module. The caller holds mu.
func (e *engine) moduleTable(m *hostapi.Module, objects map[string]any) any {
	l := e.state
	l.CreateTable(0, len(m.Funcs)+len(m.Consts)+len(m.Modules))
	for _, f := range m.Funcs {
		l.PushGoFunction(bind(nil, f))
		l.SetField(-2, f.Name)
	}
	for _, c := range m.Consts {
		if _, made := objects[c.Name]; !made {
			push(e, l, c.Value)
			l.SetField(-2, c.Name)
		}
	}
	for name, v := range objects {
		l.PushLightUserData(v)
		l.SetField(-2, name)
	}
	if len(m.Consts) > 0 {
		l.NewTable()
		l.PushLightUserData(e.function(func(l *lua.State) int {
			if name, isText := l.ToValue(2).(string); isText {
				if err := m.NoConstant(name); err != nil {
					threadOf(l).raise(err)
				}
			}
			l.PushNil()
			return 1
		}))
		l.SetField(-2, "__index")
		l.SetMetaTable(-2)
	}
	contents := pop(l)
	text := "module " + m.Name
	meta := e.metatable(contents, nil, e.function(func(l *lua.State) int { l.PushString(text); return 1 }))
	l.PushLightUserData(meta)
	l.PushLightUserData(moduleKey{})
	l.PushLightUserData(contents)
	l.RawSet(-3)
	l.Pop(1)
	l.NewTable()
	l.PushLightUserData(meta)
	l.SetMetaTable(-2)
	return pop(l)
}

// contents gives what is in the module whose table is at an index; ok is false
// if it is no such table.
func contents(l *lua.State, i int) (table any, ok bool) {
	if !l.MetaTable(i) {
		return nil, false
	}
	l.RawGetValue(-1, moduleKey{})
	table = l.ToValue(-1)
	l.Pop(2)
	return table, table != nil
}

// hostMembers gives the members of a library module that the host defines, with
// those of the language: of two functions of one name the language's answers
// inside a manual coroutine.
func (th *thread) hostMembers(m *hostapi.Module) []member {
	e := th.in.engine
	if members, ok := e.modules.Load(m); ok {
		return members.([]member)
	}
	var members []member
	for _, c := range m.Consts {
		members = append(members, member{c.Name, th.raw(c.Value)})
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, f := range m.Funcs {
		members = append(members, member{f.Name, e.function(bind(nil, f))})
	}
	for _, own := range e.libraries[m.Name] {
		members = merge(e, members, own)
	}
	e.modules.Store(m, members)
	return members
}

func merge(e *engine, members []member, own member) []member {
	for i, m := range members {
		if m.name != own.name {
			continue
		}
		inside, outside := e.goFunction(own.value), e.goFunction(m.value)
		members[i].value = e.function(func(l *lua.State) int {
			if threadOf(l).co != nil {
				return inside(l)
			}
			return outside(l)
		})
		return members
	}
	return append(members, own)
}

func (e *engine) goFunction(raw any) lua.Function {
	e.state.PushLightUserData(raw)
	f := e.state.ToGoFunction(-1)
	e.state.Pop(1)
	return f
}

// library gives the process's own table of that name.
func (th *thread) library(name string, members []member) any {
	for _, m := range th.in.tables {
		if m.name == name {
			return m.value
		}
	}
	l := th.state
	l.CreateTable(0, len(members))
	for _, m := range members {
		l.PushLightUserData(m.value)
		l.SetField(-2, m.name)
	}
	table := pop(l)
	th.in.tables = append(th.in.tables, member{name, table})
	return table
}
