package golua

import (
	"fmt"
	"slices"
	"strings"
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
//   - "5--x" + 1 is 6. Where such a constant stands in arithmetic, that is a call too.
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
	coverName  = "(cover)"
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
	c.symbols = c.main.keepNames(nil)
	c.main.dropNames()
	return c.main.rewrite(needs, nil, 0)
}

// upvalueNeeds are the names of the further upvalues that a function must have,
// for itself or for a function inside, in the order of added.
type upvalueNeeds []string

// added are the names of all further upvalues.
var added = [...]string{nanName, moduloName, powerName, concatName, "__add", "__sub", "__mul", "__div", "__unm", getName, setName, countName, coverName}

// call gives the name of the function of which a call stands for the instruction at
// pc, "" if the instruction is right.
func (p *prototype) call(pc int) string {
	switch i := p.code[pc]; i.op() {
	case opMod:
		return moduloName
	case opPower:
		return powerName
	case opConcat:
		return concatName
	case opAdd, opSubtract, opMultiply, opDivide, opMinus:
		if p.isConstant(pc, i.b(), isCommented) || i.op() != opMinus && p.isConstant(pc, i.c(), isCommented) {
			return [...]string{opAdd: "__add", opSubtract: "__sub", opMultiply: "__mul", opDivide: "__div", opMinus: "__unm"}[i.op()]
		}
	case opGetTable, opSelf:
		if p.isConstant(pc, i.c(), isEventName) {
			return getName
		}
	case opSetTable, opSetTableUp:
		switch {
		case p.isMark(i):
			return coverName
		case i.op() == opSetTable && p.isConstant(pc, i.b(), isEventName):
			return setName
		}
	}
	return ""
}

func isEventName(text string) bool { return isEvent(text) }

// isCommented reports whether the interpreter may take a string for a number that is
// none: it passes over a comment behind one.
func isCommented(text string) bool { return strings.Contains(text, "--") }

// isConstant reports whether an operand at pc may be a string of a kind: it is a
// constant, or a register that was loaded with one last. Where it was not, the call
// does the same as the instruction.
func (p *prototype) isConstant(pc, operand int, kind func(string) bool) bool {
	if operand&constantBit != 0 {
		return kind(p.texts[operand&^constantBit])
	}
	if !p.suspect {
		return false
	}
	// Between the load and the use lies the code of one expression.
	const far = 1000
	for pc--; pc >= 0 && pc > pc-far; pc-- {
		if i := p.code[pc]; i.a() == operand && registers[i.op()]&setsA != 0 {
			return i.op() == opLoadConstant && i.bx() < len(p.texts) && kind(p.texts[i.bx()])
		}
	}
	return false
}

func (p *prototype) needs(all map[*prototype]upvalueNeeds) upvalueNeeds {
	var names []string
	p.suspect = slices.ContainsFunc(p.texts, func(text string) bool { return isEvent(text) || isCommented(text) })
	p.calls = map[int]string{}
	if slices.ContainsFunc(p.upvalues, func(u upvalue) bool { return u.name != "_ENV" }) {
		names = append(names, nanName)
	}
	for pc := range p.code {
		if name := p.call(pc); name != "" {
			p.calls[pc] = name
			names = append(names, name)
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
	p.symbols.shift, p.symbols.first = moved, length
	for pc := range length {
		i := p.code[pc]
		if name := p.calls[pc-moved]; name != "" {
			code, registers := p.callFor(i, upvalue(name))
			scratch = max(scratch, registers)
			p.divert(pc, code, pc+1)
			continue
		}
		switch i.op() {
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
				p.divert(pc, append(chain, tailCall(i, captured)...), -1)
			} else if len(chain) > 0 {
				p.divert(pc, append(chain, i, p.code[pc+1]), -1)
			}
		case opLoadConstant:
			if pc+1 < length && p.code[pc+1].op() == opExtra {
				p.code[pc] = abx(opLoadFar, i.a(), 0)
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
	p.mark()
	return nil
}

// dropNames drops what only serves for error texts, which are made of symbols: each
// process has a copy. The main function keeps the names of its upvalues, see
// setUpvalues.
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

// callFor gives code that does what i should do, by a call of the function in an
// upvalue, and how many registers it needs. They lie above those of the function.
func (p *prototype) callFor(i instruction, upvalue int) (code []instruction, registers int) {
	r := int(p.maxStackSize)
	code = []instruction{abc(opGetUpvalue, r, upvalue, 0)}
	result := func(arguments ...int) ([]instruction, int) {
		for k, operand := range arguments {
			code = append(code, load(r+1+k, operand))
		}
		code = append(code, abc(opCall, r, 1+len(arguments), 2))
		if i.op() == opSelf {
			code = append(code, abc(opMove, i.a()+1, i.b(), 0))
		}
		return append(code, abc(opMove, i.a(), r, 0)), 1 + len(arguments)
	}
	switch i.op() {
	case opConcat:
		return p.concat(i, upvalue), 1 + min(i.c()-i.b()+1, maxOperands)
	case opSetTable, opSetTableUp:
		if p.isMark(i) {
			return append(code, abc(opCall, r, 1, 1)), 1
		}
		code = append(code, load(r+1, i.a()), load(r+2, i.b()), load(r+3, i.c()), abc(opCall, r, 4, 1))
		return code, 4
	case opMinus:
		return result(i.b(), i.b())
	}
	return result(i.b(), i.c())
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
		p.symbols.from = append(p.symbols.from, pc)
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
