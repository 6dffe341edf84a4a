package gopherlua

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"
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

// newLayout gives nil if the interpreter is one that keeps things otherwise.
func newLayout() *layout {
	table, state, debug := reflect.TypeFor[lua.LTable](), reflect.TypeFor[lua.LState](), reflect.TypeFor[lua.Debug]()
	known := true
	field := func(of reflect.Type, name string, kind reflect.Kind) int {
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() != reflect.Struct {
			known = false
			return 0
		}
		f, ok := of.FieldByName(name)
		if !ok || f.Type.Kind() != kind {
			known = false
			return 0
		}
		return f.Index[0]
	}
	l := &layout{
		array:    field(table, "array", reflect.Slice),
		dict:     field(table, "dict", reflect.Map),
		strdict:  field(table, "strdict", reflect.Map),
		keys:     field(table, "keys", reflect.Slice),
		places:   field(table, "k2i", reflect.Map),
		registry: field(state, "reg", reflect.Pointer),
		frame:    field(debug, "frame", reflect.Pointer),
	}
	registry, frame := state.Field(l.registry).Type, debug.Field(l.frame).Type
	l.slots = field(registry, "array", reflect.Slice)
	l.top = field(registry, "top", reflect.Int)
	l.localBase, l.pc = field(frame, "LocalBase", reflect.Int), field(frame, "Pc", reflect.Int)
	l.nargs = field(frame, "NArgs", reflect.Int)
	if !known {
		return nil
	}
	return l
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
