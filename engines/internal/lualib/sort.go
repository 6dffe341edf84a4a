package lualib

const (
	valueSize   = 16      // bytes of a Value
	maxElements = 1 << 25 // of a table to be sorted
	shortRun    = 8       // elements sorted by insertion
)

// tableSort sorts a copy of the elements and writes it back at the end. So the
// comparator may wait or fail, and may even change the table; an inconsistent
// one gives some order (clause 19.7).
func tableSort(c Call) int {
	a := args{c, "sort"}
	t, n := a.tableAndLength()
	less := a.Arg(2)
	if !a.absent(2) && a.Kind(less) != KindFunction {
		a.expected(2, "function")
	}
	if n > maxElements {
		a.bad(1, "array too big")
	}
	if n < 2 {
		return 0
	}
	a.Grow(4 * valueSize * int64(n))
	values := make([]Value, n)
	numbers, strings := true, true
	for i := range values {
		v := a.Get(t, i+1)
		kind := a.Kind(v)
		numbers = numbers && kind == KindNumber
		strings = strings && kind == KindString
		values[i] = v
		a.tickEach(i)
	}
	switch {
	case !a.absent(2):
		pair := make([]Value, 2)
		mergeSort(a, values, func(x, y Value) bool {
			pair[0], pair[1] = x, y
			v := a.CallFunction(less, pair)
			kind := a.Kind(v)
			return kind != KindNil && (kind != KindBool || a.Truth(v))
		})
	case numbers:
		sortByKey(a, values, a.Float)
	case strings:
		sortByKey(a, values, a.Text)
	default:
		mergeSort(a, values, a.Less)
	}
	for i, v := range values {
		a.Set(t, i+1, v)
		a.tickEach(i)
	}
	return 0
}

type keyed[K any] struct {
	key   K
	value Value
}

// sortByKey sorts values that < compares without help of the script.
func sortByKey[K float64 | string](b Budget, values []Value, key func(Value) K) {
	all := make([]keyed[K], len(values))
	for i, v := range values {
		all[i] = keyed[K]{key(v), v}
	}
	mergeSort(b, all, func(x, y keyed[K]) bool { return x.key < y.key })
	for i := range all {
		values[i] = all[i].value
	}
}

// mergeSort sorts a with at most n·log n comparisons or so, whatever less
// answers.
func mergeSort[T any](b Budget, a []T, less func(x, y T) bool) {
	compared := 0
	compare := func(x, y T) bool {
		if compared++; compared == tickEvery {
			compared = 0
			b.Tick(tickEvery)
		}
		return less(x, y)
	}
	for from := 0; from < len(a); from += shortRun {
		insertionSort(a[from:min(from+shortRun, len(a))], compare)
	}
	out := make([]T, len(a))
	for run := shortRun; run < len(a); run *= 2 {
		for from := 0; from < len(a); from += 2 * run {
			middle, end := min(from+run, len(a)), min(from+2*run, len(a))
			merge(out[from:end], a[from:middle], a[middle:end], compare)
		}
		copy(a, out)
	}
	b.Tick(compared)
}

func insertionSort[T any](a []T, less func(x, y T) bool) {
	for i := 1; i < len(a); i++ {
		for j := i; j > 0; j-- {
			if !less(a[j], a[j-1]) {
				break
			}
			a[j], a[j-1] = a[j-1], a[j]
		}
	}
}

// merge writes the elements of x and y, both in order, to out.
func merge[T any](out, x, y []T, less func(x, y T) bool) {
	for len(x) > 0 && len(y) > 0 {
		if less(y[0], x[0]) {
			out[0], y = y[0], y[1:]
		} else {
			out[0], x = x[0], x[1:]
		}
		out = out[1:]
	}
	copy(out, x)
	copy(out[len(x):], y)
}
