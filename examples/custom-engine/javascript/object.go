package javascript

import (
	"reflect"
	"slices"

	"github.com/dop251/goja"
	"github.com/understudy-run/understudy/hostapi"
)

// module gives the process's one value for a module (clause 14.16).
func (in *instance) module(m *hostapi.Module) *goja.Object {
	if in.modules[m] == nil {
		t := &table{in: in, funcs: m.Funcs, text: func() string { return "module " + m.Name }}
		t.values = map[string]goja.Value{}
		for _, c := range m.Consts {
			v := c.Value
			if c.Make != nil {
				v = c.Make(in.current.Task)
			}
			t.values[c.Name] = in.fromHost(v)
		}
		for _, nested := range m.Modules {
			t.values[nested.Name] = in.module(nested)
		}
		in.modules[m] = in.object(t)
	}
	return in.modules[m]
}

// wrap gives the one value for an object of the runtime.
func (in *instance) wrap(o hostapi.Object) *goja.Object {
	if w := o.Wrapper(); w != nil {
		return w.(*goja.Object)
	}
	w := in.object(&table{in: in, of: o, funcs: o.ObjectType().Methods, text: o.String})
	o.SetWrapper(w)
	return w
}

// table is a read-only object: a module, or an object of the runtime with its
// methods. It implements goja.DynamicObject.
type table struct {
	in     *instance
	of     hostapi.Object // nil for a module
	funcs  []*hostapi.Func
	values map[string]goja.Value
	text   func() string
}

var tableType = reflect.TypeFor[*table]()

func (in *instance) object(t *table) *goja.Object {
	return in.current.realm.NewDynamicObject(t)
}

// tableOf gives the table behind a value, nil if there is none.
func tableOf(v goja.Value) *table {
	if o, ok := v.(*goja.Object); ok && o.ExportType() == tableType {
		return o.Export().(*table)
	}
	return nil
}

// Get gives a member.
func (t *table) Get(name string) goja.Value {
	for _, f := range t.funcs {
		if f.Name == name {
			return t.in.native(native{f, t.of != nil})
		}
	}
	if name == "toString" {
		return t.in.current.realm.ToValue(func(goja.FunctionCall) goja.Value { return t.in.fromHost(hostapi.String(t.text())) })
	}
	return t.values[name]
}

// Set and Delete change nothing: the script gets a TypeError.
func (t *table) Set(string, goja.Value) bool { return false }
func (t *table) Delete(string) bool          { return false }

// Has reports whether there is a member.
func (t *table) Has(name string) bool { return t.Get(name) != nil }

// Keys lists the members.
func (t *table) Keys() []string {
	var names []string
	for _, f := range t.funcs {
		names = append(names, f.Name)
	}
	for name := range t.values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// native names a function value: a Func may be a function and a method.
type native struct {
	*hostapi.Func
	method bool
}

// native gives the process's one value for a function or method.
func (in *instance) native(n native) *goja.Object {
	if in.natives[n] == nil {
		in.natives[n] = in.current.realm.host(n.Name, func(call goja.FunctionCall) goja.Value {
			if !n.method {
				return in.call(n.Func, nil, call.Arguments)
			}
			t := tableOf(call.This)
			if t == nil || t.of == nil || !slices.Contains(t.funcs, n.Func) {
				panic(in.current.realm.NewTypeError("%s is a method of another object", n.Name))
			}
			return in.call(n.Func, t.of, call.Arguments)
		})
	}
	return in.natives[n]
}
