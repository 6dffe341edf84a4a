package luanet

import "strconv"

// functionDeclaration makes a function of the program, in one of the forms the
// language has.
func (g *generator) functionDeclaration() []*node {
	s := g.signature()
	f := g.function(s, 3)
	name := g.fresh(aFunction)
	switch g.IntN(6) {
	case 3:
		if v, ok := g.variable(assignable(aRecord)); ok {
			made := []*node{definitionOf(v.name+".f", f), show(callNode(fieldOf(id(v.name), "f"), g.arguments(s, 2)...))}
			if g.chance(2) {
				made = []*node{definitionOf(v.name+":f", f), show(methodOf(id(v.name), "f", g.arguments(s, 2)...))}
			}
			return append(made, assignment(fieldOf(id(v.name), "f"), constant("nil")))
		}
	case 0:
		if v, ok := g.variable(assignable(aRecord)); ok { // a field of a table
			return []*node{
				assignment(fieldOf(id(v.name), "f"), f),
				show(callNode(fieldOf(id(v.name), "f"), g.arguments(s, 2)...)),
				assignment(fieldOf(id(v.name), "f"), constant("nil")),
			}
		}
	case 1:
		// The name hides another, which the function still sees.
		if v, ok := g.variable(func(v variable) bool { return v.sort == aFunction && v.signature != nil }); ok {
			name = v.name
			g.declare(variable{name: name, sort: aFunction, signature: s, fixed: true})
			return []*node{localOf(name, f)}
		}
	case 2:
		g.declare(variable{name: name, sort: aFunction, signature: s, fixed: true})
		return []*node{localOf(name, f)}
	}
	g.declare(variable{name: name, sort: aFunction, signature: s, fixed: true})
	return []*node{localFunctionOf(name, f)}
}

// closures makes functions that share variables, in a block or in each round of
// a loop.
func (g *generator) closures() []*node {
	all := g.fresh(aRecord)
	n := g.fresh(aNumber)
	add := functionOf("d", assignment(id(n), operation("+", id(n), operation("or", id("d"), constant("1")))), returning(id(n)))
	get := functionOf("", returning(id(n)))
	if g.chance(3) {
		inner := functionOf("", assignment(id(n), operation("*", id(n), constant("2"))), returning(id(n)))
		get = functionOf("", returning(callNode(parenthesised(inner))))
	}
	keep := assignment(indexOf(id(all), operation("+", prefixed("#", id(all)), constant("1"))), tableOf(namedOf("add", add), namedOf("get", get)))
	var made []*node
	value := g.number(1)
	switch g.IntN(6) {
	case 0:
		made = []*node{doing(blockOf(localOf(n, value), keep))}
	case 1:
		made = []*node{forOf(n, blockOf(keep), constant("1"), constant("3"))}
	case 2:
		i := g.fresh(aNumber)
		made = []*node{forOf(i, blockOf(localOf(n, operation("+", id(i), value)), keep), constant("1"), constant("3"))}
	case 3:
		before, count, more, _ := g.counted(3)
		made = []*node{before, whileOf(more, blockOf(count, localOf(n, value), keep))}
		if g.chance(2) {
			body := made[1].kids[1]
			body.kids = append(body.kids, branchOf(g.truth(1), blockOf(leaving())))
		}
	case 4:
		before, count, more, _ := g.counted(3)
		made = []*node{before, repeatOf(blockOf(count, localOf(n, value), keep), operation("or", prefixed("not", parenthesised(more)), operation("==", id(n), constant("1"))))}
	case 5:
		// A protected function throws with the variable captured.
		made = []*node{show(callOf("outcome", callOf("pcall", functionOf("", localOf(n, value), keep, statementOf(callOf("error", quoted("@"+n)))))))}
	}
	made = append([]*node{localOf(all, tableOf())}, made...)
	member := func(which, name string) *node { return fieldOf(indexOf(id(all), constant(which)), name) }
	calls := []*node{callNode(member("1", "add"), constant("5")), callNode(member("1", "get"))}
	if g.chance(2) {
		calls = append(calls, callNode(member("1", "add")), callNode(member("1", "get")))
	}
	protected := functionOf("", returning(calls...))
	made = append(made, show(callOf("outcome", callOf("pcall", protected))))
	other := functionOf("", returning(callNode(member("2", "get")), callNode(member("2", "add"), constant("1")), callNode(member("3", "get"))))
	return append(made, show(callOf("outcome", callOf("pcall", other))))
}

