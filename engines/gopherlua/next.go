package gopherlua

import (
	"reflect"
	"weak"

	lua "github.com/yuin/gopher-lua"
)

// A table of the interpreter keeps each key that it ever had, in their order, and
// walks over those without a value. So while next(t) is asked again and again for
// the first key of a table that shrinks, this takes quadratic time. When more keys
// were walked over in vain than it takes to make the table anew without them, that is done.
//
// A traversal may stand at a key that is gone then; which key came behind it is kept
// as long as the table.

// traversals is what an instance knows of tables whose first key was asked for.
type traversals map[weak.Pointer[lua.LTable]]*traversed

type traversed struct {
	wasted int // keys without a value that were walked over
	// behind has for keys that are gone the one that came behind, or nil.
	behind map[any]lua.LValue
}

// next gives the key and value behind k; ok is false if the table never had k.
func (in *instance) next(t *lua.LTable, k lua.LValue) (key, value lua.LValue, ok bool) {
	known := in.engine.layout
	if k == lua.LNil {
		key, value = t.Next(k)
		in.noteFirst(t, key)
		return key, value, true
	}
	for t.RawGet(k) == lua.LNil && !known.hasKey(t, k) {
		if n, isNumber := k.(lua.LNumber); isNumber && n >= 1 && n == lua.LNumber(int(n)) && int(n) <= known.arrayOf(t).Cap() {
			// The end of the array, where this was, is cut off.
			k = lua.LNil
			if n := known.arrayOf(t).Len(); n > 0 {
				k = lua.LNumber(n)
			}
			break
		}
		gone := in.traversals[weak.Make(t)]
		if gone == nil {
			return nil, nil, false
		}
		if k, ok = gone.behind[identity(reflect.ValueOf(k))]; !ok {
			return nil, nil, false
		}
		if k == lua.LNil {
			return k, k, true
		}
		if v := t.RawGet(k); v != lua.LNil {
			return k, v, true
		}
	}
	key, value = t.Next(k)
	return key, value, true
}

// hasKey reports whether t has or had the key.
func (known *layout) hasKey(t *lua.LTable, k lua.LValue) bool {
	if n, ok := k.(lua.LNumber); ok && n >= 1 && n == lua.LNumber(int(n)) && int(n) <= known.arrayOf(t).Len() {
		return true
	}
	return reflect.ValueOf(t).Elem().Field(known.places).MapIndex(reflect.ValueOf(&k).Elem()).IsValid()
}

// identity makes of a key what is equal for equal keys. A table may get the address of
// one that is gone; then it counts as that one.
func identity(k reflect.Value) any {
	switch k.Kind() {
	case reflect.String:
		return k.String()
	case reflect.Float64:
		return k.Float()
	case reflect.Bool:
		return k.Bool()
	}
	return k.Pointer()
}

// noteFirst notes how many keys were walked over to find the first one.
func (in *instance) noteFirst(t *lua.LTable, first lua.LValue) {
	const (
		few   = 64
		steps = 16 // what it takes to renew a slot
	)
	known := in.engine.layout
	fields := reflect.ValueOf(t).Elem()
	keys := fields.Field(known.keys).Len()
	if keys-fields.Field(known.dict).Len()-fields.Field(known.strdict).Len() < few {
		return
	}
	passed := keys
	if first != lua.LNil {
		place := fields.Field(known.places).MapIndex(reflect.ValueOf(&first).Elem())
		if !place.IsValid() { // in the array
			return
		}
		passed = int(place.Int())
	}
	if passed < few {
		return
	}
	table := weak.Make(t)
	seen := in.traversals[table]
	if seen == nil {
		if in.traversals == nil {
			in.traversals = traversals{}
		}
		for old := range in.traversals {
			if old.Value() == nil {
				delete(in.traversals, old)
			}
		}
		seen = &traversed{behind: map[any]lua.LValue{}}
		in.traversals[table] = seen
	}
	if seen.wasted += passed; seen.wasted > steps*(keys+known.arrayOf(t).Len()) {
		seen.wasted = 0
		in.renew(t, seen)
	}
}

// renew makes t anew without the keys that have no value.
func (in *instance) renew(t *lua.LTable, seen *traversed) {
	known := in.engine.layout
	array := known.arrayOf(t)
	fields := reflect.ValueOf(t).Elem()
	keys := fields.Field(known.keys)
	renewed := in.engine.base.CreateTable(array.Cap(), fields.Field(known.strdict).Len())
	renewed.Metatable = t.Metatable
	for i := 1; i <= array.Len(); i++ {
		renewed.RawSetInt(i, t.RawGetInt(i))
	}
	at := lua.LValue(lua.LNil)
	if n := array.Len(); n > 0 {
		at = lua.LNumber(n)
	}
	k, v := t.Next(at)
	for i := range keys.Len() {
		old := keys.Index(i).Elem()
		if k == lua.LNil || !old.Equal(reflect.ValueOf(k)) {
			seen.behind[identity(old)] = k
			continue
		}
		renewed.RawSetH(k, v)
		k, v = t.Next(k)
	}
	*t = *renewed
}
