package luanet

import "strconv"

// yields makes the body of a coroutine.
func (g *generator) yields() []*node {
	yield := func(values ...*node) *node { return callOf("coroutine.yield", values...) }
	var made []*node
	for range 1 + g.IntN(3) {
		switch g.IntN(8) {
		case 0:
			made = append(made, show(yield(g.things(1)...)))
		case 1:
			name := g.fresh(aThing)
			made = append(made, localOf(name, yield(g.thing(1))))
			g.declare(variable{name: name, sort: aThing})
		case 2:
			name := g.fresh(aNumber)
			g.repeated++
			made = append(made, forOf(name, blockOf(statementOf(yield(id(name), g.thing(1)))), constant("1"), constant("3")))
			g.repeated--
		case 3:
			made = append(made, statementOf(yield(g.things(2)...)))
		case 4:
			made = append(made, g.some(1)...)
		case 5:
			if g.chance(3) {
				f := g.functionWith("", true, func() []*node {
					return []*node{statementOf(yield(g.thing(1))), statementOf(callOf("error", g.thrown()))}
				})
				made = append(made, show(callOf("outcome", callOf("pcall", f))))
			}
		case 6:
			if g.chance(3) {
				made = append(made, g.throwing()...)
				if last := made[len(made)-1]; last.kind == giveBack {
					made[len(made)-1] = doing(blockOf(last))
				}
			}
		case 7:
			made = append(made, show(tableOf(yield(constant("1")), yield(constant("2")))))
		}
	}
	return made
}

// nested makes coroutines that look at each other.
func (g *generator) nested() []*node {
	outer, inner := g.fresh(aThing), g.fresh(aThing)
	status := func(co string) *node { return callOf("coroutine.status", id(co)) }
	resume := func(co string, args ...*node) *node {
		return callOf("outcome", callOf("coroutine.resume", append([]*node{id(co)}, args...)...))
	}
	in := g.functionWith("a", true, func() []*node {
		made := []*node{show(id("a"), status(outer), status(inner)), show(resume(outer)), show(callOf("coroutine.yield", g.thing(1)))}
		if g.chance(2) {
			made = append(made, g.throwing()...)
		}
		return made
	})
	out := g.functionWith("", true, func() []*node {
		return []*node{
			localOf(inner),
			assignment(id(inner), callOf("coroutine.create", in)),
			show(resume(inner, g.thing(1))), show(status(inner)),
			statementOf(callOf("coroutine.yield")),
			show(resume(inner, g.thing(1))), show(resume(inner)), show(status(inner)),
		}
	})
	return []*node{
		localOf(outer), assignment(id(outer), callOf("coroutine.create", out)),
		show(resume(outer)), show(status(outer)), show(resume(outer)), show(resume(outer), status(outer)),
	}
}

// coroutine makes a coroutine and runs it some way.
func (g *generator) coroutine() []*node {
	if g.chance(6) {
		return g.nested()
	}
	f := functionOf("a, ...")
	g.inside(frame{results: []sort{g.simple()}, varargs: true, protected: true}, func() {
		g.declare(variable{name: "a", sort: aThing})
		f.kids[0].kids = append(g.yields(), g.returning())
	})
	co := g.fresh(aThing)
	if g.chance(2) { // by resume
		made := []*node{localOf(co, callOf("coroutine.create", f)), show(callOf("coroutine.status", id(co)))}
		for range 1 + g.IntN(5) {
			resume := callOf("coroutine.resume", append([]*node{id(co)}, g.things(1)...)...)
			made = append(made, show(callOf("outcome", resume), constant("0")), show(callOf("coroutine.status", id(co))))
			if g.chance(2) {
				made[len(made)-2] = show(callOf("outcome", resume))
			}
		}
		return made
	}
	if g.chance(3) { // as an iterator
		v := g.fresh(aThing)
		n := g.fresh(aNumber)
		loop := eachOf(v, listOf(callOf("coroutine.wrap", f)), blockOf(
			show(id(v)),
			assignment(id(n), operation("+", id(n), constant("1"))),
			branchOf(operation(">", id(n), constant("6")), blockOf(leaving()))))
		return []*node{localOf(n, constant("0")), show(callOf("outcome", callOf("pcall", functionOf("", loop))))}
	}
	made := []*node{localOf(co, callOf("coroutine.wrap", f))}
	for range 1 + g.IntN(4) {
		made = append(made, show(callOf("outcome", callOf("pcall", append([]*node{id(co)}, g.things(1)...)...))))
	}
	if g.chance(4) {
		made = append(made, show(callOf("select", constant("2"), callOf("coroutine.running")), callOf("coroutine.isyieldable"), constant(strconv.Itoa(g.IntN(9)))))
	}
	return made
}
