package javascript

import (
	"reflect"

	"github.com/dop251/goja"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// object is a read-only object: a module, or an object of the runtime with its
// methods. It implements goja.DynamicObject.
type object struct {
	binding.Members
	in *instance
}

var objectType = reflect.TypeFor[*object]()

// Show makes the value of a module or object.
func (in *instance) Show(m binding.Members) goja.Value {
	return in.current.realm.NewDynamicObject(&object{m, in})
}

// objectOf gives the object behind a value, nil if there is none.
func objectOf(v goja.Value) *object {
	if o, ok := v.(*goja.Object); ok && o.ExportType() == objectType {
		return o.Export().(*object)
	}
	return nil
}

// Get gives a member.
func (o *object) Get(name string) goja.Value {
	v, ok := o.in.values.Member(o.in.current, o.Members, name)
	if !ok && name == "toString" {
		return o.in.current.realm.ToValue(func(goja.FunctionCall) goja.Value { return o.in.FromHost(hostapi.String(o.String())) })
	}
	return v
}

// Set and Delete change nothing: the script gets a TypeError.
func (o *object) Set(string, goja.Value) bool { return false }
func (o *object) Delete(string) bool          { return false }

// Has reports whether there is a member.
func (o *object) Has(name string) bool { return o.Get(name) != nil }

// Keys lists the members.
func (o *object) Keys() []string { return o.Names() }

// Native makes the value of a function or method.
func (in *instance) Native(f *hostapi.Func, method bool) goja.Value {
	return in.current.realm.host(f.Name, func(call goja.FunctionCall) goja.Value {
		return in.call(binding.Call{
			Task: in.current, Language: in, Func: f, Method: method, Self: toHost(call.This).Object(),
			Args: each(call.Arguments, toHost), TrailingOptions: true,
		})
	})
}

// call calls a function of the runtime. One that may give an error, or has
// several results, gives them as a list; another its result or undefined.
func (in *instance) call(c binding.Call) goja.Value {
	t := in.current
	var results []hostapi.Value
	t.host(func() (err error) {
		results, err = c.Invoke()
		return err
	})
	if c.Func.Many(false) {
		list := in.array(each(results, in.FromHost))
		_ = list.SetPrototype(t.realm.results)
		return list
	}
	if len(results) == 0 {
		return goja.Undefined()
	}
	return in.FromHost(results[0])
}
