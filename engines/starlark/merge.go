package starlark

import (
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
	w := work{t: m.instance.current}
	defer w.end()
	switch x := x.(type) {
	case *starlark.Dict:
		y, ok := y.(*starlark.Dict)
		switch {
		case !ok || op != syntax.PIPE:
		case side == starlark.Right:
			return x, w.putAll(x, y)
		case x.Len()+y.Len() < large:
			w.done += (x.Len() + y.Len()) * hashUnits
		default:
			z := starlark.NewDict(0)
			if err := w.putAll(z, x); err != nil {
				return nil, err
			}
			return z, w.putAll(z, y)
		}
	case *starlark.Set:
		y, ok := y.(*starlark.Set)
		switch {
		case !ok:
		case x.Len()+y.Len() < large:
			w.done += (x.Len() + y.Len()) * hashUnits
		case op == syntax.PIPE, op == syntax.AMP, op == syntax.CIRCUMFLEX, op == syntax.MINUS:
			return w.mergeSets(op, x, elements(y))
		}
	}
	return starlark.Binary(op, x, y)
}

// mergeSets makes a new set of x and others, in the order that the interpreter
// gives it.
func (w *work) mergeSets(op syntax.Token, x *starlark.Set, others []starlark.Value) (starlark.Value, error) {
	z := starlark.NewSet(0)
	if op != syntax.AMP {
		for _, k := range elements(x) {
			if err := w.put(z, k); err != nil {
				return nil, err
			}
		}
	}
	for _, k := range others {
		if err := w.step(hashUnits); err != nil {
			return nil, err
		}
		var found bool
		var err error
		switch op {
		case syntax.MINUS:
			_, err = z.Delete(k)
		case syntax.CIRCUMFLEX:
			if found, err = z.Delete(k); err == nil && !found {
				err = z.Insert(k)
			}
		case syntax.AMP:
			if found, err = x.Has(k); err == nil && found {
				err = z.Insert(k)
			}
		default:
			err = z.Insert(k)
		}
		if err != nil {
			return nil, err
		}
	}
	return z, nil
}

func (w *work) put(z *starlark.Set, k starlark.Value) error {
	if err := z.Insert(k); err != nil {
		return err
	}
	return w.step(hashUnits)
}

// putAll puts the entries of one dict into another.
func (w *work) putAll(z, x *starlark.Dict) error {
	for _, item := range x.Items() {
		if err := z.SetKey(item[0], item[1]); err != nil {
			return err
		}
		if err := w.step(hashUnits); err != nil {
			return err
		}
	}
	return nil
}
