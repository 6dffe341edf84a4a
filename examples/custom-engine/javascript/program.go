package javascript

import (
	"github.com/dop251/goja"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// program is a compiled source: immutable.
type program struct {
	source     hostapi.Source
	prelude    *goja.Program
	code       *goja.Program
	order      []*program // whose top levels run, this one the last
	generators bool       // here or in a library
}

// Source is what was compiled.
func (p *program) Source() *hostapi.Source { return &p.source }

// Load makes the state of a new process and runs the top levels.
func (p *program) Load(ht hostapi.Task) (_ hostapi.Instance, err error) {
	in := &instance{program: p, exports: map[*program]*goja.Object{}}
	in.values = binding.NewValues[goja.Value](in)
	t := in.newTask(ht)
	defer t.end()
	defer t.Recover(&err)
	for _, source := range p.order {
		in.exports[source] = t.realm.NewObject()
		require := t.realm.ToValue(func(call goja.FunctionCall) goja.Value { return in.require(source, call.Argument(0)) })
		top, err := t.realm.RunProgram(source.code)
		if err == nil {
			_, err = t.realm.apply(goja.Undefined(), top, require, in.exports[source])
		}
		if err != nil {
			return nil, t.failure(err)
		}
	}
	return in, nil
}

// require serves the modules and libraries granted to p (clause 14.16).
func (in *instance) require(p *program, name goja.Value) goja.Value {
	module, library, err := p.source.Require(toHost(name).Str())
	in.current.throw(err)
	if module != nil {
		return in.values.Show(binding.Members{Module: module})
	}
	return in.exports[library.(*program)]
}