// tailCalls makes functions that end in calls, recursive ones too.
func (g *generator) tailCalls() []*node {
	name := g.fresh(aFunction)
	again := func(args ...*node) *node { return callNode(id(name), args...) }
	less := operation("-", id("n"), constant("1"))
	done := func(values ...*node) *node {
		return branchOf(operation("<=", id("n"), constant("0")), blockOf(returning(values...)))
	}
	depth := constant(strconv.Itoa(pick(g, 0, 1, 2, 3, 5, 60, 150)))
	var f *node
	var args []*node
	switch g.IntN(5) {
	case 0:
		f = functionOf("n, a", done(id("a")), returning(again(less, operation("+", id("a"), id("n")))))
		args = []*node{g.number(1)}
	case 1: // through ...
		f = functionOf("n, ...", done(&node{kind: dots}), returning(again(less, &node{kind: dots})))
		args = g.things(2)
	case 2: // ... grows
		depth = constant(strconv.Itoa(g.IntN(30)))
		f = functionOf("n, ...", done(callOf("select", constant(`"#"`), &node{kind: dots}), &node{kind: dots}), returning(again(less, id("n"), &node{kind: dots})))
		args = g.things(1)
	case 3: // no tail call
		f = functionOf("n, a", done(id("a")), returning(parenthesised(again(less, id("a"))), id("n")))
		args = []*node{g.thing(1)}
	case 4: // of a method
		return g.tailMethod()
	}
	return []*node{localFunctionOf(name, f), show(again(append([]*node{depth}, args...)...))}
}

func (g *generator) tailMethod() []*node {
	o, f := g.fresh(aRecord), g.fresh(aFunction)
	get := functionOf("self, ...", returning(fieldOf(id("self"), "v"), &node{kind: dots}))
	outer := functionOf("o, ...", returning(methodOf(id("o"), "get", &node{kind: dots})))
	made := []*node{localOf(o, tableOf(namedOf("v", g.thing(1)), namedOf("get", get))), localFunctionOf(f, outer)}
	return append(made, show(callNode(id(f), append([]*node{id(o)}, g.things(2)...)...)))
}

// sorting sorts what has one order only.
func (g *generator) sorting() []*node {
	name := g.fresh(aList)
	t := tableOf()
	texts := g.chance(3)
	for range g.IntN(9) {
		if texts {
			t.kids = append(t.kids, g.text(1))
		} else {
			t.kids = append(t.kids, callOf("ordinary", g.number(1)))
		}
	}
	args := []*node{id(name)}
	switch g.IntN(6) {
	case 0, 1, 2:
		args = append(args, functionOf("a, b", returning(operation(pick(g, "<", ">"), id("a"), id("b")))))
	case 3:
		// How often it is called, and with which, is nobody's promise.
		t.kids = t.kids[:min(len(t.kids), 2)]
		thrower := g.functionWith("a, b", true, g.throwing)
		return []*node{localOf(name, t), show(prefixed("#", id(name)), callOf("outcome", callOf("pcall", fieldOf(id("table"), "sort"), id(name), thrower)))}
	}
	made := []*node{localOf(name, t), statementOf(callOf("table.sort", args...)), show(id(name))}
	g.declare(variable{name: name, sort: aList})
	return made
}

// variableArguments makes a function that takes ... apart.
func (g *generator) variableArguments() []*node {
	name, a, b := g.fresh(aFunction), g.fresh(aThing), g.fresh(aThing)
	rest := &node{kind: dots}
	f := functionOf("...")
	g.inside(frame{results: []sort{aThing, aThing}, varargs: true, protected: g.protected}, func() {
		g.declare(variable{name: a, sort: aThing})
		g.declare(variable{name: b, sort: aThing})
		made := []*node{localOf(a+", "+b, rest)}
		for range 1 + g.IntN(3) {
			switch g.IntN(6) {
			case 0:
				made = append(made, show(callOf("select", constant(`"#"`), rest), callOf("select", g.selection(), rest)))
			case 1:
				made = append(made, show(tableOf(rest), tableOf(rest, parenthesised(rest)), tableOf(namedOf("n", rest), id(a))))
			case 2:
				made = append(made, assignment(id(a), rest))
			case 3:
				packed := g.fresh(aRecord)
				made = append(made, localOf(packed, callOf("table.pack", rest)), show(callOf("unpack", id(packed), constant("1"), fieldOf(id(packed), "n"))))
			case 4:
				made = append(made, eachOf("i, v", listOf(callOf("ipairs", tableOf(rest))), blockOf(show(id("i"), id("v"), parenthesised(rest)))))
			case 5:
				made = append(made, g.some(1)...)
			}
		}
		last := pick(g, rest, parenthesised(rest), id(b), callOf("select", constant("2"), rest))
		f.kids[0].kids = append(made, returning(id(a), last))
	})
	g.declare(variable{name: name, sort: aFunction, signature: &signature{varargs: true, results: []sort{aThing, aThing}}, fixed: true})
	var args []*node
	for range g.IntN(12) {
		args = append(args, g.thing(0))
	}
	return []*node{localFunctionOf(name, f), show(callOf("outcome", callOf("pcall", append([]*node{id(name)}, args...)...)))}
}
