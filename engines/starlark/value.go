package starlark

import (
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// toHost gives v as the host API takes it: scalars and objects as such, all
// else by reference. Nothing is copied.
func toHost(v starlark.Value) hostapi.Value {
	switch v := v.(type) {
	case starlark.NoneType:
		return hostapi.Value{}
	case starlark.Bool:
		return hostapi.Bool(bool(v))
	case starlark.Int:
		if i, ok := v.Int64(); ok {
			return hostapi.Int(i)
		}
	case starlark.Float:
		return hostapi.Float(float64(v))
	case starlark.String:
		return hostapi.String(string(v))
	case *errorValue:
		return hostapi.ObjectOf(v.object)
	case *object:
		return hostapi.ObjectOf(v.object)
	case starlark.Callable:
		return hostapi.FunctionRef(v)
	}
	if isTable(v) {
		return hostapi.Table(v)
	}
	return hostapi.Other(v)
}

// isTable reports whether v has fields or elements.
func isTable(v starlark.Value) bool {
	switch v.(type) {
	case starlark.Bytes, *module, *libraryModule:
		return false
	case *record, *starlark.Dict, *starlark.Set:
		return true
	}
	if _, ok := entriesOf(v); ok {
		return true
	}
	_, ok := v.(starlark.Sequence)
	return ok
}

// fromHost gives a value of the host API as scripts see it. Lists and maps are
// new and mutable (clause 1.8).
func fromHost(v hostapi.Value) starlark.Value {
	switch v.Type() {
	case hostapi.TypeNil:
		return starlark.None
	case hostapi.TypeBool:
		return starlark.Bool(v.Bool())
	case hostapi.TypeInt:
		return starlark.MakeInt64(v.Int())
	case hostapi.TypeFloat:
		return starlark.Float(v.Float())
	case hostapi.TypeString:
		return starlark.String(v.Str())
	case hostapi.TypeList:
		return starlark.NewList(fromHostAll(v.List().Items))
	case hostapi.TypeMap:
		entries := v.Map().Ordered()
		d := starlark.NewDict(len(entries))
		for _, e := range entries {
			// A key is a scalar: this cannot fail.
			_ = d.SetKey(fromHost(e.Key), fromHost(e.Value))
		}
		return d
	case hostapi.TypeError:
		if o, ok := v.Object().(*hostapi.ErrorObject); ok {
			return wrapError(o)
		}
		return newError(v.Err())
	case hostapi.TypeObject:
		return wrapObject(v.Object())
	case hostapi.TypeRecord:
		return newRecord(v.Record())
	}
	return v.Ref().(starlark.Value)
}

func fromHostAll(values []hostapi.Value) []starlark.Value {
	out := make([]starlark.Value, len(values))
	for i, v := range values {
		out[i] = fromHost(v)
	}
	return out
}

// field is one entry of a dict, struct or record.
type field struct{ key, value starlark.Value }

// entriesOf gives the entries of a value with named fields: a dict, a record or
// a struct. Absent fields of a record are left out.
func entriesOf(v starlark.Value) ([]field, bool) {
	switch v := v.(type) {
	case *starlark.Dict:
		out := make([]field, 0, v.Len())
		for k, x := range v.Entries() {
			out = append(out, field{k, x})
		}
		return out, true
	case *record:
		out := make([]field, 0, len(v.values))
		for i, x := range v.values {
			if x != starlark.None {
				out = append(out, field{starlark.String(v.shape.Fields[i].Name), x})
			}
		}
		return out, true
	case *starlarkStruct:
		names := v.AttrNames()
		out := make([]field, len(names))
		for i, name := range names {
			x, err := v.Attr(name)
			if err != nil {
				return nil, false
			}
			out[i] = field{starlark.String(name), x}
		}
		return out, true
	}
	return nil, false
}

// elementsOf gives the elements of a list, tuple, set or range.
func elementsOf(v starlark.Value) (starlark.Iterator, bool) {
	switch v := v.(type) {
	case *starlark.Dict, starlark.Bytes:
		return nil, false
	case *longRange:
		return v.numbers.Iterate(), true
	case starlark.Sequence:
		return v.Iterate(), true
	}
	return nil, false
}
