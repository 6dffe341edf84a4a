package gopherlua

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"
)

// next gives the key and value behind k in a traversal; ok is false if the table
// never had that key. A key may have been removed since it was given.
func (known *layout) next(t *lua.LTable, k lua.LValue) (key, value lua.LValue, ok bool) {
	if k == lua.LNil || known == nil || t.RawGet(k) != lua.LNil {
		key, value = t.Next(k)
		return key, value, true
	}
	if n, isNumber := k.(lua.LNumber); isNumber && n >= 1 && n < maxArray && n == lua.LNumber(int(n)) {
		array := known.arrayOf(t)
		switch {
		case int(n) <= array.Len():
		case int(n) > array.Cap():
			return nil, nil, false
		case array.Len() == 0: // trimmed since
			k = lua.LNil
		default:
			k = lua.LNumber(array.Len())
		}
	} else if places := reflect.ValueOf(t).Elem().Field(known.places); !places.MapIndex(reflect.ValueOf(&k).Elem()).IsValid() {
		return nil, nil, false
	}
	key, value = t.Next(k)
	return key, value, true
}
