package javascript

import (
	_ "embed"
	"math/rand/v2"
	"strings"

	"github.com/dop251/goja"
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
	mapOf   goja.Callable // mapOf(k, v, ...) makes a Map
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
	prelude, err := r.RunProgram(in.program.prelude)
	if err != nil {
		panic(err)
	}
	r.apply, _ = goja.AssertFunction(prelude)
	v, err := r.apply(goja.Undefined(), r.ToValue(in.program.generators))
	if err != nil {
		panic(err)
	}
	tools := v.(*goja.Object)
	r.apply, _ = goja.AssertFunction(tools.Get("apply"))
	r.mapOf, _ = goja.AssertFunction(tools.Get("mapOf"))
	r.global("Results", tools.Get("Results"))
	r.results = tools.Get("Results").(*goja.Object).Get("prototype").(*goja.Object)

	r.global(tickName, r.host(tickName, func(goja.FunctionCall) goja.Value { return in.current.tick(r) }))
	r.global("print", r.host("print", in.print))
	for _, m := range in.program.source.Modules {
		if m.Always {
			r.global(m.Name, in.module(m))
		}
	}
	in.realms = append(in.realms, r)
}

// hostName begins the names of all functions that lead into the runtime.
const hostName = "host "

// host makes a function of the runtime.
func (r *realm) host(name string, f func(goja.FunctionCall) goja.Value) *goja.Object {
	v := r.ToValue(f).(*goja.Object)
	if err := v.DefineDataProperty("name", r.ToValue(hostName+name), goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE); err != nil {
		panic(err)
	}
	return v
}

// global defines a constant. Set would refuse an object of another realm.
func (r *realm) global(name string, v goja.Value) {
	if err := r.GlobalObject().DefineDataProperty(name, v, goja.FLAG_FALSE, goja.FLAG_FALSE, goja.FLAG_FALSE); err != nil {
		panic(err)
	}
}

// stackDepth counts the frames of a realm's stack, those included that a
// parked task has left there.
func (in *instance) stackDepth(r *realm) int {
	in.frames = r.CaptureCallStack(0, in.frames[:0])
	return len(in.frames)
}

// print writes a line to the output of the runtime (13.25).
func (in *instance) print(call goja.FunctionCall) goja.Value {
	words := make([]string, len(call.Arguments))
	for i, v := range call.Arguments {
		words[i] = toBytes(v.ToString())
	}
	t := in.current
	t.host(func() error { return t.Process().Print(strings.Join(words, " ")) })
	return goja.Undefined()
}
