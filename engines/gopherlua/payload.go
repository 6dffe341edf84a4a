package gopherlua

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/luatable"
	"github.com/understudy-run/understudy/hostapi"
)

// table shows a table of the script to the host.
type table struct {
	*lua.LTable
	in *instance
}

// open gives the table that a reference stands for.
func (in *instance) open(ref any) luatable.Table {
	t := ref.(*lua.LTable)
	in.unfold(t)
	return table{t, in}
}

// Module reports whether t is that of a module.
func (t table) Module() bool { return isModule(t.LTable) }

// Marked reports whether t was marked as a list.
func (t table) Marked() bool { return t.Metatable == t.in.engine.emptyList }

// Index gives an element.
func (t table) Index(i int) hostapi.Value { return value(t.RawGetInt(i)) }

// Field gives a field.
func (t table) Field(name string) hostapi.Value { return value(t.RawGetString(name)) }

// Keys gives the keys.
func (t table) Keys(yield func(hostapi.Value) bool) {
	more := true
	t.ForEach(func(k, _ lua.LValue) { more = more && yield(value(k)) })
}

// Entries gives the keys and values.
func (t table) Entries(yield func(k, v hostapi.Value) error) (err error) {
	if t.in.pace.Repeats() {
		walk(t.LTable, func(k, v lua.LValue) bool {
			err = yield(value(k), value(v))
			return err == nil
		})
		return err
	}
	t.ForEach(func(k, v lua.LValue) {
		if err == nil {
			err = yield(value(k), value(v))
		}
	})
	return err
}

// walk calls f for keys and values in the order in which pairs gives them, which is the
// same in each run, until f gives false. The interpreter's ForEach is faster, and its
// order another each time.
func walk(t *lua.LTable, f func(k, v lua.LValue) bool) {
	for k, v := t.Next(lua.LNil); k != lua.LNil && f(k, v); k, v = t.Next(k) {
	}
}

// Copy takes the payload copy of a value of the process.
func (in *instance) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return luatable.Opener(in.open).Copy(v, cp)
}
