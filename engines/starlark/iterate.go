package starlark

import (
	"errors"
	"fmt"

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
	n := starlark.Len(v)
	if by == consumesAny && n >= 0 && n < large {
		w.done += n
		return v
	}
	p := &pieces{Iterable: v, w: w, by: by, n: n, endless: n < 0}
	switch v := v.(type) {
	case *longRange:
		p.Iterable, p.endless = v.numbers, true
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
	// endless is what may have any number of elements, which are not held.
	endless bool
	// into is the dict that gets the pairs.
	into *starlark.Dict
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
		w.step(1)
	} else {
		w.step(hashUnits)
	}
	switch {
	case it.native != nil:
		if !it.native.Next(p) {
			return false
		}
	case it.next >= it.n || it.next >= it.of.Len():
		return false
	default:
		*p = it.of.Index(it.next)
	}
	if it.next++; it.endless && it.next > maxItems {
		w.err = errTooLarge
		return false
	}
	*p, w.err = it.take(*p)
	return w.err == nil
}

// take measures what becomes of an element. It gives that, or what finds it.
func (it *pieceIterator) take(x starlark.Value) (starlark.Value, error) {
	switch it.by {
	case consumesKeys:
		return it.w.t.hashable(x)
	case consumesPairs:
		return it.pair(x)
	case consumesTexts:
		s, _ := starlark.AsString(x)
		it.w.done += len(s) / 32
		if it.bytes += len(s); it.bytes > maxBytes {
			return nil, errTooLarge
		}
	}
	return x, nil
}

// pair measures the key of a pair. What is none is for the interpreter to refuse.
func (it *pieceIterator) pair(x starlark.Value) (starlark.Value, error) {
	var pair [2]starlark.Value
	switch x := x.(type) {
	case starlark.Indexable:
		if x.Len() != 2 {
			return x, nil
		}
		pair = [2]starlark.Value{x.Index(0), x.Index(1)}
	case starlark.Sequence:
		if x.Len() != 2 {
			return x, nil
		}
		both := x.Iterate()
		both.Next(&pair[0])
		both.Next(&pair[1])
		both.Done()
	default:
		return x, nil
	}
	k, err := it.w.t.hashable(pair[0])
	if k, ok := k.(*deepKey); ok && has(it.into, k) {
		return starlark.Tuple{k, pair[1]}, nil
	}
	return x, err
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
	var own [2]starlark.Value
	given := append(starlark.Tuple(own[:0]), args...)
	into, _ := original.Receiver().(*starlark.Dict)
	for i, x := range args {
		if iterable, ok := x.(starlark.Iterable); ok {
			given[i] = w.inPieces(iterable, by)
			if p, ok := given[i].(*pieces); ok {
				p.into = into
			}
		}
	}
	v, err := original.CallInternal(&t.thread, given, kwargs)
	if w.err != nil {
		return nil, w.err
	}
	return v, err
}
