package core

// deque is a double-ended queue on a ring that grows by doubling. The zero
// value is empty and holds no memory.
type deque[T any] struct {
	ring []T // length is zero or a power of two
	head int
	n    int
}

func (d *deque[T]) len() int { return d.n }

func (d *deque[T]) at(i int) *T { return &d.ring[(d.head+i)&(len(d.ring)-1)] }

func (d *deque[T]) grow() {
	ring := make([]T, max(4, 2*len(d.ring)))
	for i := range d.n {
		ring[i] = *d.at(i)
	}
	d.ring, d.head = ring, 0
}

func (d *deque[T]) pushBack(x T) {
	if d.n == len(d.ring) {
		d.grow()
	}
	d.n++
	*d.at(d.n - 1) = x
}

// popFront takes the first element. The deque must not be empty. A ring that
// once was large is given back when it runs empty.
func (d *deque[T]) popFront() T {
	var zero T
	x := *d.at(0)
	*d.at(0) = zero
	d.head = (d.head + 1) & (len(d.ring) - 1)
	d.n--
	if d.n == 0 && len(d.ring) > 64 {
		*d = deque[T]{}
	}
	return x
}

// filter keeps the elements for which keep is true, in order.
func (d *deque[T]) filter(keep func(*T) bool) {
	kept := 0
	for i := range d.n {
		if x := d.at(i); keep(x) {
			*d.at(kept) = *x
			kept++
		}
	}
	var zero T
	for i := kept; i < d.n; i++ {
		*d.at(i) = zero
	}
	d.n = kept
}
