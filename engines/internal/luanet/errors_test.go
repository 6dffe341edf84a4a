package luanet

import "strconv"

// thrown makes a value to throw. Texts have an @, by which the prelude knows
// them.
func (g *generator) thrown() *node {
	switch g.IntN(8) {
	case 0:
		return tableOf(namedOf("code", g.number(1)))
	case 1:
		return pick(g, constant("nil"), constant("false"), g.number(1))
	case 2:
		return operation("..", quoted("@"), g.text(1))
	}
	return quoted("@" + strconv.Itoa(g.IntN(100)))
}

// throwing makes statements that throw.
func (g *generator) throwing() []*node {
	switch g.IntN(8) {
	case 0:
		return []*node{statementOf(callOf("error", g.thrown(), constant(pick(g, "0", "1", "2", "2"))))}
	case 1:
		return []*node{statementOf(callOf("assert", pick(g, constant("nil"), constant("false"), g.truth(1)), g.thrown()))}
	case 2:
		return []*node{localOf("none"), statementOf(callNode(fieldOf(id("none"), "x")))}
	case 3:
		return []*node{returning(operation(pick(g, "+", "..", "<", "%"), g.thing(1), tableOf()))}
	case 4:
		return []*node{statementOf(callOf("error"))}
	}
	x := callOf("error", g.thrown())
	if g.chance(4) {
		x.text = "lines"
	}
	return []*node{statementOf(x)}
}

// protectedCall makes a call in which errors are caught.
func (g *generator) protectedCall() []*node {
	s := &signature{results: []sort{g.simple()}, varargs: g.chance(4)}
	f := functionOf("")
	args := []*node(nil)
	g.inside(frame{results: s.results, varargs: s.varargs, protected: true}, func() {
		if s.varargs {
			f.text = "..."
		}
		b := f.kids[0]
		b.kids = g.some(3)
		if g.chance(2) {
			b.kids = append(b.kids, branchOf(g.truth(1), blockOf(g.throwing()...)))
		}
		b.kids = append(b.kids, g.returning())
	})
	if s.varargs {
		args = g.things(1)
	}
	protected := callOf("pcall", append([]*node{f}, args...)...)
	switch g.IntN(6) {
	case 0:
		protected = callOf("xpcall", append([]*node{f, g.errorHandler()}, args...)...)
	case 1: // of a function of the program, which knows its caller
		if v, ok := g.variable(func(v variable) bool { return v.sort == aFunction && v.signature != nil }); ok && !g.leaf {
			protected = callOf("pcall", append([]*node{id(v.name)}, g.arguments(v.signature, 1)...)...)
		}
	case 2: // an error two levels up
		name := g.fresh(aFunction)
		thrower := functionOf("e", statementOf(callOf("error", id("e"), constant(pick(g, "1", "2", "0")))))
		return []*node{
			localFunctionOf(name, thrower),
			show(callOf("outcome", callOf("pcall", g.functionWith("", true, func() []*node {
				return []*node{statementOf(callNode(id(name), g.thrown())), returning(constant("1"))}
			})))),
		}
	case 3: // thrown on
		ok, e := g.fresh(aTruth), g.fresh(aThing)
		again := functionOf("",
			localOf(ok+", "+e, callOf("pcall", f)),
			statementOf(callOf("error", id(e), constant(pick(g, "0", "1")))))
		protected = callOf("pcall", again)
	case 4:
		ok, e := g.fresh(aTruth), g.fresh(aThing)
		g.declare(variable{name: ok, sort: aTruth})
		g.declare(variable{name: e, sort: aThing})
		return []*node{localOf(ok+", "+e, callOf("outcome", protected)), show(id(ok), id(e))}
	}
	return []*node{show(callOf("outcome", protected))}
}

func (g *generator) errorHandler() *node {
	switch g.IntN(4) {
	case 0:
		return id("caught")
	case 1:
		return functionOf("e", returning(tableOf(callOf("caught", id("e")), g.number(0))))
	case 2:
		return functionOf("e", show(callOf("caught", id("e"))), returning(quoted("@handled"), constant("2")))
	}
	return functionOf("e", returning(operation("..", quoted("@"), callOf("text", callOf("caught", id("e"))))))
}
