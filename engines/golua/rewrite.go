package golua

import (
	"fmt"
	"slices"
)

// The interpreter has three faults that change what programs do. They are
// repaired in the compiled code, before it is first loaded:
//
//   - A function expression gives the closure made last, if the values of its
//     closed variables happen to be equal, or if the open ones lie at the same
//     stack index, be it in another coroutine. A further upvalue that holds NaN,
//     which equals nothing, stops that.
//   - When two or more captured variables go out of scope at once, some stay
//     for ever in the list that is searched at each such event: memory grows,
//     and time with it. Jumps that close one variable each stop that.
//   - x % y has the sign of x. A call of the function in the upvalue named
//     moduloName stands for it.
//
// Code is only added behind that of the function: the instruction to be replaced
// becomes a jump there, and the last added one jumps back. So nothing has to be
// moved.
const (
	nanName    = "(nan)"
	moduloName = "(modulo)"
)

// instruction is one of the interpreter's.
type instruction uint32

type opcode byte

const (
	opMove         opcode = 0
	opLoadConstant opcode = 1
	opGetUpvalue   opcode = 5
	opMod          opcode = 17
	opJump         opcode = 23
	opCall         opcode = 29
	opTailCall     opcode = 30
	opReturn       opcode = 31
)

const (
	jumpOffset    = 1<<17 - 1 // a jump by n has n+jumpOffset in its field
	constantBit   = 1 << 8    // set in an operand that is a constant
	maxUpvalues   = 250
	maxRegisters  = 250
	scratchNeeded = 3
)

func (i instruction) op() opcode { return opcode(i & 0x3f) }
func (i instruction) a() int     { return int(i >> 6 & 0xff) }
func (i instruction) b() int     { return int(i >> 23 & 0x1ff) }
func (i instruction) c() int     { return int(i >> 14 & 0x1ff) }
func (i instruction) jump() int  { return int(i>>14) - jumpOffset }

func abc(op opcode, a, b, c int) instruction {
	return instruction(op) | instruction(a)<<6 | instruction(c)<<14 | instruction(b)<<23
}

func abx(op opcode, a, bx int) instruction {
	return instruction(op) | instruction(a)<<6 | instruction(bx)<<14
}

// rewrite repairs all functions of the chunk.
func (c *chunk) rewrite() error {
	needs := map[*prototype]upvalueNeeds{}
	c.main.needs(needs)
	return c.main.rewrite(needs, upvalueNeeds{})
}

// upvalueNeeds says which further upvalues a function must have, for itself or
// for a function inside.
type upvalueNeeds struct{ nan, modulo bool }

func (p *prototype) needs(all map[*prototype]upvalueNeeds) upvalueNeeds {
	var n upvalueNeeds
	for _, u := range p.upvalues {
		if u.name != "_ENV" {
			n.nan = true
		}
	}
	for _, i := range p.code {
		if i.op() == opMod {
			n.modulo = true
		}
	}
	for _, inner := range p.prototypes {
		m := inner.needs(all)
		n.nan = n.nan || m.nan
		n.modulo = n.modulo || m.modulo
	}
	all[p] = n
	return n
}

func (p *prototype) rewrite(needs map[*prototype]upvalueNeeds, outer upvalueNeeds) error {
	captured := p.captured()
	need := needs[p]
	if len(p.upvalues) > maxUpvalues {
		return p.tooMany("upvalues", maxUpvalues)
	}
	own := len(p.upvalues)
	if need.nan {
		p.upvalues = append(p.upvalues, upvalue{name: nanName})
	}
	if need.modulo {
		p.upvalues = append(p.upvalues, upvalue{name: moduloName})
	}
	for _, inner := range p.prototypes {
		before := len(inner.upvalues)
		if err := inner.rewrite(needs, need); err != nil {
			return err
		}
		for i := before; i < len(inner.upvalues); i++ {
			inner.upvalues[i].index = byte(own)
			if inner.upvalues[i].name == moduloName && need.nan {
				inner.upvalues[i].index++
			}
		}
	}
	modulo, length, scratch := len(p.upvalues)-1, len(p.code), 0
	for pc := range length {
		switch i := p.code[pc]; i.op() {
		case opMod:
			scratch = scratchNeeded
			p.divert(pc, p.modulo(i, modulo), pc+1)
		case opJump:
			if chain := closings(captured, i.a()-1); i.a() > 0 && len(chain) > 0 {
				target := pc + 1 + i.jump()
				p.divert(pc, chain, target)
				last := len(p.code) - 1
				p.code[last] = abx(opJump, i.a(), target-(last+1)+jumpOffset)
			}
		case opReturn:
			if chain := closings(captured, 0); len(chain) > 0 {
				p.divert(pc, append(chain, i), -1)
			}
		case opTailCall:
			if chain := closings(captured, 0); len(chain) > 0 {
				p.divert(pc, append(chain, i, p.code[pc+1]), -1)
			}
		}
	}
	if int(p.maxStackSize)+scratch > maxRegisters {
		return p.tooMany("registers", maxRegisters)
	}
	p.maxStackSize += byte(scratch)
	if len(p.code) > length && len(p.code) > jumpOffset {
		return p.tooMany("instructions", jumpOffset)
	}
	return nil
}

// captured gives the registers that closures made here refer to, in order.
func (p *prototype) captured() []int {
	var out []int
	for _, inner := range p.prototypes {
		for _, u := range inner.upvalues {
			if r := int(u.index); u.inRegister && !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	slices.Sort(out)
	return out
}

// closings gives jumps to the next instruction that close all but the lowest of
// the captured registers from level on, from the top down.
func closings(captured []int, level int) []instruction {
	from := 0
	for from < len(captured) && captured[from] < level {
		from++
	}
	var out []instruction
	for k := len(captured) - 1; k > from; k-- {
		out = append(out, abx(opJump, captured[k]+1, jumpOffset))
	}
	return out
}

// modulo gives code that does what i should do. Its registers lie above those
// of the function.
func (p *prototype) modulo(i instruction, upvalue int) []instruction {
	r := int(p.maxStackSize)
	load := func(to, operand int) instruction {
		if operand&constantBit != 0 {
			return abx(opLoadConstant, to, operand&^constantBit)
		}
		return abc(opMove, to, operand, 0)
	}
	return []instruction{
		abc(opGetUpvalue, r, upvalue, 0),
		load(r+1, i.b()),
		load(r+2, i.c()),
		abc(opCall, r, 3, 2),
		abc(opMove, i.a(), r, 0),
	}
}

// divert replaces the instruction at pc by others, after which execution goes
// on at target unless that is negative.
func (p *prototype) divert(pc int, code []instruction, target int) {
	p.code[pc] = abx(opJump, 0, len(p.code)-(pc+1)+jumpOffset)
	p.code = append(p.code, code...)
	if target >= 0 {
		p.code = append(p.code, abx(opJump, 0, target-(len(p.code)+1)+jumpOffset))
	}
	for len(p.lines) < len(p.code) {
		p.lines = append(p.lines, p.lines[pc])
	}
}

func (p *prototype) tooMany(what string, limit int) error {
	return &limitError{int(p.line), fmt.Sprintf("too many %s in a function (limit is %d)", what, limit)}
}

// limitError says that a function is too large.
type limitError struct {
	line    int // 0 for the file itself
	message string
}

func (e *limitError) Error() string { return e.message }
