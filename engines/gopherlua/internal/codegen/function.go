package codegen

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// Limits of a function, those of the reference but for upvalues, where it is that
// of Lua 5.2.
const (
	maxLocals    = 200
	maxUpvalues  = 255
	maxRegisters = 250
	// maxNames is how many constants may stand before the name of a global that an
	// instruction of its own reads: see build.
	maxNames = 1000
)

// function is one whose code is being made.
type function struct {
	parent *function
	source string
	line   int // of what is being compiled

	code    []instruction
	lines   []int
	pending int // list of jumps to the next instruction
	calls   []lua.DbgCall
	mark    string // see Compile
	marks   []Mark
	protos  []*prototype

	constants []lua.LValue
	numbers   map[uint64]int
	strings   map[string]int
	others    map[lua.LValue]int // nil, false and true
	named     int                // how many constants the names in instructions are among

	locals    []string            // by register
	active    int                 // of them in scope
	variables []*lua.DbgLocalInfo // all that were in scope, for error texts
	scopes    []int               // which of them each of the active ones is
	free      int                 // first register that is free
	registers int                 // how many are used
	upvalues  []upvalue
	block     *block
	labelled  bool // there was a label
	gotos     []*pendingGoto

	vararg     bool
	parameters int
}

// upvalue is a variable of an enclosing function, or an operator.
type upvalue struct {
	name      string
	fromLocal bool // of the parent
	index     int
}

func newFunction(parent *function, source string) *function {
	f := &function{
		parent: parent, source: source, pending: none, registers: 2,
		numbers: map[uint64]int{}, strings: map[string]int{}, others: map[lua.LValue]int{},
	}
	if parent != nil {
		f.mark = parent.mark
	}
	return f
}

// fail ends the compilation.
func (f *function) fail(line int, format string, args ...any) {
	panic(&hostapi.SyntaxError{Path: f.source, Line: line, Message: fmt.Sprintf(format, args...)})
}

// declare gives a name the next register. It comes into scope with activate.
func (f *function) declare(names ...string) {
	for _, name := range names {
		if len(f.locals) >= maxLocals {
			f.fail(f.line, "more than %d local variables in a function", maxLocals)
		}
		f.locals = append(f.locals, name)
	}
}

// activate brings all declared variables into scope.
func (f *function) activate() {
	for ; f.active < len(f.locals); f.active++ {
		f.scopes = append(f.scopes, len(f.variables))
		f.variables = append(f.variables, &lua.DbgLocalInfo{Name: f.locals[f.active], StartPc: f.here()})
	}
}

// deactivate takes all but the first variables out of scope.
func (f *function) deactivate(first int) {
	for _, i := range f.scopes[first:] {
		f.variables[i].EndPc = f.here()
	}
	f.scopes = f.scopes[:first]
	f.locals = f.locals[:first]
	f.active = first
}

func (f *function) reserve(n int) {
	f.free += n
	if f.free > f.registers {
		if f.free > maxRegisters {
			f.fail(f.line, "function or expression too complex: it needs more than %d registers", maxRegisters)
		}
		f.registers = f.free
	}
}

// release frees a register, unless it is that of a variable or a constant.
func (f *function) release(register int) {
	if register&constantBit == 0 && register >= f.active {
		f.free--
		if register != f.free {
			panic(fmt.Sprintf("register %d freed before %d", register, f.free))
		}
	}
}

// variable finds a name.
func (f *function) variable(name string) operand {
	if register := f.find(name); register >= 0 {
		return plain(isLocal, register)
	}
	if i := f.outer(name); i >= 0 {
		return plain(isUpvalue, i)
	}
	return f.global(name)
}

func (f *function) global(name string) operand {
	k := f.text(name)
	if k < maxNames {
		f.named = max(f.named, k+1)
		return plain(isGlobal, k)
	}
	table := plain(isUpvalue, f.operator(Globals))
	f.toAnyRegister(&table)
	key := f.constant(k)
	f.index(&table, &key)
	return table
}

// find gives the register of a local variable in scope, -1 for none.
func (f *function) find(name string) int {
	for i := f.active - 1; i >= 0; i-- {
		if f.locals[i] == name {
			return i
		}
	}
	return -1
}

// outer gives the upvalue for a variable of an enclosing function, -1 for none.
func (f *function) outer(name string) int {
	if f.parent == nil {
		return -1
	}
	if register := f.parent.find(name); register >= 0 {
		f.parent.captured(register)
		return f.upvalue(upvalue{name, true, register})
	}
	if i := f.parent.outer(name); i >= 0 {
		return f.upvalue(upvalue{name, false, i})
	}
	return -1
}

// operator gives the upvalue for an operator. The outermost function has them from
// the engine.
func (f *function) operator(o Operator) int {
	if f.parent == nil {
		return f.upvalue(upvalue{string(o), false, 0})
	}
	return f.upvalue(upvalue{string(o), false, f.parent.operator(o)})
}

func (f *function) upvalue(u upvalue) int {
	for i, known := range f.upvalues {
		if known == u {
			return i
		}
	}
	if len(f.upvalues) >= maxUpvalues {
		f.fail(f.line, "function uses more than %d variables of functions around it", maxUpvalues)
	}
	f.upvalues = append(f.upvalues, u)
	return len(f.upvalues) - 1
}

// captured notes that a closure refers to a variable: its block must close it.
func (f *function) captured(register int) {
	b := f.block
	for b.active > register {
		b = b.outer
	}
	b.captured = true
}

func (f *function) addConstant(v lua.LValue) int {
	if len(f.constants) > maxBx {
		f.fail(f.line, "more than %d different constants in a function", maxBx+1)
	}
	f.constants = append(f.constants, v)
	return len(f.constants) - 1
}

// text gives the index of a string among the constants, number that of a number
// and other that of nil, false or true.
func (f *function) text(s string) int {
	i, ok := f.strings[s]
	if !ok {
		i = f.addConstant(lua.LString(s))
		f.strings[s] = i
	}
	return i
}

func (f *function) number(v float64) int {
	bits := math.Float64bits(v) // 0 and -0 differ
	i, ok := f.numbers[bits]
	if !ok {
		i = f.addConstant(lua.LNumber(v))
		f.numbers[bits] = i
	}
	return i
}

func (f *function) other(v lua.LValue) int {
	i, ok := f.others[v]
	if !ok {
		i = f.addConstant(v)
		f.others[v] = i
	}
	return i
}
