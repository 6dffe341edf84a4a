package codegen

import lua "github.com/yuin/gopher-lua"

// maxHops bounds how far a jump to a jump is followed.
const maxHops = 8

// finish completes the code of a function.
func (f *function) finish() *prototype {
	f.shorten()
	f.deactivate(0)
	p := &prototype{named: f.named, inside: f.protos, marks: f.marks}
	p.of = lua.FunctionProto{
		SourceName:         f.source,
		NumUpvalues:        uint8(len(f.upvalues)),
		NumParameters:      uint8(f.parameters),
		NumUsedRegisters:   uint8(f.registers + 1), // a tail call moves one value less than it should
		Code:               make([]uint32, len(f.code)),
		Constants:          f.constants,
		DbgSourcePositions: f.lines,
		DbgCalls:           f.calls,
		DbgLocals:          f.variables,
	}
	for i, in := range f.code {
		p.of.Code[i] = uint32(in)
	}
	for _, u := range f.upvalues {
		p.of.DbgUpvalues = append(p.of.DbgUpvalues, u.name)
	}
	if f.vararg {
		p.of.IsVarArg = lua.VarArgIsVarArg
	}
	return p
}

// shorten leads jumps to jumps where those lead, and makes one instruction of
// moves in a row.
func (f *function) shorten() {
	moves := 0
	for pc := 0; pc < len(f.code); pc++ {
		i := &f.code[pc]
		if i.op() == lua.OP_MOVE {
			moves++
			continue
		}
		if moves > 1 {
			first := &f.code[pc-moves]
			first.set(lua.OP_MOVEN, first.a(), first.b(), min(moves-1, maxC))
		}
		moves = 0
		switch {
		case i.op() == lua.OP_JMP:
			for range maxHops {
				next := pc + 1 + i.sbx()
				if f.code[next].op() != lua.OP_JMP {
					break
				}
				f.lead(pc, next+1+f.code[next].sbx())
			}
		case i.op() == lua.OP_CLOSURE:
			pc += int(f.protos[i.bx()].of.NumUpvalues)
		case i.op() == lua.OP_SETLIST && i.c() == 0:
			pc++
		}
	}
}
