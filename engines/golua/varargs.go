package golua

import (
	"math"
	"slices"

	lua "github.com/Shopify/go-lua"
)

// The frame of a vararg function lies above its arguments. When such a function
// ends in a tail call, the interpreter moves the frame of the function called down
// to where the arguments are; and it panics, past all protected calls, if the end
// of that frame comes to lie below the beginning of the old one: if the one called
// has fewer registers than the caller was given arguments.
//
// So vararg functions that end in tail calls count their arguments when they begin,
// in register 0; their own registers move one up. Where there are more than the
// fewest registers that a function has, they call a function of ours with what is
// to be called and its arguments. That gives the same back if the frame is long
// enough. Else it gives a function whose frame is, which then passes on the tail
// call: it has one argument, and its own frame begins where the arguments are.

// fewestRegisters is how many registers each function has at least.
const fewestRegisters = 2

// isWrapper reports whether p is a vararg function that ends in a tail call. A
// main function has no arguments.
func (p *prototype) isWrapper() bool {
	return p.varargs != 0 && p.line > 0 &&
		slices.ContainsFunc(p.code, func(i instruction) bool { return i.op() == opTailCall })
}

// count makes p begin with counting its arguments, by the function in an upvalue.
func (p *prototype) count(upvalue int) error {
	params := int(p.params)
	if int(p.maxStackSize)+1 > maxRegisters || params+3 > maxRegisters {
		return p.tooMany("registers", maxRegisters)
	}
	p.maxStackSize = max(p.maxStackSize+1, p.params+3)
	for _, inner := range p.prototypes {
		for i := range inner.upvalues {
			if u := &inner.upvalues[i]; u.inRegister {
				u.index++
			}
		}
	}
	r := params + 1
	code := []instruction{
		abc(opGetUpvalue, r, upvalue, 0),
		abc(opVararg, r+1, 0, 0),
		abc(opCall, r, 0, 2),
	}
	for i := params; i > 0; i-- {
		code = append(code, abc(opMove, i, i-1, 0))
	}
	code = append(code, abc(opMove, 0, r, 0))
	lines := slices.Repeat(p.lines[:1], len(code))
	for _, i := range p.code {
		code = append(code, i.raised())
	}
	p.code, p.lines = code, append(lines, p.lines...)
	return nil
}

// passOn gives code to stand before a tail call, for a function that counts its
// arguments. It skips itself if there are few.
func passOn(call instruction, captured []int) []instruction {
	var code []instruction
	for _, r := range slices.Backward(captured) {
		code = append(code, abx(opJump, r+1, jumpOffset))
	}
	// What is called and its arguments end where the top is if b is 0.
	a, b := call.a()-1, call.b()
	if b > 0 {
		b++
	}
	code = append(code,
		abc(opMove, a, 0, 0),
		abc(opCall, a, b, 0),
		abc(opTailCall, a, 0, 0),
		abc(opReturn, a, 0, 0),
	)
	return append([]instruction{abc(opTest, 0, 0, 0), abx(opJump, 0, len(code)+jumpOffset)}, code...)
}

// countArguments is what a vararg function begins with. It gives the function that
// passes on its tail calls, nil if it has so few arguments that none is needed.
func countArguments(l *lua.State) int {
	n := l.Top()
	if f, ok := lua.Stack(l, 1); ok {
		d, _ := lua.Info(l, "u", f)
		n += d.ParameterCount
	}
	if n <= fewestRegisters {
		l.PushNil()
	} else {
		l.PushLightUserData(threadOf(l).in.passer(l, n))
	}
	return 1
}

// maxPassers bounds those that a process keeps.
const maxPassers = 100

// passer gives the function that passes on the tail calls of a function with n
// arguments.
func (in *instance) passer(l *lua.State, n int) any {
	s := in.seldom()
	if n < len(s.passers) && s.passers[n] != nil {
		return s.passers[n]
	}
	l.PushGoFunction(func(l *lua.State) int { return threadOf(l).passOn(l, n) })
	passer := pop(l)
	if n < maxPassers {
		s.passers = append(s.passers, make([]any, max(0, n+1-len(s.passers)))...)
		s.passers[n] = passer
	}
	return passer
}

// passage is a tail call on its way: by a function with n arguments, of values[0]
// with the other values.
type passage struct {
	n      int
	values []any
}

// passOn makes what lies on the stack of l, a function and its arguments, fit for a
// tail call by a function with n arguments.
func (th *thread) passOn(l *lua.State, n int) int {
	l.CheckStack(lua.MinStack)
	if l.Top() > 0 && l.IsTable(1) && lua.MetaField(l, 1, "__call") {
		if l.IsFunction(-1) {
			l.Insert(1)
		} else {
			l.Pop(1) // the interpreter says that this cannot be called
		}
	}
	if th.reach(l) >= n {
		return l.Top()
	}
	makers := th.in.helpers(l)
	passer, room := makers.pass[len(makers.pass)-1], passRegisters[len(passRegisters)-1]
	for i, registers := range passRegisters {
		if registers >= n {
			passer, room = makers.pass[i], registers
			break
		}
	}
	// Of a function with even more arguments each passage takes away a part.
	more := max(0, n-room-1)
	p := &passage{1 + more, th.take(l, 0)}
	reserve(l, 2+more)
	l.PushLightUserData(passer)
	l.PushUserData(p)
	l.SetTop(2 + more)
	return l.Top()
}

// reach says how many slots above the function at the bottom of the stack its frame
// ends at least, if it is called with the values above.
func (th *thread) reach(l *lua.State) int {
	if !l.IsFunction(1) || l.IsGoFunction(1) {
		return math.MaxInt // no frame of the interpreter
	}
	l.PushValue(1)
	d, _ := lua.Info(l, ">u", nil)
	registers := max(fewestRegisters, d.ParameterCount)
	if y := th.in.engine.layout; y != nil {
		registers = y.registers(l.ToValue(1))
	}
	if d.IsVarArg {
		registers += max(l.Top()-1, d.ParameterCount)
	}
	return registers
}

// takePassage gives what a passage holds, or passes it on again.
func takePassage(l *lua.State) int {
	p, ok := l.ToUserData(1).(*passage)
	if !ok {
		return 0
	}
	l.SetTop(0)
	reserve(l, len(p.values)+2)
	for _, v := range p.values {
		l.PushLightUserData(v)
	}
	return threadOf(l).passOn(l, p.n)
}
