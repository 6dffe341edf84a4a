package gopherlua

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/engines/internal/luatable"
	"github.com/understudy-run/understudy/hostapi"
)

// call is one call of a host function over the stack of an LState. A strand has one,
// since it runs no code of the script meanwhile.
type call struct {
	luatable.Arguments
	s      *strand
	l      *lua.LState
	self   hostapi.Object
	offset int // stack index of argument 0
	n      int
	out    []lua.LValue
}

// muchMade are the bytes that one call may make for the script without telling
// the ledger at once.
const muchMade = 64 << 10

// mostKept is for how many results a strand keeps the room.
const mostKept = 64

// bind makes the native function for a function of a module, or with t for a
// method.
func bind(f *hostapi.Func, t *hostapi.ObjectType) *lua.LFunction {
	return native(func(l *lua.LState) int {
		s := strandOf(l)
		c := s.call
		if c == nil {
			c = &call{s: s, Arguments: luatable.Arguments{Opener: s.in.open}}
			s.call = c
		}
		c.l, c.offset, c.n = l, 1, l.GetTop()
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
		out := c.out
		c.l, c.self, c.out = nil, nil, out[:0]
		if err != nil {
			clear(out)
			s.fail(l, hintAtColon(l, err))
		}
		for i, v := range out {
			l.Push(v)
			out[i] = nil
		}
		n := len(out)
		if n > mostKept {
			c.out = nil
		}
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

// Task is the task that makes the call.
func (c *call) Task() hostapi.Task { return c.s.task.host }

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
	return &function{c.s.in, v}
}

// MarkList has a table count as a list while it is empty.
func (c *call) MarkList(v hostapi.Value) error {
	t, ok := v.Ref().(*lua.LTable)
	if ok {
		c.s.in.unfold(t)
	}
	switch {
	case !ok:
		return nil // a payload, which becomes a table of the script later
	case t.Metatable == lua.LNil:
		t.Metatable = c.s.in.engine.emptyList
	case t.Metatable != c.s.in.engine.emptyList:
		return lualib.HasMetatable()
	}
	return nil
}

// Import makes the script's own copy of a payload.
func (c *call) Import(v hostapi.Value) hostapi.Value { return value(c.s.in.push(v)) }

// Push adds a result.
func (c *call) Push(v hostapi.Value) { c.out = append(c.out, c.s.in.push(v)) }
