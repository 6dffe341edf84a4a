package gopherlua

import (
	"context"
	"weak"

	lua "github.com/yuin/gopher-lua"

	shared "github.com/understudy-run/understudy/engines/internal/coroutine"
	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

// coroutine is a manual coroutine with a strand of its own.
type coroutine struct {
	manual  *lualib.Manual
	fn      lua.LValue
	strand  *strand
	resumer *strand // while it runs
	handle  weak.Pointer[lua.LState]
}

// handle makes an LState, which never runs, the script's value for a coroutine:
// a hostapi.Coroutine or a *manual.
type handle struct {
	context.Context // nil
	hostapi.Object
}

// String is the text form.
func (h *handle) String() string { return h.Object.String() }

// newHandle makes the value, which it keeps in the object.
func newHandle(h *handle) *lua.LState {
	l := &lua.LState{}
	l.SetContext(h)
	h.SetWrapper(l)
	return l
}

func handleOf(l *lua.LState) *handle { return l.Context().(*handle) }

// manual is a manual coroutine as an object.
type manual struct {
	hostapi.Handle
	*lualib.Manual
}

// ObjectType is CoroutineType.
func (*manual) ObjectType() *hostapi.ObjectType { return hostapi.CoroutineType }

// String is the text form.
func (*manual) String() string { return "thread" }

// resumer is the strand that waits for s to yield or end, nil if there is none.
func (s *strand) resumer() *strand {
	if s.co == nil {
		return nil
	}
	return s.co.resumer
}

// reap ends the coroutines that the script has lost.
func (s *strand) reap() {
	for range s.in.coroutines.Reap() {
		s.task.host.RemoveCoroutine()
	}
}

// Run calls the function of the coroutine.
func (co *coroutine) Run(args []lualib.Value) (results []lualib.Value, failed bool) {
	s := co.strand
	l := s.in.engine.acquire(s)
	defer s.in.engine.release(l)
	l.Push(s.in.engine.guard)
	l.Push(co.fn)
	co.fn = nil
	reserve(l, len(args))
	for _, v := range args {
		l.Push(v.(lua.LValue))
	}
	if thrown, ok := s.run(l, len(args)); !ok {
		return []lualib.Value{thrown}, true
	}
	for i := 1; i <= l.GetTop(); i++ {
		results = append(results, l.Get(i))
	}
	return results, false
}

// Kill marks the coroutine, and it alone, as killed.
func (co *coroutine) Kill() {
	co.strand.task = &task{host: co.strand.task.host, killed: true}
	co.strand.left = 0
}

// NewCoroutine makes a suspended coroutine and its handle.
func (c *libCall) NewCoroutine(fn lualib.Value) lualib.Value {
	s := c.s
	s.reap()
	c.check(s.task.host.AddCoroutine())
	co := &coroutine{fn: fn.(lua.LValue)}
	co.strand = &strand{in: s.in, co: co, garbage: s.garbage, collected: s.collected}
	co.manual = s.in.coroutines.New(co)
	v := newHandle(&handle{Object: &manual{Manual: co.manual}})
	co.handle = weak.Make(v)
	shared.Track(&s.in.coroutines, co.manual, v)
	return v
}

// Coroutine gives what v is a handle of.
func (c *libCall) Coroutine(v lualib.Value) lualib.Coroutine {
	switch o := objectOf(v.(lua.LValue)).(type) {
	case *manual:
		return o.Manual
	case hostapi.Coroutine:
		return o
	}
	return nil
}

// Current gives the coroutine that makes the call and its handle.
func (c *libCall) Current() (*lualib.Manual, lualib.Value) {
	if c.s.co != nil {
		return c.s.co.manual, c.s.co.handle.Value()
	}
	return nil, c.s.in.wrap(c.s.task.host.Coroutine())
}

// Resume runs a suspended coroutine on behalf of the strand.
func (c *libCall) Resume(m *lualib.Manual, args []lualib.Value) (values []lualib.Value, failed bool) {
	s := c.s
	s.reap()
	if s.below+len(s.levels) > maxLevels {
		c.Throw(&lualib.Error{Message: "stack overflow"})
	}
	co := m.Body().(*coroutine)
	co.resumer = s
	co.strand.task, co.strand.below = s.task, s.below+len(s.levels)
	co.strand.left, co.strand.quota = s.left, s.quota
	s.child = co.strand
	values, failed, left := s.in.coroutines.Resume(m, args)
	s.left, s.quota = co.strand.left, co.strand.quota
	co.resumer, s.child = nil, nil
	if left {
		s.task.host.RemoveCoroutine()
	}
	if s.task.killed {
		c.Throw(hostapi.ErrKilled)
	}
	return values, failed
}

// Yield suspends the coroutine of the strand.
func (c *libCall) Yield(values []lualib.Value) []lualib.Value {
	args, ok := c.s.co.manual.Yield(values)
	if !ok {
		c.Throw(hostapi.ErrKilled)
	}
	return args
}
