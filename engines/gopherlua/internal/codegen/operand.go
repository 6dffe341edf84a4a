package codegen

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/lualib"
)

// kind says where the value of an operand is.
type kind int

const (
	isVoid     kind = iota // there is none
	isNil                  //
	isTrue                 //
	isFalse                //
	isConstant             // info is its index
	isNumber               // number is it
	isLocal                // info is its register
	isUpvalue              // info is its index
	isGlobal               // info is the constant of its name
	isIndexed              // info is the register of the table, key that or the constant of the key
	isJump                 // a comparison; info is its jump
	isMovable              // info is an instruction whose target register is still open
	isRegister             // info is the register, which is fixed
	isCall                 // info is the instruction
	isVararg               // info is the instruction
)

// operand is an expression, or a place to assign to, as far as its code is made.
// Jumps of the lists leave the expression early, if it is true or false.
type operand struct {
	kind                kind
	info, key           int
	number              float64
	whenTrue, whenFalse int
}

func plain(k kind, info int) operand {
	return operand{kind: k, info: info, whenTrue: none, whenFalse: none}
}

func numeral(v float64) operand {
	return operand{kind: isNumber, number: v, whenTrue: none, whenFalse: none}
}

func (f *function) constant(k int) operand { return plain(isConstant, k) }

func (o *operand) jumps() bool { return o.whenTrue != o.whenFalse }

func (o *operand) literal() bool { return o.kind == isNumber && !o.jumps() }

func (o *operand) multiple() bool { return o.kind == isCall || o.kind == isVararg }

// results sets how many values a call or ... gives, -1 for all.
func (f *function) results(o *operand, n int) {
	switch o.kind {
	case isCall:
		f.code[o.info].setC(n + 1)
	case isVararg:
		f.code[o.info].setB(n + 1)
		f.code[o.info].setA(f.free)
		f.reserve(1)
	}
}

// single makes a call or ... one value.
func (f *function) single(o *operand) {
	switch o.kind {
	case isCall:
		o.kind, o.info = isRegister, f.code[o.info].a()
	case isVararg:
		// To the first free register: the instruction clears those above its target.
		f.code[o.info].setB(2)
		f.code[o.info].setA(f.free)
		o.kind, o.info = isRegister, f.free
		f.reserve(1)
	}
}

// load makes of a variable or place a value.
func (f *function) load(o *operand) {
	switch o.kind {
	case isLocal:
		o.kind = isRegister
	case isUpvalue:
		o.kind, o.info = isMovable, f.emitABC(lua.OP_GETUPVAL, 0, o.info, 0)
	case isGlobal:
		o.kind, o.info = isMovable, f.emitABx(lua.OP_GETGLOBAL, 0, o.info)
	case isIndexed:
		f.release(o.key)
		f.release(o.info)
		op := lua.OP_GETTABLE
		if f.isName(o.key) {
			op = lua.OP_GETTABLEKS
		}
		o.kind, o.info = isMovable, f.emitABC(op, 0, o.info, o.key)
	default:
		f.single(o)
	}
}

// isName reports whether a key is a constant string, which instructions of their
// own take.
func (f *function) isName(key int) bool {
	if key&constantBit == 0 {
		return false
	}
	k := key &^ constantBit
	if _, ok := f.constants[k].(lua.LString); !ok {
		return false
	}
	f.named = max(f.named, k+1)
	return true
}

// put stores a value without jumps in a register.
func (f *function) put(o *operand, register int) {
	f.load(o)
	switch o.kind {
	case isNil:
		f.emitABC(lua.OP_LOADNIL, register, register, 0)
	case isFalse:
		f.emitABC(lua.OP_LOADBOOL, register, 0, 0)
	case isTrue:
		f.emitABC(lua.OP_LOADBOOL, register, 1, 0)
	case isConstant:
		f.emitABx(lua.OP_LOADK, register, o.info)
	case isNumber:
		f.emitABx(lua.OP_LOADK, register, f.number(o.number))
	case isMovable:
		f.code[o.info].setA(register)
	case isRegister:
		if register != o.info {
			f.emitABC(lua.OP_MOVE, register, o.info, 0)
		}
	default:
		return
	}
	o.kind, o.info = isRegister, register
}

