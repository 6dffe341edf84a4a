package golua

import lua "github.com/Shopify/go-lua"

// The interpreter has two faults with metatables:
//
//   - Once it has missed __index in one, it finds none of __newindex, __len and
//     __eq in it either, until something is assigned to it. So a metatable without
//     __index has one that finds nothing: an empty table of the process.
//   - It takes a field that is to be cleared for absent, and calls __newindex. So
//     what a script gives as __newindex, its handler, stands behind a guard, which
//     clears the field if it is there.
//
// Scripts see neither. What reads or writes these two fields of a table without a
// computed key is compiled to calls of getEvent and setEvent, and what walks a
// table knows them.

const (
	indexEvent    = "__index"
	newindexEvent = "__newindex"
	// handlerName names the first upvalue of a guard. No other function of a script
	// has an upvalue of that name: see prototype.dropNames.
	handlerName = "handler"
	// maxLinks bounds the tables that __index and __newindex lead to.
	maxLinks = 100
)

// isEvent reports whether a field of that name is kept in a form that scripts do
// not see.
func isEvent(key any) bool { return key == indexEvent || key == newindexEvent }

// shown gives what a script sees of the value of such a field.
func (in *instance) shown(l *lua.State, v any) any {
	if v == nil || v == in.engine.noIndex || v == in.engine.insert || in.rarely != nil && v == in.rarely.nothing {
		return nil
	}
	l.PushLightUserData(v)
	defer l.SetTop(l.Top() - 1)
	if name, ok := lua.UpValue(l, -1, 1); ok && name == handlerName {
		v = rawAt(in.engine, l, -1)
	}
	return v
}

// stored gives what is kept if a script stores v under a key of a table, which may be
// the name of such a field.
func (th *thread) stored(l *lua.State, table, key, v any) any {
	if key == newindexEvent {
		return th.guarded(l, v)
	}
	if key == indexEvent && v == nil {
		l.PushLightUserData(table)
		defer l.Pop(1)
		if th.rawField(l, indexEvent) != nil {
			return th.empty(l)
		}
	}
	return v
}

// rawField gives a field of the table on top of the stack as it is kept.
func (th *thread) rawField(l *lua.State, name any) any {
	l.PushLightUserData(name)
	l.RawGet(-2)
	defer l.Pop(1)
	return rawAt(th.in.engine, l, -1)
}

// empty gives the table that stands for no __index.
func (th *thread) empty(l *lua.State) any {
	s := th.in.seldom()
	if s.nothing == nil {
		l.NewTable()
		s.nothing = pop(l)
	}
	return s.nothing
}

// guarded gives the guard of a handler. What cannot be one is its own.
func (th *thread) guarded(l *lua.State, v any) any {
	maker := 0
	l.PushLightUserData(v)
	kind := l.TypeOf(-1)
	l.Pop(1)
	switch kind {
	case lua.TypeTable:
		maker = 1
	case lua.TypeFunction:
		if th.in.shown(l, v) != v { // it is a guard
			return v
		}
	default:
		return v
	}
	l.PushLightUserData(th.in.helpers(l).guards[maker])
	l.PushLightUserData(v)
	l.Call(1, 1)
	return pop(l)
}

// complete makes the table at index i fit to be a metatable.
func (th *thread) complete(l *lua.State, i int) {
	l.PushValue(i)
	set := func(name, v any) {
		l.PushLightUserData(name)
		l.PushLightUserData(v)
		l.RawSet(-3)
	}
	if th.rawField(l, indexEvent) == nil {
		set(indexEvent, th.empty(l))
	}
	if v := th.rawField(l, newindexEvent); v != nil {
		if guard := th.guarded(l, v); guard != v {
			set(newindexEvent, guard)
		}
	}
	l.Pop(1)
}

// metamethod gives a handler of the value on top of the stack.
func (th *thread) metamethod(l *lua.State, event string) any {
	if !lua.MetaField(l, -1, event) {
		return nil
	}
	defer l.Pop(1)
	return th.in.shown(l, rawAt(th.in.engine, l, -1))
}

// getEvent is t[k].
func getEvent(l *lua.State) int {
	th := threadOf(l)
	e := th.in.engine
	l.PushLightUserData(th.index(l, rawAt(e, l, 1), rawAt(e, l, 2)))
	return 1
}

// index gives t[k], where k may be one of the two names.
func (th *thread) index(l *lua.State, t, k any) any {
	for range maxLinks {
		l.PushLightUserData(t)
		if l.IsTable(-1) {
			if v := th.entry(l, t, k); v != nil {
				l.Pop(1)
				return v
			}
		}
		handler := th.metamethod(l, indexEvent)
		kind, name := l.TypeOf(-1), typeName(l, -1)
		l.Pop(1)
		if handler == nil {
			if kind != lua.TypeTable {
				throwAt(l, 1, "attempt to index a "+name+" value")
			}
			return nil
		}
		if l.PushLightUserData(handler); l.IsFunction(-1) {
			l.PushLightUserData(t)
			l.PushLightUserData(k)
			l.Call(2, 1)
			v := rawAt(th.in.engine, l, -1)
			l.Pop(1)
			return v
		}
		l.Pop(1)
		t = handler
	}
	throwAt(l, 1, "loop in gettable")
	return nil
}

// setEvent is t[k] = v.
func setEvent(l *lua.State) int {
	th := threadOf(l)
	e := th.in.engine
	t, k, v := rawAt(e, l, 1), rawAt(e, l, 2), rawAt(e, l, 3)
	for range maxLinks {
		l.SetTop(0)
		l.PushLightUserData(t)
		handler := th.metamethod(l, newindexEvent)
		if table := l.IsTable(1); table && (handler == nil || th.entry(l, t, k) != nil) {
			checkKey(l, k)
			l.PushLightUserData(k)
			l.PushLightUserData(th.stored(l, t, k, v))
			l.RawSet(1)
			return 0
		}
		if handler == nil {
			throwAt(l, 1, "attempt to index a "+typeName(l, 1)+" value")
		}
		if l.PushLightUserData(handler); l.IsFunction(-1) {
			l.PushLightUserData(t)
			l.PushLightUserData(k)
			l.PushLightUserData(v)
			l.Call(3, 0)
			return 0
		}
		t = handler
	}
	throwAt(l, 1, "loop in settable")
	return 0
}
