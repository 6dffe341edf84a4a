package javascript

import (
	"github.com/dop251/goja"
	"github.com/understudy-run/understudy/hostapi"
)

// program is a compiled source: immutable.
type program struct {
	source     hostapi.Source
	prelude    *goja.Program
	code       *goja.Program
	generators bool                       // here or in a library
	modules    map[string]*hostapi.Module // what require serves
	libraries  map[string]*program        // likewise, by alias
}

// Load makes the state of a new process and runs the top levels.
func (p *program) Load(ht hostapi.Task) (_ hostapi.Instance, err error) {
	in := &instance{
		program: p,
		exports: map[*program]*goja.Object{},
		modules: map[*hostapi.Module]*goja.Object{},
		natives: map[native]*goja.Object{},
	}
	t := in.newTask(ht)
	defer t.end(&err)
	if err := in.load(p, t.realm); err != nil {
		return nil, t.failure(err)
	}
	return in, nil
}

// load runs the top levels of p's libraries, unless they have run, and then
// that of p.
func (in *instance) load(p *program, r *realm) error {
	for _, i := range p.source.Imports {
		if library := p.libraries[i.Alias]; in.exports[library] == nil {
			if err := in.load(library, r); err != nil {
				return err
			}
		}
	}
	in.exports[p] = r.NewObject()
	main, err := r.RunProgram(p.code)
	if err != nil {
		return err
	}
	require := func(call goja.FunctionCall) goja.Value { return in.require(p, call.Argument(0)) }
	_, err = r.apply(goja.Undefined(), main, r.ToValue(require), in.exports[p])
	return err
}

// require serves the modules and libraries granted to p (clause 14.16).
func (in *instance) require(p *program, name goja.Value) goja.Value {
	text := in.toHost(name).Str()
	if m := p.modules[text]; m != nil {
		return in.module(m)
	}
	if l := p.libraries[text]; l != nil {
		return in.exports[l]
	}
	panic(in.fromHost(hostapi.Wrap(hostapi.Errorf(hostapi.NotFound, "module '%s' not found", text))))
}
