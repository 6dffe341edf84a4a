package golua

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// The interpreter's next searches all keys of a table for the one it is given,
// with their __eq: walking a table takes time with the square of its size, and
// does not end if two keys call each other equal; and it fails if that key has been
// cleared. So tables are walked along a list of their keys, in the order in which
// the interpreter would give them. Only reflection can give the list.

// keys gives the keys of the table raw that follow those of its array part. Where a run
// must repeat they are sorted: the interpreter's order is another each time.
func (in *instance) keys(l *lua.State, raw any) []any {
	list := unsorted(in.engine, l, raw)
	if in.books().pace.Repeats() {
		sortKeys(l, list)
	}
	return list
}

// sortKeys puts numbers first, then texts, truth values, and objects by what they print.
// Of tables and functions nothing is known that is the same in another run.
func sortKeys(l *lua.State, list []any) {
	type ranked struct {
		rank   int
		number float64
		text   string
		key    any
	}
	order := make([]ranked, len(list))
	for i, key := range list {
		r := ranked{rank: 4, key: key}
		switch k := key.(type) {
		case float64:
			r.rank, r.number = 0, k
		case string:
			r.rank, r.text = 1, k
		case bool:
			if r.rank = 2; k {
				r.number = 1
			}
		default:
			l.PushLightUserData(key)
			if o, ok := l.ToUserData(-1).(hostapi.Object); ok {
				r.rank, r.text = 3, o.String()
			}
			l.Pop(1)
		}
		order[i] = r
	}
	slices.SortStableFunc(order, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.number, b.number), cmp.Compare(a.text, b.text))
	})
	for i, r := range order {
		list[i] = r.key
	}
}

func unsorted(e *engine, l *lua.State, raw any) []any {
	array, hash := e.layout.sizes(raw)
	if hash == 0 {
		return nil
	}
	l.CheckStack(lua.MinStack)
	l.PushLightUserData(raw)
	defer l.Pop(1)
	table := l.Top()
	var last any
	if array > 0 {
		last = float64(array)
	}
	// Now the interpreter makes its own list.
	if l.PushLightUserData(last); !l.Next(table) {
		return nil
	}
	l.Pop(2)
	return e.layout.keys(raw)
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
		raw, list = inner, names(inner)
	} else {
		array, _ := e.layout.sizes(raw)
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
		list = th.in.keys(l, raw)
	}
	for _, k := range list {
		if v := th.entry(l, raw, k); v != nil {
			if err := f(k, v); err != nil {
				return err
			}
		}
	}
	return nil
}

// entry gives the value of a key of a table as a script sees it, without
// metamethods.
func (th *thread) entry(l *lua.State, table, key any) any {
	l.PushLightUserData(table)
	l.PushLightUserData(key)
	l.RawGet(-2)
	v := rawAt(th.in.engine, l, -1)
	l.Pop(2)
	if isEvent(key) {
		v = th.in.shown(l, v)
	}
	return v
}

// pushEntry pushes a key of a table and its value, unless that is nil.
func pushEntry(th *thread, l *lua.State, table, key any) bool {
	l.PushLightUserData(key)
	l.PushLightUserData(table)
	l.PushLightUserData(key)
	l.RawGet(-2)
	l.Replace(-2)
	if isEvent(key) {
		v := th.in.shown(l, rawAt(th.in.engine, l, -1))
		l.Pop(1)
		l.PushLightUserData(v)
	}
	if l.IsNil(-1) {
		l.Pop(2)
		return false
	}
	return true
}

// keys gives the keys of a table outside its array part, and reports the work.
func (th *thread) keys(l *lua.State, table any) []any {
	list := th.in.keys(l, table)
	th.spend(l, len(list), int64(len(list))*3*slotBytes)
	return list
}

func pairs(l *lua.State) int {
	checkTable(l, 1, "pairs")
	th := threadOf(l)
	th.whole(l, 1)
	table := l.ToValue(1)
	_, module := contents(l, 1)
	array, hash := th.in.engine.layout.sizes(table)
	if module || hash == 0 {
		l.PushLightUserData(th.in.engine.base["next"])
	} else {
		list := th.keys(l, table)
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
	th, it := threadOf(l), l.ToUserData(lua.UpValueIndex(1)).(*iteration)
	for it.i < it.array {
		it.i++
		if pushEntry(th, l, it.table, float64(it.i)) {
			return 2
		}
	}
	for len(it.list) > 0 {
		k := it.list[0]
		it.list = it.list[1:]
		if pushEntry(th, l, it.table, k) {
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
