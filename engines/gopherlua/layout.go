package gopherlua

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/hidden"
)

// layout says where the interpreter keeps what only reflection sees: by number
// of the fields of lua.LTable, lua.LState, lua.Debug and what they refer to. It
// serves to read sizes, never to change anything.
type layout struct {
	array, dict, strdict, keys, places int // of a table
	registry                           int // of a state
	slots, top                         int // of its registry
	frame                              int // of a lua.Debug
	localBase, pc, nargs               int // of its frame
}

// newLayout looks at the interpreter's types. The error names what is not as
// expected.
func newLayout() (*layout, error) {
	table, state, debug := reflect.TypeFor[lua.LTable](), reflect.TypeFor[lua.LState](), reflect.TypeFor[lua.Debug]()
	var f hidden.Fields
	registry, frame := f.Type(state, "reg", reflect.Pointer), f.Type(debug, "frame", reflect.Pointer)
	l := &layout{
		array:     f.Index(table, "array", reflect.Slice),
		dict:      f.Index(table, "dict", reflect.Map),
		strdict:   f.Index(table, "strdict", reflect.Map),
		keys:      f.Index(table, "keys", reflect.Slice),
		places:    f.Index(table, "k2i", reflect.Map),
		registry:  f.Index(state, "reg", reflect.Pointer),
		slots:     f.Index(registry, "array", reflect.Slice),
		top:       f.Index(registry, "top", reflect.Int),
		frame:     f.Index(debug, "frame", reflect.Pointer),
		localBase: f.Index(frame, "LocalBase", reflect.Int),
		pc:        f.Index(frame, "Pc", reflect.Int),
		nargs:     f.Index(frame, "NArgs", reflect.Int),
	}
	return l, f.Err("gopher-lua")
}

// stack gives the registry of a state, the slots in use and those there are.
func (l *layout) stack(state *lua.LState) (used, all int) {
	registry := reflect.ValueOf(state).Elem().Field(l.registry).Elem()
	return int(registry.Field(l.top).Int()), registry.Field(l.slots).Cap()
}

// instruction gives the index of the one that a call executes.
func (l *layout) instruction(call *lua.Debug) int {
	return int(reflect.ValueOf(call).Elem().Field(l.frame).Elem().Field(l.pc).Int()) - 1
}

// base gives the slot of the first local variable of a call.
func (l *layout) base(call *lua.Debug) int {
	return int(reflect.ValueOf(call).Elem().Field(l.frame).Elem().Field(l.localBase).Int())
}

// arguments gives how many arguments a call has.
func (l *layout) arguments(call *lua.Debug) int {
	return int(reflect.ValueOf(call).Elem().Field(l.frame).Elem().Field(l.nargs).Int())
}

// arrayOf gives the array of a table.
func (l *layout) arrayOf(t *lua.LTable) reflect.Value {
	return reflect.ValueOf(t).Elem().Field(l.array)
}
