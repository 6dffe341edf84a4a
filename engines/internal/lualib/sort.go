package lualib

const (
	valueSize   = 16      // bytes of a Value
	maxElements = 1 << 25 // of a table to be sorted
	shortRun    = 8       // elements sorted by insertion
)

// tableSort sorts a copy of the elements and writes it back at the end. So the
// comparator may wait or fail, and may even change the table; an inconsistent
// one gives some order (clause 19.7).
func tableSort(c Call) (int, error) {
	a := args{c, "sort"}
	t, n, err := a.tableAndLength()
	if err != nil {
		return 0, err
	}
	less := a.Arg(2)
	if !a.absent(2) && a.Kind(less) != KindFunction {
		return 0, a.expected(2, "function")
	}
	if n > maxElements {
		return 0, a.bad(1, "array too big")
	}
	if n < 2 {
		return 0, nil
	}
	if err := a.Grow(4 * valueSize * int64(n)); err != nil {
		return 0, err
	}
	values := make([]Value, n)
	numbers, strings := true, true
	for i := range values {
		v := a.Get(t, i+1)
		kind := a.Kind(v)
		numbers = numbers && kind == KindNumber
		strings = strings && kind == KindString
		values[i] = v
		if err := a.tickEach(i); err != nil {
			return 0, err
		}
	}
	switch {
	case !a.absent(2):
		pair := make([]Value, 2)
		err = mergeSort(a, values, func(x, y Value) (bool, error) {
			pair[0], pair[1] = x, y
			v, err := a.CallFunction(less, pair)
			if err != nil {
				return false, err
			}
			kind := a.Kind(v)
			return kind != KindNil && (kind != KindBool || a.Truth(v)), nil
		})
	case numbers:
		err = sortByKey(a, values, a.Float)
	case strings:
		err = sortByKey(a, values, a.Text)
	default:
		err = mergeSort(a, values, a.Less)
	}
	if err != nil {
		return 0, err
	}
	for i, v := range values {
		a.Set(t, i+1, v)
		if err := a.tickEach(i); err != nil {
			return 0, err
		}
	}
	return 0, nil
}

type keyed[K any] struct {
	key   K
	value Value
}

// sortByKey sorts values that < compares without help of the script.
func sortByKey[K float64 | string](b Budget, values []Value, key func(Value) K) error {
	all := make([]keyed[K], len(values))
	for i, v := range values {
		all[i] = keyed[K]{key(v), v}
	}
	err := mergeSort(b, all, func(x, y keyed[K]) (bool, error) { return x.key < y.key, nil })
	for i := range all {
		values[i] = all[i].value
	}
	return err
}

// mergeSort sorts a with at most n·log n comparisons or so, whatever less
// answers. An error of less or of the budget ends it, with a in some order.
func mergeSort[T any](b Budget, a []T, less func(x, y T) (bool, error)) error {
	compared := 0
	compare := func(x, y T) (bool, error) {
		if compared++; compared == tickEvery {
			compared = 0
			if err := b.Tick(tickEvery); err != nil {
				return false, err
			}
		}
		return less(x, y)
	}
	for from := 0; from < len(a); from += shortRun {
		if err := insertionSort(a[from:min(from+shortRun, len(a))], compare); err != nil {
			return err
		}
	}
	out := make([]T, len(a))
	for run := shortRun; run < len(a); run *= 2 {
		for from := 0; from < len(a); from += 2 * run {
			middle, end := min(from+run, len(a)), min(from+2*run, len(a))
			if err := merge(out[from:end], a[from:middle], a[middle:end], compare); err != nil {
				return err
			}
		}
		copy(a, out)
	}
	return b.Tick(compared)
}

func insertionSort[T any](a []T, less func(x, y T) (bool, error)) error {
	for i := 1; i < len(a); i++ {
		for j := i; j > 0; j-- {
			before, err := less(a[j], a[j-1])
			if err != nil {
				return err
			}
			if !before {
				break
			}
			a[j], a[j-1] = a[j-1], a[j]
		}
	}
	return nil
}

// merge writes the elements of x and y, both in order, to out.
func merge[T any](out, x, y []T, less func(x, y T) (bool, error)) error {
	for len(x) > 0 && len(y) > 0 {
		before, err := less(y[0], x[0])
		if err != nil {
			return err
		}
		if before {
			out[0], y = y[0], y[1:]
		} else {
			out[0], x = x[0], x[1:]
		}
		out = out[1:]
	}
	copy(out, x)
	copy(out[len(x):], y)
	return nil
}
