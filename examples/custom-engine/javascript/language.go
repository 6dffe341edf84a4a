package javascript

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/dop251/goja"
	"github.com/understudy-run/understudy/hostapi"
)

// An instance is the binding.Language of its process: it reads arrays, objects
// and functions of the script by reference.

// maxLength bounds the arrays that are read: they may have holes.
const maxLength = 1 << 20

// Elements gives the elements of an array.
func (in *instance) Elements(v hostapi.Value) (list []hostapi.Value, ok bool) {
	o, _ := v.Ref().(*goja.Object)
	if o == nil || typeName(o) != "array" {
		return nil, false
	}
	ex := in.current.realm.Try(func() {
		n := o.Get("length").ToInteger()
		if ok = n <= maxLength; ok {
			for i := range n {
				list = append(list, member(o, strconv.FormatInt(i, 10)))
			}
		}
	})
	return list, ok && ex == nil
}

// Fields gives the fields of an object, or the entries of a Map.
func (in *instance) Fields(v hostapi.Value) (fields []hostapi.Entry, ok bool) {
	o, _ := v.Ref().(*goja.Object)
	if o == nil {
		return nil, false
	}
	r := in.current.realm
	var ex *goja.Exception
	switch typeName(o) {
	case "object":
		ex = r.Try(func() {
			for _, k := range o.Keys() {
				fields = append(fields, hostapi.Entry{Key: toHost(r.ToValue(k)), Value: member(o, k)})
			}
		})
	case "map":
		ex = r.Try(func() {
			r.ForOf(o, func(pair goja.Value) bool {
				p := pair.(*goja.Object)
				fields = append(fields, hostapi.Entry{Key: member(p, "0"), Value: member(p, "1")})
				return true
			})
		})
	default:
		return nil, false
	}
	return fields, ex == nil
}

// member gives a member of an object, nil if there is none.
func member(o *goja.Object, name string) hostapi.Value {
	if v := o.Get(name); v != nil {
		return toHost(v)
	}
	return hostapi.Value{}
}

// Function gives what can be called as a function of the script.
func (in *instance) Function(v hostapi.Value) hostapi.Function {
	if v.Type() != hostapi.TypeFunction {
		return nil
	}
	return &function{in, v.Ref().(goja.Value)}
}

// Import makes the script's own copy of a payload.
func (in *instance) Import(v hostapi.Value) hostapi.Value { return toHost(in.FromHost(v)) }

// TypeName names what cannot be sent.
func (in *instance) TypeName(v hostapi.Value) string {
	if o, ok := v.Ref().(*goja.Object); ok {
		return typeName(o)
	}
	return strings.ToLower(v.Ref().(goja.Value).ExportType().Name())
}

// typeName says what an object is: for Map and Set goja itself says Object.
func typeName(o *goja.Object) string {
	if objectOf(o) != nil {
		return "module"
	}
	if name := o.ClassName(); name != "Object" {
		return strings.ToLower(name)
	}
	switch o.ExportType().Kind() {
	case reflect.Map:
		return "object"
	case reflect.Slice:
		if o.ExportType().Elem().Kind() == reflect.Array {
			return "map" // a list of pairs
		}
	}
	return "set"
}
