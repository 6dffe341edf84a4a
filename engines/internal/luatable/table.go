// Package luatable shows the tables of a Lua script to the host: as arguments of
// its functions and as payloads (section 1 of docs/spec).
package luatable

import "github.com/understudy-run/understudy/hostapi"

// Table is a table of a script. All access is raw.
type Table interface {
	// Module reports whether it is the read-only table of a module.
	Module() bool
	// Marked reports whether it was marked as a list.
	Marked() bool
	// Len is the border that the # operator gives.
	Len() int
	// Index gives the element at i, Field the one under a name.
	Index(i int) hostapi.Value
	Field(name string) hostapi.Value
	// Keys calls yield for each key until it gives false.
	Keys(yield func(k hostapi.Value) bool)
	// Entries calls yield for each key and value until it gives an error, which
	// Entries returns.
	Entries(yield func(k, v hostapi.Value) error) error
}

// Opener gives the table that a value of type hostapi.TypeTable refers to.
type Opener func(ref any) Table

// Field is hostapi.Call.Field.
func (open Opener) Field(v hostapi.Value, name string) hostapi.Value {
	switch v.Type() {
	case hostapi.TypeTable:
		return open(v.Ref()).Field(name)
	case hostapi.TypeMap:
		return v.Map().Get(name)
	case hostapi.TypeRecord:
		return v.Record().Get(name)
	}
	return hostapi.Value{}
}

// Fields is hostapi.Call.Fields.
func (open Opener) Fields(v hostapi.Value) (entries []hostapi.Entry, ok bool) {
	switch v.Type() {
	case hostapi.TypeTable:
		open(v.Ref()).Entries(func(k, v hostapi.Value) error {
			entries = append(entries, hostapi.Entry{Key: k, Value: v})
			return nil
		})
		return entries, true
	case hostapi.TypeMap:
		return v.Map().Entries, true
	case hostapi.TypeRecord:
		return v.Record().Entries(), true
	}
	return nil, false
}

// Elements is hostapi.Call.Elements.
func (open Opener) Elements(v hostapi.Value) ([]hostapi.Value, bool) {
	switch v.Type() {
	case hostapi.TypeTable:
		return elements(open(v.Ref())), true
	case hostapi.TypeList:
		return v.List().Items, true
	}
	return nil, false
}

func elements(t Table) []hostapi.Value {
	items := make([]hostapi.Value, t.Len())
	for i := range items {
		items[i] = t.Index(i + 1)
	}
	return items
}

// Copy is hostapi.Call.Copy.
func (open Opener) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	c := copier{open, cp}
	return cp.Value(v, c.reference)
}

// Arguments is what a hostapi.Call is the same in for all Lua engines: access to tables,
// and that there are no arguments by name and surplus ones are dropped.
type Arguments struct{ Opener }

// Keyword gives nothing.
func (Arguments) Keyword(string) hostapi.Value { return hostapi.Value{} }

// Keywords gives nothing.
func (Arguments) Keywords() []hostapi.Entry { return nil }

// Strict is false.
func (Arguments) Strict() bool { return false }

type copier struct {
	open Opener
	cp   *hostapi.Copier
}

// reference copies a table; all other references are refused (1.13).
func (c copier) reference(v hostapi.Value) (hostapi.Value, error) {
	if v.Type() != hostapi.TypeTable {
		return hostapi.Value{}, c.cp.Refuse(v.TypeName())
	}
	t := c.open(v.Ref())
	if t.Module() {
		return hostapi.Value{}, c.cp.Refuse("module")
	}
	if isList(t) {
		return c.cp.List(v.Ref(), elements(t), c.reference)
	}
	return c.entries(v.Ref(), t)
}

// isList reports whether the keys are exactly 1..n, with n > 0 unless it was marked
// (1.5).
func isList(t Table) bool {
	n, count := t.Len(), 0
	if n == 0 && !t.Marked() {
		return false
	}
	t.Keys(func(k hostapi.Value) bool {
		count++
		if k.Type() != hostapi.TypeInt || k.Int() < 1 || k.Int() > int64(n) {
			count = -1
		}
		return count > 0
	})
	return count == n
}

// entries copies a table that is no list. It refuses one that is too large before
// it has seen all of it.
func (c copier) entries(id any, t Table) (hostapi.Value, error) {
	if err := c.cp.Enter(id); err != nil {
		return hostapi.Value{}, err
	}
	entries := make([]hostapi.Entry, 0, 4) // most are small
	err := t.Entries(func(k, v hostapi.Value) error {
		if err := c.cp.Key(k); err != nil {
			return err
		}
		v, err := c.cp.Value(v, c.reference)
		entries = append(entries, hostapi.Entry{Key: k, Value: v})
		return err
	})
	if err != nil {
		return hostapi.Value{}, err
	}
	c.cp.Leave()
	return hostapi.Wrap(&hostapi.Map{Entries: entries, Unordered: true}), nil
}
