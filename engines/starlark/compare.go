package starlark

import (
	"errors"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// compareDepth is how deep the interpreter compares before it gives up. Here
// values may be nested deeper, since payloads may (clause 1.15); what lies deeper
// is limited, as each occurrence of a shared value counts.
const compareDepth = 10

var errCompareDepth = errors.New("comparison exceeded maximum recursion depth")

// compare does what starlark.Compare does, in pieces.
func (w *work) compare(op syntax.Token, x, y starlark.Value) (bool, error) {
	w.deep = 0
	return w.compareAt(op, x, y, 0)
}

// compareAt compares what lies so deep in the values compared.
func (w *work) compareAt(op syntax.Token, x, y starlark.Value, depth int) (bool, error) {
	if depth >= compareDepth {
		if depth > maxNesting {
			return false, errCompareDepth
		}
		if w.deep++; w.deep > maxItems {
			return false, errTooLarge
		}
	}
	w.step(1)
	equality := op == syntax.EQL || op == syntax.NEQ
	switch x := x.(type) {
	case starlark.String:
		w.done += len(x) / 64
	case starlark.Bytes:
		w.done += len(x) / 64
	case *starlark.List:
		if y, ok := y.(*starlark.List); ok {
			return w.compareElements(op, x, y, depth)
		}
	case starlark.Tuple:
		if y, ok := y.(starlark.Tuple); ok {
			return w.compareElements(op, x, y, depth)
		}
	case *starlark.Dict:
		if y, ok := y.(*starlark.Dict); ok && equality {
			eq, err := w.equalDicts(x, y, depth)
			return eq == (op == syntax.EQL), err
		}
	case *starlark.Set:
		if y, ok := y.(*starlark.Set); ok {
			return w.compareSets(op, x, y)
		}
	case *starlarkStruct:
		if y, ok := y.(*starlarkStruct); ok && equality {
			eq, err := w.equalStructs(x, y, depth)
			return eq == (op == syntax.EQL), err
		}
	}
	if r, ok := x.(*longRange); ok {
		x = r.numbers
	}
	if r, ok := y.(*longRange); ok {
		y = r.numbers
	}
	return starlark.Compare(op, x, y)
}

// compareElements compares lists or tuples by the first elements that differ.
func (w *work) compareElements(op syntax.Token, x, y starlark.Indexable, depth int) (bool, error) {
	if x.Len() != y.Len() && (op == syntax.EQL || op == syntax.NEQ) {
		return op == syntax.NEQ, nil
	}
	for i := 0; i < x.Len() && i < y.Len(); i++ {
		a, b := x.Index(i), y.Index(i)
		eq, err := w.compareAt(syntax.EQL, a, b, depth+1)
		switch {
		case err != nil:
			return false, err
		case eq:
		case op == syntax.EQL || op == syntax.NEQ:
			return op == syntax.NEQ, nil
		default:
			return w.compareAt(op, a, b, depth+1)
		}
	}
	return threeway(op, x.Len()-y.Len()), nil
}

func (w *work) equalDicts(x, y *starlark.Dict, depth int) (bool, error) {
	if x.Len() != y.Len() {
		return false, nil
	}
	it := x.Iterate() // a range over Entries would put every w on the heap
	defer it.Done()
	var k starlark.Value
	for it.Next(&k) {
		w.done += hashUnits
		k = w.t.stored(k)
		a, _, err := x.Get(k)
		if err != nil {
			return false, err
		}
		b, found, err := y.Get(k)
		if err != nil || !found {
			return false, err
		}
		if eq, err := w.compareAt(syntax.EQL, a, b, depth+1); err != nil || !eq {
			return false, err
		}
	}
	return true, nil
}

func (w *work) equalStructs(x, y *starlarkStruct, depth int) (bool, error) {
	names, others := x.AttrNames(), y.AttrNames()
	if len(names) != len(others) {
		return false, nil
	}
	for i, name := range names {
		if name != others[i] {
			return false, nil
		}
		a, err := x.Attr(name)
		if err != nil {
			return false, err
		}
		b, err := y.Attr(name)
		if err != nil {
			return false, err
		}
		if eq, err := w.compareAt(syntax.EQL, a, b, depth+1); err != nil || !eq {
			return false, err
		}
	}
	return true, nil
}

// compareSets tells whether one contains the other.
func (w *work) compareSets(op syntax.Token, x, y *starlark.Set) (bool, error) {
	if x.Len() != y.Len() && (op == syntax.EQL || op == syntax.NEQ) {
		return op == syntax.NEQ, nil
	}
	switch op {
	case syntax.GE, syntax.GT:
		x, y = y, x // y contains x
		fallthrough
	case syntax.LE, syntax.LT:
		if x.Len() > y.Len() || x.Len() == y.Len() && (op == syntax.LT || op == syntax.GT) {
			return false, nil
		}
	}
	it := x.Iterate()
	defer it.Done()
	var k starlark.Value
	for it.Next(&k) {
		w.step(hashUnits)
		if found, err := y.Has(w.t.stored(k)); err != nil || !found {
			return op == syntax.NEQ, err
		}
	}
	return op != syntax.NEQ, nil
}

func threeway(op syntax.Token, cmp int) bool {
	switch op {
	case syntax.EQL:
		return cmp == 0
	case syntax.NEQ:
		return cmp != 0
	case syntax.LE:
		return cmp <= 0
	case syntax.LT:
		return cmp < 0
	case syntax.GE:
		return cmp >= 0
	}
	return cmp > 0
}

// compared stands for a container on the left side of a comparison, which it
// does in pieces. It is on the interpreter's stack only until then.
type compared struct {
	starlark.Value
	instance *instance
}

var _ starlark.Comparable = (*compared)(nil)

// CompareSameType compares with what has the same Type.
func (c *compared) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	w := work{t: c.instance.current}
	defer w.end()
	return w.compare(op, c.Value, y)
}

