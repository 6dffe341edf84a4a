package luanet

import "strconv"

// loop makes a loop of one of all kinds. None runs more than a few times.
func (g *generator) loop() []*node {
	switch g.IntN(9) {
	case 0, 1:
		return []*node{g.numericLoop()}
	case 2, 3:
		return g.whileLoop()
	case 4, 5:
		return g.repeatLoop()
	}
	return g.genericLoop()
}

// loopBody makes the body of a loop, with what it declares.
func (g *generator) loopBody(n int, declared ...variable) *node {
	b := blockOf()
	g.loops++
	g.repeated++
	g.scope(func() {
		g.variables = append(g.variables, declared...)
		if g.chance(5) {
			b.kids = g.constantCondition()
		}
		b.kids = append(b.kids, g.some(n)...)
	})
	g.repeated--
	g.loops--
	return b
}

func (g *generator) numericLoop() *node {
	name := g.fresh(aNumber)
	first, last := constant(strconv.Itoa(g.IntN(3))), constant(strconv.Itoa(g.IntN(5)))
	numbers := []*node{first, last}
	switch g.IntN(8) {
	case 0:
		numbers = []*node{last, first, signed(pick(g, "-1", "-2", "-0.5"))}
	case 1:
		numbers = append(numbers, signed(pick(g, "1", "2", "0.75", "0.5", "-1")))
		if g.chance(3) {
			numbers = []*node{constant("0"), constant("1"), constant(pick(g, "0.1", "0.25", "0.3"))}
		}
	case 2:
		numbers = []*node{signed("-1"), operation("%", callOf("ordinary", g.number(1)), constant("4"))}
	case 3:
		if v, ok := g.variable(of(aList)); ok {
			numbers = []*node{constant("1"), callOf("math.min", prefixed("#", id(v.name)), constant("5"))}
		}
	case 4:
		if g.protected {
			numbers[g.IntN(2)] = quoted(pick(g, "1", "2", "x"))
		}
	}
	// The control variable is a local one that the body may change.
	b := g.loopBody(3, variable{name: name, sort: aNumber})
	return forOf(name, b, numbers...)
}

// counted gives the statements that make a variable count to n and the condition
// under which there is more to do.
func (g *generator) counted(n int) (before, count *node, more *node, counter variable) {
	name := g.fresh(aNumber)
	more = operation("<", id(name), constant(strconv.Itoa(n)))
	before = localOf(name, constant("0"))
	count = assignment(id(name), operation("+", id(name), constant("1")))
	return before, count, more, variable{name: name, sort: aNumber, fixed: true}
}

func (g *generator) whileLoop() []*node {
	before, count, more, counter := g.counted(1 + g.IntN(4))
	g.declare(counter)
	condition := more
	switch g.IntN(4) {
	case 0:
		condition = operation("and", more, g.truth(2))
	case 1: // left from inside
		b := g.loopBody(3)
		b.kids = append([]*node{count}, b.kids...)
		b.kids = append(b.kids, branchOf(prefixed("not", parenthesised(more)), blockOf(leaving())))
		return []*node{before, whileOf(constant(pick(g, "true", "1")), b)}
	}
	b := g.loopBody(3)
	b.kids = append([]*node{count}, b.kids...)
	return []*node{before, whileOf(condition, b)}
}

func (g *generator) repeatLoop() []*node {
	before, count, more, counter := g.counted(1 + g.IntN(4))
	g.declare(counter)
	b := blockOf(count)
	var condition *node
	g.loops++
	g.repeated++
	g.scope(func() {
		b.kids = append(b.kids, g.some(3)...)
		condition = operation("or", prefixed("not", parenthesised(more)), constant("false"))
		if g.chance(2) { // the condition sees what the body declares
			condition = operation("or", prefixed("not", parenthesised(more)), g.truth(2))
		}
	})
	g.repeated--
	g.loops--
	return []*node{before, repeatOf(b, condition)}
}

func (g *generator) genericLoop() []*node {
	key, value := g.fresh(aThing), g.fresh(aThing)
	both := []variable{{name: key, sort: aThing}, {name: value, sort: aThing}}
	switch g.IntN(7) {
	case 0, 1:
		values := g.list(2)
		b := g.loopBody(2, both...)
		if values.kind == name { // which the body may make longer
			b.kids = append([]*node{branchOf(operation(">", id(key), constant("6")), blockOf(leaving()))}, b.kids...)
		}
		return []*node{eachOf(key+", "+value, listOf(callOf("ipairs", values)), b)}
	case 2: // any order would do
		v, ok := g.variable(of(aRecord))
		if !ok {
			return nil
		}
		count := g.fresh(aNumber)
		g.declare(variable{name: count, sort: aNumber})
		values := pick(g, listOf(callOf("pairs", id(v.name))), listOf(id("next"), id(v.name)))
		return []*node{
			localOf(count, constant("0")),
			eachOf(key+", "+value, values, blockOf(assignment(id(count), operation("+", id(count), constant("1"))))),
			show(id(count)),
		}
	case 3:
		return []*node{eachOf(key+", "+value, listOf(callOf("sorted", g.record(2))), g.loopBody(2, both...))}
	case 4:
		return []*node{eachOf(key+", "+value, listOf(callOf("string.gmatch", g.text(1), g.pattern())), g.loopBody(2, both...))}
	case 5: // an iterator without state
		step := functionOf("last, i", branchOf(operation("<", id("i"), id("last")), blockOf(returning(operation("+", id("i"), constant("1")), g.thing(0)))))
		return []*node{eachOf(key+", "+value, listOf(step, constant(strconv.Itoa(g.IntN(4))), constant("0")), g.loopBody(2, both...))}
	}
	// An iterator with a variable of its own.
	n := g.fresh(aNumber)
	f := g.functionWith("", g.protected, func() []*node {
		b := []*node{
			assignment(id(n), operation("+", id(n), constant("1"))),
			branchOf(operation("<=", id(n), constant(strconv.Itoa(g.IntN(4)))), blockOf(returning(id(n), g.thing(1)))),
		}
		if g.chance(3) {
			b = append(b, returning(constant("nil")))
		}
		return b
	})
	return []*node{localOf(n, constant("0")), eachOf(key+", "+value, listOf(f), g.loopBody(2, both...))}
}
