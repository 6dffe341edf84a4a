package codegen

import lua "github.com/yuin/gopher-lua"

// block is a scope of local variables, labels and break.
type block struct {
	outer    *block
	active   int  // variables in scope around it
	captured bool // a closure refers to a variable of it
	loop     bool // break leaves it
	breaks   int  // list of jumps
	labels   map[string]label
	gotos    int // how many were pending around it
}

type label struct {
	target, active, line int
}

// pendingGoto is one whose label was not seen yet.
type pendingGoto struct {
	name   string
	close  int // its instruction that closes variables; the jump is behind it
	active int // variables in scope, those of blocks left not counted
	line   int
}

func (f *function) enter(loop bool) *block {
	f.block = &block{outer: f.block, active: f.active, loop: loop, breaks: none, gotos: len(f.gotos)}
	return f.block
}

// leave ends the innermost block.
func (f *function) leave() {
	b := f.block
	f.block = b.outer
	f.deactivate(b.active)
	if b.captured {
		f.emitABC(lua.OP_CLOSE, b.active, 0, 0)
	}
	f.free = f.active
	f.patchHere(b.breaks)
	for _, g := range f.gotos[b.gotos:] {
		g.active = min(g.active, b.active)
	}
}

// breakLoop leaves the innermost loop.
func (f *function) breakLoop() {
	b, captured := f.block, f.labelled
	for ; b != nil && !b.loop; b = b.outer {
		captured = captured || b.captured
	}
	if b == nil {
		f.fail(f.line, "no loop to break")
	}
	if captured {
		f.emitABC(lua.OP_CLOSE, b.active, 0, 0)
	}
	f.jumpAlong(&b.breaks)
}

// label declares a label; last says that no statement follows it in its block, so
// that the variables of the block are out of scope there.
func (f *function) label(name string, last bool) {
	b := f.block
	if known, ok := b.labels[name]; ok {
		f.fail(f.line, "label '%s' already defined on line %d", name, known.line)
	}
	l := label{f.here(), f.active, f.line}
	if last {
		l.active = b.active
	}
	if b.labels == nil {
		b.labels = map[string]label{}
	}
	b.labels[name] = l
	f.labelled = true
	kept := f.gotos[:b.gotos]
	for _, g := range f.gotos[b.gotos:] {
		if g.name != name {
			kept = append(kept, g)
			continue
		}
		if g.active < l.active {
			f.fail(g.line, "goto %s jumps into the scope of local '%s'", name, f.locals[g.active])
		}
		f.code[g.close].setA(l.active)
		f.patch(g.close+1, l.target)
	}
	f.gotos = kept
}

// jumpTo goes to a label, seen already or not. It closes the variables that go out
// of scope, also those which a closure captures further down in the text.
func (f *function) jumpTo(name string) {
	closing := f.emitABC(lua.OP_CLOSE, 0, 0, 0)
	j := f.jump()
	for b := f.block; b != nil; b = b.outer {
		if l, ok := b.labels[name]; ok {
			f.code[closing].setA(l.active)
			f.patch(j, l.target)
			return
		}
	}
	f.gotos = append(f.gotos, &pendingGoto{name: name, close: closing, active: f.active, line: f.line})
}
