package golua

import (
	"fmt"
	"slices"
)

// The interpreter has faults that change what programs do. They are repaired in
// the compiled code, before it is first loaded:
//
//   - A function expression gives the closure made last, if the values of its
//     closed variables happen to be equal, or if the open ones lie at the same
//     stack index, be it in another coroutine. A further upvalue that holds NaN,
//     which equals nothing, stops that.
//   - When two or more captured variables go out of scope at once, some stay
//     for ever in the list that is searched at each such event: memory grows,
//     and time with it. Jumps that close one variable each stop that.
//   - x % y has the sign of x, and x ^ y is off by some of the last digits. Calls of
//     the functions in the upvalues named moduloName and powerName stand for them.
//   - After a .. b the top of the stack stays where the result is, below
//     registers in use; whatever is pushed before the next call, be it by our
//     hook or for a metamethod, overwrites them. Calls of the function in the
//     upvalue named concatName stand for it. They also bound and charge the
//     string.
//   - What it does with metatables needs guards, see events.go. Calls of the
//     functions in the upvalues named getName and setName stand for access to the
//     fields concerned.
//   - A tail call in a vararg function may make it fail, see varargs.go.
//   - It loads a constant with a number of more than 18 bits by an instruction that
//     takes the number for the next one.
//
// Code is only added behind that of the function: the instruction to be replaced
// becomes a jump there, and the last added one jumps back. So nothing has to be
// moved. Names that each process would copy for nothing are dropped.
const (
	nanName    = "(nan)"
	moduloName = "(modulo)"
	powerName  = "(power)"
	concatName = "(concat)"
	getName    = "(get)"
	setName    = "(set)"
	countName  = "(count)"
)

const (
	maxUpvalues  = 250
	maxRegisters = 250
	// maxOperands is how many operands of .. one call takes.
	maxOperands = 8
)

// rewrite repairs all functions of the chunk.
func (c *chunk) rewrite() error {
	needs := map[*prototype]upvalueNeeds{}
	c.main.needs(needs)
	c.main.dropNames()
	return c.main.rewrite(needs, nil, 0)
}

// upvalueNeeds are the names of the further upvalues that a function must have,
// for itself or for a function inside, in the order of added.
type upvalueNeeds []string

// added are the names of all further upvalues.
var added = [...]string{nanName, moduloName, powerName, concatName, getName, setName, countName}

func (p *prototype) needs(all map[*prototype]upvalueNeeds) upvalueNeeds {
	var names []string
	p.events = map[int]bool{}
	p.named = slices.ContainsFunc(p.texts, func(text string) bool { return isEvent(text) })
	if slices.ContainsFunc(p.upvalues, func(u upvalue) bool { return u.name != "_ENV" }) {
		names = append(names, nanName)
	}
	for pc, i := range p.code {
		switch i.op() {
		case opMod:
			names = append(names, moduloName)
		case opPower:
			names = append(names, powerName)
		case opConcat:
			names = append(names, concatName)
		case opGetTable, opSelf:
			if p.isEvent(pc, i.c()) {
				p.events[pc] = true
				names = append(names, getName)
			}
		case opSetTable:
			if p.isEvent(pc, i.b()) {
				p.events[pc] = true
				names = append(names, setName)
			}
		}
	}
	if p.isWrapper() {
		names = append(names, countName)
	}
	for _, inner := range p.prototypes {
		names = append(names, inner.needs(all)...)
	}
	var n upvalueNeeds
	for _, name := range added {
		if slices.Contains(names, name) {
			n = append(n, name)
		}
	}
	all[p] = n
	return n
}

// addUpvalues gives p the further upvalues. outer are those of the function
// around it, the first of which is its upvalue number first; nil if there is
// none. Only the main function needs their names: each process has a copy.
func (p *prototype) addUpvalues(names, outer upvalueNeeds, first int) error {
	if len(p.upvalues)+len(names) > maxUpvalues {
		return p.tooMany("upvalues", maxUpvalues)
	}
	for _, name := range names {
		u := upvalue{name: name}
		if outer != nil {
			u = upvalue{index: byte(first + slices.Index(outer, name))}
		}
		p.upvalues = append(p.upvalues, u)
	}
	return nil
}

