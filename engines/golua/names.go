package golua

import "fmt"

// functionNames gives names for the functions of a chunk, by the line where each
// begins: that of the variable or field that the function is first stored in.
// The interpreter has no names for functions. Functions that begin on one line
// have none.
func (c *chunk) functionNames() map[int]string {
	names := map[int]string{}
	c.main.name(names)
	return names
}

func (p *prototype) name(names map[int]string) {
	for pc, i := range p.code {
		if i.op() != opClosure {
			continue
		}
		inner := p.prototypes[i>>14]
		line := int(inner.line)
		if _, twice := names[line]; twice {
			names[line] = ""
		} else {
			names[line] = p.stored(pc, i.a())
		}
		inner.name(names)
	}
}

// stored gives the name of what the instruction after pc stores register a in.
func (p *prototype) stored(pc, a int) string {
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
		return p.texts[i.b()&^constantBit]
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
