package hidden

import (
	"reflect"
	"strings"
	"testing"
)

type table struct{ array []int }

type state struct {
	first int
	table *table
	inner table
	table2
}

type table2 struct{ promoted []int }

func TestFieldsAreFound(t *testing.T) {
	_ = []any{state{}.first, state{}.table, state{}.inner, state{}.promoted, table{}.array} // found by their names
	for _, of := range []reflect.Type{reflect.TypeFor[state](), reflect.TypeFor[*state]()} {
		var f Fields
		if n := f.Index(of, "inner", reflect.Struct); n != 2 {
			t.Errorf("inner is field %d of %v", n, of)
		}
		if n := f.Index(f.Type(of, "table", reflect.Pointer), "array", reflect.Slice); n != 0 {
			t.Errorf("array is field %d", n)
		}
		if err := f.Err("it"); err != nil {
			t.Error(err)
		}
	}
}

// What a newer interpreter has otherwise is named, and what comes of it is not.
func TestFirstFieldThatHasChangedIsNamed(t *testing.T) {
	whole := reflect.TypeFor[state]()
	for _, c := range []struct {
		of   reflect.Type
		name string
		kind reflect.Kind
		want string
	}{
		{whole, "registry", reflect.Pointer, "hidden.state has no field registry"},
		{reflect.TypeFor[*state](), "registry", reflect.Pointer, "hidden.state has no field registry"},
		{whole, "promoted", reflect.Slice, "hidden.state has no field promoted"},
		{whole, "table", reflect.Slice, "field table of hidden.state is of type *hidden.table, no slice"},
		{reflect.TypeFor[int](), "table", reflect.Slice, "int has no fields, and so no slice table"},
		{reflect.TypeFor[**state](), "table", reflect.Slice, "**hidden.state has no fields, and so no slice table"},
		{nil, "table", reflect.Slice, "<nil> has no fields, and so no slice table"},
	} {
		var f Fields
		if n, of := f.Index(c.of, c.name, c.kind), f.Type(c.of, c.name, c.kind); n != 0 || of != nil {
			t.Errorf("%s of %v: %d, %v", c.name, c.of, n, of)
		}
		f.Index(f.Type(whole, "inner", reflect.Struct), "other", reflect.Map)
		if err := f.Err("it"); err == nil || !strings.HasSuffix(err.Error(), ": "+c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}
