package golua

import (
	"reflect"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// A raw value is a value of the interpreter as its State.ToValue gives it and
// State.PushLightUserData takes it: nil, bool, float64, string, or a pointer to
// one of the interpreter's own types. Userdata come out of ToValue as what they
// hold, so the raw form of an object is kept in the object itself.

// wrapper is what an object keeps of its engine.
type wrapper struct {
	engine *engine
	raw    any
	holder hostapi.Holder // the object, see instance.hold
}

// rawAt gives the value at an index as a raw value.
func rawAt(e *engine, l *lua.State, i int) any {
	v := l.ToValue(i)
	o, ok := v.(hostapi.Object)
	if !ok {
		return v
	}
	if w, ok := o.Wrapper().(*wrapper); ok && w.engine == e {
		return w.raw
	}
	l.PushValue(i)
	raw := e.rawUserdata(l)
	l.Pop(1)
	o.SetWrapper(&wrapper{engine: e, raw: raw})
	return raw
}

// probe is a function of the interpreter whose upvalue can be read.
type probe struct {
	function any
	upvalue  reflect.Value
}

func newProbe(l *lua.State) *probe {
	l.PushNil()
	l.PushGoClosure(func(*lua.State) int { return 0 }, 1)
	upvalue := reflect.ValueOf(lua.UpValueId(l, -1, 1)).Elem()
	return &probe{pop(l), upvalue}
}

// userdata gives the userdata on top of the stack as a raw value. The only way to
// one is the identity of an upvalue, which is its address.
func (p *probe) userdata(l *lua.State) any {
	l.PushLightUserData(p.function)
	l.PushValue(-2)
	lua.SetUpValue(l, -2, 1)
	l.Pop(1)
	raw := p.upvalue.Interface()
	p.upvalue.SetZero()
	return raw
}

// rawUserdata gives the userdata on top of the stack as a raw value.
func (e *engine) rawUserdata(l *lua.State) any {
	p, _ := e.probes.Get().(*probe)
	if p == nil {
		p = newProbe(l)
	}
	raw := p.userdata(l)
	e.probes.Put(p)
	return raw
}

// wrap gives the raw value of an object. It uses the stack of l.
func (e *engine) wrap(l *lua.State, o hostapi.Object) any {
	if w, ok := o.Wrapper().(*wrapper); ok && w.engine == e {
		return w.raw
	}
	l.PushUserData(o)
	l.PushLightUserData(e.objectMetatable(o.ObjectType()))
	l.SetMetaTable(-2)
	raw := e.rawUserdata(l)
	l.Pop(1)
	w := &wrapper{engine: e, raw: raw}
	o.SetWrapper(w)
	if heavy, ok := o.(hostapi.Weighty); ok {
		threadOf(l).in.books().made += heavy.Weight()
	}
	if h, ok := o.(hostapi.Holder); ok && !e.layout.known(o) {
		threadOf(l).in.hold(w, h)
	}
	return raw
}

// objectMetatable gives the metatable of a type.
func (e *engine) objectMetatable(t *hostapi.ObjectType) any {
	if meta, ok := e.types.Load(t); ok {
		return meta
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if meta, ok := e.types.Load(t); ok {
		return meta
	}
	l := e.state
	l.CreateTable(0, len(t.Methods))
	for _, f := range t.Methods {
		l.PushGoFunction(bind(t, f))
		l.SetField(-2, f.Name)
	}
	methods := pop(l)
	meta := e.metatable(methods, nil, e.function(objectText))
	e.types.Store(t, meta)
	return meta
}

func objectText(l *lua.State) int {
	o, ok := l.ToUserData(1).(hostapi.Object)
	if !ok {
		threadOf(l).invalid("__tostring: not an object")
	}
	l.PushString(o.String())
	return 1
}

// valueAt gives the value at an index as the host sees it.
func valueAt(e *engine, l *lua.State, i int) hostapi.Value {
	boxed := l.ToValue(i)
	switch v := boxed.(type) {
	case nil:
		return hostapi.Value{}
	case bool:
		return hostapi.Bool(v)
	case float64:
		return hostapi.Number(v)
	case string:
		return hostapi.BoxedString(boxed)
	case hostapi.Object:
		rawAt(e, l, i)
		return hostapi.ObjectOf(v)
	default:
		switch l.TypeOf(i) {
		case lua.TypeTable:
			return hostapi.Table(v)
		case lua.TypeFunction:
			return hostapi.FunctionRef(v)
		}
		return hostapi.Other(v)
	}
}

// value gives a raw value as the host sees it.
func (th *thread) value(raw any) hostapi.Value {
	th.state.PushLightUserData(raw)
	v := valueAt(th.in.engine, th.state, -1)
	th.state.Pop(1)
	return v
}

// raw gives a value of the host as a raw value.
func (th *thread) raw(v hostapi.Value) any {
	push(th.in.engine, th.state, v)
	raw := rawAt(th.in.engine, th.state, -1)
	th.state.Pop(1)
	return raw
}

// push pushes a value of the host: lists, maps and records as new tables, an
// error without identity as a new error object.
func push(e *engine, l *lua.State, v hostapi.Value) {
	switch v.Type() {
	case hostapi.TypeNil:
		l.PushNil()
	case hostapi.TypeBool:
		l.PushBoolean(v.Bool())
	case hostapi.TypeInt, hostapi.TypeFloat:
		l.PushNumber(v.Float())
	case hostapi.TypeString:
		l.PushLightUserData(v.Boxed())
	case hostapi.TypeList:
		items := v.List().Items
		l.CheckStack(lua.MinStack)
		l.CreateTable(len(items), 0)
		for i, x := range items {
			push(e, l, x)
			l.RawSetInt(-2, i+1)
		}
		if len(items) == 0 {
			threadOf(l).mark(l)
		}
	case hostapi.TypeMap:
		pushEntries(e, l, v.Map().Entries)
	case hostapi.TypeRecord:
		pushEntries(e, l, v.Record().Entries())
	case hostapi.TypeError, hostapi.TypeObject:
		o := v.Object()
		if o == nil {
			o = &hostapi.ErrorObject{Err: v.Err()}
		}
		l.PushLightUserData(e.wrap(l, o))
	default:
		l.PushLightUserData(v.Ref())
	}
}

func pushEntries(e *engine, l *lua.State, entries []hostapi.Entry) {
	l.CheckStack(lua.MinStack)
	l.CreateTable(0, len(entries))
	for _, entry := range entries {
		if !entry.Value.IsNil() {
			push(e, l, entry.Key)
			push(e, l, entry.Value)
			l.RawSet(-3)
		}
	}
}