func (p *prototype) rewrite(needs map[*prototype]upvalueNeeds, outer upvalueNeeds, first int) error {
	need, own := needs[p], len(p.upvalues)
	if err := p.addUpvalues(need, outer, first); err != nil {
		return err
	}
	for _, inner := range p.prototypes {
		if err := inner.rewrite(needs, need, own); err != nil {
			return err
		}
	}
	upvalue := func(name string) int { return own + slices.Index(need, name) }
	wrapper, moved := p.isWrapper(), len(p.code)
	if wrapper {
		if err := p.count(upvalue(countName)); err != nil {
			return err
		}
	}
	captured := p.captured()
	length, scratch := len(p.code), 0
	moved = length - moved
	for pc := range length {
		switch i := p.code[pc]; i.op() {
		case opMod:
			scratch = max(scratch, 3)
			p.divert(pc, p.operation(i, upvalue(moduloName)), pc+1)
		case opPower:
			scratch = max(scratch, 3)
			p.divert(pc, p.operation(i, upvalue(powerName)), pc+1)
		case opConcat:
			scratch = max(scratch, 1+min(i.c()-i.b()+1, maxOperands))
			p.divert(pc, p.concat(i, upvalue(concatName)), pc+1)
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
			chain := closings(captured, 0)
			if wrapper {
				chain = append(chain, passOn(i, captured)...)
			}
			if len(chain) > 0 {
				p.divert(pc, append(chain, i, p.code[pc+1]), -1)
			}
		case opLoadConstant:
			if pc+1 < length && p.code[pc+1].op() == opExtra {
				p.code[pc] = abx(opLoadFar, i.a(), 0)
			}
		case opGetTable, opSelf:
			if p.events[pc-moved] {
				scratch = max(scratch, 3)
				p.divert(pc, p.getEvent(i, upvalue(getName)), pc+1)
			}
		case opSetTable:
			if p.events[pc-moved] {
				scratch = max(scratch, 4)
				p.divert(pc, p.setEvent(i, upvalue(setName)), pc+1)
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

// dropNames drops what only serves for error texts, from which withoutGuess takes
// it anyway: each process has a copy. The main function keeps the names of its
// upvalues, see setUpvalues.
func (p *prototype) dropNames() {
	p.locals = nil
	for _, inner := range p.prototypes {
		for i := range inner.upvalues {
			inner.upvalues[i].name = ""
		}
		inner.dropNames()
	}
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

// load gives code that loads an operand into a register.
func load(to, operand int) instruction {
	if operand&constantBit != 0 {
		return abx(opLoadConstant, to, operand&^constantBit)
	}
	return abc(opMove, to, operand, 0)
}

// operation gives code that does what i, an operator, should do. Its registers lie
// above those of the function.
func (p *prototype) operation(i instruction, upvalue int) []instruction {
	r := int(p.maxStackSize)
	return []instruction{
		abc(opGetUpvalue, r, upvalue, 0),
		load(r+1, i.b()),
		load(r+2, i.c()),
		abc(opCall, r, 3, 2),
		abc(opMove, i.a(), r, 0),
	}
}

// isEvent reports whether an operand at pc may be the name of one of the two
// events that need guards: it is a constant, or a register that was loaded with one
// last. Where it was not, the call does the same as the instruction.
func (p *prototype) isEvent(pc, operand int) bool {
	switch {
	case !p.named:
		return false
	case operand&constantBit != 0:
		return isEvent(p.texts[operand&^constantBit])
	}
	// Between the load and the use lies the code of one expression.
	const far = 1000
	for pc--; pc >= 0 && pc > pc-far; pc-- {
		if i := p.code[pc]; i.a() == operand && registers[i.op()]&setsA != 0 {
			return i.op() == opLoadConstant && i.bx() < len(p.texts) && isEvent(p.texts[i.bx()])
		}
	}
	return false
}

// getEvent gives code for t.__index and t:__index.
func (p *prototype) getEvent(i instruction, upvalue int) []instruction {
	r := int(p.maxStackSize)
	code := []instruction{
		abc(opGetUpvalue, r, upvalue, 0),
		abc(opMove, r+1, i.b(), 0),
		load(r+2, i.c()),
		abc(opCall, r, 3, 2),
	}
	if i.op() == opSelf {
		code = append(code, abc(opMove, i.a()+1, i.b(), 0))
	}
	return append(code, abc(opMove, i.a(), r, 0))
}

// setEvent gives code for t.__index = v.
func (p *prototype) setEvent(i instruction, upvalue int) []instruction {
	r := int(p.maxStackSize)
	return []instruction{
		abc(opGetUpvalue, r, upvalue, 0),
		abc(opMove, r+1, i.a(), 0),
		load(r+2, i.b()),
		load(r+3, i.c()),
		abc(opCall, r, 4, 1),
	}
}

// concat gives code that does what i should do: calls for parts of the operands,
// from right to left, of which each takes the result of the one before as its
// last operand.
func (p *prototype) concat(i instruction, upvalue int) []instruction {
	r := int(p.maxStackSize)
	var code []instruction
	left, more := i.c()-i.b()+1, 0
	for left > 0 {
		n := min(left, maxOperands-more)
		if more > 0 {
			code = append(code, abc(opMove, r+1+n, r, 0))
		}
		code = append(code, abc(opGetUpvalue, r, upvalue, 0))
		for k := range n {
			code = append(code, abc(opMove, r+1+k, i.b()+left-n+k, 0))
		}
		code = append(code, abc(opCall, r, 1+n+more, 2))
		left, more = left-n, 1
	}
	return append(code, abc(opMove, i.a(), r, 0))
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
