package codegen

import lua "github.com/yuin/gopher-lua"

// An instruction has 6 bits of operation code, 8 of A, 9 of C and 9 of B. Bx is C
// and B together, sBx the same as a signed number.
const (
	maxC        = 1<<9 - 1
	maxBx       = 1<<18 - 1
	maxSBx      = maxBx >> 1
	constantBit = 1 << 8 // B or C with this bit is a constant, not a register
	maxRK       = constantBit - 1
	maxA        = 1<<8 - 1
)

type instruction uint32

func abc(op, a, b, c int) instruction { return instruction(op<<26 | a<<18 | c<<9 | b) }
func abx(op, a, bx int) instruction   { return instruction(op<<26 | a<<18 | bx) }
func asbx(op, a, sbx int) instruction { return abx(op, a, sbx+maxSBx) }

func (i instruction) op() int  { return int(i >> 26) }
func (i instruction) a() int   { return int(i>>18) & maxA }
func (i instruction) b() int   { return int(i) & maxC }
func (i instruction) c() int   { return int(i>>9) & maxC }
func (i instruction) bx() int  { return int(i) & maxBx }
func (i instruction) sbx() int { return i.bx() - maxSBx }

func (i *instruction) set(op, a, b, c int) { *i = abc(op, a, b, c) }
func (i *instruction) setOp(op int)        { i.set(op, i.a(), i.b(), i.c()) }
func (i *instruction) setA(a int)          { i.set(i.op(), a, i.b(), i.c()) }
func (i *instruction) setB(b int)          { i.set(i.op(), i.a(), b, i.c()) }
func (i *instruction) setC(c int)          { i.set(i.op(), i.a(), i.b(), c) }
func (i *instruction) setSBx(sbx int)      { *i = asbx(i.op(), i.a(), sbx) }

// isTest reports whether the instruction decides about the jump behind it.
func (i instruction) isTest() bool {
	switch i.op() {
	case lua.OP_EQ, lua.OP_LT, lua.OP_LE, lua.OP_TEST, lua.OP_TESTSET, lua.OP_TFORLOOP:
		return true
	}
	return false
}
