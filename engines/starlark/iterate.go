package starlark

import (
	"errors"
	"fmt"
	"slices"

	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// consumer says what a native function does with the elements of an iterable.
type consumer int

const (
	consumesAny   consumer = iota
	consumesKeys           // makes keys of them
	consumesPairs          // makes keys of what is first in them
	consumesTexts          // joins them
)

// inPieces gives v, or if it is large what a native function can iterate over
// in its place: each so many elements, the task may be parked or killed.
func (w *work) inPieces(v starlark.Iterable, by consumer) starlark.Iterable {
	if _, ok := v.(*longRange); ok {
		return v // it bounds itself
	}
	n := starlark.Len(v)
	if by == consumesAny && n >= 0 && n < large {
		w.done += n
		return v
	}
	p := &pieces{Iterable: v, w: w, by: by, n: n}
	switch v := v.(type) {
	case *starlark.List:
		p.of = v
	case starlark.Tuple:
		p.of = v
	}
	return p
}

// pieces is an iterable as native functions see it.
type pieces struct {
	starlark.Iterable
	of starlark.Indexable // the same, if it is a list or tuple: this is faster
	w  *work
	by consumer
	n  int // elements, at most; negative if not known
}

var _ starlark.Sequence = (*pieces)(nil)

func (p *pieces) Len() int { return p.n }

func (p *pieces) Iterate() starlark.Iterator {
	it := &pieceIterator{pieces: p}
	if p.of == nil {
		it.native = p.Iterable.Iterate()
	}
	return it
}

type pieceIterator struct {
	*pieces
	native starlark.Iterator
	next   int
	bytes  int // of texts
}

func (it *pieceIterator) Next(p *starlark.Value) bool {
	w := it.w
	if w.err != nil {
		return false
	}
	if it.by == consumesAny || it.by == consumesTexts {
		w.err = w.step(1)
	} else {
		w.err = w.step(hashUnits)
	}
	switch {
	case w.err != nil:
		return false
	case it.native != nil:
		if !it.native.Next(p) {
			return false
		}
	case it.next >= it.n || it.next >= it.of.Len():
		return false
	default:
		*p = it.of.Index(it.next)
	}
	if it.next++; it.n < 0 && it.next > maxItems {
		w.err = errTooLarge
		return false
	}
	w.err = it.take(*p)
	return w.err == nil
}

// take measures what becomes of an element.
func (it *pieceIterator) take(x starlark.Value) error {
	switch it.by {
	case consumesKeys:
		return it.w.t.hashable(x)
	case consumesPairs:
		if pair, ok := x.(starlark.Indexable); ok && pair.Len() > 0 {
			return it.w.t.hashable(pair.Index(0))
		}
	case consumesTexts:
		s, _ := starlark.AsString(x)
		it.w.done += len(s) / 32
		if it.bytes += len(s); it.bytes > maxBytes {
			return errTooLarge
		}
	}
	return nil
}

func (it *pieceIterator) Done() {
	if it.native != nil {
		it.native.Done()
	}
}

// named puts the name of a function in front of an error, as the interpreter
// does.
func named(name string, err error) error {
	if err == nil || errors.Is(err, hostapi.ErrKilled) {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// piecewise calls a native function with iterables in pieces.
func (t *task) piecewise(original *starlark.Builtin, by consumer, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	w := work{t: t}
	defer w.end()
	receiver, _ := original.Receiver().(*starlark.Set)
	var own [2]starlark.Value
	given := append(starlark.Tuple(own[:0]), args...)
	for i, x := range args {
		if iterable, ok := x.(starlark.Iterable); ok {
			if s, ok := x.(*starlark.Set); ok && s == receiver {
				iterable = starlark.Tuple(slices.Collect(s.Elements())) // it changes
			}
			given[i] = w.inPieces(iterable, by)
		}
	}
	v, err := original.CallInternal(&t.thread, given, kwargs)
	if w.err != nil {
		return nil, w.err
	}
	return v, err
}
