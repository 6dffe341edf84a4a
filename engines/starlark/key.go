package starlark

import (
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// deepKey stands for a key that is nested deeper than the interpreter compares. It
// finds one that is equal, since hash tables ask the key that is looked for to
// compare itself, but never becomes a key itself.
type deepKey struct {
	starlark.Value
	task *task
}

var _ starlark.Comparable = (*deepKey)(nil)

// CompareSameType compares with a key of the same type.
func (k *deepKey) CompareSameType(op syntax.Token, y starlark.Value, _ int) (bool, error) {
	w := work{t: k.task}
	defer w.end()
	return w.compare(op, k.Value, y)
}

// deep reports whether a key that lies so deep in another is nested too deeply to be
// compared by the interpreter.
func deep(k starlark.Value, depth int) bool {
	if depth >= compareDepth {
		return true
	}
	switch k := k.(type) {
	case starlark.Tuple:
		for _, x := range k {
			if deep(x, depth+1) {
				return true
			}
		}
	case *starlarkStruct:
		for _, x := range k.Entries() {
			if deep(x, depth+1) {
				return true
			}
		}
	}
	return false
}

// deepIn reports whether some key is. It ends the iteration.
func deepIn(it starlark.Iterator) bool {
	defer it.Done()
	var k starlark.Value
	for it.Next(&k) {
		if deep(k, 0) {
			return true
		}
	}
	return false
}

// stored gives what finds a key that is one already.
func (t *task) stored(k starlark.Value) starlark.Value {
	switch k.(type) {
	case starlark.Tuple, *starlarkStruct:
		if deep(k, 0) {
			return &deepKey{k, t}
		}
	}
	return k
}

// key measures a key, and gives what finds it.
func (t *task) key(k starlark.Value) (starlark.Value, error) {
	switch v := k.(type) {
	case starlark.Int:
		if _, err := starlark.AsInt32(v); err == nil {
			return k, nil
		}
	case starlark.Float:
	default:
		return t.hashable(k)
	}
	t.instance.collide(k)
	return k, nil
}

// collide charges a number that is a key, if it has the hash of the one before.
// The interpreter hashes only 32 bits of numbers, and finding a place among
// thousands of keys of one hash takes long.
func (in *instance) collide(key starlark.Value) {
	hash, err := key.Hash()
	if err == nil && hash == in.numberHash && in.numberKey != nil {
		if same, err := starlark.Equal(key, in.numberKey); err != nil || !same {
			in.current.charge(collisionSteps)
		}
	}
	in.numberHash, in.numberKey = hash, key
}

const collisionSteps = 200

// hashable is key for what is no number.
func (t *task) hashable(k starlark.Value) (starlark.Value, error) {
	switch v := k.(type) {
	case starlark.String:
		if len(v) < large {
			return k, nil
		}
	case starlark.Tuple, starlark.Bytes, *starlarkStruct:
	default:
		return k, nil
	}
	var m meter
	err := m.key(k, 0)
	if t.charge(m.steps()); err != nil {
		return nil, err
	}
	if m.depth >= compareDepth {
		k = &deepKey{k, t}
	}
	return k, nil
}

// first replaces the first argument, which is a key that is looked up.
func (t *task) first(args starlark.Tuple) (starlark.Tuple, error) {
	if len(args) == 0 {
		return args, nil
	}
	k, err := t.hashable(args[0])
	if k, ok := k.(*deepKey); ok {
		return append(starlark.Tuple{k}, args[1:]...), nil
	}
	return args, err
}

// table is a dict or set.
type table interface {
	starlark.Value
	starlark.Iterable
	Len() int
}

// has reports whether z has a key.
func has(z table, k *deepKey) bool {
	var found bool
	var err error
	if d, ok := z.(*starlark.Dict); ok {
		_, found, err = d.Get(k)
	} else {
		found, err = z.(*starlark.Set).Has(k)
	}
	return found && err == nil
}

// entered gives what is put into z for a key: what finds it if it is there, or the
// key itself.
func entered(z table, k starlark.Value) starlark.Value {
	if d, ok := k.(*deepKey); ok && !has(z, d) {
		return d.Value
	}
	return k
}

// placed stands for a dict in x[y] = z and the like: a key of it is about to get a
// value.
type placed struct {
	*starlark.Dict
	task *task
	key  starlark.Value // that has been read before, of x[y] += z
}

var _ starlark.HasSetKey = (*placed)(nil)

// place gives what stands for d, used again.
func (t *task) place(d *starlark.Dict) *placed {
	p := t.instance.placed
	if p == nil {
		p = &placed{}
	}
	t.instance.placed = nil
	p.Dict, p.task = d, t
	return p
}

// Get gives the value before.
func (p *placed) Get(k starlark.Value) (starlark.Value, bool, error) {
	k, err := p.task.key(k)
	if err != nil {
		return nil, false, err
	}
	p.key = k
	return p.Dict.Get(k)
}

// SetKey measures the key, and makes room.
func (p *placed) SetKey(k, v starlark.Value) error {
	d, t, known := p.Dict, p.task, p.key
	*p = placed{}
	t.instance.placed = p
	if known == nil {
		var err error
		if known, err = t.key(k); err != nil {
			return err
		}
		t.widen(d, d.Len())
	}
	return d.SetKey(entered(d, known), v)
}
