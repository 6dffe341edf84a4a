package lualib

import (
	"github.com/understudy-run/understudy/engines/internal/coroutine"
	"github.com/understudy-run/understudy/hostapi"
)

// Coroutine is what a script knows as a coroutine: a *Manual, or the
// hostapi.Coroutine of a task.
type Coroutine interface{ Status() string }

// Manual is a manual coroutine (clause 9.10).
type Manual = coroutine.Coroutine[Value]

// Coroutines is what the coroutine library needs of an engine.
type Coroutines interface {
	// NewCoroutine makes a suspended manual coroutine that will call fn, and
	// gives its handle.
	NewCoroutine(fn Value) (handle Value)
	// Coroutine gives the coroutine that v is the handle of, nil if it is none.
	Coroutine(v Value) Coroutine
	// Current gives the manual coroutine that makes the call, nil in a task, and
	// the handle of the one or the other.
	Current() (co *Manual, handle Value)
	// Resume runs a suspended coroutine until it yields or ends. With failed set
	// values are the one that it threw.
	Resume(co *Manual, args []Value) (values []Value, failed bool)
	// Yield suspends the current coroutine until it is resumed.
	Yield(values []Value) (args []Value)
}

// Thrown is the error that throws a value of the script as it is.
type Thrown struct{ Value Value }

// Error says that something was thrown.
func (*Thrown) Error() string { return "lualib: a thrown value" }

// CoroutineLibrary gives the members of the coroutine library that are the
// language's own (clause 9.10). Where the host has a function of the same name,
// as yield, the engine calls that one in a task and ours in a coroutine.
func CoroutineLibrary() []Member {
	return []Member{
		{Name: "create", Func: coroutineCreate},
		{Name: "isyieldable", Func: coroutineIsyieldable},
		{Name: "resume", Func: coroutineResume},
		{Name: "running", Func: coroutineRunning},
		{Name: "status", Func: coroutineStatus},
		{Name: "wrap", Func: coroutineWrap},
		{Name: "yield", Func: coroutineYield},
	}
}

func (a args) newCoroutine() Value {
	fn := a.Arg(1)
	if a.Kind(fn) != KindFunction {
		a.Throw(hostapi.Errorf(hostapi.Invalid, "%s: argument #1 (f) must be a function, got %s", a.name, a.TypeName(fn)))
	}
	return a.NewCoroutine(fn)
}

func (a args) coroutine() Coroutine {
	co := a.Coroutine(a.Arg(1))
	if co == nil {
		a.Throw(hostapi.Errorf(hostapi.Invalid, "%s: argument #1 (co) must be a coroutine, got %s", a.name, a.TypeName(a.Arg(1))))
	}
	return co
}

// from gives the arguments from number i on.
func (a args) from(i int) []Value {
	n := a.Len() - i + 1
	if n <= 0 {
		return nil
	}
	values := make([]Value, n)
	for k := range values {
		values[k] = a.Arg(i + k)
	}
	return values
}

// pushAll pushes first, unless it is nil, and the values.
func (a args) pushAll(first Value, values []Value) int {
	n := len(values)
	if first != nil {
		n++
	}
	if n > 4 {
		a.Reserve(n)
	}
	if first != nil {
		a.Push(first)
	}
	for _, v := range values {
		a.Push(v)
	}
	return n
}

func coroutineCreate(c Call) int {
	c.Push(args{c, "create"}.newCoroutine())
	return 1
}

func coroutineWrap(c Call) int {
	handle := args{c, "wrap"}.newCoroutine()
	fn := c.Function("wrap", func(c Call) int {
		co := c.Coroutine(handle).(*Manual)
		if text := co.Refusal(); text != "" {
			fail(c, "%s", text)
		}
		a := args{c, "wrap"}
		values, failed := c.Resume(co, a.from(1))
		if failed {
			return c.Failed(&Thrown{values[0]})
		}
		return a.pushAll(nil, values)
	})
	c.Push(keeping(c, fn, handle))
	return 1
}

func coroutineResume(c Call) int {
	a := args{c, "resume"}
	co := a.coroutine()
	text := "cannot resume non-suspended coroutine"
	manual, ok := co.(*Manual)
	switch {
	case ok:
		text = manual.Refusal()
	case co.Status() == "dead":
		text = "cannot resume dead coroutine"
	}
	if text != "" {
		return a.pushAll(a.Bool(false), []Value{a.String(text)})
	}
	values, failed := c.Resume(manual, a.from(2))
	return a.pushAll(a.Bool(!failed), values)
}

func coroutineStatus(c Call) int {
	a := args{c, "status"}
	co := a.coroutine()
	text := co.Status()
	if manual, ok := co.(*Manual); ok && text == "active" {
		text = "normal" // it waits, for another or in a call of the host
		if current, _ := c.Current(); current == manual {
			text = "running"
		}
	}
	return a.pushString(text)
}

func coroutineRunning(c Call) int {
	co, handle := c.Current()
	c.Push(handle)
	c.Push(c.Bool(co == nil))
	return 2
}

func coroutineIsyieldable(c Call) int {
	co, _ := c.Current()
	c.Push(c.Bool(co != nil))
	return 1
}

func coroutineYield(c Call) int {
	if co, _ := c.Current(); co == nil {
		c.Throw(hostapi.Errorf(hostapi.Invalid, "attempt to yield from outside a coroutine"))
	}
	a := args{c, "yield"}
	values := c.Yield(a.from(1))
	return a.pushAll(nil, values)
}
