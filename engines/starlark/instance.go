package starlark

import (
	"cmp"
	"maps"
	"slices"

	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/engines/internal/pace"
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// instance is the interpreter state of one process.
type instance struct {
	engine     *engine
	program    *program
	libraries  map[*program]*libraryModule
	modules    map[*moduleTable]*module
	current    *task               // the one whose code runs now
	tasks      *task               // that have not ended, the youngest first
	globals    starlark.StringDict // of the entry, once its top level has ended
	typed      starlark.StringDict // what inputs find by their names; nil: there was none
	ledger     ledger.Ledger
	pace       pace.Pace
	widened    widened
	numberKey  starlark.Value // the last key that is a large number
	numberHash uint32
	calls      *call // free ones

	comprehension *comprehension // a free one
	placed        *placed        // a free one
}

// Method finds the global function of that name (clause 2.12).
func (in *instance) Method(name string) (hostapi.Function, error) {
	fn, ok := in.globals[name].(starlark.Callable)
	if !ok {
		return nil, noMethod(name)
	}
	return newMethod(in, fn)
}

// Methods gives the names of the global functions, in the order of the source.
func (in *instance) Methods() []string {
	functions := make(map[string]*starlark.Function)
	for name, v := range in.globals {
		if fn, ok := v.(*starlark.Function); ok {
			functions[name] = fn
		}
	}
	return slices.SortedFunc(maps.Keys(functions), func(a, b string) int {
		p, q := functions[a].Position(), functions[b].Position()
		return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Col, q.Col), cmp.Compare(a, b))
	})
}

// MethodOf gives the name of the global function that fn is.
func (in *instance) MethodOf(fn hostapi.Value) string {
	for _, name := range in.Methods() {
		if in.globals[name] == fn.Ref() {
			return name
		}
	}
	return ""
}

// FunctionOf gives a function as one that the core can run, with any number of arguments.
func (in *instance) FunctionOf(fn hostapi.Value) hostapi.Function {
	if fn, ok := fn.Ref().(starlark.Callable); ok {
		if m, err := newMethod(in, fn); err == nil {
			return m
		}
	}
	return nil
}

// Copy takes the payload copy of v (clause 1.6).
func (in *instance) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return cp.Value(v, func(v hostapi.Value) (hostapi.Value, error) {
		return copyValue(v.Ref().(starlark.Value), cp)
	})
}

// Close drops the state.
func (in *instance) Close() { *in = instance{} }

// module gives the process's one value for a module (clause 14.16).
func (in *instance) module(table *moduleTable) *module {
	m := in.modules[table]
	if m == nil {
		m = &module{table: table, instance: in}
		if in.modules == nil {
			in.modules = map[*moduleTable]*module{}
		}
		in.modules[table] = m
	}
	return m
}
