package starlark

import (
	"fmt"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// record is a record of the host API: read-only, with every field of its shape,
// None where absent (clause 0.7). Fields can also be indexed (docs/starlark.md,
// 3.1).
type record struct {
	shape  *hostapi.Shape
	values []starlark.Value
}

var (
	_ starlark.HasAttrs = (*record)(nil)
	_ starlark.Mapping  = (*record)(nil)
)

func newRecord(r *hostapi.Record) *record {
	return &record{shape: r.Shape, values: fromHostAll(r.Values)}
}

// field gives a field by either spelling, nil if there is none.
func (r *record) field(name string) starlark.Value {
	name = plain(name)
	for i := range r.shape.Fields {
		if r.shape.Fields[i].Name == name {
			return r.values[i]
		}
	}
	return nil
}

func (r *record) Type() string          { return r.shape.Name }
func (r *record) Truth() starlark.Bool  { return true }
func (r *record) Hash() (uint32, error) { return 0, fmt.Errorf("unhashable type: %s", r.Type()) }

// Freeze does nothing: the fields cannot be assigned, and what they refer to
// belongs to the process.
func (r *record) Freeze() {}

func (r *record) Attr(name string) (starlark.Value, error) { return r.field(name), nil }

func (r *record) AttrNames() []string {
	names := make([]string, len(r.shape.Fields))
	for i := range r.shape.Fields {
		names[i] = spelled(r.shape.Fields[i].Name)
	}
	slices.Sort(names)
	return names
}

func (r *record) Get(key starlark.Value) (starlark.Value, bool, error) {
	if name, ok := starlark.AsString(key); ok {
		v := r.field(name)
		return v, v != nil, nil
	}
	return nil, false, nil
}

// String shows the present fields: event(kind = "pid.exit", from_ = ...).
func (r *record) String() string {
	var b strings.Builder
	b.WriteString(r.Type() + "(")
	first := true
	for i, v := range r.values {
		if v == starlark.None {
			continue
		}
		if !first {
			b.WriteString(", ")
		}
		first = false
		b.WriteString(spelled(r.shape.Fields[i].Name) + " = " + v.String())
	}
	b.WriteByte(')')
	return b.String()
}
