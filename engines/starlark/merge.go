package starlark

import (
	"errors"
	"reflect"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// hashUnits is the work of finding a key, or putting one in.
const hashUnits = 12

// merged stands for a dict or set that is an operand of |, &, ^ or -.
type merged struct {
	starlark.Value
	instance *instance
}

var _ starlark.HasBinary = (*merged)(nil)

// Binary does the operation. m is on the right side only if a dict or set is to
// be changed in place.
func (m *merged) Binary(op syntax.Token, other starlark.Value, side starlark.Side) (starlark.Value, error) {
	x, y := m.Value, other
	if side == starlark.Right {
		x, y = y, x
	}
	t := m.instance.current
	switch x := x.(type) {
	case *starlark.Dict:
		if y, ok := y.(*starlark.Dict); ok && op == syntax.PIPE {
			if side == starlark.Right || x.Len()+y.Len() >= large || deepIn(y.Iterate()) {
				return t.mergeDicts(x, y, side == starlark.Right)
			}
			t.charge((x.Len() + y.Len()) * hashUnits / unitsPerStep)
		}
	case *starlark.Set:
		if y, ok := y.(*starlark.Set); ok {
			switch op {
			case syntax.PIPE, syntax.AMP, syntax.CIRCUMFLEX, syntax.MINUS:
				if x.Len()+y.Len() >= large || deepIn(y.Iterate()) {
					w := work{t: t}
					defer w.end()
					return w.mergeSets(op, x, y)
				}
			}
			t.charge((x.Len() + y.Len()) * hashUnits / unitsPerStep)
		}
	}
	return starlark.Binary(op, x, y)
}

// mergeDicts puts the entries of y into x, or of both into a new dict.
func (t *task) mergeDicts(x, y *starlark.Dict, into bool) (starlark.Value, error) {
	w := work{t: t}
	defer w.end()
	if into {
		err := w.putAll(x, y)
		if err != nil && strings.HasPrefix(err.Error(), "cannot insert into ") {
			err = errors.New(strings.Replace(err.Error(), "insert into", "apply |= to", 1))
		}
		return x, err
	}
	z := t.newDict(x.Len())
	if err := w.putAll(z, x); err != nil {
		return nil, err
	}
	return w.joined(z, y)
}

// mergeSets makes a new set of x and what is in another iterable, in the order that
// the interpreter gives it.
func (w *work) mergeSets(op syntax.Token, x *starlark.Set, y starlark.Iterable) (*starlark.Set, error) {
	z := starlark.NewSet(0)
	if op != syntax.AMP {
		var err error
		if z, err = w.copySet(x); err != nil {
			return nil, err
		}
	}
	it := y.Iterate()
	defer it.Done()
	var k starlark.Value
	for it.Next(&k) {
		w.step(hashUnits)
		k = w.t.stored(k)
		var found bool
		var err error
		switch op {
		case syntax.MINUS:
			_, err = z.Delete(k)
		case syntax.CIRCUMFLEX:
			if found, err = z.Delete(k); err == nil && !found {
				z, err = w.insert(z, k)
			}
		case syntax.AMP:
			if found, err = x.Has(k); err == nil && found {
				z, err = w.insert(z, k)
			}
		default:
			z, err = w.insert(z, k)
		}
		if err != nil {
			return nil, err
		}
	}
	return z, w.err
}

func (w *work) copySet(x *starlark.Set) (*starlark.Set, error) {
	if x.Len() == 0 {
		return new(starlark.Set), nil // without a table it hashes nothing that it lacks
	}
	z := w.t.newSet(x.Len())
	it := x.Iterate()
	defer it.Done()
	var k starlark.Value
	for it.Next(&k) {
		if err := z.Insert(k); err != nil {
			return nil, err
		}
		w.step(hashUnits)
	}
	return z, nil
}

// putAll puts the entries of one dict into another.
func (w *work) putAll(z, x *starlark.Dict) error {
	if z == x {
		return w.unchanged(z)
	}
	for k, v := range x.Entries() {
		w.t.widen(z, z.Len())
		if err := z.SetKey(entered(z, w.t.stored(k)), v); err != nil {
			return err
		}
		w.step(hashUnits)
	}
	return nil
}

// unchanged fails if a dict, which is not empty, must not be changed.
func (w *work) unchanged(z *starlark.Dict) error {
	it := z.Iterate()
	var k starlark.Value
	it.Next(&k)
	it.Done()
	k = w.t.stored(k)
	v, _, err := z.Get(k)
	if err != nil {
		return err
	}
	return z.SetKey(k, v)
}

// joined puts the entries of a dict into one that no script has yet. It gives
// that, or another in its place.
func (w *work) joined(z, x *starlark.Dict) (*starlark.Dict, error) {
	for k, v := range x.Entries() {
		var err error
		if z, err = w.roomy(z); err != nil {
			return nil, err
		}
		if err := z.SetKey(entered(z, w.t.stored(k)), v); err != nil {
			return nil, err
		}
		w.step(hashUnits)
	}
	return z, nil
}

// crowded reports whether a dict or set of n elements is about to grow, which
// takes long: the interpreter puts all that is in it into a larger table.
func crowded(z starlark.Value, n int) bool {
	return n >= 4*large && 2*n >= 13*room(z).Len()
}

// roomy gives z, which no script has yet, or if it is crowded another dict with
// the same entries.
func (w *work) roomy(z *starlark.Dict) (*starlark.Dict, error) {
	n := z.Len()
	if !crowded(z, n) {
		return z, nil
	}
	larger := w.t.newDict(n + n/2)
	for k, v := range z.Entries() {
		if err := larger.SetKey(k, v); err != nil {
			return nil, err
		}
		w.step(hashUnits)
	}
	return larger, nil
}

// insert puts a key into a set that no script has yet. It gives that, or another
// in its place.
func (w *work) insert(z *starlark.Set, k starlark.Value) (*starlark.Set, error) {
	if n := z.Len(); crowded(z, n) {
		larger := w.t.newSet(n + n/2)
		for k := range z.Elements() {
			if err := larger.Insert(k); err != nil {
				return nil, err
			}
			w.step(hashUnits)
		}
		z = larger
	}
	return z, z.Insert(entered(z, k))
}

// newDict makes a dict with room for n entries.
func (t *task) newDict(n int) *starlark.Dict {
	t.reserve(n * dictEntryBytes)
	return starlark.NewDict(n)
}

// newSet makes a set with room for n elements.
func (t *task) newSet(n int) *starlark.Set {
	t.reserve(n * dictEntryBytes)
	return starlark.NewSet(n)
}

// widened is a dict or set whose growth was announced, by its address, since it is
// not to be kept from the collector, and how many were in it.
type widened struct {
	address uintptr
	n       int
}

// widen is called before a key is put into a dict or set that a script has. One
// that is crowded may grow in that step.
func (t *task) widen(z starlark.Value, n int) {
	if !crowded(z, n) {
		return
	}
	// It stays as it is if the key is there already.
	if this := (widened{reflect.ValueOf(z).Pointer(), n}); t.instance.widened != this {
		t.instance.widened = this
		t.reserve(2 * room(z).Len() * bucketBytes)
	}
}
