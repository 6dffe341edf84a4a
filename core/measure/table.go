package measure

import "sync"

// Table has a value for each key that was asked for: counters by their labels. The zero
// value is empty. Safe for concurrent use; a value is used by many at once, and stays.
type Table[K comparable, V any] struct {
	mu sync.RWMutex
	m  map[K]*V
}

// Of gives the value of a key, at first the zero value.
func (t *Table[K, V]) Of(key K) *V {
	t.mu.RLock()
	v := t.m[key]
	t.mu.RUnlock()
	if v != nil {
		return v
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if v = t.m[key]; v == nil {
		if t.m == nil {
			t.m = make(map[K]*V)
		}
		v = new(V)
		t.m[key] = v
	}
	return v
}

// Each calls f for each key, in no order. f must not ask for keys.
func (t *Table[K, V]) Each(f func(K, *V)) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for k, v := range t.m {
		f(k, v)
	}
}
