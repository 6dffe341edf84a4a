package gopherlua

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

// baseFunctions are the global functions (19.5). They are shared by all
// processes and keep nothing.
func (e *engine) baseFunctions() map[string]*lua.LFunction {
	next := native(baseNext)
	step := native(ipairsStep)
	functions := map[string]*lua.LFunction{
		"getmetatable": native(baseGetmetatable),
		"ipairs": native(func(l *lua.LState) int {
			t := checkTable(l, 1, "ipairs")
			l.Push(step)
			l.Push(t)
			l.Push(lua.LNumber(0))
			return 3
		}),
		"next": next,
		"pairs": native(func(l *lua.LState) int {
			checkTable(l, 1, "pairs")
			l.Push(next)
			l.Push(l.Get(1))
			l.Push(lua.LNil)
			return 3
		}),
		"pcall":        native(basePcall),
		"rawget":       native(baseRawget),
		"rawset":       native(baseRawset),
		"require":      native(require),
		"setmetatable": native(baseSetmetatable),
		"xpcall":       native(baseXpcall),
	}
	for _, m := range lualib.Globals() {
		functions[m.Name] = bindLib(m.Func)
	}
	return functions
}

// baseLibraries are the language's own members of library tables (19.6).
func baseLibraries() map[string][]member {
	libraries := map[string][]member{}
	for name, members := range lualib.Libraries() {
		for _, m := range members {
			var v lua.LValue = lua.LNumber(m.Number)
			if m.Func != nil {
				v = bindLib(m.Func)
			}
			libraries[name] = append(libraries[name], member{m.Name, v})
		}
	}
	return libraries
}

// badArgument throws in Lua's words.
func badArgument(l *lua.LState, i int, function, text string) {
	throwString(l, "bad argument #"+lualib.NumberText(float64(i))+" to '"+function+"' ("+text+")", 1)
}

func badType(l *lua.LState, i int, function, want string) {
	got := "no value"
	if i <= l.GetTop() {
		got = l.Get(i).Type().String()
	}
	badArgument(l, i, function, want+" expected, got "+got)
}

func checkAny(l *lua.LState, i int, function string) lua.LValue {
	if i > l.GetTop() {
		badArgument(l, i, function, "value expected")
	}
	return l.Get(i)
}

func checkTable(l *lua.LState, i int, function string) *lua.LTable {
	t, ok := l.Get(i).(*lua.LTable)
	if !ok {
		badType(l, i, function, "table")
	}
	strandOf(l).in.unfold(t)
	return t
}

// checkName gives a string argument of a function of the runtime.
func checkName(l *lua.LState, i int, function string) string {
	name, ok := l.Get(i).(lua.LString)
	if !ok {
		throw(l, hostapi.Invalid, "%s: argument #%d must be a string, got %s", function, i, l.Get(i).Type())
	}
	return string(name)
}

func baseGetmetatable(l *lua.LState) int {
	v := checkAny(l, 1, "getmetatable")
	if t, ok := v.(*lua.LTable); ok {
		strandOf(l).in.unfold(t)
	}
	mt := l.GetMetatable(v)
	if mt == strandOf(l).in.engine.emptyList {
		mt = lua.LNil
	}
	if t, ok := mt.(*lua.LTable); ok {
		if hidden := t.RawGetString("__metatable"); hidden != lua.LNil {
			mt = hidden
		}
	}
	l.Push(mt)
	return 1
}

func baseSetmetatable(l *lua.LState) int {
	t := checkTable(l, 1, "setmetatable")
	mt := l.Get(2)
	if mt.Type() != lua.LTTable && (mt != lua.LNil || l.GetTop() < 2) {
		badType(l, 2, "setmetatable", "nil or table")
	}
	if old, ok := t.Metatable.(*lua.LTable); ok && old.RawGetString("__metatable") != lua.LNil {
		throwString(l, "cannot change a protected metatable", 1)
	}
	t.Metatable = mt
	l.Push(t)
	return 1
}

func ipairsStep(l *lua.LState) int {
	t := checkTable(l, 1, "ipairs")
	i, _ := l.Get(2).(lua.LNumber)
	i++
	v := t.RawGetInt(int(i))
	if v == lua.LNil {
		l.Push(lua.LNil)
		return 1
	}
	l.Push(i)
	l.Push(v)
	return 2
}

