package golua

import (
	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

// libraryCall is a call of a function of lualib: its arguments and results lie
// on the stack of the State that makes it. Values are raw values.
type libraryCall struct {
	th     *thread
	l      *lua.State
	n      int   // arguments
	work   int   // steps not yet reported
	grown  int64 // bytes charged
	failed error // see Failed
}

// libraryMembers gives the members of a library in native form.
func (e *engine) libraryMembers(list []lualib.Member) []member {
	members := make([]member, len(list))
	for i, m := range list {
		members[i] = member{m.Name, m.Number}
		if m.Func != nil {
			members[i].value = e.libraryFunction(m.Func)
		}
	}
	return members
}

func (e *engine) libraryFunction(f lualib.Func) any { return e.function(libraryNative(f)) }

func libraryNative(f lualib.Func) lua.Function {
	return func(l *lua.State) int {
		th := threadOf(l)
		c := th.enterLibrary(l)
		n := f(c)
		if n < 0 {
			c.Throw(c.failed)
		}
		th.releaseTo(th.inCall, th.inLib-1)
		return n
	}
}

// Failed keeps what is thrown behind the function.
func (c *libraryCall) Failed(err error) int {
	c.failed = err
	return -1
}

// Throw throws what a function of lualib gives as error. Who catches it takes back the
// call.
func (c *libraryCall) Throw(err error) {
	switch e := err.(type) {
	case *lualib.Error:
		if at := position(c.l, 1+e.Outer); e.Said && at != "" {
			c.th.in.positions.Add(at+e.Message, len(at))
			throw(at + e.Message)
		}
		throwAt(c.l, 1+e.Outer, e.Message)
	case *lualib.Thrown:
		throw(e.Value)
	}
	c.th.raise(err)
}

// check throws an error of the host, if there is one.
func (c *libraryCall) check(err error) {
	if err != nil {
		c.Throw(err)
	}
}

func (th *thread) enterLibrary(l *lua.State) *libraryCall {
	if th.inLib == len(th.libCalls) {
		th.libCalls = append(th.libCalls, &libraryCall{th: th})
	}
	c := th.libCalls[th.inLib]
	th.inLib++
	c.l, c.n = l, l.Top()
	return c
}

// release ends the call: what it allocated is garbage, but for its results.
func (c *libraryCall) release() {
	if c.grown > 0 {
		grown := c.grown
		c.grown = 0
		c.th.refund(grown)
	}
	c.l, c.failed = nil, nil
}

func (c *libraryCall) Len() int { return c.n }

func (c *libraryCall) Arg(i int) lualib.Value {
	if i > c.n {
		return nil
	}
	return rawAt(c.th.in.engine, c.l, i)
}

func (c *libraryCall) Kind(v lualib.Value) lualib.Kind {
	switch v.(type) {
	case nil:
		return lualib.KindNil
	case bool:
		return lualib.KindBool
	case float64:
		return lualib.KindNumber
	case string:
		return lualib.KindString
	}
	c.l.PushLightUserData(v)
	defer c.l.Pop(1)
	switch c.l.TypeOf(-1) {
	case lua.TypeTable:
		return lualib.KindTable
	case lua.TypeFunction:
		return lualib.KindFunction
	}
	if _, ok := c.l.ToUserData(-1).(*hostapi.ErrorObject); ok {
		return lualib.KindError
	}
	return lualib.KindOther
}

func (c *libraryCall) Truth(v lualib.Value) bool    { b, _ := v.(bool); return b }
func (c *libraryCall) Float(v lualib.Value) float64 { f, _ := v.(float64); return f }

func (c *libraryCall) Text(v lualib.Value) string {
	if s, ok := v.(string); ok {
		return s
	}
	c.l.PushLightUserData(v)
	defer c.l.Pop(1)
	return stringAt(c.l, -1)
}

func (c *libraryCall) TypeName(v lualib.Value) string {
	switch v.(type) {
	case nil:
		return "nil"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	}
	c.l.PushLightUserData(v)
	defer c.l.Pop(1)
	return typeName(c.l, -1)
}

func (c *libraryCall) RawEqual(v, w lualib.Value) bool {
	if v == nil || w == nil {
		return v == w
	}
	c.l.PushLightUserData(v)
	c.l.PushLightUserData(w)
	defer c.l.Pop(2)
	return c.l.RawEqual(-2, -1)
}

func (c *libraryCall) Nil() lualib.Value             { return nil }
func (c *libraryCall) Bool(b bool) lualib.Value      { return b }
func (c *libraryCall) Number(f float64) lualib.Value { return f }
func (c *libraryCall) String(s string) lualib.Value  { return s }

func (c *libraryCall) Table(n int) lualib.Value {
	c.l.CreateTable(n, 0)
	return pop(c.l)
}

// Function makes a function. What f remembers of the call are its arguments, and
// a census finds those in upvalues.
func (c *libraryCall) Function(name string, f lualib.Func) lualib.Value {
	n := min(c.n, 2)
	for i := range n {
		c.l.PushValue(i + 1)
	}
	c.l.PushGoClosure(libraryNative(f), uint8(n))
	return pop(c.l)
}

func (c *libraryCall) Length(t lualib.Value) int {
	c.l.PushLightUserData(t)
	c.l.Length(-1)
	n, ok := c.l.ToValue(-1).(float64)
	c.l.Pop(2)
	if !ok {
		c.Throw(&lualib.Error{Message: "object length is not a number"})
	}
	return int(n)
}

func (c *libraryCall) Get(t lualib.Value, i int) lualib.Value {
	c.l.PushLightUserData(t)
	c.l.RawGetInt(-1, i)
	v := rawAt(c.th.in.engine, c.l, -1)
	c.l.Pop(2)
	return v
}

func (c *libraryCall) Set(t lualib.Value, i int, v lualib.Value) {
	c.l.PushLightUserData(t)
	c.writable()
	if y := c.th.in.engine.layout; v != nil && y.walksFor(t, i) {
		y.insert(t, float64(i), v)
	} else {
		c.l.PushLightUserData(v)
		c.l.RawSetInt(-2, i)
	}
	c.l.Pop(1)
}

func (c *libraryCall) SetField(t lualib.Value, name string, v lualib.Value) {
	c.l.PushLightUserData(t)
	c.writable()
	c.l.PushString(name)
	c.l.PushLightUserData(v)
	c.l.RawSet(-3)
	c.l.Pop(1)
}

// writable throws if the table on top of the stack is that of a module, which
// all processes share.
func (c *libraryCall) writable() {
	if _, ok := contents(c.l, -1); ok {
		c.th.readOnly()
	}
}

func (c *libraryCall) Index(t, k lualib.Value) lualib.Value {
	if isEvent(k) {
		return c.th.index(c.l, t, k)
	}
	c.l.PushLightUserData(t)
	c.l.PushLightUserData(k)
	c.l.Table(-2)
	v := rawAt(c.th.in.engine, c.l, -1)
	c.l.Pop(2)
	return v
}

func (c *libraryCall) CallFunction(fn lualib.Value, args []lualib.Value) lualib.Value {
	reserve(c.l, len(args)+1)
	c.l.PushLightUserData(fn)
	for _, a := range args {
		c.l.PushLightUserData(a)
	}
	c.l.Call(len(args), 1)
	v := rawAt(c.th.in.engine, c.l, -1)
	c.l.Pop(1)
	return v
}

func (c *libraryCall) Less(a, b lualib.Value) bool {
	c.l.PushLightUserData(a)
	c.l.PushLightUserData(b)
	less := c.l.Compare(-2, -1, lua.OpLT)
	c.l.Pop(2)
	return less
}

func (c *libraryCall) Concat(a, b lualib.Value) (lualib.Value, bool) {
	c.l.PushLightUserData(a)
	c.l.PushLightUserData(b)
	defer c.l.Pop(2)
	if !lua.MetaField(c.l, -2, "__concat") && !lua.MetaField(c.l, -1, "__concat") {
		return nil, false
	}
	return c.CallFunction(pop(c.l), []lualib.Value{a, b}), true
}

func (c *libraryCall) ToString(v lualib.Value) string {
	c.l.PushLightUserData(v)
	s := textAt(c.l, -1)
	c.l.Pop(1)
	return s
}

func (c *libraryCall) Tick(n int) {
	if c.work += n; c.work >= interval {
		n, c.work = c.work, 0
		c.th.tick(c.l, n)
	}
}

func (c *libraryCall) Grow(n int64) {
	c.th.charge(n)
	c.grown += n
	c.th.in.books().made += max(n, 0)
}

func (c *libraryCall) Reserve(n int) {
	if !c.l.CheckStack(n) {
		c.Throw(&lualib.Error{Message: "too many results"})
	}
	c.th.widens(c.l, n)
}

func (c *libraryCall) Push(v lualib.Value) { c.l.PushLightUserData(v) }

func (c *libraryCall) Print(line string) { c.check(c.th.run.task.Process().Print(line)) }

func (c *libraryCall) Random() *lualib.Random {
	if c.th.in.random == nil {
		c.th.in.random = lualib.NewRandom(c.th.run.task.Process().Seed())
	}
	return c.th.in.random
}
