package starlark

import (
	"errors"

	"go.starlark.net/starlark"
)

const (
	// maxBytes and maxItems bound what one native operation may build: it
	// cannot be interrupted (clause 20.5).
	maxBytes = 32 << 20
	maxItems = 1 << 20
	// maxText bounds the text that a value is printed as: no payload is larger.
	maxText = 16 << 20
	// keyItems is how many items hashing one counts for: it takes longer.
	keyItems = 8
	// maxBits bounds integers.
	maxBits = 1 << 16
)

var (
	errTooLarge = errors.New("value too large")
	errTooDeep  = errors.New("value nested too deeply")
)

// meter adds up the work of one native operation before it is done, and refuses
// what is too much: shared values count once per occurrence, as the operation
// will visit them.
type meter struct {
	bytes, items int
	units        int // of work that builds nothing: it is charged, never refused
	depth        int // of what lies deepest in a key
}

func (m *meter) add(bytes, items int) error {
	m.bytes += bytes
	m.items += items
	if m.bytes > maxBytes || m.items > maxItems {
		return errTooLarge
	}
	return nil
}

// steps converts the work into interpreter steps.
func (m *meter) steps() int { return m.bytes/256 + m.items/8 + m.units/unitsPerStep }

// key measures the use of v as a key: tuples and structs are hashed however deep
// they are.
func (m *meter) key(v starlark.Value, depth int) error {
	if depth > maxNesting {
		return errTooDeep
	}
	if err := m.add(0, keyItems); err != nil {
		return err
	}
	m.depth = max(m.depth, depth)
	switch v := v.(type) {
	case starlark.String:
		return m.add(len(v), 0)
	case starlark.Bytes:
		return m.add(len(v), 0)
	case starlark.Tuple, *starlarkStruct:
		return children(v, func(x starlark.Value) error { return m.key(x, depth+1) })
	}
	return nil
}

// children calls f for everything directly inside v.
func children(v starlark.Value, f func(starlark.Value) error) error {
	switch v := v.(type) {
	case *starlark.List:
		for i := range v.Len() {
			if err := f(v.Index(i)); err != nil {
				return err
			}
		}
	case starlark.Tuple:
		for _, x := range v {
			if err := f(x); err != nil {
				return err
			}
		}
	case *starlark.Dict:
		for k, x := range v.Entries() {
			if err := f(k); err != nil {
				return err
			}
			if err := f(x); err != nil {
				return err
			}
		}
	case *starlark.Set:
		for x := range v.Elements() {
			if err := f(x); err != nil {
				return err
			}
		}
	case *record:
		for _, x := range v.values {
			if err := f(x); err != nil {
				return err
			}
		}
	case *starlarkStruct:
		for _, name := range v.AttrNames() {
			x, err := v.Attr(name)
			if err != nil {
				return err
			}
			if err := f(x); err != nil {
				return err
			}
		}
	}
	return nil
}

// measured charges the work that f measures.
func (t *task) measured(f func(*meter) error) error {
	var m meter
	err := f(&m)
	t.charge(m.steps())
	return err
}

// bitLen gives the length of an integer.
func bitLen(i starlark.Int) int {
	if _, ok := i.Int64(); ok {
		return 64
	}
	return i.BigInt().BitLen()
}
