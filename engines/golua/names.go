package golua

import (
	"encoding/binary"
	"fmt"
)

// functionNames gives names for the functions of a chunk, by the line where each
// begins: that of the variable or field that the function is first stored in.
// The interpreter has no names for functions. Functions that begin on one line
// have none.
func (c *chunk) functionNames() map[int]string {
	names := map[int]string{}
	order := binary.ByteOrder(binary.BigEndian)
	if c.header[byteOrder] == 1 {
		order = binary.LittleEndian
	}
	c.main.name(names, &chunkReader{order: order, size: int(c.header[pointerSize])})
	return names
}

const (
	opSetTableUp opcode = 8
	opSetTable   opcode = 10
	opClosure    opcode = 37
)

func (p *prototype) name(names map[int]string, r *chunkReader) {
	r.data = p.constants
	constants := make([]string, p.constantCount)
	for i := range constants {
		constants[i] = r.constantText()
	}
	for pc, i := range p.code {
		if i.op() != opClosure {
			continue
		}
		inner := p.prototypes[i>>14]
		line := int(inner.line)
		if _, twice := names[line]; twice {
			names[line] = ""
		} else {
			names[line] = p.stored(pc, i.a(), constants)
		}
		inner.name(names, r)
	}
}

// stored gives the name of what the instruction after pc stores register a in.
func (p *prototype) stored(pc, a int, constants []string) string {
	register := 0
	for _, l := range p.locals {
		if int(l.start) <= pc+1 && pc+1 < int(l.end) {
			if register == a && int(l.start) == pc+1 {
				return l.name
			}
			register++
		}
	}
	i := p.code[pc+1]
	if op := i.op(); (op == opSetTableUp || op == opSetTable) && i.c() == a && i.b()&constantBit != 0 {
		return constants[i.b()&^constantBit]
	}
	return ""
}

// functionName names the function of that file and line for a stack trace.
func (in *instance) functionName(file string, line int) string {
	for _, c := range in.sources(file) {
		if name := c.program.names[line]; name != "" {
			return name
		}
	}
	return fmt.Sprintf("<%s:%d>", file, line)
}
