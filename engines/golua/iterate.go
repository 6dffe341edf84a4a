package golua

import (
	"reflect"
	"slices"
	"strings"

	lua "github.com/Shopify/go-lua"
)

// The interpreter's next searches all keys of a table for the one it is given,
// so that walking a table takes time with the square of its size. A larger
// table is walked along a list of its keys, which only reflection can give. It
// reads keys that are numbers, strings or booleans; tables with others, and any
// table should the interpreter's types change, are walked with next.

// manyKeys is from how many keys on a list is used.
const manyKeys = 24

// keys gives the keys of the table raw, if they are at least n.
func keys(raw any, n int) []any {
	table := reflect.ValueOf(raw).Elem()
	hash, array := table.FieldByName("hash"), table.FieldByName("array")
	if hash.Kind() != reflect.Map || array.Kind() != reflect.Slice || hash.Len() < n {
		return nil
	}
	out := make([]any, 0, array.Len()+hash.Len())
	for i := range array.Len() {
		out = append(out, float64(i+1))
	}
	for it := hash.MapRange(); it.Next(); {
		switch k := it.Key().Elem(); k.Kind() {
		case reflect.Float64:
			out = append(out, k.Float())
		case reflect.String:
			out = append(out, k.String())
		case reflect.Bool:
			out = append(out, k.Bool())
		default:
			return nil
		}
	}
	return out
}

// each calls f for each key and value of a table, until it gives an error.
func each(th *thread, l *lua.State, raw any, f func(key, value any) error) error {
	l.CheckStack(lua.MinStack)
	l.PushLightUserData(raw)
	defer l.Pop(1)
	e, i := th.in.engine, l.Top()
	th.whole(l, i)
	list := keys(raw, manyKeys)
	if inner, ok := contents(l, i); ok {
		l.PushLightUserData(inner)
		l.Replace(i)
		list = names(inner)
	}
	if list != nil {
		for _, k := range list {
			l.PushLightUserData(k)
			l.RawGet(i)
			v := rawAt(e, l, -1)
			l.Pop(1)
			if v != nil {
				if err := f(k, v); err != nil {
					return err
				}
			}
		}
		return nil
	}
	l.PushNil()
	for l.Next(i) {
		if err := f(rawAt(e, l, -2), rawAt(e, l, -1)); err != nil {
			l.Pop(2)
			return err
		}
		l.Pop(1)
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
	if !l.Next(1) {
		l.PushNil()
		return 1
	}
	return 2
}

// names gives the names in a module, in order. The interpreter's next is not for
// a shared table: it writes to it.
func names(contents any) []any {
	list := keys(contents, 0)
	slices.SortFunc(list, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
	return list
}

// nextName is next for the table of a module.
func nextName(l *lua.State, list []any) int {
	l.SetTop(2)
	if at := slices.Index(list, l.ToValue(2)) + 1; at < len(list) {
		l.PushLightUserData(list[at])
		l.PushValue(-1)
		l.Table(1)
		return 2
	}
	l.PushNil()
	return 1
}

func pairs(l *lua.State) int {
	checkTable(l, 1, "pairs")
	th := threadOf(l)
	th.whole(l, 1)
	raw := l.ToValue(1)
	list := keys(raw, manyKeys)
	if list == nil {
		l.PushLightUserData(th.in.engine.base["next"])
	} else {
		at := 0
		l.PushGoFunction(func(l *lua.State) int {
			for at < len(list) {
				k := list[at]
				at++
				l.PushLightUserData(raw)
				l.PushLightUserData(k)
				l.RawGet(-2)
				if !l.IsNil(-1) {
					l.PushLightUserData(k)
					l.Insert(-2)
					return 2
				}
				l.Pop(2)
			}
			l.PushNil()
			return 1
		})
	}
	l.PushValue(1)
	l.PushNil()
	return 3
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