func (f *function) putAnywhere(o *operand) {
	if o.kind != isRegister {
		f.reserve(1)
		f.put(o, f.free-1)
	}
}

// store stores the value in a register, whichever way it comes about.
func (f *function) store(o *operand, register int) {
	f.put(o, register)
	if o.kind == isJump {
		f.join(&o.whenTrue, o.info)
	}
	if o.jumps() {
		loadFalse, loadTrue := none, none
		if f.needValue(o.whenTrue) || f.needValue(o.whenFalse) {
			over := none
			if o.kind != isJump {
				over = f.jump()
			}
			loadFalse = f.emitABC(lua.OP_LOADBOOL, register, 0, 1)
			loadTrue = f.emitABC(lua.OP_LOADBOOL, register, 1, 0)
			f.patchHere(over)
		}
		end := f.here()
		f.patchEach(o.whenFalse, end, register, loadFalse)
		f.patchEach(o.whenTrue, end, register, loadTrue)
	}
	*o = plain(isRegister, register)
}

// toNextRegister stores the value in the next free register.
func (f *function) toNextRegister(o *operand) {
	f.load(o)
	f.drop(o)
	f.reserve(1)
	f.store(o, f.free-1)
}

// toAnyRegister gives the register that has the value.
func (f *function) toAnyRegister(o *operand) int {
	f.load(o)
	if o.kind == isRegister {
		if !o.jumps() {
			return o.info
		}
		if o.info >= f.active {
			f.store(o, o.info)
			return o.info
		}
	}
	f.toNextRegister(o)
	return o.info
}

// toValue completes the value.
func (f *function) toValue(o *operand) {
	if o.jumps() {
		f.toAnyRegister(o)
	} else {
		f.load(o)
	}
}

// toRK gives the register or constant that has the value.
func (f *function) toRK(o *operand) int {
	f.toValue(o)
	k := none
	switch o.kind {
	case isConstant:
		k = o.info
	case isNumber:
		k = f.number(o.number)
	case isNil:
		k = f.other(lua.LNil)
	case isTrue:
		k = f.other(lua.LTrue)
	case isFalse:
		k = f.other(lua.LFalse)
	}
	if k != none {
		o.kind, o.info = isConstant, k
		if k <= maxRK {
			return k | constantBit
		}
	}
	return f.toAnyRegister(o)
}

// drop gives back the register of a value that is used up.
func (f *function) drop(o *operand) {
	if o.kind == isRegister {
		f.release(o.info)
	}
}

// assign stores a value in a variable or place.
func (f *function) assign(place *operand, value *operand) {
	switch place.kind {
	case isLocal:
		f.drop(value)
		f.store(value, place.info)
		return
	case isUpvalue:
		f.emitABC(lua.OP_SETUPVAL, f.toAnyRegister(value), place.info, 0)
	case isGlobal:
		f.emitABx(lua.OP_SETGLOBAL, f.toAnyRegister(value), place.info)
	case isIndexed:
		v := f.toRK(value)
		f.emitABC(f.setter(place.key), place.info, place.key, v)
	}
	f.drop(value)
}

func (f *function) setter(key int) int {
	if f.isName(key) {
		return lua.OP_SETTABLEKS
	}
	return lua.OP_SETTABLE
}

// index makes of a table in a register and a key the place.
func (f *function) index(table, key *operand) {
	table.key = f.toRK(key)
	table.kind = isIndexed
}

// method makes of an object the method and the object in two registers.
func (f *function) method(object *operand, name string) {
	f.toAnyRegister(object)
	f.drop(object)
	base := f.free
	f.reserve(2)
	key := f.constant(f.text(name))
	k := f.toRK(&key)
	f.isName(k)
	f.emitABC(lua.OP_SELF, base, object.info, k)
	f.drop(&key)
	*object = plain(isRegister, base)
}

