package golua

// instruction is one of the interpreter's.
type instruction uint32

type opcode byte

const (
	opMove         opcode = 0
	opLoadConstant opcode = 1
	opLoadFar      opcode = 2 // of a constant whose number stands in the next instruction
	opLoadNil      opcode = 4
	opGetUpvalue   opcode = 5
	opGetTableUp   opcode = 6
	opGetTable     opcode = 7
	opSetTableUp   opcode = 8
	opSetTable     opcode = 10
	opSelf         opcode = 12
	opAdd          opcode = 13
	opSubtract     opcode = 14
	opMultiply     opcode = 15
	opDivide       opcode = 16
	opMod          opcode = 17
	opPower        opcode = 18
	opMinus        opcode = 19
	opLength       opcode = 21
	opConcat       opcode = 22
	opJump         opcode = 23
	opTest         opcode = 27
	opCall         opcode = 29
	opTailCall     opcode = 30
	opReturn       opcode = 31
	opEachCall     opcode = 34
	opClosure      opcode = 37
	opVararg       opcode = 38
	opExtra        opcode = 39
)

const (
	jumpOffset  = 1<<17 - 1 // a jump by n has n+jumpOffset in its field
	constantBit = 1 << 8    // set in an operand that is a constant
)

// operands says what is a register among the operands of an instruction.
type operands byte

const (
	inA    operands = 1 << iota
	inB             // or a constant, as the bit says
	inC             // the same
	aboveA          // one above it, 0 for none
	setsA           // the instruction writes to register a
)

// registers has the operands of each instruction.
var registers = [...]operands{
	inA | inB | setsA, // move
	inA | setsA,       // load constant
	inA | setsA,       // load far constant
	inA | setsA,       // load bool
	inA | setsA,       // load nil
	inA | setsA,       // get upvalue
	inA | inC | setsA, // get table up
	inA | inB | inC | setsA,
	inB | inC, // set table up
	inA,       // set upvalue
	inA | inB | inC,
	inA | setsA, // new table
	inA | inB | inC | setsA,
	inA | inB | inC | setsA, // add
	inA | inB | inC | setsA,
	inA | inB | inC | setsA,
	inA | inB | inC | setsA,
	inA | inB | inC | setsA,
	inA | inB | inC | setsA, // power
	inA | inB | setsA,       // minus
	inA | inB | setsA,       // not
	inA | inB | setsA,       // length
	inA | inB | inC | setsA, // concat
	aboveA,                  // jump
	inB | inC,               // equal
	inB | inC,               // less
	inB | inC,               // less or equal
	inA,                     // test
	inA | inB | setsA,       // test and set
	inA | setsA,             // call
	inA | setsA,             // tail call
	inA,                     // return
	inA | setsA,             // for loop
	inA | setsA,             // for preparation
	inA,                     // generic for call
	inA | setsA,             // generic for loop
	inA,                     // set list
	inA | setsA,             // closure
	inA | setsA,             // vararg
	0,                       // extra
}

func (i instruction) op() opcode { return opcode(i & 0x3f) }
func (i instruction) a() int     { return int(i >> 6 & 0xff) }
func (i instruction) b() int     { return int(i >> 23 & 0x1ff) }
func (i instruction) c() int     { return int(i >> 14 & 0x1ff) }
func (i instruction) bx() int    { return int(i >> 14) }
func (i instruction) jump() int  { return i.bx() - jumpOffset }

func abc(op opcode, a, b, c int) instruction {
	return instruction(op) | instruction(a)<<6 | instruction(c)<<14 | instruction(b)<<23
}

func abx(op opcode, a, bx int) instruction {
	return instruction(op) | instruction(a)<<6 | instruction(bx)<<14
}

// raised is the instruction with all registers one higher.
func (i instruction) raised() instruction {
	uses := registers[i.op()]
	if uses&inB != 0 && i.b()&constantBit == 0 {
		i += 1 << 23
	}
	if uses&inC != 0 && i.c()&constantBit == 0 {
		i += 1 << 14
	}
	if uses&inA != 0 || uses&aboveA != 0 && i.a() > 0 {
		i += 1 << 6
	}
	return i
}