// simple reports whether comparing v is little work that the interpreter can do:
// it holds few elements, and none that hold more or are ranges.
func simple(v starlark.Value) bool {
	var x starlark.Indexable
	switch v := v.(type) {
	case starlark.String, starlark.Bytes:
		return true
	case *starlark.List:
		x = v
	case starlark.Tuple:
		x = v
	case *starlark.Dict:
		return v.Len() == 0
	case *starlark.Set:
		return v.Len() < 16 && !deepIn(v.Iterate())
	case *starlarkStruct:
		return v.Len() == 0
	default:
		_, isRange := asRange(v)
		return !isRange
	}
	n := x.Len()
	if n > 16 {
		return false
	}
	for i := range n {
		switch x.Index(i).(type) {
		case starlark.String, starlark.Int, starlark.Float, starlark.Bool, starlark.NoneType, starlark.Bytes:
		default:
			return false
		}
	}
	return true
}

// searched stands for y of x in y. A task has one: x has been evaluated before
// it is made, and nothing of the task runs before it is used.
type searched struct {
	starlark.Value
	t *task
}

var _ starlark.Container = (*searched)(nil)

// Has looks for x.
func (s *searched) Has(x starlark.Value) (bool, error) {
	v := s.Value
	s.Value = nil
	w := work{t: s.t}
	defer w.end()
	switch y := v.(type) {
	case *starlark.List:
		i, err := w.find(x, y, 0, y.Len())
		return i >= 0, err
	case starlark.Tuple:
		i, err := w.find(x, y, 0, y.Len())
		return i >= 0, err
	case starlark.Container:
		k, err := s.t.hashable(x)
		if err != nil {
			return false, err
		}
		w.done += max(starlark.Len(v), 0) / 64
		if text, ok := v.(starlark.String); ok {
			w.done += len(text) / 8
		}
		return y.Has(k)
	case starlark.Mapping:
		k, err := s.t.hashable(x)
		if err != nil {
			return false, err
		}
		_, found, _ := y.Get(k) // as the interpreter does it
		return found, nil
	}
	return false, errors.New("unknown container") // guardSearch makes none
}

// find gives the index, from one on and before another, of the first element that
// equals x; a negative number if there is none, or an error.
func (w *work) find(x starlark.Value, in starlark.Indexable, from, to int) (int, error) {
	for i := from; i < to; i++ {
		eq, err := w.compare(syntax.EQL, in.Index(i), x)
		if err != nil {
			return -1, err
		}
		if eq {
			return i, nil
		}
	}
	return -1, nil
}
