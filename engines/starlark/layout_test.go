package starlark

import (
	"reflect"
	"strings"
	"testing"

	"go.starlark.net/starlark"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
)

// The interpreter in use is as expected.
func TestLayout(t *testing.T) {
	l := starlark.NewList(make([]starlark.Value, 3, 7))
	d, s := starlark.NewDict(100), starlark.NewSet(1)
	if n := room(l).Cap(); n != 7 {
		t.Errorf("a list with room for 7 has room for %d", n)
	}
	// 8 entries a bucket, at most 6.5 on average: 16 buckets are for 104.
	if n := room(d).Len(); n != 16 {
		t.Errorf("a dict for 100 entries has %d buckets", n)
	}
	if n := room(s).Len(); n != 1 {
		t.Errorf("a set for 1 element has %d buckets", n)
	}
}

// What a newer interpreter could have otherwise is named.
func TestLayoutThatHasChanged(t *testing.T) {
	type table struct{ table []int }
	type list struct{ elems []int }
	type dict struct {
		first int
		ht    table
	}
	_ = []any{list{}.elems, dict{}.first, dict{}.ht.table} // which the layout finds by their names
	for _, c := range []struct {
		list, dict, set any
		want            string
	}{
		{list{elems: nil}, dict{first: 0, ht: table{}}, dict{}, ""},
		{struct{ items []int }{}, dict{}, dict{}, "has no field elems"},
		{struct{ elems *[]int }{}, dict{}, dict{}, "is of type *[]int, no slice"},
		{struct{ list }{}, dict{}, dict{}, "has no field elems"},
		{list{}, struct{ ht *table }{}, dict{}, "is of type *starlark.table, no struct"},
		{list{}, dict{}, struct{ table table }{}, "has no field ht"},
		{list{}, struct{ ht list }{}, struct{ ht list }{}, "starlark.list has no field table"},
		{list{}, dict{}, struct{ ht list }{}, "have different tables"},
	} {
		l, err := newLayout(reflect.TypeOf(c.list), reflect.TypeOf(c.dict), reflect.TypeOf(c.set))
		switch {
		case c.want == "" && (err != nil || l != layout{0, 1, 1, 0}):
			t.Error(l, err)
		case c.want != "" && (err == nil || !strings.HasSuffix(err.Error(), c.want)):
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// With an interpreter that is not as expected nothing is compiled.
func TestUnknownInterpreterCompilesNothing(t *testing.T) {
	e := New().(*engine)
	enginetest.Layout(t, e, "def main():\n    pass\n", &e.unknown)
}
