package golua

import (
	"reflect"

	lua "github.com/Shopify/go-lua"
)

// Before the interpreter puts a positive integer key beside the array part of a
// table, it walks over the whole table, to see whether the array should grow. So a
// table of many such keys, a queue whose beginning was cleared or one by numeric ids,
// takes time with the square of its size. Where steps take long, the engine looks
// whether that is why, and has the keys of the table put where they belong by a
// function of its own, which it calls as __newindex. Scripts do not see it.

// crowded is from how many entries on a walk takes longer than that function.
const crowded = 256

// near is how many instructions around the one that is executed are looked at.
const near = 40

// relieve looks for tables that the running function of a script puts keys into.
func (th *thread) relieve(l *lua.State) {
	y := th.in.engine.layout
	call := reflect.ValueOf(l).Elem().Field(y.stateCall).Elem().Field(y.callScript)
	if call.IsNil() {
		return
	}
	call = call.Elem()
	pc, code, frame := int(call.Field(y.callPosition).Int()), call.Field(y.callCode), exported(call.Field(y.callFrame))
	for i := max(pc-near, 0); i < min(pc+near, code.Len()); i++ {
		set := instruction(code.Index(i).Uint())
		if set.op() != opSetTable || set.b()&constantBit != 0 || max(set.a(), set.b()) >= frame.Len() {
			continue
		}
		table, key := frame.Index(set.a()).Interface(), frame.Index(set.b()).Interface()
		if reflect.TypeOf(table) == y.table && y.walks(table, key) {
			th.spread(l, table)
		}
	}
}

// spread has the keys of a table put into it by ours, unless a script has a
// __newindex for it.
func (th *thread) spread(l *lua.State, table any) {
	e, s := th.in.engine, th.in.seldom()
	if table == th.in.globals {
		return
	}
	l.CheckStack(lua.MinStack)
	l.PushLightUserData(table)
	defer l.Pop(1)
	if !l.MetaTable(-1) {
		if s.sparse == nil {
			l.NewTable()
			l.PushLightUserData(e.insert)
			l.SetField(-2, newindexEvent)
			l.PushLightUserData(th.empty(l))
			l.SetField(-2, indexEvent)
			s.sparse = pop(l)
		}
		l.PushLightUserData(s.sparse)
		l.SetMetaTable(-2)
		return
	}
	defer l.Pop(1)
	if th.rawField(l, newindexEvent) == nil {
		l.PushString(newindexEvent)
		l.PushLightUserData(e.insert)
		l.RawSet(-3)
	}
}

// insert is that function: t[k] = v where t has no k.
func insert(l *lua.State) int {
	th := threadOf(l)
	th.put(l, l.ToValue(1), rawAt(th.in.engine, l, 2), rawAt(th.in.engine, l, 3))
	return 0
}

// put stores v under a key of a table, without metamethods.
func (th *thread) put(l *lua.State, table, key, v any) {
	if y := th.in.engine.layout; v != nil && y.walks(table, key) {
		y.insert(table, key, v)
		return
	}
	l.PushLightUserData(table)
	l.PushLightUserData(key)
	l.PushLightUserData(v)
	l.RawSet(-3)
	l.Pop(1)
}

// walks reports whether the interpreter would walk over a crowded table, and that
// hardly for its array, if that key were put into it.
func (y *layout) walks(table, key any) bool {
	f, ok := key.(float64)
	return ok && f == float64(int(f)) && y.walksFor(table, int(f))
}

// walksFor is walks for an integer.
func (y *layout) walksFor(table any, key int) bool {
	array, hash := y.sizes(table)
	// The array grows if half of the keys up to this one are there.
	return key > array && (hash >= crowded || array >= crowded && key > 2*(array+hash)+1)
}

// insert puts an entry beside the array part of a table.
func (y *layout) insert(table, key, v any) {
	t := reflect.ValueOf(table).Elem()
	hash, k := exported(t.Field(y.tableHash)), reflect.ValueOf(key)
	if !hash.MapIndex(k).IsValid() {
		exported(t.Field(y.tableKeys)).SetZero() // as the interpreter does
	}
	hash.SetMapIndex(k, reflect.ValueOf(v))
}
