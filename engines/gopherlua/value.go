package gopherlua

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// value shows a script's value to the host (Call.Arg). Nothing is copied.
func value(v lua.LValue) hostapi.Value {
	switch v := v.(type) {
	case lua.LNumber:
		return hostapi.Number(float64(v))
	case lua.LString:
		return hostapi.String(string(v))
	case lua.LBool:
		return hostapi.Bool(bool(v))
	case *lua.LTable:
		return hostapi.Table(v)
	case *lua.LFunction:
		return hostapi.FunctionRef(v)
	case *lua.LNilType:
		return hostapi.Value{}
	}
	if o := objectOf(v); o != nil {
		return hostapi.Wrap(o)
	}
	return hostapi.Other(v)
}

// objectOf gives the object that v stands for, nil if it is none.
func objectOf(v lua.LValue) hostapi.Object {
	switch v := v.(type) {
	case *lua.LUserData:
		o, _ := v.Value.(hostapi.Object)
		return o
	case *lua.LState:
		if h := handleOf(v); h != nil && h.managed != nil {
			return h.managed
		}
	}
	return nil
}

// push makes the script's value for v. Lists and maps become new tables (1.7).
func (in *instance) push(v hostapi.Value) lua.LValue {
	switch v.Type() {
	case hostapi.TypeNil:
		return lua.LNil
	case hostapi.TypeBool:
		return lua.LBool(v.Bool())
	case hostapi.TypeInt, hostapi.TypeFloat:
		return lua.LNumber(v.Float())
	case hostapi.TypeString:
		return lua.LString(v.Str())
	case hostapi.TypeList:
		items := v.List().Items
		t := in.engine.base.CreateTable(len(items), 0)
		for i, x := range items {
			if !x.IsNil() {
				t.RawSetInt(i+1, in.push(x))
			}
		}
		return t
	case hostapi.TypeMap:
		return in.table(v.Map().Entries)
	case hostapi.TypeRecord:
		return in.table(v.Record().Entries())
	case hostapi.TypeError, hostapi.TypeObject:
		if o := v.Object(); o != nil {
			return in.wrap(o)
		}
		return in.wrap(&hostapi.ErrorObject{Err: v.Err()})
	}
	return v.Ref().(lua.LValue)
}

func (in *instance) table(entries []hostapi.Entry) *lua.LTable {
	t := in.engine.base.CreateTable(0, len(entries))
	for _, e := range entries {
		if !e.Value.IsNil() {
			t.RawSet(in.push(e.Key), in.push(e.Value))
		}
	}
	return t
}

// wrap gives the script's value for an object, the same every time.
func (in *instance) wrap(o hostapi.Object) lua.LValue {
	if w, ok := o.Wrapper().(lua.LValue); ok {
		return w
	}
	var w lua.LValue
	if c, ok := o.(hostapi.Coroutine); ok {
		w = newHandle(&handle{managed: c})
	} else {
		w = &lua.LUserData{Value: o, Metatable: in.engine.metatable(o.ObjectType())}
	}
	o.SetWrapper(w)
	return w
}

// field gives a raw field of a table of the script or of the host.
func (in *instance) field(v hostapi.Value, name string) hostapi.Value {
	switch v.Type() {
	case hostapi.TypeTable:
		t := v.Ref().(*lua.LTable)
		in.unfold(t)
		return value(t.RawGetString(name))
	case hostapi.TypeMap:
		return v.Map().Get(name)
	case hostapi.TypeRecord:
		return v.Record().Get(name)
	}
	return hostapi.Value{}
}

func (in *instance) fields(v hostapi.Value) ([]hostapi.Entry, bool) {
	switch v.Type() {
	case hostapi.TypeTable:
		var entries []hostapi.Entry
		in.unfold(v.Ref().(*lua.LTable))
		v.Ref().(*lua.LTable).ForEach(func(k, x lua.LValue) {
			entries = append(entries, hostapi.Entry{Key: value(k), Value: value(x)})
		})
		return entries, true
	case hostapi.TypeMap:
		return v.Map().Entries, true
	case hostapi.TypeRecord:
		return v.Record().Entries(), true
	}
	return nil, false
}

func elements(v hostapi.Value) ([]hostapi.Value, bool) {
	switch v.Type() {
	case hostapi.TypeTable:
		t := v.Ref().(*lua.LTable)
		items := make([]hostapi.Value, t.Len())
		for i := range items {
			items[i] = value(t.RawGetInt(i + 1))
		}
		return items, true
	case hostapi.TypeList:
		return v.List().Items, true
	}
	return nil, false
}
