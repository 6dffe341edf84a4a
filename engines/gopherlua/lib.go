package gopherlua

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

// libCall is one call of a function of lualib over the stack of an LState.
type libCall struct {
	l *lua.LState
	s *strand
	n int
	// charged is the memory announced for this call. Once it has ended, what is
	// left of that is for a census to find.
	charged int64
	failed  error // see Failed
}

// bindLib makes the native function for a function of lualib.
func bindLib(f lualib.Func) *lua.LFunction {
	return native(func(l *lua.LState) int {
		s := strandOf(l)
		c := s.in.newLibCall()
		c.l, c.s, c.n = l, s, l.GetTop()
		defer c.end()
		n := f(c)
		if n < 0 {
			c.Throw(c.failed)
		}
		return n
	})
}

// Failed keeps what is thrown behind the function.
func (c *libCall) Failed(err error) int {
	c.failed = err
	return -1
}

// Throw throws what a function of lualib gives as error.
func (c *libCall) Throw(err error) {
	switch e := err.(type) {
	case *lualib.Error:
		if at := positionAt(c.l, 1+e.Outer); e.Said && at != "" {
			c.s.in.positions.Add(at+e.Message, len(at))
		}
		throwString(c.l, e.Message, 1+e.Outer)
	case *lualib.Thrown:
		c.l.Error(e.Value.(lua.LValue), 0)
	}
	c.s.fail(c.l, err)
}

// check throws an error of the host, if there is one.
func (c *libCall) check(err error) {
	if err != nil {
		c.Throw(err)
	}
}

func (in *instance) newLibCall() *libCall {
	if n := len(in.libCalls); n > 0 {
		c := in.libCalls[n-1]
		in.libCalls = in.libCalls[:n-1]
		return c
	}
	return &libCall{}
}

// end gives back what the call has used.
func (c *libCall) end() {
	s := c.s
	if c.charged > 0 && !s.task.killed {
		// The results are counted from now on, if they are kept.
		if s.task.host.Grow(-c.charged) != nil || s.account(c.charged) != nil {
			s.task.killed = true
			s.left = 0
		}
	}
	*c = libCall{}
	s.in.libCalls = append(s.in.libCalls, c)
}

// Len is the number of arguments.
func (c *libCall) Len() int { return c.n }

// Arg gives argument i, counted from 1.
func (c *libCall) Arg(i int) lualib.Value {
	if i > c.n {
		return lua.LNil
	}
	return c.l.Get(i)
}

// Kind classifies v.
func (c *libCall) Kind(v lualib.Value) lualib.Kind {
	switch v := v.(type) {
	case *lua.LNilType:
		return lualib.KindNil
	case lua.LBool:
		return lualib.KindBool
	case lua.LNumber:
		return lualib.KindNumber
	case lua.LString:
		return lualib.KindString
	case *lua.LTable:
		return lualib.KindTable
	case *lua.LFunction:
		return lualib.KindFunction
	case *lua.LUserData:
		if _, ok := v.Value.(*hostapi.ErrorObject); ok {
			return lualib.KindError
		}
	}
	return lualib.KindOther
}

// Truth gives a boolean.
func (c *libCall) Truth(v lualib.Value) bool { return v == lua.LTrue }

// Float gives a number.
func (c *libCall) Float(v lualib.Value) float64 { return float64(v.(lua.LNumber)) }

// Text gives a string, or the text of an error object.
func (c *libCall) Text(v lualib.Value) string {
	if s, ok := v.(lua.LString); ok {
		return string(s)
	}
	return objectOf(v.(lua.LValue)).String()
}

// TypeName names the type of v.
func (c *libCall) TypeName(v lualib.Value) string { return v.(lua.LValue).Type().String() }

// RawEqual compares raw.
func (c *libCall) RawEqual(v, w lualib.Value) bool {
	return c.l.RawEqual(v.(lua.LValue), w.(lua.LValue))
}

// Nil makes nil.
func (c *libCall) Nil() lualib.Value { return lua.LNil }

// Bool makes a boolean.
func (c *libCall) Bool(b bool) lualib.Value { return lua.LBool(b) }

