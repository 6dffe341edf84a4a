package binding

import (
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// Members is something of the runtime that has members: a module, or an object
// with its methods. Exactly one of its fields is set.
type Members struct {
	Module *hostapi.Module
	Object hostapi.Object
}

// Names gives the names of all members, sorted.
func (m Members) Names() []string {
	var names []string
	for _, f := range m.funcs() {
		names = append(names, f.Name)
	}
	if m.Module != nil {
		for i := range m.Module.Consts {
			names = append(names, m.Module.Consts[i].Name)
		}
		for _, nested := range m.Module.Modules {
			names = append(names, nested.Name)
		}
	}
	slices.Sort(names)
	return names
}

// String gives the text form (clause 0.12).
func (m Members) String() string {
	if m.Module != nil {
		return "module: " + m.Module.Name
	}
	return m.Object.String()
}

// Has reports whether f is a member, as a function of the module or a method of
// the object; false for no module or object.
func (m Members) Has(f *hostapi.Func) bool { return slices.Contains(m.funcs(), f) }

func (m Members) funcs() []*hostapi.Func {
	if m.Module != nil {
		return m.Module.Funcs
	}
	if m.Object != nil {
		return m.Object.ObjectType().Methods
	}
	return nil
}
