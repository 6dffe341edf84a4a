package gopherlua

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/engines/internal/lualib"
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
		return hostapi.ObjectOf(o)
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
		return handleOf(v).Object
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
		in.made += int64(len(v.Str()))
		return lua.LString(v.Str())
	case hostapi.TypeList, hostapi.TypeMap, hostapi.TypeRecord:
		return in.pushContainer(v)
	case hostapi.TypeError, hostapi.TypeObject:
		return in.pushObject(v)
	}
	return v.Ref().(lua.LValue)
}

// The parts of push are not inlined, so that each process needs the stack only
// for those that it uses.

//go:noinline
func (in *instance) pushContainer(v hostapi.Value) lua.LValue {
	switch v.Type() {
	case hostapi.TypeList:
		items := v.List().Items
		in.made += tableBytes + int64(len(items))*(slotBytes+numberBytes)
		t := in.engine.base.CreateTable(len(items), 0)
		for i, x := range items {
			if !x.IsNil() {
				t.RawSetInt(i+1, in.push(x))
			}
		}
		if len(items) == 0 {
			t.Metatable = in.engine.emptyList
		}
		return t
	case hostapi.TypeMap:
		return in.table(v.Map().Entries)
	}
	return in.table(v.Record().Entries())
}

//go:noinline
func (in *instance) pushObject(v hostapi.Value) lua.LValue {
	if o := v.Object(); o != nil {
		if o.Wrapper() == nil {
			in.made += ledger.Arriving(v)
		}
		return in.wrap(o)
	}
	return in.wrap(&hostapi.ErrorObject{Err: v.Err()})
}

func (in *instance) table(entries []hostapi.Entry) *lua.LTable {
	n := len(entries)
	in.made += tableBytes + entriesBytes(n, 2*slotBytes) + entriesBytes(n, slotBytes+8) + int64(n)*2*slotBytes
	t := in.engine.base.CreateTable(0, n)
	for _, e := range entries {
		switch {
		case e.Value.IsNil():
		case e.Key.Type() == hostapi.TypeString: // without making a value of it
			in.made += int64(len(e.Key.Str()))
			t.RawSetString(e.Key.Str(), in.push(e.Value))
		default:
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
	if c, ok := o.(hostapi.Coroutine); ok {
		return newHandle(&handle{Object: c})
	}
	w := &lua.LUserData{Value: o, Metatable: in.engine.metatable(o.ObjectType())}
	o.SetWrapper(w)
	if heavy, ok := o.(hostapi.Weighty); ok {
		in.made += heavy.Weight()
	}
	return w
}

// plainText gives tostring(v) for values without a metatable of their own.
func plainText(v lua.LValue) (string, bool) {
	switch v := v.(type) {
	case lua.LString:
		return string(v), true
	case lua.LNumber:
		return lualib.NumberText(float64(v)), true
	case *lua.LTable:
		if v.Metatable != lua.LNil {
			return "", false
		}
	case *lua.LUserData:
		if o := objectOf(v); o != nil {
			return o.String(), true
		}
	case *lua.LFunction:
		return fmt.Sprintf("function: %p", v), true
	}
	return v.String(), true
}
