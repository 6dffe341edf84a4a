package javascript

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// toHost gives v as the host API takes it: scalars and objects as such, all
// else by reference.
func toHost(v goja.Value) hostapi.Value {
	o, ok := v.(*goja.Object)
	if !ok {
		switch x := v.Export().(type) {
		case nil: // null, undefined
			return hostapi.Value{}
		case bool:
			return hostapi.Bool(x)
		case int64:
			return hostapi.Number(float64(x))
		case float64:
			return hostapi.Number(x)
		case string:
			return hostapi.String(toBytes(v))
		}
		return hostapi.Other(v)
	}
	if shown := objectOf(v); shown != nil && shown.Object != nil {
		return hostapi.Wrap(shown.Object)
	}
	switch typeName(o) {
	case "array", "map", "object":
		return hostapi.Table(v)
	case "function":
		return hostapi.FunctionRef(v)
	}
	return hostapi.Other(v)
}

// FromHost gives a value of the host API as scripts see it: nil as null, lists
// and maps new and mutable.
func (in *instance) FromHost(v hostapi.Value) goja.Value {
	r := in.current.realm
	switch v.Type() {
	case hostapi.TypeNil:
		return goja.Null()
	case hostapi.TypeBool:
		return r.ToValue(v.Bool())
	case hostapi.TypeInt, hostapi.TypeFloat:
		return r.ToValue(v.Float())
	case hostapi.TypeString:
		return fromBytes(r, v.Str())
	case hostapi.TypeList:
		return in.array(each(v.List().Items, in.FromHost))
	case hostapi.TypeMap:
		return in.mapOf(v.Map().Ordered())
	case hostapi.TypeRecord:
		return in.mapOf(v.Record().Entries())
	case hostapi.TypeError, hostapi.TypeObject:
		o := v.Object()
		if o == nil {
			o = &hostapi.ErrorObject{Err: v.Err()}
		}
		return in.values.Show(binding.Members{Object: o})
	}
	return v.Ref().(goja.Value)
}

// array makes an array, of values that may belong to other realms.
func (in *instance) array(items []goja.Value) *goja.Object {
	a := in.current.realm.NewArray()
	for i, v := range items {
		set(a, strconv.Itoa(i), v)
	}
	return a
}

// mapOf makes an object, or a Map if there is a key that is no string.
func (in *instance) mapOf(entries []hostapi.Entry) goja.Value {
	r := in.current.realm
	if slices.ContainsFunc(entries, func(e hostapi.Entry) bool { return e.Key.Type() != hostapi.TypeString }) {
		pairs := each(entries, func(e hostapi.Entry) goja.Value {
			return in.array([]goja.Value{in.FromHost(e.Key), in.FromHost(e.Value)})
		})
		if m, err := r.New(r.Get("Map"), in.array(pairs)); err == nil {
			return m
		}
		return goja.Null() // the script has broken its Map
	}
	o := r.NewObject()
	for _, e := range entries {
		set(o, e.Key.Str(), in.FromHost(e.Value))
	}
	return o
}

// set gives a new object a field. Object.Set would refuse values of other realms.
func set(o *goja.Object, name string, v goja.Value) {
	_ = o.DefineDataProperty(name, v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
}

// Strings of scripts are sequences of 16-bit units, those of the host API of
// bytes (clause 1.10).

func fromBytes(r *realm, s string) goja.Value {
	if utf8.ValidString(s) {
		return r.ToValue(s)
	}
	return goja.StringFromUTF16(toUTF16(s))
}

func toBytes(v goja.Value) string {
	s := v.String()
	if !strings.ContainsRune(s, utf8.RuneError) {
		return s
	}
	text := v.ToString().(goja.String)
	units := make([]uint16, text.Length())
	for i := range units {
		units[i] = text.CharAt(i)
	}
	return fromUTF16(units)
}

// each gives the results of f for all elements.
func each[T, U any](in []T, f func(T) U) []U {
	out := make([]U, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}
