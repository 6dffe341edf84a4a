package javascript

import (
	"github.com/dop251/goja"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// instance is the interpreter state of one process.
type instance struct {
	program *program
	realms  []*realm // the first is that of main
	current *task    // the one whose code runs
	astray  *task    // one that may wait where it must not
	exports map[*program]*goja.Object
	values  *binding.Values[goja.Value]
	frames  []goja.StackFrame // scratch of depth
}

// Method finds the exported function of that name (clause 2.12).
func (in *instance) Method(name string) (hostapi.Function, error) {
	var method goja.Value
	if ex := in.realms[0].Try(func() { method = in.exports[in.program].Get(name) }); ex != nil {
		return nil, hostapi.Errorf(hostapi.Invalid, "method %s: %s", name, ex.Value())
	}
	if _, ok := goja.AssertFunction(method); !ok {
		return nil, nil
	}
	return &function{in, method}, nil
}

// Copy takes the payload copy of v.
func (in *instance) Copy(v hostapi.Value, cp *hostapi.Copier) (out hostapi.Value, err error) {
	err = in.current.Do(func() error {
		out, err = binding.Copy(v, cp, in)
		return err
	})
	return out, err
}

// Close drops the state.
func (in *instance) Close() { *in = instance{} }

// function is a script's function as the core runs it: in a task of its own. It
// takes any number of arguments, as all functions of the language do.
type function struct {
	in *instance
	fn goja.Value
}

// Call runs the function.
func (f *function) Call(ht hostapi.Task, args []hostapi.Value) (results []hostapi.Value, err error) {
	t := f.in.newTask(ht)
	defer t.end()
	defer t.Recover(&err)
	if err := f.in.onlyIn(t, nil); err != nil {
		return nil, err
	}
	v, err := t.realm.apply(goja.Undefined(), append([]goja.Value{f.fn}, each(args, f.in.FromHost)...)...)
	if err != nil {
		return nil, t.failure(err)
	}
	if o, ok := v.(*goja.Object); ok && o.Prototype() == t.realm.results {
		results, _ = f.in.Elements(toHost(v))
		return results, nil
	}
	return []hostapi.Value{toHost(v)}, nil
}
