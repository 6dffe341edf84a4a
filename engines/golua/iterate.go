package golua

import (
	"reflect"
	"slices"
	"strings"

	lua "github.com/Shopify/go-lua"
)

// The interpreter's next searches all keys of a table for the one it is given,
// so that walking a table takes time with the square of its size; and it fails
// if that key has been cleared. So tables are walked along a list of their keys,
// in the order in which the interpreter would give them. Only reflection can
// give the list at once, and only of keys that are numbers, strings or booleans;
// with others, or should the interpreter's types change, next makes it.

// cursor is where the last call of next stands.
type cursor struct {
	table any
	key   any   // given last
	list  []any // the keys after it; not yet made after the first
	made  bool
}

// sizes gives how many elements of a table are in its array part and how many
// outside; ok is false if reflection does not know.
func sizes(raw any) (array, hash int, ok bool) {
	table := reflect.ValueOf(raw).Elem()
	a, h := table.FieldByName("array"), table.FieldByName("hash")
	if a.Kind() != reflect.Slice || h.Kind() != reflect.Map {
		return 0, 0, false
	}
	return a.Len(), h.Len(), true
}

// keys gives the keys of the table raw that follow those of its array part, all
// if their number is not known.
func keys(e *engine, l *lua.State, raw any) []any {
	array, hash, ok := sizes(raw)
	if ok && hash == 0 {
		return nil
	}
	l.CheckStack(lua.MinStack)
	l.PushLightUserData(raw)
	defer l.Pop(1)
	table := l.Top()
	after := func(key any) bool {
		l.PushLightUserData(key)
		return l.Next(table)
	}
	var first any
	if array > 0 {
		first = float64(array)
	}
	// Now the interpreter makes its own list.
	if !after(first) {
		return nil
	}
	l.Pop(2)
	if list, ok := scalars(reflect.ValueOf(raw).Elem().FieldByName("iterationKeys")); ok {
		return list
	}
	list := make([]any, 0, hash)
	for after(first) {
		first = rawAt(e, l, -2)
		list = append(list, first)
		l.Pop(2)
	}
	return list
}

// scalars gives the elements of a slice of the interpreter's values; ok is false
// if one is no number, string or boolean.
func scalars(slice reflect.Value) (list []any, ok bool) {
	if slice.Kind() != reflect.Slice {
		return nil, false
	}
	list = make([]any, 0, slice.Len())
	for i := range slice.Len() {
		switch k := slice.Index(i).Elem(); k.Kind() {
		case reflect.Invalid: // cleared
		case reflect.Float64:
			list = append(list, k.Float())
		case reflect.String:
			list = append(list, k.String())
		case reflect.Bool:
			list = append(list, k.Bool())
		default:
			return nil, false
		}
	}
	return list, true
}

// each calls f for each key and value of a table, until it gives an error.
func each(th *thread, l *lua.State, raw any, f func(key, value any) error) error {
	l.CheckStack(lua.MinStack)
	l.PushLightUserData(raw)
	defer l.Pop(1)
	e, table := th.in.engine, l.Top()
	th.whole(l, table)
	var list []any
	if inner, ok := contents(l, table); ok {
		l.PushLightUserData(inner)
		l.Replace(table)
		list = names(inner)
	} else {
		array, _, _ := sizes(raw)
		for i := range array {
			l.RawGetInt(table, i+1)
			v := rawAt(e, l, -1)
			l.Pop(1)
			if v == nil {
				continue
			}
			if err := f(float64(i+1), v); err != nil {
				return err
			}
		}
		list = keys(e, l, raw)
	}
	for _, k := range list {
		l.PushLightUserData(k)
		l.RawGet(table)
		v := rawAt(e, l, -1)
		l.Pop(1)
		if v == nil {
			continue
		}
		if err := f(k, v); err != nil {
			return err
		}
	}
	return nil
}

