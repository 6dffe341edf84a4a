package golua

import (
	"iter"
	"runtime"
	"weak"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// coroutine is a manual coroutine (9.10). It runs in a coroutine of Go, so that
// it may yield and wait anywhere.
type coroutine struct {
	th     *thread // nil when dead
	fn     any
	status status
	handle weak.Pointer[handle]
	place  *place

	resumedBy *thread
	values    []any // on their way in or out
	thrown    *thrown

	next  func() (struct{}, bool) // set when it has begun
	stop  func()
	yield func(struct{}) bool
}

type status uint8

const (
	suspended status = iota
	active           // running, or waiting for one that it resumed
	dead
)

// handle is what the script holds of a manual coroutine. The coroutine does not
// hold it: one that the script has lost is garbage although its Go stack waits.
type handle struct {
	hostapi.Handle
	co *coroutine
}

// ObjectType is CoroutineType.
func (*handle) ObjectType() *hostapi.ObjectType { return hostapi.CoroutineType }

// String is the text form.
func (*handle) String() string { return "thread" }

// coroutineFunctions are the functions of manual coroutines (9.10).
func coroutineFunctions() map[string]lua.Function {
	return map[string]lua.Function{
		"create":      create,
		"isyieldable": isYieldable,
		"resume":      resume,
		"running":     running,
		"status":      statusOf,
		"wrap":        wrap,
		"yield":       yield,
	}
}

// newCoroutine makes a coroutine of the function that is the first argument.
func newCoroutine(l *lua.State, name string) *handle {
	th := threadOf(l)
	th.reap()
	if !l.IsFunction(1) {
		th.invalid("%s: argument #1 (f) must be a function, got %s", name, typeName(l, 1))
	}
	if err := th.run.task.AddCoroutine(); err != nil {
		th.raise(err)
	}
	th.charge(stateSize)
	co := &coroutine{fn: l.ToValue(1), place: &place{}}
	co.place.co = weak.Make(co)
	co.th = th.in.newThread(nil, nil)
	co.th.co = co
	h := &handle{co: co}
	co.handle = weak.Make(h)
	lost := th.in.lost
	runtime.AddCleanup(h, lost.add, co.place)
	return h
}

func create(l *lua.State) int {
	h := newCoroutine(l, "create")
	push(threadOf(l).in.engine, l, hostapi.Wrap(h))
	return 1
}

func wrap(l *lua.State) int {
	h := newCoroutine(l, "wrap")
	l.PushGoFunction(func(l *lua.State) int {
		th := threadOf(l)
		results, t := h.co.resume(th, th.take(l, 0))
		if t != nil {
			throw(t.value)
		}
		return th.give(l, results)
	})
	return 1
}

// give pushes results and gives their number.
func (th *thread) give(l *lua.State, results []any) int {
	reserve(l, len(results))
	for _, v := range results {
		l.PushLightUserData(v)
	}
	return len(results)
}

// coroutineArgument gives the coroutine that is the first argument.
func coroutineArgument(l *lua.State, name string) hostapi.Object {
	o, ok := l.ToUserData(1).(hostapi.Object)
	if !ok || o.ObjectType() != hostapi.CoroutineType {
		threadOf(l).invalid("%s: argument #1 (co) must be a coroutine, got %s", name, typeName(l, 1))
	}
	return o
}

func resume(l *lua.State) int {
	th := threadOf(l)
	th.reap()
	h, ok := coroutineArgument(l, "resume").(*handle)
	t := &thrown{"cannot resume non-suspended coroutine"}
	var results []any
	if ok {
		args := th.take(l, 1)
		results, t = h.co.resume(th, args)
	}
	if t != nil {
		l.PushBoolean(false)
		l.PushLightUserData(t.value)
		return 2
	}
	l.PushBoolean(true)
	return 1 + th.give(l, results)
}

// resume runs the coroutine on behalf of th until it yields or ends.
func (co *coroutine) resume(th *thread, args []any) ([]any, *thrown) {
	switch co.status {
	case dead:
		return nil, &thrown{"cannot resume dead coroutine"}
	case active:
		return nil, &thrown{"cannot resume non-suspended coroutine"}
	}
	if th.level >= maxLevels {
		return nil, &thrown{overflow}
	}
	in := th.in
	if co.next == nil {
		co.next, co.stop = iter.Pull(co.body)
		if in.suspended == nil {
			in.suspended = map[*coroutine]struct{}{}
		}
		in.suspended[co] = struct{}{}
	}
	co.th.level += th.level + 1
	co.status, co.values, co.resumedBy, co.th.run = active, args, th, th.run
	inner := co.th
	_, alive := co.next()
	co.resumedBy = nil
	if alive {
		co.status = suspended
		co.th.level -= th.level + 1
	} else {
		co.end(th)
	}
	if th.run.killed {
		panic(hostapi.ErrKilled)
	}
	th.work += inner.work
	inner.work = 0
	th.settle(th.state, inner.state)
	values, t := co.values, co.thrown
	co.values, co.thrown = nil, nil
	return values, t
}

// body runs the coroutine's function in the coroutine of Go.
func (co *coroutine) body(yield func(struct{}) bool) {
	co.yield = yield
	defer func() {
		if r := recover(); r != nil && !co.th.run.killed {
			panic(r)
		}
	}()
	args := co.values
	co.values = nil
	co.values, co.thrown = co.th.call(co.th.state, co.fn, args)
}

// end gives back what the coroutine used.
func (co *coroutine) end(th *thread) {
	delete(th.in.suspended, co)
	co.status, co.th, co.fn = dead, nil, nil
	co.place.leave(th.run.task)
}

// unwind ends the coroutine's Go stack. No script code runs.
func (co *coroutine) unwind() {
	if co.status == suspended && co.next != nil {
		co.th.run = &run{killed: true}
		co.stop()
	}
	co.status = dead
}

func yield(l *lua.State) int {
	th := threadOf(l)
	co := th.co
	if co == nil {
		th.invalid("attempt to yield from outside a coroutine")
	}
	co.values = th.take(l, 0)
	if !co.yield(struct{}{}) || th.run.killed {
		panic(hostapi.ErrKilled)
	}
	args := co.values
	co.values = nil
	return th.give(l, args)
}

func statusOf(l *lua.State) int {
	th := threadOf(l)
	text := "dead"
	switch o := coroutineArgument(l, "status").(type) {
	case hostapi.Coroutine:
		text = o.Status()
	case *handle:
		switch {
		case o.co.status == suspended:
			text = "suspended"
		case o.co == th.co:
			text = "running"
		case o.co.status == active:
			text = "normal"
		}
	}
	l.PushString(text)
	return 1
}

func running(l *lua.State) int {
	th := threadOf(l)
	if th.co == nil {
		push(th.in.engine, l, hostapi.Wrap(th.run.task.Coroutine()))
	} else if h := th.co.handle.Value(); h != nil {
		push(th.in.engine, l, hostapi.Wrap(h))
	} else {
		l.PushNil()
	}
	l.PushBoolean(th.co == nil)
	return 2
}

func isYieldable(l *lua.State) int {
	l.PushBoolean(threadOf(l).co != nil)
	return 1
}

// resumer gives the thread that waits for th, nil for a task.
func (th *thread) resumer() *thread {
	if th.co == nil {
		return nil
	}
	return th.co.resumedBy
}
