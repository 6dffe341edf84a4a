package javascript

import (
	"math"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dop251/goja"
	"github.com/understudy-run/understudy/hostapi"
)

// toHost gives v as the host API takes it: scalars and objects as such, all
// else by reference.
func (in *instance) toHost(v goja.Value) hostapi.Value {
	if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
		return hostapi.Value{}
	}
	o, ok := v.(*goja.Object)
	if !ok {
		switch {
		case goja.IsString(v):
			return hostapi.String(toBytes(v))
		case goja.IsNumber(v):
			return hostapi.Number(v.ToFloat())
		case v.ExportType().Kind() == reflect.Bool:
			return hostapi.Bool(v.ToBoolean())
		}
		return hostapi.Other(v)
	}
	if t := tableOf(v); t != nil && t.of != nil {
		return hostapi.Wrap(t.of)
	} else if t != nil {
		return hostapi.Other(v)
	}
	switch className(o) {
	case "array", "map", "object":
		return hostapi.Table(v)
	case "function":
		return hostapi.FunctionRef(v)
	}
	return hostapi.Other(v)
}

// className says what an object is: for Map and Set goja itself says Object.
func className(o *goja.Object) string {
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

// fromHost gives a value of the host API as scripts see it: nil as null, lists
// and maps new and mutable.
func (in *instance) fromHost(v hostapi.Value) goja.Value {
	r := in.current.realm
	switch v.Type() {
	case hostapi.TypeNil:
		return goja.Null()
	case hostapi.TypeBool:
		return r.ToValue(v.Bool())
	case hostapi.TypeInt:
		return r.ToValue(v.Int())
	case hostapi.TypeFloat:
		return r.ToValue(v.Float())
	case hostapi.TypeString:
		return fromBytes(r, v.Str())
	case hostapi.TypeList:
		items := make([]goja.Value, len(v.List().Items))
		for i, x := range v.List().Items {
			items[i] = in.fromHost(x)
		}
		return in.array(items)
	case hostapi.TypeMap:
		return in.mapOf(v.Map().Ordered())
	case hostapi.TypeRecord:
		return in.mapOf(v.Record().Entries())
	case hostapi.TypeError:
		o, ok := v.Object().(*hostapi.ErrorObject)
		if !ok {
			o = &hostapi.ErrorObject{Err: v.Err()}
		}
		return in.wrap(o)
	case hostapi.TypeObject:
		return in.wrap(v.Object())
	}
	return v.Ref().(goja.Value)
}

// array makes an array, of values that may belong to other realms.
func (in *instance) array(items []goja.Value) *goja.Object {
	a := in.current.realm.NewArray()
	for i, v := range items {
		_ = a.DefineDataProperty(strconv.Itoa(i), v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
	}
	return a
}

// mapOf makes an object, or a Map if there is a key that is no string.
func (in *instance) mapOf(entries []hostapi.Entry) goja.Value {
	r := in.current.realm
	o := r.NewObject()
	var pairs []goja.Value
	text := true
	for _, e := range entries {
		k, v := in.fromHost(e.Key), in.fromHost(e.Value)
		pairs = append(pairs, k, v)
		if text = text && goja.IsString(k); text {
			_ = o.DefineDataProperty(e.Key.Str(), v, goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_TRUE)
		}
	}
	if text {
		return o
	}
	m, err := r.mapOf(goja.Undefined(), pairs...)
	if err != nil {
		return goja.Null() // the script has broken its Map
	}
	return m
}

// copy takes the payload copy of v.
func (in *instance) copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return cp.Value(v, func(ref hostapi.Value) (out hostapi.Value, err error) {
		v := ref.Ref().(goja.Value)
		if list, ok := in.elements(v); ok {
			return in.copyList(v, list, cp)
		}
		if fields, ok := in.fields(v); ok {
			return in.copyMap(v, fields, cp)
		}
		return hostapi.Value{}, cp.Refuse(typeName(v))
	})
}

func (in *instance) copyList(id goja.Value, list []goja.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	if err := cp.Enter(id); err != nil {
		return hostapi.Value{}, err
	}
	items := make([]hostapi.Value, len(list))
	for i, x := range list {
		cp.Index(i + 1)
		var err error
		if items[i], err = in.copy(in.toHost(x), cp); err != nil {
			return hostapi.Value{}, err
		}
	}
	cp.Leave()
	return hostapi.ListOf(items...), nil
}

func (in *instance) copyMap(id goja.Value, fields []field, cp *hostapi.Copier) (hostapi.Value, error) {
	if err := cp.Enter(id); err != nil {
		return hostapi.Value{}, err
	}
	entries := make([]hostapi.Entry, len(fields))
	for i, f := range fields {
		key := in.toHost(f.key)
		if err := cp.Key(key); err != nil {
			return hostapi.Value{}, err
		}
		v, err := in.copy(in.toHost(f.value), cp)
		if err != nil {
			return hostapi.Value{}, err
		}
		entries[i] = hostapi.Entry{Key: key, Value: v}
	}
	cp.Leave()
	return hostapi.MapOf(entries...), nil
}

func typeName(v goja.Value) string {
	if t := tableOf(v); t != nil {
		return "module"
	}
	if o, ok := v.(*goja.Object); ok {
		return className(o)
	}
	return strings.ToLower(v.ExportType().Name())
}

// maxLength bounds the arrays that are read: they may have holes.
const maxLength = 1 << 20

// elements gives the elements of an array.
func (in *instance) elements(ref any) (list []goja.Value, ok bool) {
	o, _ := ref.(*goja.Object)
	if o == nil || className(o) != "array" {
		return nil, false
	}
	ex := in.current.realm.Try(func() {
		n := o.Get("length").ToInteger()
		if ok = n <= maxLength; ok {
			for i := range n {
				list = append(list, o.Get(strconv.FormatInt(i, 10)))
			}
		}
	})
	return list, ok && ex == nil
}

type field struct{ key, value goja.Value }

// fields gives the fields of an object, or the entries of a Map.
func (in *instance) fields(ref any) (fields []field, ok bool) {
	o, _ := ref.(*goja.Object)
	if o == nil || tableOf(o) != nil {
		return nil, false
	}
	r := in.current.realm
	var ex *goja.Exception
	switch className(o) {
	case "object":
		ex = r.Try(func() {
			for _, k := range o.Keys() {
				fields = append(fields, field{r.ToValue(k), o.Get(k)})
			}
		})
	case "map":
		ex = r.Try(func() {
			r.ForOf(o, func(pair goja.Value) bool {
				p := pair.(*goja.Object)
				fields = append(fields, field{p.Get("0"), p.Get("1")})
				return true
			})
		})
	default:
		return nil, false
	}
	return fields, ex == nil
}

// Strings of scripts are sequences of 16-bit units, those of the host API of
// bytes (clause 1.10). Bytes that are no UTF-8 are kept as lone surrogates.
const escape = 0xDC00

func fromBytes(r *realm, s string) goja.Value {
	if utf8.ValidString(s) {
		return r.ToValue(s)
	}
	var units []uint16
	for len(s) > 0 {
		c, n := utf8.DecodeRuneInString(s)
		if c == utf8.RuneError && n == 1 {
			units = append(units, escape|uint16(s[0]))
		} else {
			units = utf16.AppendRune(units, c)
		}
		s = s[n:]
	}
	return goja.StringFromUTF16(units)
}

func toBytes(v goja.Value) string {
	s := v.String()
	if !strings.ContainsRune(s, utf8.RuneError) {
		return s
	}
	text := v.ToString().(goja.String)
	var out []byte
	for i := 0; i < text.Length(); i++ {
		c := rune(text.CharAt(i))
		switch {
		case c >= escape+0x80 && c <= escape+math.MaxUint8:
			out = append(out, byte(c))
		case utf16.IsSurrogate(c) && i+1 < text.Length() && utf16.DecodeRune(c, rune(text.CharAt(i+1))) != utf8.RuneError:
			i++
			out = utf8.AppendRune(out, utf16.DecodeRune(c, rune(text.CharAt(i))))
		default:
			out = utf8.AppendRune(out, c)
		}
	}
	return string(out)
}
