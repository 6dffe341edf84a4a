package starlark

import (
	"errors"

	"go.starlark.net/starlark"
)

const (
	// maxBytes and maxItems bound what one native operation may build: it
	// cannot be interrupted (clause 20.5).
	maxBytes = 64 << 20
	maxItems = 4 << 20
	// maxBits bounds integers.
	maxBits = 1 << 16
	// maxNesting bounds the values that are printed: the interpreter recurses
	// over them.
	maxNesting = 500
	// compareDepth is how deep the interpreter compares before it gives up.
	compareDepth = 10
)

var (
	errTooLarge = errors.New("value too large")
	errTooDeep  = errors.New("value nested too deeply")
)

// meter adds up the work of one native operation before it is done, and refuses
// what is too much: shared values count once per occurrence, as the operation
// will visit them.
type meter struct{ bytes, items int }

func (m *meter) add(bytes, items int) error {
	m.bytes += bytes
	m.items += items
	if m.bytes > maxBytes || m.items > maxItems {
		return errTooLarge
	}
	return nil
}

// steps converts the work into interpreter steps.
func (m *meter) steps() int { return m.bytes/256 + m.items/8 }

// print measures the text form of v. path holds the lists and dicts around v,
// which are printed as dots.
func (m *meter) print(v starlark.Value, path []starlark.Value, depth int) error {
	if depth > maxNesting {
		return errTooDeep
	}
	if err := m.add(8, 1); err != nil {
		return err
	}
	switch v := v.(type) {
	case starlark.String:
		if depth > 0 {
			return m.quote(string(v))
		}
		return m.add(len(v), 0)
	case starlark.Bytes:
		return m.quote(string(v))
	case starlark.Int:
		return m.add(bitLen(v)/3, 0)
	case *starlark.List, *starlark.Dict:
		for _, outer := range path {
			if outer == v {
				return nil
			}
		}
		path = append(path, v)
	case *record, *starlarkStruct:
		path = nil
	}
	return children(v, func(x starlark.Value) error { return m.print(x, path, depth+1) })
}

// quote measures a string as it is printed inside of other values.
func (m *meter) quote(s string) error {
	n := len(s)
	for i := range len(s) {
		if b := s[i]; b < ' ' || b == '"' || b == '\\' || b >= 0x7f {
			n += 3 // \x01
		}
	}
	return m.add(n, 0)
}

// compare measures a comparison with v, or the use of v as a key: tuples and
// structs are hashed however deep they are.
func (m *meter) compare(v starlark.Value, depth int) error {
	if err := m.add(0, 1); err != nil {
		return err
	}
	switch v.(type) {
	case starlark.Tuple, *starlarkStruct:
		if depth > maxNesting {
			return errTooDeep
		}
	default:
		if depth > compareDepth {
			return nil
		}
	}
	switch v := v.(type) {
	case starlark.String:
		return m.add(len(v), 0)
	case starlark.Bytes:
		return m.add(len(v), 0)
	case *record:
		return nil
	case *starlark.List, starlark.Tuple, *starlark.Dict, *starlark.Set, *starlarkStruct:
		return children(v, func(x starlark.Value) error { return m.compare(x, depth+1) })
	}
	return m.add(0, max(starlark.Len(v), 0)) // a range, the characters of a string
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

// repr gives the text form of v.
func (t *task) repr(v starlark.Value) (string, error) {
	var m meter
	err := m.print(v, nil, 0)
	t.charge(m.steps())
	if err != nil {
		return "", err
	}
	return v.String(), nil
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
