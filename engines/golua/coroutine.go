package golua

import (
	"weak"

	shared "github.com/understudy-run/understudy/engines/internal/coroutine"
	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

// coroutine is a manual coroutine with a thread of its own.
type coroutine struct {
	manual    *lualib.Manual
	fn        any
	th        *thread
	resumedBy *thread // while it runs
	handle    weak.Pointer[handle]
}

// handle is what the script holds of a manual coroutine.
type handle struct {
	hostapi.Handle
	manual *lualib.Manual
}

// ObjectType is CoroutineType.
func (*handle) ObjectType() *hostapi.ObjectType { return hostapi.CoroutineType }

// String is the text form.
func (*handle) String() string { return "thread" }

// resumer gives the thread that waits for th, nil for a task.
func (th *thread) resumer() *thread {
	if th.co == nil {
		return nil
	}
	return th.co.resumedBy
}

// reap ends the coroutines that the script has lost.
func (th *thread) reap() {
	for range th.in.coroutines.Reap() {
		th.leave()
	}
}

// leave gives back what a coroutine that has ended took.
func (th *thread) leave() {
	th.run.task.RemoveCoroutine()
	th.refund(stateSize)
}

// Run calls the function of the coroutine.
func (co *coroutine) Run(args []any) (results []any, failed bool) {
	defer func() {
		if r := recover(); r != nil && !co.th.run.killed {
			panic(r)
		}
	}()
	results, t := co.th.call(co.th.state, co.fn, args)
	co.th.in.noLongerDeep(co.th.state)
	if t != nil {
		return []any{t.value}, true
	}
	return results, false
}

// Kill marks the coroutine, and it alone, as killed.
func (co *coroutine) Kill() { co.th.run = &run{killed: true} }

// NewCoroutine makes a suspended coroutine and its handle.
func (c *libraryCall) NewCoroutine(fn lualib.Value) lualib.Value {
	th := c.th
	th.reap()
	c.check(th.run.task.AddCoroutine())
	th.charge(stateSize)
	co := &coroutine{fn: fn, th: th.in.newThread(nil, nil)}
	co.th.co = co
	co.manual = th.in.coroutines.New(co)
	h := &handle{manual: co.manual}
	co.handle = weak.Make(h)
	th.in.track(co)
	shared.Track(&th.in.coroutines, co.manual, h)
	return th.in.engine.wrap(c.l, h)
}

// Coroutine gives what v is a handle of.
func (c *libraryCall) Coroutine(v lualib.Value) lualib.Coroutine {
	c.l.PushLightUserData(v)
	defer c.l.Pop(1)
	switch o := c.l.ToUserData(-1).(type) {
	case *handle:
		return o.manual
	case hostapi.Coroutine:
		return o
	}
	return nil
}

// Current gives the coroutine that makes the call and its handle.
func (c *libraryCall) Current() (*lualib.Manual, lualib.Value) {
	co := c.th.co
	if co == nil {
		return nil, c.th.in.engine.wrap(c.l, c.th.run.task.Coroutine())
	}
	if h := co.handle.Value(); h != nil {
		return co.manual, c.th.in.engine.wrap(c.l, h)
	}
	return co.manual, nil
}

// Resume runs a suspended coroutine on behalf of the thread.
func (c *libraryCall) Resume(m *lualib.Manual, args []lualib.Value) (values []lualib.Value, failed bool) {
	th := c.th
	th.reap()
	if th.level >= maxLevels {
		c.Throw(&lualib.Error{Message: overflow})
	}
	co := m.Body().(*coroutine)
	inner := co.th
	inner.level += th.level + 1
	inner.run, co.resumedBy = th.run, th
	th.in.hasten(inner.state)
	values, failed, left := th.in.coroutines.Resume(m, args)
	inner.level -= th.level + 1
	co.resumedBy = nil
	if left {
		th.leave()
	}
	if th.run.killed {
		panic(hostapi.ErrKilled)
	}
	th.work += inner.work
	inner.work = 0
	th.settle(th.state, inner.state)
	return values, failed
}

// Yield suspends the coroutine of the thread.
func (c *libraryCall) Yield(values []lualib.Value) []lualib.Value {
	args, ok := c.th.co.manual.Yield(values)
	if !ok || c.th.run.killed {
		panic(hostapi.ErrKilled)
	}
	return args
}
