package golua

import (
	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/engines/internal/luatable"
	"github.com/understudy-run/understudy/hostapi"
)

// call is a call of a host function: its arguments and results lie on the stack
// of the State that makes it.
type call struct {
	luatable.Arguments
	th    *thread
	l     *lua.State
	self  hostapi.Object
	first int // stack index of the first argument
	n     int // arguments
}

// bind makes the native form of a method of objects of type t, or of a function
// if t is nil.
func bind(t *hostapi.ObjectType, f *hostapi.Func) lua.Function {
	return func(l *lua.State) int {
		th := threadOf(l)
		c := th.enter(l)
		if t != nil {
			c.self, _ = l.ToUserData(1).(hostapi.Object)
			if c.self == nil || c.self.ObjectType() != t {
				th.raise(lualib.NotAMethod(f, t))
			}
			c.first++
			c.n--
		}
		top := l.Top()
		th.leaves()
		err := hostapi.Invoke(f, c)
		th.returns()
		th.releaseTo(th.inCall-1, th.inLib)
		if err != nil {
			th.raise(err)
		}
		if a := th.in.account; a != nil && a.made > muchMade {
			th.note(0)
		}
		return l.Top() - top
	}
}

// leaves and returns bound a call of the host, whose time is not the script's. A
// process that was never measured has no account.
func (th *thread) leaves() {
	if a := th.in.account; a != nil {
		a.pace.Leave()
	}
}

func (th *thread) returns() {
	if a := th.in.account; a != nil {
		a.pace.Return()
	}
}

// enter gives a call over the arguments on the stack of l.
func (th *thread) enter(l *lua.State) *call {
	if th.inCall == len(th.calls) {
		c := &call{th: th}
		c.Opener = func(ref any) luatable.Table { return tableOn(th, c.l, ref) }
		th.calls = append(th.calls, c)
	}
	c := th.calls[th.inCall]
	th.inCall++
	c.l, c.self, c.first, c.n = l, nil, 1, l.Top()
	return c
}

// releaseTo takes back the call structures beyond those numbers.
func (th *thread) releaseTo(calls, libCalls int) {
	th.inCall = calls
	for th.inLib > libCalls {
		th.inLib--
		th.libCalls[th.inLib].release()
	}
}

// invalid throws an error of kind Invalid.
func (th *thread) invalid(format string, args ...any) {
	th.raise(hostapi.Errorf(hostapi.Invalid, format, args...))
}

func (c *call) Task() hostapi.Task   { return c.th.run.task }
func (c *call) Self() hostapi.Object { return c.self }
func (c *call) Len() int             { return c.n }
func (c *call) Import(v hostapi.Value) hostapi.Value {
	switch v.Type() {
	case hostapi.TypeList, hostapi.TypeMap, hostapi.TypeRecord, hostapi.TypeError:
		push(c.th.in.engine, c.l, v)
		out := valueAt(c.th.in.engine, c.l, -1)
		c.l.Pop(1)
		return out
	}
	return v
}

// MarkList has a table count as a list while it is empty.
func (c *call) MarkList(v hostapi.Value) error {
	if v.Type() != hostapi.TypeTable {
		return nil // a payload, which becomes a table of the script later
	}
	c.l.CheckStack(lua.MinStack)
	c.l.PushLightUserData(v.Ref())
	defer c.l.Pop(1)
	c.th.whole(c.l, c.l.AbsIndex(-1))
	t := tableOn(c.th, c.l, v.Ref()).(table)
	if mt := t.metatable(); mt != nil && !c.th.in.ours(mt) {
		return lualib.HasMetatable()
	}
	c.th.mark(c.l)
	return nil
}

// Arg gives argument i, counted from 0.
func (c *call) Arg(i int) hostapi.Value {
	if i < 0 || i >= c.n {
		return hostapi.Value{}
	}
	return valueAt(c.th.in.engine, c.l, c.first+i)
}

// Function gives argument i if it can be called.
func (c *call) Function(i int) hostapi.Function {
	if i < 0 || i >= c.n || !c.l.IsFunction(c.first+i) {
		return nil
	}
	return &function{c.th.in, c.l.ToValue(c.first + i)}
}

const (
	// muchArriving is from how many bytes on a result is noted: less is covered by what
	// the steps of the call are taken for, and many processes shall have no books.
	muchArriving = 1 << 10
	// muchMade are the bytes that one call may make for the script without telling the
	// ledger at once.
	muchMade = 64 << 10
)

// Push adds a result.
func (c *call) Push(v hostapi.Value) {
	if v.Type() > hostapi.TypeFloat {
		if n := ledger.Arriving(v); n > muchArriving {
			if a := c.th.in.books(); !a.shared.Again(v) {
				a.made += n
			}
		}
	}
	c.l.CheckStack(lua.MinStack)
	push(c.th.in.engine, c.l, v)
}
