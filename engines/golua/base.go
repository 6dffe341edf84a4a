package golua

import (
	"fmt"
	"math"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

// baseFunctions are the global functions of Lua that lualib does not have (19.5).
func baseFunctions() map[string]lua.Function {
	return map[string]lua.Function{
		"getmetatable": getMetatable,
		"ipairs":       ipairs,
		"next":         next,
		"pairs":        pairs,
		"pcall":        pcall,
		"rawget":       rawGet,
		"rawset":       rawSet,
		"require":      require,
		"setmetatable": setMetatable,
		"xpcall":       xpcall,
	}
}

// badArgument throws Lua's error for argument i of a function.
func badArgument(l *lua.State, i int, name, text string) {
	throwAt(l, 1, fmt.Sprintf("bad argument #%d to '%s' (%s)", i, name, text))
}

func checkAny(l *lua.State, i int, name string) {
	if l.Top() < i {
		badArgument(l, i, name, "value expected")
	}
}

func checkTable(l *lua.State, i int, name string) {
	if !l.IsTable(i) {
		badArgument(l, i, name, "table expected, got "+typeName(l, i))
	}
}

// typeName names the type of the value at an index as type() does.
func typeName(l *lua.State, i int) string {
	switch t := l.TypeOf(i); t {
	case lua.TypeUserData:
		if o, ok := l.ToUserData(i).(hostapi.Object); ok && o.ObjectType() == hostapi.CoroutineType {
			return "thread"
		}
		return "userdata"
	default:
		return t.String()
	}
}

// stringAt gives the text of a string, number or error object.
func stringAt(l *lua.State, i int) string {
	switch v := l.ToValue(i).(type) {
	case string:
		return v
	case float64:
		return lualib.NumberText(v)
	case hostapi.Object:
		return v.String()
	}
	return ""
}

// textAt gives tostring of the value at an index.
func textAt(l *lua.State, i int) string {
	switch v := l.ToValue(i).(type) {
	case nil:
		return "nil"
	case bool:
		if v {
			return "true"
		}
		return "false"
	case string, float64, hostapi.Object:
		return stringAt(l, i)
	default:
		if !lua.MetaField(l, i, "__tostring") {
			return fmt.Sprintf("%s: %p", typeName(l, i), v)
		}
	}
	if i < 0 {
		i--
	}
	l.PushValue(i)
	l.Call(1, 1)
	defer l.Pop(1)
	if !l.IsString(-1) {
		throwAt(l, 1, "'__tostring' must return a string")
	}
	return stringAt(l, -1)
}

func pcall(l *lua.State) int {
	checkAny(l, 1, "pcall")
	th := threadOf(l)
	if t := th.try(l); t != nil {
		l.PushBoolean(false)
		l.PushLightUserData(t.value)
		return 2
	}
	l.CheckStack(1)
	l.PushBoolean(true)
	l.Insert(1)
	return l.Top()
}

func xpcall(l *lua.State) int {
	checkAny(l, 2, "xpcall")
	th := threadOf(l)
	handler := rawAt(th.in.engine, l, 2)
	l.Remove(2)
	t := th.try(l)
	if t == nil {
		l.CheckStack(1)
		l.PushBoolean(true)
		l.Insert(1)
		return l.Top()
	}
	results, failed := th.call(l, handler, []any{t.value})
	if failed != nil {
		results = []any{failed.value}
	}
	l.PushBoolean(false)
	if len(results) == 0 {
		l.PushNil()
	} else {
		l.PushLightUserData(results[0])
	}
	return 2
}

// try calls the function at the bottom of the frame of l with the values above,
// in protected mode. The results take their place.
func (th *thread) try(l *lua.State) *thrown {
	if !th.apart(l, th.level+1) {
		th.level++
		t := th.protect(l, l.Top()-1)
		th.level--
		return t
	}
	values := th.take(l, 0)
	results, t := th.call(l, values[0], values[1:])
	if t != nil {
		return t
	}
	reserve(l, len(results)+1)
	th.widens(l, len(results))
	for _, v := range results {
		l.PushLightUserData(v)
	}
	return nil
}

func getMetatable(l *lua.State) int {
	checkAny(l, 1, "getmetatable")
	th := threadOf(l)
	th.whole(l, 1)
	if typeName(l, 1) == "thread" || !l.MetaTable(1) || th.in.ours(l.ToValue(-1)) {
		l.PushNil()
		return 1
	}
	l.PushString("__metatable")
	l.RawGet(-2)
	if l.IsNil(-1) {
		l.Pop(1)
	}
	return 1
}

func setMetatable(l *lua.State) int {
	checkTable(l, 1, "setmetatable")
	if l.Top() < 2 || !l.IsNil(2) && !l.IsTable(2) {
		badArgument(l, 2, "setmetatable", "nil or table expected")
	}
	th := threadOf(l)
	th.whole(l, 1)
	th.whole(l, 2)
	if lua.MetaField(l, 1, "__metatable") {
		throwAt(l, 1, "cannot change a protected metatable")
	}
	l.SetTop(2)
	if l.IsTable(2) {
		if _, module := contents(l, 2); module {
			// The interpreter would write to it, and all processes share it.
			l.NewTable()
			l.PushValue(2)
			l.SetField(-2, "__metatable")
			l.Replace(2)
		}
		th.complete(l, 2)
	}
	l.SetMetaTable(1)
	return 1
}

func rawGet(l *lua.State) int {
	checkTable(l, 1, "rawget")
	checkAny(l, 2, "rawget")
	th := threadOf(l)
	th.whole(l, 1)
	l.PushLightUserData(th.entry(l, l.ToValue(1), rawAt(th.in.engine, l, 2)))
	return 1
}

func rawSet(l *lua.State) int {
	checkTable(l, 1, "rawset")
	checkAny(l, 3, "rawset")
	th := threadOf(l)
	th.whole(l, 1)
	if _, ok := contents(l, 1); ok {
		th.readOnly()
	}
	table, key, v := l.ToValue(1), rawAt(th.in.engine, l, 2), rawAt(th.in.engine, l, 3)
	checkKey(l, key)
	th.put(l, table, key, th.stored(l, table, key, v))
	l.SetTop(1)
	return 1
}

// checkKey throws if a table can have no such key.
func checkKey(l *lua.State, key any) {
	if f, ok := key.(float64); key == nil {
		throwAt(l, 1, "table index is nil")
	} else if ok && math.IsNaN(f) {
		throwAt(l, 1, "table index is NaN")
	}
}

// readOnly is the __newindex of what scripts cannot change.
func readOnly(l *lua.State) int {
	threadOf(l).readOnly()
	return 0
}

func (th *thread) readOnly() { th.raise(lualib.ReadOnly()) }

// rawLength is a __len that ignores metatables.
func rawLength(l *lua.State) int {
	l.PushInteger(l.RawLength(1))
	return 1
}
