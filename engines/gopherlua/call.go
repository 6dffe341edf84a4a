package gopherlua

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/engines/internal/luatable"
	"github.com/understudy-run/understudy/hostapi"
)

// call is one call of a host function over the stack of an LState. Calls are
// reused; several are in use while calls of other coroutines wait.
type call struct {
	luatable.Arguments
	in     *instance
	l      *lua.LState
	task   hostapi.Task
	self   hostapi.Object
	offset int // stack index of argument 0
	n      int
	out    []lua.LValue
}

// muchMade are the bytes that one call may make for the script without telling
// the ledger at once.
const muchMade = 64 << 10

// bind makes the native function for a function of a module, or with t for a
// method.
func bind(f *hostapi.Func, t *hostapi.ObjectType) *lua.LFunction {
	return native(func(l *lua.LState) int {
		s := strandOf(l)
		c := s.in.newCall()
		c.l, c.task, c.offset, c.n = l, s.task.host, 1, l.GetTop()
		if t != nil {
			c.self = objectOf(l.Get(1))
			if c.self == nil || c.self.ObjectType() != t {
				s.fail(l, lualib.NotAMethod(f, t))
			}
			c.offset, c.n = 2, c.n-1
		}
		s.in.pace.Leave()
		err := hostapi.Invoke(f, c)
		s.in.pace.Return()
		s.collected = s.garbage.Load()
		if err != nil {
			s.in.freeCall(c)
			s.fail(l, hintAtColon(l, err))
		}
		for _, v := range c.out {
			l.Push(v)
		}
		n := len(c.out)
		s.in.freeCall(c)
		if s.in.made > muchMade && s.account(0) != nil {
			s.kill(l)
		}
		return n
	})
}

// hintAtColon tells what may be wrong with the arguments of module:function(...).
func hintAtColon(l *lua.LState, err error) error {
	e, ok := err.(*hostapi.Error)
	if !ok || e.Kind != hostapi.Invalid {
		return err
	}
	if t, ok := l.Get(1).(*lua.LTable); !ok || !isModule(t) {
		return err
	}
	hinted := *e
	hinted.Message += "; called with ':' instead of '.'"
	return &hinted
}

func (in *instance) newCall() *call {
	if n := len(in.calls); n > 0 {
		c := in.calls[n-1]
		in.calls = in.calls[:n-1]
		return c
	}
	return &call{in: in, Arguments: luatable.Arguments{Opener: in.open}}
}

func (in *instance) freeCall(c *call) {
	clear(c.out)
	*c = call{in: in, Arguments: c.Arguments, out: c.out[:0]}
	if cap(c.out) > 64 {
		c.out = nil
	}
	in.calls = append(in.calls, c)
}

// Task is the task that makes the call.
func (c *call) Task() hostapi.Task { return c.task }

// Self is the object whose method is called.
func (c *call) Self() hostapi.Object { return c.self }

// Len is the number of arguments.
func (c *call) Len() int { return c.n }

// Arg gives argument i, counted from 0.
func (c *call) Arg(i int) hostapi.Value {
	if i >= c.n {
		return hostapi.Value{}
	}
	return value(c.l.Get(c.offset + i))
}

// Function gives argument i as a function.
func (c *call) Function(i int) hostapi.Function {
	if i >= c.n {
		return nil
	}
	v := c.l.Get(c.offset + i)
	if !callable(c.l, v) {
		return nil
	}
	return &function{c.in, v}
}

// MarkList has a table count as a list while it is empty.
func (c *call) MarkList(v hostapi.Value) error {
	t, ok := v.Ref().(*lua.LTable)
	if ok {
		c.in.unfold(t)
	}
	switch {
	case !ok:
		return nil // a payload, which becomes a table of the script later
	case t.Metatable == lua.LNil:
		t.Metatable = c.in.engine.emptyList
	case t.Metatable != c.in.engine.emptyList:
		return lualib.HasMetatable()
	}
	return nil
}

// Import makes the script's own copy of a payload.
func (c *call) Import(v hostapi.Value) hostapi.Value { return value(c.in.push(v)) }

// Push adds a result.
func (c *call) Push(v hostapi.Value) { c.out = append(c.out, c.in.push(v)) }
