package golua

import (
	"math"
	"reflect"
	"slices"

	lua "github.com/Shopify/go-lua"
)

// The frame of a vararg function lies above its arguments. When such a function
// ends in a tail call, the interpreter moves the frame of the function called down
// to where the arguments are; and it panics, past all protected calls, if the end
// of that frame comes to lie below the beginning of the old one: if the one called
// has fewer registers than the caller was given arguments.
//
// So vararg functions make ordinary calls in place of tail calls. Positions and stack
// traces leave out their frames, see hidesTail. That will not do for programs that
// go on by tail calls for ever: where calls nest deep, vararg functions count their
// arguments when they begin, and before a tail call have a function of ours look at
// what is called. That gives the same back if its frame is long enough. Else it gives
// a function whose frame is, which then passes on the tail call: it has one argument,
// and its own frame begins where the arguments are.
//
// The function that passes on a tail call is in register 0, nil where none is needed;
// the registers of the function itself move one up.

// deepCalls is from how many nested calls on vararg functions count their arguments.
const deepCalls = 200

// isWrapper reports whether p is a vararg function that ends in a tail call. A
// main function has no arguments.
func (p *prototype) isWrapper() bool {
	return p.varargs != 0 && p.line > 0 &&
		slices.ContainsFunc(p.code, func(i instruction) bool { return i.op() == opTailCall })
}

// count makes p begin with counting its arguments, by the function in an upvalue
// unless that is nil.
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
	var code []instruction
	for i := params; i > 0; i-- {
		code = append(code, abc(opMove, i, i-1, 0))
	}
	r := params + 1
	code = append(code,
		abc(opGetUpvalue, 0, upvalue, 0),
		abc(opTest, 0, 0, 0),
		abx(opJump, 0, 4+jumpOffset),
		abc(opMove, r, 0, 0),
		abc(opVararg, r+1, 0, 0),
		abc(opCall, r, 0, 2),
		abc(opMove, 0, r, 0),
	)
	lines := slices.Repeat(p.lines[:1], len(code))
	for _, i := range p.code {
		code = append(code, i.raised())
	}
	p.code, p.lines = code, append(lines, p.lines...)
	return nil
}

// tailCall gives code for a tail call in a function that may have counted its
// arguments.
func tailCall(call instruction, captured []int) []instruction {
	var passed []instruction
	for _, r := range slices.Backward(captured) {
		passed = append(passed, abx(opJump, r+1, jumpOffset))
	}
	// What is called and its arguments end where the top is if b is 0.
	a, b := call.a()-1, call.b()
	if b > 0 {
		b++
	}
	passed = append(passed,
		abc(opMove, a, 0, 0),
		abc(opCall, a, b, 0),
		abc(opTailCall, a, 0, 0),
		abc(opReturn, a, 0, 0),
	)
	code := append([]instruction{abc(opTest, 0, 0, 0), abx(opJump, 0, len(passed)+jumpOffset)}, passed...)
	return append(code, abc(opCall, call.a(), call.b(), 0), abc(opReturn, call.a(), 0, 0))
}

// hidesTail reports whether a frame is in such a call that should have been a tail
// call. No other code returns just what a call gives.
func (y *layout) hidesTail(f lua.Frame) bool {
	script := reflect.ValueOf(f).Elem().Field(y.callScript)
	if script.IsNil() {
		return false
	}
	pc, code := int(script.Elem().Field(y.callPosition).Int()), script.Elem().Field(y.callCode)
	if pc < 1 || pc >= code.Len() {
		return false
	}
	call, then := instruction(code.Index(pc-1).Uint()), instruction(code.Index(pc).Uint())
	return call.op() == opCall && call.c() == 0 && then.op() == opReturn && then.b() == 0 && then.a() == call.a()
}

// watchDepth has vararg functions count their arguments while calls nest deep on l,
// and reports whether they do.
func (th *thread) watchDepth(l *lua.State) bool {
	_, deep := lua.Stack(l, deepCalls)
	switch in := th.in; {
	case deep && in.deep == nil:
		in.deep = l
		in.setCounting(l, in.engine.operators[countName])
	case !deep:
		in.noLongerDeep(l)
	}
	return deep
}

// noLongerDeep says that calls no longer nest deep on l.
func (in *instance) noLongerDeep(l *lua.State) {
	if in.deep == l {
		in.deep = nil
		in.setCounting(l, nil)
	}
}

// setCounting sets what vararg functions call when they begin. It uses the stack of l.
func (in *instance) setCounting(l *lua.State, count any) {
	l.CheckStack(lua.MinStack)
	for _, c := range in.chunks {
		in.setUpvalue(l, c.main, countName, count)
	}
}

// countArguments is what a vararg function begins with where calls nest deep. It
// gives the function that passes on its tail calls.
func countArguments(l *lua.State) int {
	n := l.Top()
	if f, ok := lua.Stack(l, 1); ok {
		d, _ := lua.Info(l, "u", f)
		n += d.ParameterCount
	}
	l.PushLightUserData(threadOf(l).in.passer(l, n))
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
	registers := th.in.engine.layout.registers(l.ToValue(1))
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
