package starlark

import "go.starlark.net/starlark"

// maxFrozen bounds how many values are frozen natively, and so how deep.
const maxFrozen = 50000

// freeze makes the globals of a library constant (clause 2.15).
//
// The interpreter's own Freeze recurses natively, and does not come back from some
// values. So only those that are harmless are left to it; in all others each container
// is locked by an iteration that never ends.
func freeze(globals starlark.StringDict) {
	for _, v := range globals {
		f := freezer{seen: map[any]bool{}, harmless: true}
		f.walk(v)
		if f.harmless {
			v.Freeze()
			continue
		}
		for _, c := range f.containers {
			c.Iterate()
		}
	}
}

type freezer struct {
	seen       map[any]bool
	containers []starlark.Iterable
	harmless   bool
}

// walk finds all containers that can be reached from v, without recursion.
func (f *freezer) walk(v starlark.Value) {
	pending := []starlark.Value{v}
	push := func(x starlark.Value) error {
		pending = append(pending, x)
		return nil
	}
	for len(pending) > 0 {
		v := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		var id any
		switch x := v.(type) {
		case *starlark.List, *starlark.Dict, *starlark.Set:
			id = x
		case *starlark.Function:
			id = x
		case *starlarkStruct:
			id = x
		case starlark.Tuple:
			if len(x) > 0 {
				id = &x[0]
			}
		}
		if id == nil {
			continue
		}
		container, mutable := id.(starlark.Iterable)
		if f.seen[id] {
			if !mutable {
				f.harmless = false // visited natively once per occurrence
			}
			continue
		}
		f.seen[id] = true
		if len(f.seen) > maxFrozen {
			f.harmless = false // it may be as deep
		}
		if mutable {
			f.containers = append(f.containers, container)
		}
		if fn, ok := v.(*starlark.Function); ok {
			for i := range fn.NumParams() {
				if x := fn.ParamDefault(i); x != nil {
					_ = push(x)
				}
			}
			for i := range fn.NumFreeVars() {
				if _, x := fn.FreeVar(i); x != nil {
					_ = push(x)
				}
			}
			continue
		}
		_ = children(v, push) // push never fails
	}
}
