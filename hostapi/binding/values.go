package binding

import "github.com/understudy-run/understudy/hostapi"

// Maker makes the values of a script, of type V, that a [Values] keeps.
type Maker[V any] interface {
	// Show makes the read-only value of a module or object. When the script asks
	// it for a member it calls Values.Member.
	Show(m Members) V
	// Native makes the value of a function, or of a method that the script calls on
	// an object. method tells which: one Func may be both.
	Native(f *hostapi.Func, method bool) V
	// FromHost converts a constant: a scalar, or by Values.Show an object.
	FromHost(v hostapi.Value) V
}

// Values keeps the values of one process of which there is one each: the script
// of a process gets the same module (clause 14.16), the same object (8.2), and
// the same function or method every time. They are made when first asked for.
type Values[V any] struct {
	maker     Maker[V]
	modules   map[*hostapi.Module]V
	constants map[*hostapi.Const]V
	natives   map[native]V
}

type native struct {
	*hostapi.Func
	method bool
}

// NewValues gives an empty Values.
func NewValues[V any](m Maker[V]) *Values[V] {
	return &Values[V]{m, map[*hostapi.Module]V{}, map[*hostapi.Const]V{}, map[native]V{}}
}

// wrapped is the value of an object, kept in the object itself. The object may outlive
// those it was made for: what an upgrade leaves is shown anew.
type wrapped[V any] struct {
	by    *Values[V]
	value V
}

// Show gives the value of a module or object. That of an object is kept in the
// object itself (hostapi.Object.SetWrapper).
func (vs *Values[V]) Show(m Members) V {
	if m.Module != nil {
		return once(vs.modules, m.Module, func() V { return vs.maker.Show(m) })
	}
	if w, ok := m.Object.Wrapper().(wrapped[V]); ok && w.by == vs {
		return w.value
	}
	v := vs.maker.Show(m)
	m.Object.SetWrapper(wrapped[V]{vs, v})
	return v
}

// Member gives a member of a module or object; false if there is none. t is the
// task that asks: constants that belong to the process are made in it.
func (vs *Values[V]) Member(t hostapi.Task, m Members, name string) (v V, ok bool) {
	for _, f := range m.funcs() {
		if f.Name == name {
			method := m.Object != nil
			return once(vs.natives, native{f, method}, func() V { return vs.maker.Native(f, method) }), true
		}
	}
	if m.Module == nil {
		return v, false
	}
	for i := range m.Module.Consts {
		if c := &m.Module.Consts[i]; c.Name == name {
			return once(vs.constants, c, func() V {
				if c.Make != nil {
					return vs.maker.FromHost(c.Make(t))
				}
				return vs.maker.FromHost(c.Value)
			}), true
		}
	}
	for _, nested := range m.Module.Modules {
		if nested.Name == name {
			return vs.Show(Members{Module: nested}), true
		}
	}
	return v, false
}

// once gives the value under k, which it makes if there is none.
func once[K comparable, V any](m map[K]V, k K, make func() V) V {
	v, ok := m[k]
	if !ok {
		v = make()
		m[k] = v
	}
	return v
}
