package hostapi

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unsafe"
)

// Type says which kind of thing a Value holds.
type Type uint8

// The types of values. TypeNil to TypeError are the payload types of clause
// 1.1; the others never leave their process.
const (
	TypeNil      Type = iota
	TypeBool          // Value.Bool
	TypeInt           // Value.Int, of absolute value at most MaxInt
	TypeFloat         // Value.Float
	TypeString        // Value.Str, any bytes
	TypeList          // Value.List
	TypeMap           // Value.Map
	TypeError         // Value.Err
	TypeObject        // Value.Object
	TypeRecord        // Value.Record
	TypeTable         // Value.Ref: a table, list, dict or tuple of the script
	TypeFunction      // Value.Ref: something the script can call
	TypeOther         // Value.Ref: any other value of the script's language
)

var typeNames = [...]string{
	"nil", "boolean", "number", "number", "string", "list", "map", "error",
	"object", "record", "table", "function", "value",
}

// String gives the name used in error texts.
func (t Type) String() string { return typeNames[t] }

// Payload reports whether values of this type may leave a process.
func (t Type) Payload() bool { return t <= TypeError }

// MaxInt is the largest absolute value of an int that every engine can hold
// exactly: 2^53 (clause 1.1).
const MaxInt = 1 << 53

// Value is one value on its way between script, module and core. The zero Value
// is nil. Values are small and passed by value; Equal compares them.
type Value struct {
	_   [0]func() // not comparable: strings of the same bytes may lie in two places
	num uint64    // bool, int, float bits; for strings their length and, as for all else, the Type
	any any       // Type for bool, int and float; text or string; else the thing itself
}

// text is where the bytes of a string lie, so that it becomes a Value without an
// allocation. Its length is in num, above the Type.
type text *byte

// lengthAt is from which bit of num on the length of a text stands.
const lengthAt = 8

func of(t Type, x any) Value { return Value{num: uint64(t), any: x} }

// Bool gives a boolean value.
func Bool(b bool) Value {
	if b {
		return Value{num: 1, any: TypeBool}
	}
	return Value{any: TypeBool}
}

// Int gives an integer value. Values beyond ±MaxInt must not be sent; engines
// refuse them when they take the payload copy.
func Int(i int64) Value { return Value{num: uint64(i), any: TypeInt} }

// Float gives a floating-point value.
func Float(f float64) Value { return Value{num: math.Float64bits(f), any: TypeFloat} }

// Number gives f as an int if it is integral and of absolute value at most
// MaxInt, as a float otherwise (clause 1.4). Negative zero becomes zero.
func Number(f float64) Value {
	if f == math.Trunc(f) && math.Abs(f) <= MaxInt {
		return Int(int64(f))
	}
	return Float(f)
}

// String gives a string value.
func String(s string) Value {
	return Value{num: uint64(len(s))<<lengthAt | uint64(TypeString), any: text(unsafe.StringData(s))}
}

// BoxedString gives the string that x holds as a value, and keeps x: for engines
// whose interpreters hold strings as interface values, as this saves an
// allocation. It panics if x holds no string.
func BoxedString(x any) Value {
	_ = x.(string)
	return of(TypeString, x)
}

// ListOf gives a list value that owns items.
func ListOf(items ...Value) Value { return of(TypeList, &List{items}) }

// MapOf gives a map value that owns entries and keeps their order.
func MapOf(entries ...Entry) Value { return of(TypeMap, &Map{Entries: entries}) }

// ObjectOf gives the value that holds an object.
func ObjectOf(o Object) Value {
	if _, ok := o.(*ErrorObject); ok {
		return of(TypeError, o)
	}
	return of(TypeObject, o)
}

// ErrorOf gives the value that holds an error, nil for nil.
func ErrorOf(e *Error) Value {
	if e == nil {
		return Value{}
	}
	return of(TypeError, e)
}

