package luatable

import (
	"errors"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// fake is a table whose entries have an order.
type fake struct {
	entries []hostapi.Entry
	module  bool
	marked  bool
}

func (f *fake) Module() bool { return f.module }
func (f *fake) Marked() bool { return f.marked }

// Len counts elements from 1 on.
func (f *fake) Len() int {
	n := 0
	for !f.Index(n + 1).IsNil() {
		n++
	}
	return n
}

func (f *fake) Index(i int) hostapi.Value {
	for _, e := range f.entries {
		if e.Key.Type() == hostapi.TypeInt && e.Key.Int() == int64(i) {
			return e.Value
		}
	}
	return hostapi.Value{}
}

func (f *fake) Field(name string) hostapi.Value { return (&hostapi.Map{Entries: f.entries}).Get(name) }

func (f *fake) Keys(yield func(hostapi.Value) bool) {
	for _, e := range f.entries {
		if !yield(e.Key) {
			return
		}
	}
}

func (f *fake) Entries(yield func(k, v hostapi.Value) error) error {
	for _, e := range f.entries {
		if err := yield(e.Key, e.Value); err != nil {
			return err
		}
	}
	return nil
}

func open(ref any) Table { return ref.(*fake) }

func at(i int64, v hostapi.Value) hostapi.Entry { return hostapi.Entry{Key: hostapi.Int(i), Value: v} }

func table(entries ...hostapi.Entry) hostapi.Value { return hostapi.Table(&fake{entries: entries}) }

// The decision of 1.5 between list and map.
func TestCopy(t *testing.T) {
	one, two := hostapi.Int(1), hostapi.String("two")
	for name, c := range map[string]struct{ v, want hostapi.Value }{
		"scalar":        {one, one},
		"empty":         {table(), hostapi.MapOf()},
		"marked":        {hostapi.Table(&fake{marked: true}), hostapi.ListOf()},
		"marked, 1":     {hostapi.Table(&fake{marked: true, entries: []hostapi.Entry{at(1, one)}}), hostapi.ListOf(one)},
		"marked, map":   {hostapi.Table(&fake{marked: true, entries: []hostapi.Entry{hostapi.Field("x", one)}}), hostapi.MapOf(hostapi.Field("x", one))},
		"list":          {table(at(1, one), at(2, two)), hostapi.ListOf(one, two)},
		"out of order":  {table(at(2, two), at(1, one)), hostapi.ListOf(one, two)},
		"hole":          {table(at(1, one), at(3, two)), hostapi.MapOf(at(1, one), at(3, two))},
		"from zero":     {table(at(0, one), at(1, two)), hostapi.MapOf(at(0, one), at(1, two))},
		"negative":      {table(at(1, one), at(-1, two)), hostapi.MapOf(at(1, one), at(-1, two))},
		"with a field":  {table(at(1, one), hostapi.Field("x", two)), hostapi.MapOf(at(1, one), hostapi.Field("x", two))},
		"with a float":  {table(at(1, one), hostapi.Entry{Key: hostapi.Float(1.5), Value: two}), hostapi.MapOf(at(1, one), hostapi.Entry{Key: hostapi.Float(1.5), Value: two})},
		"nested":        {table(at(1, table(at(1, table())))), hostapi.ListOf(hostapi.ListOf(hostapi.MapOf()))},
		"table in list": {hostapi.ListOf(table(hostapi.Field("x", one))), hostapi.ListOf(hostapi.MapOf(hostapi.Field("x", one)))},
	} {
		got, err := Opener(open).Copy(c.v, hostapi.NewCopier(hostapi.DefaultPayloadLimits))
		if err != nil || !got.Equal(c.want) {
			t.Errorf("%s: got %v, %v, want %v", name, got, err, c.want)
		}
	}
}

func TestCopyRefuses(t *testing.T) {
	cyclic := &fake{}
	cyclic.entries = []hostapi.Entry{hostapi.Field("self", hostapi.Table(cyclic))}
	for want, v := range map[string]hostapi.Value{
		"cannot send a function at #1.a[2]":               table(hostapi.Field("a", table(at(1, hostapi.Int(1)), at(2, hostapi.FunctionRef(new(int)))))),
		"cannot send a module at #1":                      hostapi.Table(&fake{module: true}),
		"cyclic value at #1.self":                         hostapi.Table(cyclic),
		"cannot send a table as a map key at #1[<table>]": table(hostapi.Entry{Key: table(), Value: hostapi.Int(1)}),
	} {
		_, err := Opener(open).Copy(v, hostapi.NewCopier(hostapi.DefaultPayloadLimits))
		var e *hostapi.Error
		if !errors.As(err, &e) || e.Kind != hostapi.Invalid || e.Message != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestFields(t *testing.T) {
	o := Opener(open)
	v := table(at(1, hostapi.Int(5)), hostapi.Field("x", hostapi.Int(6)))
	if o.Field(v, "x").Int() != 6 || !o.Field(v, "y").IsNil() || !o.Field(hostapi.Int(1), "x").IsNil() {
		t.Error("Field")
	}
	if o.Field(hostapi.MapOf(hostapi.Field("x", hostapi.Int(7))), "x").Int() != 7 {
		t.Error("Field of a map")
	}
	if entries, ok := o.Fields(v); !ok || len(entries) != 2 {
		t.Errorf("Fields: %v, %v", entries, ok)
	}
	if items, ok := o.Elements(v); !ok || len(items) != 1 || items[0].Int() != 5 {
		t.Errorf("Elements: %v, %v", items, ok)
	}
	if items, ok := o.Elements(hostapi.ListOf(hostapi.Int(1))); !ok || len(items) != 1 {
		t.Errorf("Elements of a list: %v, %v", items, ok)
	}
	if _, ok := o.Elements(hostapi.Int(1)); ok {
		t.Error("a number has elements")
	}
	if _, ok := o.Fields(hostapi.String("x")); ok {
		t.Error("a string has fields")
	}
}
