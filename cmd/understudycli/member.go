package understudycli

import (
	"io"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// member is a function of a module, or a method, by the name by which scripts call it.
type member struct {
	prefix string // process., channel:
	fn     *hostapi.Func
}

// members gives all functions and methods of modules by their names, with a dot in every
// language.
func members(list []*hostapi.Module, d dialect) map[string]member {
	found := map[string]member{}
	var add func(path string, m *hostapi.Module)
	add = func(path string, m *hostapi.Module) {
		for _, f := range m.Funcs {
			found[path+m.Name+"."+d.spelled(f.Name)] = member{path + m.Name + ".", f}
		}
		for _, t := range m.Types {
			for _, f := range t.Methods {
				if name := t.Name + "." + d.spelled(f.Name); found[name].fn == nil { // a module goes before a type
					found[name] = member{t.Name + d.method, f}
				}
			}
		}
		for _, sub := range m.Modules {
			add(path+m.Name+".", sub)
		}
	}
	for _, m := range list {
		add("", m)
	}
	return found
}

// writeMember writes the reference of one function. The error says what may be meant.
func (d dialect) writeMember(w io.Writer, list []*hostapi.Module, name string) error {
	all := members(list, d)
	if m, ok := all[strings.Replace(name, ":", ".", 1)]; ok {
		d.writeFunc(w, m.prefix, m.fn)
		return nil
	}
	var names, own []string
	module, _, _ := strings.Cut(strings.Replace(name, ":", ".", 1), ".")
	for n := range all {
		names = append(names, n)
		if strings.HasPrefix(n, module+".") {
			own = append(own, n)
		}
	}
	slices.Sort(names)
	slices.Sort(own)
	hint := spec.Suggest(strings.Replace(name, ":", ".", 1), own)
	switch {
	case hint != "":
	case len(own) > 0:
		hint = "; 'understudy modules " + module + "' lists those that there are"
	default:
		hint = spec.Suggest(name, names)
	}
	return usage("unknown function %q%s", name, hint)
}
