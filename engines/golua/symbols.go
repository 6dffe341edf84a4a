package golua

import (
	"slices"

	"github.com/understudy-run/understudy/engines/internal/luaname"
)

// symbols are what a function was before rewrite, for error texts: those are about the
// instruction that was meant. They are kept once for all processes.
type symbols struct {
	code     []instruction
	lines    []int32
	texts    []string // the constants that are strings
	locals   []luaname.Variable
	upvalues []string

	shift int   // how many instructions stand in front of them now
	first int   // number of the first instruction that was added behind them
	from  []int // for which each of those stands
}

// keepNames gives the symbols of p and of all functions inside it, and gives each its
// number among them.
func (p *prototype) keepNames(all []*symbols) []*symbols {
	s := &symbols{code: slices.Clone(p.code), lines: slices.Clone(p.lines), texts: p.texts}
	for _, l := range p.locals {
		s.locals = append(s.locals, luaname.Variable{Name: l.name, Start: int(l.start), End: int(l.end)})
	}
	for _, u := range p.upvalues {
		s.upvalues = append(s.upvalues, u.name)
	}
	p.symbols, p.number = s, len(all)
	all = append(all, s)
	for _, inner := range p.prototypes {
		all = inner.keepNames(all)
	}
	return all
}

// mark puts the number of p behind its code, where nothing is executed, so that it is
// found again in the interpreter's copies.
func (p *prototype) mark() {
	p.code = append(p.code, abx(opExtra, 0, p.number))
	p.lines = append(p.lines, p.lines[len(p.lines)-1])
}

// marked gives the number that stands behind the code of a function.
func marked(last instruction) (number int, ok bool) { return last.bx(), last.op() == opExtra }

// origin gives the instruction that was meant by the one that is executed.
func (s *symbols) origin(pc int) (int, bool) {
	if i := pc - s.first; i >= 0 {
		if i >= len(s.from) {
			return 0, false
		}
		pc = s.from[i]
	}
	pc -= s.shift
	return pc, pc >= 0 && pc < len(s.code)
}

// register gives the number that a register has now.
func (s *symbols) register(r int) int {
	if s.shift > 0 { // see prototype.count
		return r + 1
	}
	return r
}

// Local implements luaname.Code.
func (s *symbols) Local(register, pc int) string {
	name := luaname.Local(s.locals, register, pc)
	if name != "" && name[0] == '(' { // the interpreter's own
		return ""
	}
	return name
}

// Upvalue implements luaname.Code.
func (s *symbols) Upvalue(i int) string {
	if i < len(s.upvalues) {
		return s.upvalues[i]
	}
	return "?"
}

// Step implements luaname.Code.
func (s *symbols) Step(pc int) luaname.Step {
	i := s.code[pc]
	step := luaname.Step{A: i.a(), B: i.b(), Sets: true}
	switch i.op() {
	case opMove:
		step.Op = luaname.Move
	case opLoadConstant:
		step.Op, step.Key = luaname.Constant, s.text(i.bx())
	case opLoadNil:
		step.Op, step.B = luaname.Nothing, i.a()+i.b()
	case opGetUpvalue:
		step.Op = luaname.Upvalue
	case opGetTableUp:
		step.Op = luaname.FieldOf
		step.Key, step.KeyIn = s.key(i.c())
	case opGetTable:
		step.Op = luaname.Field
		step.Key, step.KeyIn = s.key(i.c())
	case opSelf:
		step.Op = luaname.Self
		step.Key, step.KeyIn = s.key(i.c())
	case opCall, opTailCall:
		step.Op = luaname.Call
	case opEachCall:
		step.Op = luaname.Each
	case opJump:
		step = luaname.Step{Op: luaname.Jump, Target: pc + 1 + i.jump()}
	case opTest:
	case opExtra:
		step = luaname.Step{Op: luaname.Raw}
	default:
		step.Sets = registers[i.op()]&setsA != 0
	}
	return step
}

func (s *symbols) text(constant int) string {
	if constant < len(s.texts) {
		return s.texts[constant]
	}
	return ""
}

// key gives a key: a constant string, or the register in which it lies.
func (s *symbols) key(operand int) (string, luaname.Register) {
	if operand&constantBit != 0 {
		return s.text(operand &^ constantBit), 0
	}
	return "", luaname.Register(operand + 1)
}
