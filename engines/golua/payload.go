package golua

import (
	"errors"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/luatable"
	"github.com/understudy-run/understudy/hostapi"
)

// table shows a table of the script to the host, over a stack.
type table struct {
	th  *thread
	l   *lua.State
	raw any
}

// opener gives the tables that references stand for, over the stack of l.
func (th *thread) opener(l *lua.State) luatable.Opener {
	return func(ref any) luatable.Table { return tableOn(th, l, ref) }
}

func tableOn(th *thread, l *lua.State, ref any) luatable.Table {
	l.CheckStack(lua.MinStack)
	return table{th, l, ref}
}

// Module reports whether t is that of a module.
func (t table) Module() bool {
	t.l.PushLightUserData(t.raw)
	defer t.l.Pop(1)
	_, ok := contents(t.l, -1)
	return ok
}

// Marked reports whether t was marked as a list.
func (t table) Marked() bool {
	s := t.th.in.rarely
	return s != nil && s.list != nil && t.metatable() == s.list
}

// metatable gives that of t, nil if it has none.
func (t table) metatable() any {
	t.l.PushLightUserData(t.raw)
	defer t.l.Pop(1)
	if !t.l.MetaTable(-1) {
		return nil
	}
	return pop(t.l)
}

// mark has the table on top of the stack count as a list while it is empty (1.5). What
// says so is a metatable that scripts do not see.
func (th *thread) mark(l *lua.State) {
	s := th.in.seldom()
	if s.list == nil {
		l.NewTable()
		l.PushLightUserData(th.empty(l)) // it may become that of a sparse table
		l.SetField(-2, indexEvent)
		s.list = pop(l)
	}
	l.PushLightUserData(s.list)
	l.SetMetaTable(-2)
}

// ours reports whether a metatable is one that scripts do not see.
func (in *instance) ours(metatable any) bool {
	s := in.rarely
	return s != nil && metatable != nil && (metatable == s.sparse || metatable == s.list)
}

// Len is the raw length.
func (t table) Len() int {
	t.l.PushLightUserData(t.raw)
	defer t.l.Pop(1)
	return t.l.RawLength(-1)
}

// Index gives an element.
func (t table) Index(i int) hostapi.Value {
	t.l.PushLightUserData(t.raw)
	t.l.RawGetInt(-1, i)
	defer t.l.Pop(2)
	return valueAt(t.th.in.engine, t.l, -1)
}

// Field gives a field.
func (t table) Field(name string) hostapi.Value {
	t.l.PushLightUserData(t.raw)
	t.l.PushString(name)
	t.l.RawGet(-2)
	defer t.l.Pop(2)
	return valueAt(t.th.in.engine, t.l, -1)
}

// Keys gives the keys.
func (t table) Keys(yield func(hostapi.Value) bool) {
	each(t.th, t.l, t.raw, func(k, _ any) error {
		if !yield(t.th.value(k)) {
			return errEnough
		}
		return nil
	})
}

// errEnough ends each.
var errEnough = errors.New("golua: enough")

// Entries gives the keys and values.
func (t table) Entries(yield func(k, v hostapi.Value) error) error {
	return each(t.th, t.l, t.raw, func(k, v any) error { return yield(t.th.value(k), t.th.value(v)) })
}