// Wrap gives the value that holds x: a *List, *Map, *Error, *ErrorObject,
// *Record or Object; a nil error pointer or nil itself gives nil. Where the type is
// known, ObjectOf and ErrorOf are sooner done.
func Wrap(x any) Value {
	switch x := x.(type) {
	case nil:
		return Value{}
	case *Error:
		return ErrorOf(x)
	case *List:
		return of(TypeList, x)
	case *Map:
		return of(TypeMap, x)
	case *Record:
		return of(TypeRecord, x)
	case Object:
		return ObjectOf(x)
	}
	panic(fmt.Sprintf("hostapi: Wrap of %T", x))
}

// Table gives a reference to a table, list or dict of the script's language. x
// must not be a string or a type of this package.
func Table(x any) Value { return of(TypeTable, x) }

// FunctionRef gives a reference to a callable value of the script's language.
func FunctionRef(x any) Value { return of(TypeFunction, x) }

// Other gives a reference to any other value of the script's language.
func Other(x any) Value { return of(TypeOther, x) }

// Type says what v holds.
func (v Value) Type() Type {
	if t, ok := v.any.(Type); ok {
		return t
	}
	return Type(uint8(v.num))
}

// IsNil reports whether v is nil.
func (v Value) IsNil() bool { return v.any == nil }

// Bool gives the boolean, false if v is none.
func (v Value) Bool() bool { return v.any == TypeBool && v.num == 1 }

// Int gives the integer, 0 if v is none.
func (v Value) Int() int64 {
	if v.any == TypeInt {
		return int64(v.num)
	}
	return 0
}

// Float gives the number as a float, 0 if v is no number.
func (v Value) Float() float64 {
	switch v.any {
	case TypeInt:
		return float64(int64(v.num))
	case TypeFloat:
		return math.Float64frombits(v.num)
	}
	return 0
}

// Boxed gives the string in v as an interface value, without an allocation if v came
// by BoxedString. v must be a string.
func (v Value) Boxed() any {
	if _, ok := v.any.(text); ok {
		return v.Str()
	}
	return v.any
}

// Str gives the string, "" if v is none.
func (v Value) Str() string {
	if at, ok := v.any.(text); ok {
		return unsafe.String((*byte)(at), v.num>>lengthAt)
	}
	s, _ := v.any.(string)
	return s
}

// List gives the list, nil if v is none.
func (v Value) List() *List {
	l, _ := v.any.(*List)
	return l
}

// Map gives the map, nil if v is none.
func (v Value) Map() *Map {
	m, _ := v.any.(*Map)
	return m
}

// Err gives the error, nil if v is none.
func (v Value) Err() *Error {
	switch x := v.any.(type) {
	case *Error:
		return x
	case *ErrorObject:
		return x.Err
	}
	return nil
}

// Object gives the object of the runtime, nil if v is none. An error that a
// script has already seen is an object too, so that its identity is kept. For a
// Sendable in a payload it is a new one each time.
func (v Value) Object() Object {
	switch x := v.any.(type) {
	case Object:
		return x
	case *sent:
		return x.object.Share()
	}
	return nil
}

// Message gives the message, nil if v is none.
func (v Value) Message() *Message {
	m, _ := v.any.(*Message)
	return m
}

// Record gives the record, nil if v is none.
func (v Value) Record() *Record {
	r, _ := v.any.(*Record)
	return r
}

// Ref gives what Table, FunctionRef or Other was given.
func (v Value) Ref() any {
	switch v.Type() {
	case TypeTable, TypeFunction, TypeOther:
		return v.any
	}
	return nil
}

// TypeName names the type of v as error texts do: for objects and records the
// name of their own type.
func (v Value) TypeName() string {
	switch x := v.any.(type) {
	case *Record:
		return x.Shape.Name
	case *Error, *ErrorObject:
		return "error"
	case Object:
		return x.ObjectType().Name
	case *sent:
		return x.object.ObjectType().Name
	}
	return v.Type().String()
}