func baseNext(l *lua.LState) int {
	t := checkTable(l, 1, "next")
	if isModule(t) {
		t = t.Metatable.(*lua.LTable).RawGetString("__index").(*lua.LTable)
	}
	k, v, ok := strandOf(l).in.next(t, l.Get(2))
	if !ok {
		throwString(l, "invalid key to 'next'", 1)
	}
	if k == lua.LNil {
		l.Push(lua.LNil)
		return 1
	}
	l.Push(k)
	l.Push(v)
	return 2
}

func baseRawget(l *lua.LState) int {
	l.Push(checkTable(l, 1, "rawget").RawGet(checkAny(l, 2, "rawget")))
	return 1
}

func baseRawset(l *lua.LState) int {
	t := checkTable(l, 1, "rawset")
	if isModule(t) {
		raiseReadOnly(l)
	}
	switch k := l.Get(2); {
	case k == lua.LNil:
		throwString(l, "table index is nil", 1)
	case k != k: // NaN
		throwString(l, "table index is NaN", 1)
	}
	v := checkAny(l, 3, "rawset")
	l.RawSet(t, l.Get(2), v)
	if v == lua.LNil {
		strandOf(l).in.engine.layout.trim(t)
	}
	l.Push(t)
	return 1
}

// toString gives tostring(v), __tostring included.
func toString(l *lua.LState, v lua.LValue) string {
	if text, ok := plainText(v); ok {
		return text
	}
	f := l.GetMetaField(v, "__tostring")
	if f == lua.LNil {
		return v.String()
	}
	l.Push(f)
	l.Push(v)
	l.Call(1, 1)
	r := l.Get(-1)
	if !lua.LVCanConvToString(r) && objectOf(r) == nil {
		throwString(l, "'__tostring' must return a string", 1)
	}
	l.Pop(1)
	text, _ := plainText(r)
	return text
}

// callable reports whether v is a function or has __call.
func callable(l *lua.LState, v lua.LValue) bool {
	return v.Type() == lua.LTFunction || l.GetMetaField(v, "__call").Type() == lua.LTFunction
}

// basePcall calls a function on an LState of its own.
func basePcall(l *lua.LState) int {
	if v := checkAny(l, 1, "pcall"); !callable(l, v) {
		l.Push(lua.LFalse)
		l.Push(lua.LString("attempt to call a " + v.Type().String() + " value"))
		return 2
	}
	s := strandOf(l)
	inner := s.enter(l)
	n := l.GetTop()
	for i := 1; i <= n; i++ {
		inner.Push(l.Get(i))
	}
	thrown, ok := s.run(inner, n-1)
	if !ok {
		s.leave(l, inner)
		l.Push(lua.LFalse)
		l.Push(thrown)
		return 2
	}
	l.Push(lua.LTrue)
	n = moveResults(inner, l)
	s.leave(l, inner)
	return n + 1
}

// baseXpcall is pcall with a handler for what was thrown (19.7).
func baseXpcall(l *lua.LState) int {
	checkAny(l, 2, "xpcall")
	s := strandOf(l)
	inner := s.enter(l)
	n := l.GetTop()
	inner.Push(l.Get(1))
	for i := 3; i <= n; i++ {
		inner.Push(l.Get(i))
	}
	thrown, ok := s.run(inner, n-2)
	if ok {
		l.Push(lua.LTrue)
		n = moveResults(inner, l)
		s.leave(l, inner)
		return n + 1
	}
	s.leave(l, inner)
	inner = s.enter(l)
	inner.Push(l.Get(2))
	inner.Push(thrown)
	v, ok := s.run(inner, 1)
	if ok {
		v = inner.Get(1)
	}
	s.leave(l, inner)
	l.Push(lua.LFalse)
	l.Push(v)
	return 2
}

// moveResults pushes the whole stack of from onto to.
func moveResults(from, to *lua.LState) int {
	n := from.GetTop()
	reserve(to, n)
	strandOf(to).widen(n, manyArguments)
	for i := 1; i <= n; i++ {
		to.Push(from.Get(i))
	}
	return n
}

// reserve makes room for n values on the stack at once: it would grow in small
// steps otherwise.
func reserve(l *lua.LState, n int) {
	if n > registryGrow {
		top := l.GetTop()
		l.SetTop(top + n)
		l.SetTop(top)
	}
}