// Number makes a number.
func (c *libCall) Number(f float64) lualib.Value { return lua.LNumber(f) }

// String makes a string.
func (c *libCall) String(s string) lualib.Value { return lua.LString(s) }

// Table makes a table.
func (c *libCall) Table(n int) lualib.Value { return c.l.CreateTable(n, 0) }

// Function makes a function of the script.
func (c *libCall) Function(_ string, f lualib.Func) lualib.Value { return bindLib(f) }

// Length is that of the # operator.
func (c *libCall) Length(t lualib.Value) int { return c.l.ObjLen(t.(lua.LValue)) }

// Get gives t[i], raw.
func (c *libCall) Get(t lualib.Value, i int) lualib.Value {
	return t.(*lua.LTable).RawGet(lua.LNumber(i))
}

// Set assigns t[i], raw.
func (c *libCall) Set(t lualib.Value, i int, v lualib.Value) {
	table := c.writable(t)
	table.RawSet(lua.LNumber(i), v.(lua.LValue))
	if v == lua.LNil {
		c.s.in.engine.layout.trim(table)
	}
}

// SetField assigns t[name], raw.
func (c *libCall) SetField(t lualib.Value, name string, v lualib.Value) {
	c.writable(t).RawSetString(name, v.(lua.LValue))
}

func (c *libCall) writable(t lualib.Value) *lua.LTable {
	if isModule(t.(*lua.LTable)) {
		raiseReadOnly(c.l)
	}
	return t.(*lua.LTable)
}

// Index gives t[k], __index included.
func (c *libCall) Index(t, k lualib.Value) lualib.Value {
	return c.l.GetTable(t.(lua.LValue), k.(lua.LValue))
}

// CallFunction calls a function of the script.
func (c *libCall) CallFunction(fn lualib.Value, args []lualib.Value) lualib.Value {
	c.l.Push(fn.(lua.LValue))
	for _, v := range args {
		c.l.Push(v.(lua.LValue))
	}
	c.l.Call(len(args), 1)
	v := c.l.Get(-1)
	c.l.Pop(1)
	return v
}

// Less is the < operator.
func (c *libCall) Less(a, b lualib.Value) bool {
	return c.l.LessThan(a.(lua.LValue), b.(lua.LValue))
}

// Concat calls __concat.
func (c *libCall) Concat(a, b lualib.Value) (lualib.Value, bool) {
	f := c.l.GetMetaField(a.(lua.LValue), "__concat")
	if f == lua.LNil {
		f = c.l.GetMetaField(b.(lua.LValue), "__concat")
	}
	if f == lua.LNil {
		return nil, false
	}
	return c.CallFunction(f, []lualib.Value{a, b}), true
}

// ToString is tostring(v).
func (c *libCall) ToString(v lualib.Value) string { return toString(c.l, v.(lua.LValue)) }

// Tick reports work done.
func (c *libCall) Tick(n int) {
	if c.s.left -= n; c.s.left <= 0 {
		c.check(c.s.tick())
	}
}

// Grow charges memory.
func (c *libCall) Grow(n int64) {
	c.check(c.s.task.host.Grow(n))
	c.charged += n
	c.check(c.s.task.host.Reserve(n))
}

// Keep notes what fn holds, where a census finds it.
func (c *libCall) Keep(fn, v lualib.Value) {
	u := &lua.Upvalue{}
	u.Close()
	u.SetValue(v.(lua.LValue))
	fn.(*lua.LFunction).Upvalues = []*lua.Upvalue{u}
}

// Reserve makes room for n results.
func (c *libCall) Reserve(n int) {
	reserve(c.l, n)
	c.s.widen(n, manyArguments)
}

// Push adds a result.
func (c *libCall) Push(v lualib.Value) { c.l.Push(v.(lua.LValue)) }

// Print writes a line.
func (c *libCall) Print(line string) { c.check(c.s.task.host.Process().Print(line)) }

// Random is the generator of the process.
func (c *libCall) Random() *lualib.Random {
	if c.s.in.random == nil {
		c.s.in.random = lualib.NewRandom(c.s.task.host.Process().Seed())
	}
	return c.s.in.random
}
