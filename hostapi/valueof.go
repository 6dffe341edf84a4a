package hostapi

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"time"
)

// Valuer is implemented by Go types that say themselves what scripts see of them.
type Valuer interface {
	ScriptValue() (Value, error)
}

// ValueOf gives the payload for a Go value, a copy:
//
//	nil, nil pointers             nil
//	bool                          bool
//	integers                      int; beyond ±2^53 an error
//	floats                        float
//	string types, []byte          string
//	slices, arrays                list
//	maps                          map, its keys strings, integers, floats or bools, in sorted order
//	structs                       map of the exported fields, in their order
//	pointers, interfaces          what they hold
//	time.Time                     Unix seconds, as in records (0.11)
//	time.Duration                 nanoseconds (10.1)
//	error                         error object
//	Value, Object, Valuer         themselves
//
// A field has the name of its tag script:"name", otherwise its Go name in snake case:
// MaxRetries is max_retries. The option omitempty leaves a zero value out, the name
// "-" the field. The error is Invalid and names the place: "cannot send a chan int at
// .jobs[3]".
func ValueOf(x any) (Value, error) {
	return valueOf(reflect.ValueOf(x), "", DefaultPayloadLimits.Depth)
}

var (
	timeType     = reflect.TypeFor[time.Time]()
	durationType = reflect.TypeFor[time.Duration]()
)

func valueOf(v reflect.Value, place string, depth int) (Value, error) {
	if !v.IsValid() {
		return Value{}, nil
	}
	if depth < 0 {
		return Value{}, errPlace(place, "payload too deep: more than %d levels", DefaultPayloadLimits.Depth)
	}
	if own, ok, err := ownValue(v); ok || err != nil {
		return own, err
	}
	switch v.Kind() {
	case reflect.Bool:
		return Bool(v.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if !inRange(v.Int()) {
			return Value{}, errPlace(place, "integer out of range")
		}
		return Int(v.Int()), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		if v.Uint() > MaxInt {
			return Value{}, errPlace(place, "integer out of range")
		}
		return Int(int64(v.Uint())), nil
	case reflect.Float32, reflect.Float64:
		return Float(v.Float()), nil
	case reflect.String:
		return String(v.String()), nil
	case reflect.Pointer, reflect.Interface:
		return valueOf(v.Elem(), place, depth-1)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return String(string(v.Bytes())), nil
		}
		return listOf(v, place, depth)
	case reflect.Array:
		return listOf(v, place, depth)
	case reflect.Map:
		return mapOf(v, place, depth)
	case reflect.Struct:
		return structOf(v, place, depth)
	}
	return Value{}, errPlace(place, "cannot send a %s", v.Type())
}

// ownValue gives the value of types that are not taken apart.
func ownValue(v reflect.Value) (own Value, ok bool, err error) {
	if !v.CanInterface() || v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer && v.IsNil() {
		return Value{}, false, nil
	}
	switch x := v.Interface().(type) {
	case Value:
		return x, true, nil
	case Valuer:
		own, err = x.ScriptValue()
		return own, true, err
	case Object:
		return ObjectOf(x), true, nil
	case *List, *Map:
		return Wrap(x), true, nil
	case error:
		return ErrorOf(AsError(x)), true, nil
	}
	switch v.Type() {
	case timeType:
		return Seconds(v.Interface().(time.Time)), true, nil
	case durationType:
		return Int(v.Int()), true, nil
	}
	return Value{}, false, nil
}

func listOf(v reflect.Value, place string, depth int) (Value, error) {
	items := make([]Value, v.Len())
	for i := range items {
		var err error
		if items[i], err = valueOf(v.Index(i), fmt.Sprintf("%s[%d]", place, i+1), depth-1); err != nil {
			return Value{}, err
		}
	}
	return ListOf(items...), nil
}

func mapOf(v reflect.Value, place string, depth int) (Value, error) {
	entries := make([]Entry, 0, v.Len())
	for k, x := range v.Seq2() {
		key, err := valueOf(k, place, depth-1)
		if err != nil {
			return Value{}, err
		}
		if !key.scalarKey() {
			return Value{}, errPlace(place, "cannot send a %s as a map key", k.Type())
		}
		value, err := valueOf(x, place+stepTo(key), depth-1)
		if err != nil {
			return Value{}, err
		}
		entries = append(entries, Entry{key, value})
	}
	slices.SortFunc(entries, func(a, b Entry) int { return compareKeys(a.Key, b.Key) })
	return MapOf(entries...), nil
}

// scalarKey reports whether v may be a key of a map (1.1).
func (v Value) scalarKey() bool {
	switch v.Type() {
	case TypeBool, TypeInt, TypeString:
		return true
	case TypeFloat:
		return !math.IsNaN(v.Float())
	}
	return false
}

func structOf(v reflect.Value, place string, depth int) (Value, error) {
	var entries []Entry
	for _, f := range goFields(v.Type()) {
		x, err := v.FieldByIndexErr(f.index)
		if err != nil || f.omitEmpty && x.IsZero() {
			continue // within an embedded pointer that is nil, or left out
		}
		value, err := valueOf(x, place+"."+f.name, depth-1)
		if err != nil {
			return Value{}, err
		}
		entries = append(entries, Field(f.name, value))
	}
	return MapOf(entries...), nil
}

// stepTo writes the step into a map as places do (1.16).
func stepTo(key Value) string {
	if key.Type() == TypeString {
		return "." + key.Str()
	}
	return "[" + key.String() + "]"
}

func errPlace(place, format string, args ...any) *Error {
	text := fmt.Sprintf(format, args...)
	if place != "" {
		text += " at " + place
	}
	return Errorf(Invalid, "%s", text)
}
