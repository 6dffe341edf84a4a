package starlark

import (
	"errors"
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Methods of sets that take other iterables.

// another fails if a set method that takes one iterable is given nothing, which the
// interpreter does not look at.
func another(b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if len(args)+len(kwargs) > 0 {
		return nil
	}
	var other starlark.Iterable
	return starlark.UnpackPositionalArgs(b.Name(), args, kwargs, 1, &other)
}

// comparing is set.issubset or issuperset.
func comparing(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if err := another(b, args, kwargs); err != nil {
		return nil, err
	}
	return t.piecewise(b, consumesKeys, args, kwargs)
}

// merging gives a method that makes a new set of the receiver and another iterable.
func merging(op syntax.Token) func(*task, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := another(b, args, kwargs); err != nil {
			return nil, err
		}
		var other starlark.Iterable
		if len(args) == 1 && len(kwargs) == 0 {
			other, _ = args[0].(starlark.Iterable)
		}
		if other == nil {
			return b.CallInternal(&t.thread, args, kwargs)
		}
		w := work{t: t}
		defer w.end()
		z, err := w.mergeSets(op, b.Receiver().(*starlark.Set), w.inPieces(other, consumesKeys))
		return z, named(b.Name(), err)
	}
}

// union is set.union.
func union(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	w := work{t: t}
	defer w.end()
	z, err := w.copySet(b.Receiver().(*starlark.Set))
	if err != nil {
		return nil, err
	}
	return z, named(b.Name(), w.insertAll(args, kwargs, func(k starlark.Value) (err error) {
		z, err = w.insert(z, k)
		return err
	}))
}

// insertAll puts what is in each argument of union or update into a set.
func (w *work) insertAll(args starlark.Tuple, kwargs []starlark.Tuple, insert func(starlark.Value) error) error {
	if len(kwargs) > 0 {
		return errors.New("does not accept keyword arguments")
	}
	for i, arg := range args {
		iterable, ok := arg.(starlark.Iterable)
		if !ok {
			return fmt.Errorf("argument #%d is not iterable: %s", i+1, arg.Type())
		}
		if err := w.each(iterable, insert); err != nil {
			return err
		}
	}
	return nil
}

// each calls f for all keys in an iterable.
func (w *work) each(iterable starlark.Iterable, f func(starlark.Value) error) error {
	it := w.inPieces(iterable, consumesKeys).Iterate()
	defer it.Done()
	var k starlark.Value
	for it.Next(&k) {
		if err := f(k); err != nil {
			return err
		}
	}
	return w.err
}

// update is dict.update or set.update.
func update(t *task, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	switch z := b.Receiver().(type) {
	case *starlark.Dict:
		return starlark.None, t.updating(b, z, args, kwargs)
	case *starlark.Set:
		w := work{t: t}
		defer w.end()
		return starlark.None, named(b.Name(), w.insertAll(args, kwargs, func(k starlark.Value) error {
			t.widen(z, z.Len())
			return z.Insert(entered(z, k))
		}))
	}
	return b.CallInternal(&t.thread, args, kwargs)
}
