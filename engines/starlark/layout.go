package starlark

import (
	"reflect"

	"go.starlark.net/starlark"

	"github.com/understudy-run/understudy/engines/internal/hidden"
)

// layout says where the interpreter keeps what only reflection sees: by the numbers
// of the fields of lists, dicts, sets and the hash tables in these. It serves to read
// sizes, never to change anything.
type layout struct{ list, dict, set, table int }

// kept is the layout of the interpreter there is, and errKept why it is not known.
// Neither is written.
var kept, errKept = newLayout(reflect.TypeFor[starlark.List](), reflect.TypeFor[starlark.Dict](), reflect.TypeFor[starlark.Set]())

// newLayout looks at the interpreter's types. The error names what is not as expected.
func newLayout(list, dict, set reflect.Type) (layout, error) {
	var f hidden.Fields
	table, other := f.Type(dict, "ht", reflect.Struct), f.Type(set, "ht", reflect.Struct)
	if table != other {
		f.Fail("%v and %v have different tables", dict, set)
	}
	l := layout{
		list:  f.Index(list, "elems", reflect.Slice),
		dict:  f.Index(dict, "ht", reflect.Struct),
		set:   f.Index(set, "ht", reflect.Struct),
		table: f.Index(table, "table", reflect.Slice),
	}
	return l, f.Err("go.starlark.net")
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