// Equal reports whether two payloads are the same: ints and floats by value
// (NaN equals NaN), lists by elements, maps by keys in any order, errors by
// kind, text, retryable and details. Values that are no payloads are equal only
// if identical.
func (v Value) Equal(w Value) bool {
	t := v.Type()
	if t != w.Type() {
		return false
	}
	switch t {
	case TypeString:
		return v.Str() == w.Str()
	case TypeFloat:
		a, b := v.Float(), w.Float()
		return a == b || a != a && b != b
	case TypeList:
		return slices.EqualFunc(v.List().Items, w.List().Items, Value.Equal)
	case TypeMap:
		a, b := v.Map().Sorted(), w.Map().Sorted()
		return slices.EqualFunc(a, b, func(x, y Entry) bool {
			return x.Key.Equal(y.Key) && x.Value.Equal(y.Value)
		})
	case TypeError:
		return v.Err().equal(w.Err())
	}
	return v.num == w.num && v.any == w.any
}

// String gives a readable form for logs and tests, e.g. {a: 1, b: [2, "x"]}.
func (v Value) String() string {
	var b strings.Builder
	v.format(&b)
	return b.String()
}

func (v Value) format(b *strings.Builder) {
	switch v.Type() {
	case TypeNil:
		b.WriteString("nil")
	case TypeBool:
		fmt.Fprint(b, v.Bool())
	case TypeInt:
		fmt.Fprint(b, v.Int())
	case TypeFloat:
		fmt.Fprint(b, v.Float())
	case TypeString:
		fmt.Fprintf(b, "%q", v.Str())
	case TypeList:
		b.WriteByte('[')
		for i, x := range v.List().Items {
			if i > 0 {
				b.WriteString(", ")
			}
			x.format(b)
		}
		b.WriteByte(']')
	case TypeMap:
		formatEntries(b, v.Map().Entries)
	case TypeError:
		fmt.Fprintf(b, "error(%s)", v.Err().Error())
	case TypeRecord:
		formatEntries(b, v.Record().Entries())
	case TypeObject:
		b.WriteString(v.Object().String())
	default:
		fmt.Fprintf(b, "<%s>", v.Type())
	}
}

func formatEntries(b *strings.Builder, entries []Entry) {
	b.WriteByte('{')
	for i, e := range entries {
		if i > 0 {
			b.WriteString(", ")
		}
		if e.Key.Type() == TypeString {
			b.WriteString(e.Key.Str())
		} else {
			e.Key.format(b)
		}
		b.WriteString(": ")
		e.Value.format(b)
	}
	b.WriteByte('}')
}

// List is the payload list. Immutable once it is part of a payload.
type List struct{ Items []Value }

// Entry is one key and value of a map.
type Entry struct{ Key, Value Value }

// Field gives an entry with a string key.
func Field(name string, v Value) Entry { return Entry{String(name), v} }

// Map is the payload map: keys are strings, ints, floats (not NaN) or bools,
// each at most once. Immutable once it is part of a payload.
type Map struct {
	Entries []Entry
	// Unordered says that the sender's language has no order of keys. A
	// receiver whose language has one then uses Sorted (clause 1.9).
	Unordered bool
}

// Get gives the value under a string key, nil if there is none.
func (m *Map) Get(name string) Value {
	if m != nil {
		for _, e := range m.Entries {
			if e.Key.Type() == TypeString && e.Key.Str() == name {
				return e.Value
			}
		}
	}
	return Value{}
}

// Ordered gives the entries in the order that clause 1.9 promises.
func (m *Map) Ordered() []Entry {
	if m.Unordered {
		return m.Sorted()
	}
	return m.Entries
}

// Sorted gives the entries with numbers ascending, then strings by bytes, then
// false, true.
func (m *Map) Sorted() []Entry {
	out := slices.Clone(m.Entries)
	slices.SortStableFunc(out, func(a, b Entry) int { return compareKeys(a.Key, b.Key) })
	return out
}

func compareKeys(a, b Value) int {
	rank := func(v Value) int {
		switch v.Type() {
		case TypeInt, TypeFloat:
			return 0
		case TypeString:
			return 1
		}
		return 2
	}
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	switch rank(a) {
	case 0:
		switch x, y := a.Float(), b.Float(); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	case 1:
		return strings.Compare(a.Str(), b.Str())
	}
	return int(a.num) - int(b.num)
}
