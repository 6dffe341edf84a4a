package starlark

import (
	"errors"

	"go.starlark.net/starlark"
)

// longRange is a range of more than maxItems numbers. The interpreter's own
// range would let list(range(10**12)) and the like fill the memory, or run for
// ever, in one native operation. This one tells nobody its length in advance
// and soon ends an iteration during which the script makes no step: it would be
// too much in the end.
type longRange struct {
	numbers  starlark.Indexable // the interpreter's range
	instance *instance
}

var (
	_ starlark.Iterable  = (*longRange)(nil)
	_ starlark.Container = (*longRange)(nil)
	_ starlark.Mapping   = (*longRange)(nil)
)

// maxNative is how many numbers a native operation gets.
const maxNative = 1 << 16

func (r *longRange) String() string        { return r.numbers.String() }
func (r *longRange) Type() string          { return r.numbers.Type() }
func (r *longRange) Freeze()               {}
func (r *longRange) Truth() starlark.Bool  { return true }
func (r *longRange) Hash() (uint32, error) { return r.numbers.Hash() }

// Has serves x in r.
func (r *longRange) Has(x starlark.Value) (bool, error) {
	return r.numbers.(starlark.Container).Has(x)
}

// Get serves r[i].
func (r *longRange) Get(key starlark.Value) (starlark.Value, bool, error) {
	i, err := starlark.AsInt32(key)
	if err != nil {
		return nil, false, err
	}
	if i < 0 {
		i += r.numbers.Len()
	}
	if i < 0 || i >= r.numbers.Len() {
		return nil, false, errors.New("range index out of range")
	}
	return r.numbers.Index(i), true, nil
}

func (r *longRange) Iterate() starlark.Iterator { return &longRangeIterator{r: r} }

type longRangeIterator struct {
	r      *longRange
	next   int
	native int    // numbers given since the last step
	steps  uint64 // of the thread, then
}

func (it *longRangeIterator) Next(p *starlark.Value) bool {
	if it.next >= it.r.numbers.Len() {
		return false
	}
	t := it.r.instance.current
	if it.steps != t.thread.Steps {
		it.steps, it.native = t.thread.Steps, 0
	}
	if it.native++; it.native > maxNative {
		t.charge(maxNative / 8)
		t.abort(errTooLarge)
		return false
	}
	*p = it.r.numbers.Index(it.next)
	it.next++
	return true
}

func (it *longRangeIterator) Done() {}

// range_ gives the interpreter's range, or a longRange.
func range_(native *starlark.Builtin) *starlark.Builtin {
	return wrap(native, func(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		v, err := native.CallInternal(&t.thread, args, kwargs)
		if err != nil {
			return nil, err
		}
		if numbers := v.(starlark.Indexable); numbers.Len() > maxItems {
			return &longRange{numbers, t.instance}, nil
		}
		return v, nil
	})
}