func (f *function) invert(o *operand) {
	i := f.decision(o.info)
	i.setA(1 - i.a())
}

// jumpIf makes the jump that is taken if the value is as condition says.
func (f *function) jumpIf(o *operand, condition int) int {
	if o.kind == isMovable {
		if i := f.code[o.info]; i.op() == lua.OP_NOT {
			f.code, f.lines = f.code[:len(f.code)-1], f.lines[:len(f.lines)-1]
			return f.test(lua.OP_TEST, i.b(), 0, 1-condition)
		}
	}
	f.putAnywhere(o)
	f.drop(o)
	return f.test(lua.OP_TESTSET, noRegister, o.info, condition)
}

// ifTrue goes on if the value is true, ifFalse if it is false.
func (f *function) ifTrue(o *operand) {
	f.load(o)
	j := none
	switch o.kind {
	case isConstant, isNumber, isTrue:
	case isJump:
		f.invert(o)
		j = o.info
	default:
		j = f.jumpIf(o, 0)
	}
	f.join(&o.whenFalse, j)
	f.patchHere(o.whenTrue)
	o.whenTrue = none
}

func (f *function) ifFalse(o *operand) {
	f.load(o)
	j := none
	switch o.kind {
	case isNil, isFalse:
	case isJump:
		j = o.info
	default:
		j = f.jumpIf(o, 1)
	}
	f.join(&o.whenTrue, j)
	f.patchHere(o.whenFalse)
	o.whenFalse = none
}

// not is the operator.
func (f *function) not(o *operand) {
	f.load(o)
	switch o.kind {
	case isNil, isFalse:
		o.kind = isTrue
	case isConstant, isNumber, isTrue:
		o.kind = isFalse
	case isJump:
		f.invert(o)
	default:
		f.putAnywhere(o)
		f.drop(o)
		o.kind, o.info = isMovable, f.emitABC(lua.OP_NOT, 0, o.info, 0)
	}
	o.whenTrue, o.whenFalse = o.whenFalse, o.whenTrue
	f.storeNothing(o.whenTrue)
	f.storeNothing(o.whenFalse)
}

// fold computes an operation of two numbers that are known. What is not a number,
// or divides by zero, is left to the run.
func fold(op int, a, b *operand) bool {
	if !a.literal() || !b.literal() {
		return false
	}
	x, y := a.number, b.number
	var r float64
	switch op {
	case lua.OP_ADD:
		r = x + y
	case lua.OP_SUB:
		r = x - y
	case lua.OP_MUL:
		r = x * y
	case lua.OP_DIV:
		r = x / y
	case lua.OP_MOD:
		r = lualib.Modulo(x, y)
	case lua.OP_POW:
		r = lualib.Power(x, y)
	case lua.OP_UNM:
		r = -x
	default:
		return false
	}
	if r != r || y == 0 && (op == lua.OP_DIV || op == lua.OP_MOD) {
		return false
	}
	a.number = r
	return true
}

// operate makes a of an operation on both; b is one number for those of one
// operand.
func (f *function) operate(op int, a, b *operand) {
	if fold(op, a, b) {
		return
	}
	second := 0
	if op != lua.OP_UNM && op != lua.OP_LEN {
		second = f.toRK(b)
	}
	first := f.toRK(a)
	if first > second {
		f.drop(a)
		f.drop(b)
	} else {
		f.drop(b)
		f.drop(a)
	}
	a.kind, a.info = isMovable, f.emitABC(op, 0, first, second)
}

// compare makes a of a comparison, which holds if it gives condition.
func (f *function) compare(op, condition int, a, b *operand) {
	first := f.toRK(a)
	second := f.toRK(b)
	f.drop(b)
	f.drop(a)
	if condition == 0 && op != lua.OP_EQ {
		first, second, condition = second, first, 1
	}
	*a = plain(isJump, f.test(op, condition, first, second))
}
