package codegen

import lua "github.com/yuin/gopher-lua"

// A list of jumps whose target is not known yet is threaded through their
// distances. It is named by its first one.
const (
	none       = -1 // the empty list, and no register
	noRegister = maxA
)

// emit adds an instruction. Jumps that wait for it lead to it.
func (f *function) emit(i instruction) int {
	waiting := f.pending
	f.pending = none
	f.patchEach(waiting, len(f.code), noRegister, len(f.code))
	f.code = append(f.code, i)
	f.lines = append(f.lines, f.line)
	return len(f.code) - 1
}

func (f *function) emitABC(op, a, b, c int) int { return f.emit(abc(op, a, b, c)) }
func (f *function) emitABx(op, a, bx int) int   { return f.emit(abx(op, a, bx)) }

// jump adds a jump to nowhere yet. Jumps that wait for the next instruction go
// where it will go.
func (f *function) jump() int {
	waiting := f.pending
	f.pending = none
	j := f.emit(asbx(lua.OP_JMP, 0, none))
	f.join(&j, waiting)
	return j
}

// jumpAlong adds a jump to a list. It becomes the first: walking to the end of a long
// list each time would take quadratic time.
func (f *function) jumpAlong(list *int) {
	j := f.jump()
	f.join(&j, *list)
	*list = j
}

// test adds an instruction that decides about a jump, and the jump.
func (f *function) test(op, a, b, c int) int {
	f.emitABC(op, a, b, c)
	return f.jump()
}

// here is the next instruction as a target.
func (f *function) here() int { return len(f.code) }

// following gives the jump behind j in its list.
func (f *function) following(j int) int {
	distance := f.code[j].sbx()
	if distance == none {
		return none
	}
	return j + 1 + distance
}

func (f *function) lead(j, target int) {
	distance := target - (j + 1)
	if distance > maxSBx || -distance > maxSBx {
		f.fail(f.line, "function too long: a jump over more than %d instructions", maxSBx)
	}
	f.code[j].setSBx(distance)
}

// join adds the second list to the first.
func (f *function) join(list *int, more int) {
	switch {
	case more == none:
	case *list == none:
		*list = more
	default:
		last := *list
		for next := f.following(last); next != none; next = f.following(last) {
			last = next
		}
		f.lead(last, more)
	}
}

// patch leads all jumps of a list to target.
func (f *function) patch(list, target int) {
	if target == f.here() {
		f.patchHere(list)
	} else {
		f.patchEach(list, target, noRegister, target)
	}
}

// patchHere leads them to the next instruction.
func (f *function) patchHere(list int) { f.join(&f.pending, list) }

// patchEach leads jumps whose test also stores the value tested to target, with the
// value in register, and others to the second target.
func (f *function) patchEach(list, target, register, otherwise int) {
	for list != none {
		next := f.following(list)
		if f.storeTested(list, register) {
			f.lead(list, target)
		} else {
			f.lead(list, otherwise)
		}
		list = next
	}
}

// decision gives the instruction that decides about a jump.
func (f *function) decision(j int) *instruction {
	if j > 0 && f.code[j-1].isTest() {
		return &f.code[j-1]
	}
	return &f.code[j]
}

// storeTested sets where the test of a jump stores the value tested; false if the
// test has none.
func (f *function) storeTested(j, register int) bool {
	i := f.decision(j)
	if i.op() != lua.OP_TESTSET {
		return false
	}
	if register != noRegister && register != i.b() {
		i.setA(register)
	} else {
		i.set(lua.OP_TEST, i.b(), 0, i.c())
	}
	return true
}

// storeNothing makes the tests of a list store no value.
func (f *function) storeNothing(list int) {
	for ; list != none; list = f.following(list) {
		f.storeTested(list, noRegister)
	}
}

// needValue reports whether a jump of the list leaves no value behind.
func (f *function) needValue(list int) bool {
	for ; list != none; list = f.following(list) {
		if f.decision(list).op() != lua.OP_TESTSET {
			return true
		}
	}
	return false
}