func next(l *lua.State) int {
	checkTable(l, 1, "next")
	th := threadOf(l)
	th.whole(l, 1)
	if inner, ok := contents(l, 1); ok {
		return nextName(l, names(inner))
	}
	l.SetTop(2)
	table, key := l.ToValue(1), rawAt(th.in.engine, l, 2)
	if th.in.cursor == nil {
		th.in.cursor = &cursor{}
	}
	c := th.in.cursor
	if key == nil || c.table != table || c.key != key {
		if !l.Next(1) {
			*c = cursor{}
			l.PushNil()
			return 1
		}
		*c = cursor{table: table, key: rawAt(th.in.engine, l, -2)}
		if n, ok := c.key.(float64); ok {
			if array, _, known := sizes(table); known && n <= float64(array) {
				*c = cursor{} // next is good at arrays
			}
		}
		return 2
	}
	if !c.made {
		c.list, c.made = keys(th.in.engine, l, table), true
		th.spend(l, len(c.list), int64(len(c.list))*3*slotBytes)
		if at := slices.Index(c.list, key); at >= 0 {
			c.list = c.list[at+1:]
		}
	}
	for len(c.list) > 0 {
		c.key, c.list = c.list[0], c.list[1:]
		if pushEntry(l, table, c.key) {
			return 2
		}
	}
	*c = cursor{}
	l.PushNil()
	return 1
}

// pushEntry pushes a key of a table and its value, unless that is nil.
func pushEntry(l *lua.State, table, key any) bool {
	l.PushLightUserData(key)
	l.PushLightUserData(table)
	l.PushLightUserData(key)
	l.RawGet(-2)
	l.Remove(-2)
	if l.IsNil(-1) {
		l.Pop(2)
		return false
	}
	return true
}

func pairs(l *lua.State) int {
	checkTable(l, 1, "pairs")
	th := threadOf(l)
	th.whole(l, 1)
	table := l.ToValue(1)
	_, module := contents(l, 1)
	array, hash, known := sizes(table)
	if module || known && hash == 0 {
		l.PushLightUserData(th.in.engine.base["next"])
	} else {
		list := keys(th.in.engine, l, table)
		th.spend(l, len(list), int64(len(list))*3*slotBytes)
		l.PushUserData(&iteration{table: table, list: list, array: array})
		l.PushGoClosure(iterate, 1)
	}
	l.PushValue(1)
	l.PushNil()
	return 3
}

// iteration is where a loop over pairs stands.
type iteration struct {
	table any
	list  []any // keys still to come, after those of the array part
	array int   // elements in the array part
	i     int   // of them given
}

// iterate is the function that pairs gives. Its upvalue is the iteration, where
// a census finds it.
func iterate(l *lua.State) int {
	it := l.ToUserData(lua.UpValueIndex(1)).(*iteration)
	for it.i < it.array {
		it.i++
		if pushEntry(l, it.table, float64(it.i)) {
			return 2
		}
	}
	for len(it.list) > 0 {
		k := it.list[0]
		it.list = it.list[1:]
		if pushEntry(l, it.table, k) {
			return 2
		}
	}
	l.PushNil()
	return 1
}

// names gives the names in a module, in order. The interpreter's next is not for
// a shared table: it writes to it.
func names(contents any) []any {
	var list []any
	if hash := reflect.ValueOf(contents).Elem().FieldByName("hash"); hash.Kind() == reflect.Map {
		for _, k := range hash.MapKeys() {
			list = append(list, k.Elem().String())
		}
	}
	slices.SortFunc(list, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	return list
}

// nextName is next for the table of a module.
func nextName(l *lua.State, list []any) int {
	l.SetTop(2)
	at := slices.Index(list, l.ToValue(2)) + 1
	if at == 0 && !l.IsNil(2) {
		throw("invalid key to 'next'")
	}
	if at < len(list) {
		l.PushLightUserData(list[at])
		l.PushValue(-1)
		l.Table(1)
		return 2
	}
	l.PushNil()
	return 1
}

func ipairs(l *lua.State) int {
	checkTable(l, 1, "ipairs")
	l.PushLightUserData(threadOf(l).in.engine.nextIndex)
	l.PushValue(1)
	l.PushInteger(0)
	return 3
}

func nextIndex(l *lua.State) int {
	checkTable(l, 1, "ipairs")
	n, _ := l.ToValue(2).(float64)
	i := int(n) + 1
	l.PushInteger(i)
	l.RawGetInt(1, i)
	if l.IsNil(-1) {
		return 1
	}
	return 2
}
