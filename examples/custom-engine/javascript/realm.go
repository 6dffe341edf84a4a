package javascript

import (
	_ "embed"
	"math/rand/v2"
	"strings"

	"github.com/dop251/goja"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// realm is one goja.Runtime. A Runtime has one call stack, enough for one task;
// so each coroutine of a process gets a realm of its own. The realms of a
// process share its functions and values, as the frames of a web page do: a
// closure that is called in a realm runs on the stack of that realm.
type realm struct {
	*goja.Runtime
	task    *task         // that uses it, nil if none
	depth   int           // of the stack when the task left it
	apply   goja.Callable // apply(f, ...args) calls f on this stack
	results *goja.Object  // prototype of lists of results
}

//go:embed prelude.js
var prelude string

// enter gives the task a new realm with the globals of the process.
func (in *instance) enter(t *task) {
	r := &realm{Runtime: goja.New(), task: t}
	t.realm = r
	r.SetMaxCallStackSize(2 * maxDepth)
	r.SetRandSource(rand.New(rand.NewPCG(t.Process().Seed(), uint64(len(in.realms)))).Float64)
	start, _ := goja.AssertFunction(must(r.RunProgram(in.program.prelude)))
	tools := must(start(goja.Undefined(), r.ToValue(in.program.generators))).(*goja.Object)
	r.apply, _ = goja.AssertFunction(tools.Get("apply"))
	r.global("Results", tools.Get("Results"))
	r.results = tools.Get("Results").(*goja.Object).Get("prototype").(*goja.Object)

	r.global(tickName, r.host(tickName, func(goja.FunctionCall) goja.Value { return in.current.tick(r) }))
	r.global("print", r.host("print", in.print))
	for _, m := range in.program.source.Modules {
		if m.Always {
			r.global(m.Name, in.values.Show(binding.Members{Module: m}))
		}
	}
	in.realms = append(in.realms, r)
}

// hostName begins the names of all functions that lead into the runtime.
const hostName = "host "

// host makes a function of the runtime.
func (r *realm) host(name string, f func(goja.FunctionCall) goja.Value) goja.Value {
	v := r.ToValue(f)
	constant(v.(*goja.Object), "name", r.ToValue(hostName+name))
	return v
}

// global defines a constant of the realm.
func (r *realm) global(name string, v goja.Value) { constant(r.GlobalObject(), name, v) }

// constant defines a read-only property. Set would refuse an object of another
// realm.
func constant(o *goja.Object, name string, v goja.Value) {
	if err := o.DefineDataProperty(name, v, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE); err != nil {
		panic(err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// print writes a line to the output of the runtime (13.25).
func (in *instance) print(call goja.FunctionCall) goja.Value {
	words := each(call.Arguments, func(v goja.Value) string { return toBytes(v.ToString()) })
	t := in.current
	t.host(func() error { return t.Process().Print(strings.Join(words, " ")) })
	return goja.Undefined()
}
