package starlark

import (
	"fmt"
	"hash/maphash"

	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// object is an object of the runtime as a script holds it. There is one for
// each hostapi.Object, so that comparison by identity works (clause 8.2).
type object struct {
	object hostapi.Object
	method *builtin // the one it was asked for last
}

var _ starlark.HasAttrs = (*object)(nil)

func wrapObject(o hostapi.Object) starlark.Value {
	if e, ok := o.(*hostapi.ErrorObject); ok {
		return wrapError(e)
	}
	if w, ok := o.Wrapper().(*object); ok {
		return w
	}
	w := &object{object: o}
	o.SetWrapper(w)
	return w
}

func (o *object) String() string       { return o.object.String() }
func (o *object) Type() string         { return o.object.ObjectType().Name }
func (o *object) Freeze()              {}
func (o *object) Truth() starlark.Bool { return true }

// Hash serves objects of hashable types (docs/starlark.md, 3.8).
func (o *object) Hash() (uint32, error) {
	if !o.object.ObjectType().Hashable {
		return 0, fmt.Errorf("unhashable type: %s", o.Type())
	}
	return identityHash(o), nil
}

// identitySeed makes hashes of identities differ between runs. It is never
// written.
var identitySeed = maphash.MakeSeed()

func identityHash[T any](p *T) uint32 { return uint32(maphash.Comparable(identitySeed, p)) }

func (o *object) Attr(name string) (starlark.Value, error) {
	if m := o.method; m != nil && m.def.Name == name {
		return m, nil
	}
	m := methodOf(o.object, name)
	if m == nil {
		return nil, nil
	}
	o.method = m
	return m, nil
}

func (o *object) AttrNames() []string { return methodNames(o.object.ObjectType()) }

// methodOf gives the bound method of that name; nil if there is none.
func methodOf(o hostapi.Object, name string) *builtin {
	t := o.ObjectType()
	name = plain(name)
	for _, m := range t.Methods {
		if m.Name == name {
			return &builtin{def: m, self: o, path: t.Name}
		}
	}
	return nil
}

func methodNames(t *hostapi.ObjectType) []string {
	names := make([]string, len(t.Methods))
	for i, m := range t.Methods {
		names[i] = spelled(m.Name)
	}
	return names
}
