package core

import "iter"

// ordered is a map that is iterated in the order in which its keys were added. All
// operations take constant time. The zero value is empty.
type ordered[K comparable, V any] struct {
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

func (o *ordered[K, V]) len() int { return len(o.nodes) }

// find gives the value of a key, the zero value if there is none.
func (o *ordered[K, V]) find(key K) (v V) {
	if n := o.nodes[key]; n != nil {
		v = n.value
	}
	return v
}

// place tells where a key stands among the others; 0 if it does not.
func (o *ordered[K, V]) place(key K) uint64 {
	if n := o.nodes[key]; n != nil {
		return n.place
	}
	return 0
}

// add puts a value at the end. The key must not be there.
func (o *ordered[K, V]) add(key K, v V) {
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

// rename gives a value another key and leaves it in its place.
func (o *ordered[K, V]) rename(from, to K) {
	if n := o.nodes[from]; n != nil {
		delete(o.nodes, from)
		n.key = to
		o.nodes[to] = n
	}
}

// remove takes a key out, if it is there.
func (o *ordered[K, V]) remove(key K) {
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

// all gives the values in order. The one at hand may be removed meanwhile.
func (o *ordered[K, V]) all() iter.Seq[V] {
	return o.walk(func() *node[K, V] { return o.first }, func(n *node[K, V]) *node[K, V] { return n.next })
}

// backward is all in reverse order.
func (o *ordered[K, V]) backward() iter.Seq[V] {
	return o.walk(func() *node[K, V] { return o.last }, func(n *node[K, V]) *node[K, V] { return n.prev })
}

func (o *ordered[K, V]) walk(from func() *node[K, V], on func(*node[K, V]) *node[K, V]) iter.Seq[V] {
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
