package starlark

import (
	"fmt"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// keyed is an element with what it is ordered by.
type keyed struct{ key, value starlark.Value }

// eachKeyed gives f each element of an iterable with its key. key may be nil.
// Nobody can change the iterable while key runs.
func (w *work) eachKeyed(iterable starlark.Iterable, key starlark.Callable, f func(keyed) error) error {
	if key == nil {
		var m meter
		if err := size(&m, iterable); err != nil {
			return err
		}
		iterable = w.inPieces(iterable, consumesAny)
	}
	it := iterable.Iterate()
	defer it.Done()
	var x starlark.Value
	for it.Next(&x) {
		k := x
		if key != nil {
			var err error
			if k, err = starlark.Call(&w.t.thread, key, starlark.Tuple{x}, nil); err != nil {
				return err
			}
		}
		if err := f(keyed{k, x}); err != nil {
			return err
		}
	}
	return w.err
}

// sorted is the built-in.
func sorted(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var iterable starlark.Iterable
	var key starlark.Callable
	var reverse bool
	if err := starlark.UnpackArgs("sorted", args, kwargs, "iterable", &iterable, "key?", &key, "reverse?", &reverse); err != nil {
		return nil, err
	}
	var m meter
	if err := size(&m, iterable); err != nil {
		return nil, err
	}
	w := work{t: t}
	defer w.end()
	list := make([]keyed, 0, m.items)
	err := w.eachKeyed(iterable, key, func(x keyed) error {
		if len(list) == maxItems {
			return errTooLarge
		}
		list = append(list, x)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if list, err = w.sort(list, reverse); err != nil {
		return nil, err
	}
	out := make([]starlark.Value, len(list))
	for i, x := range list {
		out[i] = x.value
	}
	return starlark.NewList(out), nil
}

// sort is a stable merge sort, bottom up. It uses up the list given.
func (w *work) sort(list []keyed, reverse bool) ([]keyed, error) {
	other := make([]keyed, len(list))
	for width := 1; width < len(list); width *= 2 {
		for from := 0; from < len(list); from += 2 * width {
			middle, end := min(from+width, len(list)), min(from+2*width, len(list))
			i, j := from, middle
			for k := from; k < end; k++ {
				second := i == middle
				if !second && j < end {
					x, y := list[j].key, list[i].key
					if reverse {
						x, y = y, x
					}
					var err error
					if second, err = w.compare(syntax.LT, x, y); err != nil {
						return nil, err
					}
				}
				if second {
					other[k] = list[j]
					j++
				} else {
					other[k] = list[i]
					i++
				}
			}
		}
		list, other = other, list
	}
	return list, nil
}

// extremum gives min and max.
func extremum(name string, op syntax.Token) func(*task, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(t *task, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if len(args) == 0 {
			return nil, fmt.Errorf("%s requires at least one positional argument", name)
		}
		var key starlark.Callable
		if err := starlark.UnpackArgs(name, nil, kwargs, "key?", &key); err != nil {
			return nil, err
		}
		var from starlark.Value = args
		if len(args) == 1 {
			from = args[0]
		}
		iterable, ok := from.(starlark.Iterable)
		if !ok {
			return nil, fmt.Errorf("%s: %s value is not iterable", name, from.Type())
		}
		w := work{t: t}
		defer w.end()
		var best keyed
		err := w.eachKeyed(iterable, key, func(x keyed) error {
			if best.value == nil {
				best = x
				return nil
			}
			better, err := w.compare(op, x.key, best.key)
			if better {
				best = x
			}
			return named(name, err)
		})
		if err != nil {
			return nil, err
		}
		if best.value == nil {
			return nil, fmt.Errorf("%s: argument is an empty sequence", name)
		}
		return best.value, nil
	}
}
