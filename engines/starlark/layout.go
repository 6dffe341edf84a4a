package starlark

import (
	"fmt"
	"reflect"

	"go.starlark.net/starlark"
)

// layout says where the interpreter keeps what only reflection sees: by the numbers
// of the fields of lists, dicts, sets and the hash tables in these. It serves to read
// sizes, never to change anything.
type layout struct{ list, dict, set, table int }

// kept is the layout of the interpreter there is, and errKept why it is not known:
// then nothing is compiled, since memory could not be charged. Neither is written.
var kept, errKept = newLayout(reflect.TypeFor[starlark.List](), reflect.TypeFor[starlark.Dict](), reflect.TypeFor[starlark.Set]())

// newLayout looks at the interpreter's types. The error names what is not as expected.
func newLayout(list, dict, set reflect.Type) (layout, error) {
	var err error
	field := func(of reflect.Type, name string, kind reflect.Kind) int {
		f, ok := of.FieldByName(name)
		if !ok || len(f.Index) != 1 || f.Type.Kind() != kind {
			if err == nil {
				err = fmt.Errorf("starlark: the interpreter has changed: %v has no %v field %s", of, kind, name)
			}
			return 0
		}
		return f.Index[0]
	}
	l := layout{
		list: field(list, "elems", reflect.Slice),
		dict: field(dict, "ht", reflect.Struct),
		set:  field(set, "ht", reflect.Struct),
	}
	if err != nil {
		return l, err
	}
	table := dict.Field(l.dict).Type
	l.table = field(table, "table", reflect.Slice)
	if err == nil && set.Field(l.set).Type != table {
		err = fmt.Errorf("starlark: the interpreter has changed: %v and %v have different tables", dict, set)
	}
	return l, err
}

// room gives what a list, dict or set has its elements in. Only that tells how
// much room there is: after clear it is as much as before.
func room(v starlark.Value) reflect.Value {
	of := reflect.ValueOf(v).Elem()
	switch v.(type) {
	case *starlark.List:
		return of.Field(kept.list)
	case *starlark.Dict:
		return of.Field(kept.dict).Field(kept.table)
	}
	return of.Field(kept.set).Field(kept.table)
}
