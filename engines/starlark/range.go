package starlark

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// numbers is what the interpreter's range is: its type has no name outside.
type numbers interface {
	starlark.Sliceable
	starlark.Sequence
	starlark.Container
}

// asRange gives v as the interpreter's range, if it is one. No other type of the
// language can be cut but is no text, list or tuple.
func asRange(v starlark.Value) (numbers, bool) {
	switch v := v.(type) {
	case starlark.String, starlark.Bytes, starlark.Tuple, *starlark.List:
		return nil, false
	case *longRange:
		return v.numbers, true
	case numbers:
		return v, true
	}
	return nil, false
}

// longRange is a range of more than maxItems numbers, or with a step that the
// interpreter cannot multiply. The interpreter's own would let any(range(10**12))
// and the like run for ever in one native operation. This one soon ends an
// iteration during which the script makes no step: it would be too much in the
// end.
type longRange struct {
	numbers
	instance *instance
}

var (
	_ starlark.Sequence   = (*longRange)(nil)
	_ starlark.Comparable = (*longRange)(nil)
)

const (
	// maxNative is how many numbers a native operation gets.
	maxNative = 1 << 16
	// maxStep bounds the steps of the interpreter's ranges: it multiplies them with
	// that of a slice, which has 32 bits, and does not look whether that overflows.
	maxStep = 1 << 31
)

// ranged gives v, or what takes its place if it is a range that the interpreter
// must not have.
func (in *instance) ranged(v starlark.Value) starlark.Value {
	r, ok := asRange(v)
	if !ok {
		return v
	}
	if step := stepOf(r); r.Len() <= maxItems && -maxStep <= step && step <= maxStep {
		return v
	}
	return &longRange{r, in}
}

// stepOf gives the step of a range, also of one that has no second number.
func stepOf(r numbers) int64 {
	first, _ := r.Index(0).(starlark.Int).Int64()
	second, _ := r.Index(1).(starlark.Int).Int64()
	return second - first
}

// Slice serves r[i:j:k].
func (r *longRange) Slice(start, end, step int) starlark.Value {
	from := stepOf(r.numbers)
	if product := from * int64(step); product/from == int64(step) {
		return r.instance.ranged(r.numbers.Slice(start, end, step))
	}
	n := 0 // no two numbers are that far apart
	if step > 0 && start < end || step < 0 && start > end {
		n = 1
	}
	return r.numbers.Slice(start, start+n, 1)
}

// CompareSameType compares with any range.
func (r *longRange) CompareSameType(op syntax.Token, y starlark.Value, depth int) (bool, error) {
	other, ok := asRange(y)
	if !ok {
		return op == syntax.NEQ, nil
	}
	return starlark.CompareDepth(op, r.numbers, other, depth)
}

func (r *longRange) Iterate() starlark.Iterator { return &longRangeIterator{r: r} }

type longRangeIterator struct {
	r      *longRange
	next   int
	native int    // numbers given since the last step
	steps  uint64 // of the thread, then
}

func (it *longRangeIterator) Next(p *starlark.Value) bool {
	if it.next >= it.r.Len() {
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
	*p = it.r.Index(it.next)
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
		return t.instance.ranged(v), nil
	})
}
