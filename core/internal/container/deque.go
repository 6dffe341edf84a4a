package container

// Deque is a double-ended queue on a ring that grows by doubling. The zero
// value is empty and holds no memory.
type Deque[T any] struct {
	ring []T // length is zero or a power of two
	head int
	n    int
}

// Len is how many elements there are.
func (d *Deque[T]) Len() int { return d.n }

// At gives the place of the element with that index, from the front; it must be there.
func (d *Deque[T]) At(i int) *T { return &d.ring[(d.head+i)&(len(d.ring)-1)] }

func (d *Deque[T]) grow() {
	ring := make([]T, max(4, 2*len(d.ring)))
	for i := range d.n {
		ring[i] = *d.At(i)
	}
	d.ring, d.head = ring, 0
}

// PushBack adds an element at the end.
func (d *Deque[T]) PushBack(x T) {
	if d.n == len(d.ring) {
		d.grow()
	}
	d.n++
	*d.At(d.n - 1) = x
}

// PopFront takes the first element. The deque must not be empty. A ring that
// once was large is given back when it runs empty.
func (d *Deque[T]) PopFront() T {
	var zero T
	x := *d.At(0)
	*d.At(0) = zero
	d.head = (d.head + 1) & (len(d.ring) - 1)
	d.n--
	if d.n == 0 && len(d.ring) > 64 {
		*d = Deque[T]{}
	}
	return x
}

// Filter keeps the elements for which keep is true, in order.
func (d *Deque[T]) Filter(keep func(*T) bool) {
	kept := 0
	for i := range d.n {
		if x := d.At(i); keep(x) {
			*d.At(kept) = *x
			kept++
		}
	}
	var zero T
	for i := kept; i < d.n; i++ {
		*d.At(i) = zero
	}
	d.n = kept
}
