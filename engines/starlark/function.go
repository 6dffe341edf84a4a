package starlark

import (
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// function is a script's function as the core runs it: in a task of its own.
type function struct {
	instance *instance
	fn       starlark.Callable
	given    []starlark.Tuple // named arguments of the call it comes from
	kwargs   []starlark.Tuple
}

var _ hostapi.KeywordFunction = (*function)(nil)

// WithKeywords passes on the named arguments as they were written.
func (f *function) WithKeywords([]hostapi.Entry) hostapi.Function {
	f.kwargs = f.given
	return f
}

// Call runs the function with the arguments given, as the language does.
func (f *function) Call(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
	return f.instance.newTask(t).call(f.fn, fromHostAll(args), f.kwargs)
}

// method is the entry method: it takes any number of arguments (clause 2.14).
type method struct {
	function
	positional int  // parameters that can be given by position
	rest       bool // has *args
}

func newMethod(in *instance, callable starlark.Callable) (hostapi.Function, error) {
	m := &method{function: function{instance: in, fn: callable}}
	fn, ok := callable.(*starlark.Function)
	if !ok {
		m.rest = true // a built-in: it checks its arguments itself
		return m, nil
	}
	m.rest = fn.HasVarargs()
	m.positional = fn.NumParams() - fn.NumKwonlyParams()
	if m.rest {
		m.positional--
	}
	if fn.HasKwargs() {
		m.positional--
	}
	for i := m.positional; i < m.positional+fn.NumKwonlyParams(); i++ {
		if fn.ParamDefault(i) == nil {
			name, _ := fn.Param(i)
			return nil, hostapi.Errorf(hostapi.Invalid, "method %s has the keyword-only parameter %s without default", fn.Name(), name)
		}
	}
	return m, nil
}

// Call drops surplus arguments and gives None for missing ones.
func (m *method) Call(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
	return m.instance.newTask(t).call(m.fn, m.arguments(args), nil)
}

//go:noinline
func (m *method) arguments(args []hostapi.Value) starlark.Tuple {
	if len(args) > m.positional && !m.rest {
		args = args[:m.positional]
	}
	values := fromHostAll(args)
	if fn, ok := m.fn.(*starlark.Function); ok {
		for i := len(values); i < m.positional && fn.ParamDefault(i) == nil; i++ {
			values = append(values, starlark.None)
		}
	}
	return values
}
