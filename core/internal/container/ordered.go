package container

import "iter"

// Ordered is a map that is iterated in the order in which its keys were added. All
// operations take constant time. The zero value is empty.
type Ordered[K comparable, V any] struct {
	nodes       map[K]*node[K, V]
	first, last *node[K, V]
	added       uint64
}

type node[K comparable, V any] struct {
	key        K
	value      V
	place      uint64 // grows with each addition
	prev, next *node[K, V]
}

// Len is how many keys there are.
func (o *Ordered[K, V]) Len() int { return len(o.nodes) }

// Find gives the value of a key, the zero value if there is none.
func (o *Ordered[K, V]) Find(key K) (v V) {
	if n := o.nodes[key]; n != nil {
		v = n.value
	}
	return v
}

// Place tells where a key stands among the others; 0 if it does not.
func (o *Ordered[K, V]) Place(key K) uint64 {
	if n := o.nodes[key]; n != nil {
		return n.place
	}
	return 0
}

// Add puts a value at the end. The key must not be there.
func (o *Ordered[K, V]) Add(key K, v V) {
	if o.nodes == nil {
		o.nodes = make(map[K]*node[K, V])
	}
	o.added++
	n := &node[K, V]{key: key, value: v, place: o.added, prev: o.last}
	o.nodes[key] = n
	if o.last == nil {
		o.first = n
	} else {
		o.last.next = n
	}
	o.last = n
}

// Rename gives a value another key and leaves it in its place.
func (o *Ordered[K, V]) Rename(from, to K) {
	if n := o.nodes[from]; n != nil {
		delete(o.nodes, from)
		n.key = to
		o.nodes[to] = n
	}
}

// Remove takes a key out, if it is there.
func (o *Ordered[K, V]) Remove(key K) {
	n := o.nodes[key]
	if n == nil {
		return
	}
	delete(o.nodes, key)
	if n.prev == nil {
		o.first = n.next
	} else {
		n.prev.next = n.next
	}
	if n.next == nil {
		o.last = n.prev
	} else {
		n.next.prev = n.prev
	}
}

// All gives the values in order. The one at hand may be removed meanwhile.
func (o *Ordered[K, V]) All() iter.Seq[V] {
	return o.walk(func() *node[K, V] { return o.first }, func(n *node[K, V]) *node[K, V] { return n.next })
}

// Backward is all in reverse order.
func (o *Ordered[K, V]) Backward() iter.Seq[V] {
	return o.walk(func() *node[K, V] { return o.last }, func(n *node[K, V]) *node[K, V] { return n.prev })
}

func (o *Ordered[K, V]) walk(from func() *node[K, V], on func(*node[K, V]) *node[K, V]) iter.Seq[V] {
	return func(yield func(V) bool) {
		for n := from(); n != nil; {
			after := on(n)
			if !yield(n.value) {
				return
			}
			n = after
		}
	}
}
