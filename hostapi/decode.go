package hostapi

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"
)

// Decoder is implemented by Go types that take a payload themselves.
type Decoder interface {
	DecodeScript(Value) error
}

// Decode stores a payload in the Go variable that into points to: the reverse of
// ValueOf. Numbers fit if nothing is lost: 2.0 is an int, 2.5 and 300 are no int8. nil
// stores the zero value. A map fills a struct by the names of ValueOf; keys that have
// no field are left out, fields that have no key are left as they are. Into an empty
// interface goes nil, bool, int64, float64, string, []any, map[string]any (map[any]any
// if a key is no string) or *Error. The variable shares nothing with the payload. The
// error is Invalid and names the place: ".jobs[3].count must be an int, got string".
func (v Value) Decode(into any) error {
	p := reflect.ValueOf(into)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return Errorf(Invalid, "decode into a %T, which is no pointer to a variable", into)
	}
	return decode(v, p.Elem(), "")
}

func decode(v Value, to reflect.Value, place string) error {
	if v.Type() == TypeObject {
		o := v.Object()
		if p, ok := o.(*Payload); ok {
			v = p.Value
		} else if reflect.TypeOf(o).AssignableTo(to.Type()) {
			to.Set(reflect.ValueOf(o))
			return nil
		}
	}
	if done, err := decodeOwn(v, to, place); done || err != nil {
		return err
	}
	if v.IsNil() {
		to.SetZero()
		return nil
	}
	wrong := func(want string) error {
		if place != "" {
			place += " "
		}
		return Errorf(Invalid, "%smust be %s, got %s", place, want, v.Type())
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		return decode(v, to.Elem(), place)
	case reflect.Interface:
		x := v.plain()
		if x == nil || !reflect.TypeOf(x).AssignableTo(to.Type()) {
			return wrong("a " + to.Type().String())
		}
		to.Set(reflect.ValueOf(x))
	case reflect.Bool:
		if v.Type() != TypeBool {
			return wrong("a boolean")
		}
		to.SetBool(v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		i, ok := v.integral()
		if !ok || to.OverflowInt(i) {
			return wrong("an " + to.Kind().String())
		}
		to.SetInt(i)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		i, ok := v.integral()
		if !ok || i < 0 || to.OverflowUint(uint64(i)) {
			return wrong("an " + to.Kind().String())
		}
		to.SetUint(uint64(i))
	case reflect.Float32, reflect.Float64:
		if v.Type() != TypeInt && v.Type() != TypeFloat {
			return wrong("a number")
		}
		to.SetFloat(v.Float())
	case reflect.String:
		if v.Type() != TypeString {
			return wrong("a string")
		}
		to.SetString(v.Str())
	case reflect.Slice:
		return decodeSlice(v, to, place, wrong)
	case reflect.Array:
		if v.List() == nil || len(v.List().Items) != to.Len() {
			return wrong(fmt.Sprintf("a list of %d", to.Len()))
		}
		return decodeItems(v.List().Items, to, place)
	case reflect.Map:
		return decodeMap(v, to, place, wrong)
	case reflect.Struct:
		return decodeStruct(v, to, place, wrong)
	default:
		return errPlace(place, "cannot decode into a %s", to.Type())
	}
	return nil
}

// decodeOwn stores a value in types that are not taken apart.
func decodeOwn(v Value, to reflect.Value, place string) (done bool, err error) {
	if !to.CanAddr() || !to.Addr().CanInterface() {
		return false, nil
	}
	switch x := to.Addr().Interface().(type) {
	case *Value:
		*x = v
		return true, nil
	case Decoder:
		return true, x.DecodeScript(v)
	case **Error:
		if v.IsNil() || v.Err() != nil {
			*x = v.Err()
			return true, nil
		}
	case *error:
		if e := v.Err(); e != nil {
			*x = e
			return true, nil
		}
	case *time.Time:
		if v.Type() == TypeInt || v.Type() == TypeFloat {
			seconds, fraction := math.Modf(v.Float())
			*x = time.Unix(int64(seconds), int64(math.Round(fraction*1e9)))
			return true, nil
		}
	case *time.Duration:
		if v.Type() == TypeString {
			d, ok := ParseDuration(v.Str())
			if !ok {
				return false, errPlace(place, "invalid duration %q", v.Str())
			}
			*x = d
			return true, nil
		}
	}
	return false, nil
}

// integral gives a number that is an integer.
func (v Value) integral() (int64, bool) {
	switch v.Type() {
	case TypeInt:
		return v.Int(), true
	case TypeFloat:
		if f := v.Float(); f == math.Trunc(f) && math.Abs(f) <= MaxInt {
			return int64(f), true
		}
	}
	return 0, false
}

func decodeSlice(v Value, to reflect.Value, place string, wrong func(string) error) error {
	if to.Type().Elem().Kind() == reflect.Uint8 && v.Type() == TypeString {
		to.SetBytes([]byte(v.Str()))
		return nil
	}
	var items []Value
	switch {
	case v.List() != nil:
		items = v.List().Items
	case v.Map() == nil || len(v.Map().Entries) > 0: // an empty table is an empty map (1.5)
		return wrong("a list")
	}
	to.Set(reflect.MakeSlice(to.Type(), len(items), len(items)))
	return decodeItems(items, to, place)
}

func decodeItems(items []Value, to reflect.Value, place string) error {
	for i, item := range items {
		if err := decode(item, to.Index(i), fmt.Sprintf("%s[%d]", place, i+1)); err != nil {
			return err
		}
	}
	return nil
}

// entries gives the entries of a map or record, and of an empty list, which some
// languages cannot tell from an empty map.
func (v Value) entries() ([]Entry, bool) {
	switch {
	case v.Map() != nil:
		return v.Map().Entries, true
	case v.Record() != nil:
		return v.Record().Entries(), true
	}
	return nil, v.List() != nil && len(v.List().Items) == 0
}

func decodeMap(v Value, to reflect.Value, place string, wrong func(string) error) error {
	entries, ok := v.entries()
	if !ok {
		return wrong("a map")
	}
	m := reflect.MakeMapWithSize(to.Type(), len(entries))
	for _, e := range entries {
		key, value := reflect.New(to.Type().Key()).Elem(), reflect.New(to.Type().Elem()).Elem()
		if err := decode(e.Key, key, place+" key"); err != nil {
			return err
		}
		if err := decode(e.Value, value, place+stepTo(e.Key)); err != nil {
			return err
		}
		m.SetMapIndex(key, value)
	}
	to.Set(m)
	return nil
}

func decodeStruct(v Value, to reflect.Value, place string, wrong func(string) error) error {
	entries, ok := v.entries()
	if !ok {
		return wrong("a map")
	}
	fields := goFields(to.Type())
	for _, e := range entries {
		i := slices.IndexFunc(fields, func(f goField) bool { return f.name == e.Key.Str() && e.Key.Type() == TypeString })
		if i < 0 {
			continue
		}
		field, err := to.FieldByIndexErr(fields[i].index)
		if err != nil {
			return errPlace(place, "cannot decode into a nil %s", to.Type().FieldByIndex(fields[i].index[:1]).Type)
		}
		if err := decode(e.Value, field, place+"."+fields[i].name); err != nil {
			return err
		}
	}
	return nil
}

// plain gives a payload as plain Go values.
func (v Value) plain() any {
	switch v.Type() {
	case TypeBool:
		return v.Bool()
	case TypeInt:
		return v.Int()
	case TypeFloat:
		return v.Float()
	case TypeString:
		return v.Str()
	case TypeError:
		return v.Err()
	case TypeList:
		items := make([]any, len(v.List().Items))
		for i, item := range v.List().Items {
			items[i] = item.plain()
		}
		return items
	case TypeMap, TypeRecord:
		entries, _ := v.entries()
		if slices.ContainsFunc(entries, func(e Entry) bool { return e.Key.Type() != TypeString }) {
			m := make(map[any]any, len(entries))
			for _, e := range entries {
				m[e.Key.plain()] = e.Value.plain()
			}
			return m
		}
		m := make(map[string]any, len(entries))
		for _, e := range entries {
			m[e.Key.Str()] = e.Value.plain()
		}
		return m
	}
	return v.Object()
}
