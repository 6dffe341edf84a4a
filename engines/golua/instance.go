package golua

import (
	"slices"
	"weak"

	lua "github.com/Shopify/go-lua"

	shared "github.com/understudy-run/understudy/engines/internal/coroutine"
	"github.com/understudy-run/understudy/engines/internal/luaerror"
	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

// instance is the interpreter state of one process.
type instance struct {
	engine    *engine
	program   *program
	chunks    []chunkCopy
	libraries []library // that have run
	result    any       // what the entry's chunk returned
	main      *thread   // that ran the top level; the first task goes on with it
	mainUsed  bool
	deep      *lua.State // where calls nest deep, see watchDepth

	// variables are those that inputs have declared, each the first upvalue of a function
	// (61.7).
	variables map[string]any

	globals any      // the table _G
	filled  bool     // all globals are in it, and it has no metatable of ours
	strings any      // metatable of strings once a method was called
	tables  []member // of the libraries that were used
	// modules holds the read-only modules with constants of the process.
	modules map[*hostapi.Module]any
	random  *lualib.Random
	rarely  *seldom // nil until something of it is needed
	// positions are those of thrown strings.
	positions luaerror.Positions

	coroutines shared.Set[lualib.Value]

	tasks   *thread                   // those of tasks that have not ended
	manuals []weak.Pointer[coroutine] // with some that have ended
	holders []weak.Pointer[wrapper]   // of objects that hold values, with some that are garbage
	account *account                  // nil until something was executed or charged
}

// seldom is what few processes have.
type seldom struct {
	helpers
	cursors []*cursor // of next, that used last at the end
	nothing any       // the table that stands for no __index, see events.go
	sparse  any       // the metatable of tables with many integer keys, see sparse.go
	list    any       // the metatable of tables that are lists while they are empty (1.5)
	passers []any     // by number of arguments, see varargs.go
}

// seldom gives what few processes have.
func (in *instance) seldom() *seldom {
	if in.rarely == nil {
		in.rarely = &seldom{}
	}
	return in.rarely
}

// library is an imported program and what its chunk returned.
type library struct {
	program *program
	value   any
}

func newInstance(p *program, t hostapi.Task) *instance {
	in := &instance{engine: p.engine, program: p}
	l := lua.NewState()
	l.PushGlobalTable()
	l.PushLightUserData(p.engine.globals)
	l.SetMetaTable(-2)
	in.globals = pop(l)
	in.main = in.newThread(l, &run{task: t})
	return in
}

// Method finds the entry method (clause 2.12).
func (in *instance) Method(name string) (hostapi.Function, error) {
	l := in.main.state
	l.PushLightUserData(in.result)
	defer l.Pop(1)
	switch l.TypeOf(-1) {
	case lua.TypeFunction:
		return &function{in, in.result}, nil
	case lua.TypeTable:
		l.PushString(name)
		l.RawGet(-2)
		defer l.Pop(1)
		if l.IsFunction(-1) {
			return &function{in, rawAt(in.engine, l, -1)}, nil
		}
	}
	return nil, lualib.NoMethod(name)
}

// Methods gives the names of the functions in what the entry returned.
func (in *instance) Methods() []string { return in.named(func(any) bool { return true }) }

// MethodOf gives the name under which the entry returned a function.
func (in *instance) MethodOf(fn hostapi.Value) string {
	if names := in.named(func(v any) bool { return v == fn.Ref() }); len(names) > 0 {
		return names[0]
	}
	return ""
}

// FunctionOf gives a function as one that the core can run.
func (in *instance) FunctionOf(fn hostapi.Value) hostapi.Function {
	if fn.Type() == hostapi.TypeFunction {
		return &function{in, fn.Ref()}
	}
	return nil
}

// named gives the names of some functions in what the entry returned, sorted.
func (in *instance) named(wanted func(fn any) bool) []string {
	l := in.main.state
	l.PushLightUserData(in.result)
	defer l.Pop(1)
	if !l.IsTable(-1) {
		return nil
	}
	var names []string
	_ = each(in.main, l, in.result, func(key, v any) error {
		if name, ok := key.(string); ok && wanted(v) {
			if fn, _ := in.Method(name); fn != nil {
				names = append(names, name)
			}
		}
		return nil
	})
	slices.Sort(names)
	return names
}

// Copy takes the payload copy of a value.
func (in *instance) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return in.main.opener(in.main.state).Copy(v, cp)
}

// Close unwinds what manual coroutines are suspended and gives back the copies
// of the compiled code.
func (in *instance) Close() {
	in.coroutines.Close()
	in.main.state.SetTop(0) // it may have been killed anywhere
	for _, c := range in.chunks {
		in.setUpvalues(in.main.state, c.main, nil)
		if c.program.coverage == nil { // whose code is as it was
			c.program.spare.Put(c.main)
		}
	}
	in.chunks = nil
}

// function is a function of the script.
type function struct {
	in  *instance
	raw any
}

// Call runs the function in a thread of its own.
func (f *function) Call(t hostapi.Task, args []hostapi.Value) ([]hostapi.Value, error) {
	var th *thread
	if f.in.mainUsed {
		th = f.in.newThread(nil, nil)
	} else {
		f.in.mainUsed = true
		th = f.in.main
	}
	raws := make([]any, len(args))
	for i, a := range args {
		raws[i] = th.raw(a)
	}
	results, err := th.runTask(t, f.raw, raws)
	if err != nil {
		return nil, err
	}
	out := make([]hostapi.Value, len(results))
	for i, r := range results {
		out[i] = th.value(r)
	}
	return out, nil
}

// began puts the thread of a task on the list.
func (in *instance) began(th *thread) {
	if th.prev, th.next = nil, in.tasks; th.next != nil {
		th.next.prev = th
	}
	in.tasks = th
}

// ended takes it off.
func (in *instance) ended(th *thread) {
	if th.prev != nil {
		th.prev.next = th.next
	} else {
		in.tasks = th.next
	}
	if th.next != nil {
		th.next.prev = th.prev
	}
	th.prev, th.next = nil, nil
}
