package luanet

import (
	"slices"
	"strconv"
)

// statements makes a statement, or some that belong together.
func (g *generator) statements() []*node {
	g.left--
	deep := g.depth > 3 || g.repeated > 3
	for {
		var made []*node
		switch n := g.IntN(100); {
		case n < 16:
			made = []*node{show(g.things(2)...)}
		case n < 28:
			made = g.declaration()
		case n < 40:
			made = g.assignment()
		case n < 44:
			made = g.listChange()
		case n < 47:
			made = g.recordChange()
		case n < 51:
			made = g.callStatement()
		case n < 53:
			made = g.leaving()
		case n < 54:
			made = []*node{{kind: remark, text: pick(g, "-- [[ not", "--[[ one\nor two ]]", "--[==[ ]] ]==]", "--", "---[[ x")}}
		case n < 57:
			made = g.constantCondition()
		case deep:
		case n < 60:
			made = []*node{g.branch()}
		case n < 69:
			made = g.loop()
		case n < 75:
			made = g.functionDeclaration()
		case n < 82:
			made = g.protectedCall()
		case n < 84:
			made = []*node{doing(g.block(3))}
		case n < 88:
			made = g.closures()
		case n < 91:
			made = g.object()
		case n < 94:
			made = g.coroutine()
		case n < 96:
			made = g.tailCalls()
		case n < 97:
			made = g.variableArguments()
		case n < 99:
			made = g.sorting()
		default:
			made = g.large()
		}
		if len(made) > 0 {
			return made
		}
	}
}

// declaration makes local variables.
func (g *generator) declaration() []*node {
	var names string
	var wanted []sort
	var declared []variable
	for i := range pick(g, 1, 1, 1, 1, 2, 3) {
		s := g.simple()
		if i == 0 && g.chance(12) {
			s = aThing // perhaps nothing is assigned
		}
		name := g.nameFor(s)
		if i > 0 {
			names += ", "
		}
		names += name
		wanted = append(wanted, s)
		declared = append(declared, variable{name: name, sort: s})
	}
	statement := localOf(names)
	if wanted[0] != aThing || !g.chance(3) || len(wanted) > 1 {
		statement.kids = g.values(wanted, 3)
	}
	g.bound(statement.kids)
	g.variables = append(g.variables, declared...)
	return []*node{statement}
}

// bound sees that texts which may be made again and again do not grow.
func (g *generator) bound(values []*node) {
	if g.repeated == 0 {
		return
	}
	for i, x := range values {
		if x.kind == binary && x.text == ".." || x.kind == call && i < len(values)-1 && isTextCall(x) {
			values[i] = callOf("clip", x)
		}
	}
}

func isTextCall(x *node) bool {
	f := x.kids[0]
	return f.kind == field && f.kids[0].kind == name && f.kids[0].text == "string"
}

// assignment changes variables and fields.
func (g *generator) assignment() []*node {
	var targets []*node
	var wanted []sort
	for range pick(g, 1, 1, 1, 1, 1, 2, 2, 3) {
		target, s := g.target()
		if target == nil {
			return nil
		}
		targets = append(targets, target)
		wanted = append(wanted, s)
	}
	var values []*node
	element := slices.ContainsFunc(targets, func(t *node) bool { return t.kind == index && t.kids[1].text == "1" })
	if len(targets) == 2 && wanted[0] == wanted[1] && !element && g.chance(2) { // an element may be nil
		values = []*node{targets[1].clone(), targets[0].clone()} // swapped
	} else {
		values = g.values(wanted, 3)
	}
	if len(targets) > 1 && g.chance(10) && wanted[len(wanted)-1] == aThing {
		values = values[:len(values)-1] // the last becomes nil
	}
	for i, s := range wanted {
		if s == aText && g.repeated > 0 && i < len(values) && values[i].kind != name && values[i].kind != literal && values[i].kind != dots {
			values[i] = callOf("clip", values[i])
		}
	}
	return []*node{{kind: assign, kids: []*node{listOf(targets...), listOf(values...)}}}
}

// target gives something to assign to and what it holds.
func (g *generator) target() (*node, sort) {
	switch g.IntN(8) {
	case 0:
		if v, ok := g.variable(of(aRecord)); ok {
			return g.member(v), aThing
		}
	case 1:
		name := pick(g, "global1", "global2")
		return id(name), aThing
	case 2:
		// What is assigned is never nil, so that no hole comes about.
		if v, ok := g.variable(of(aList)); ok {
			return indexOf(id(v.name), constant("1")), aNumber
		}
	}
	s := g.simple()
	if v, ok := g.variable(assignable(s)); ok {
		return id(v.name), s
	}
	return nil, s
}

// listChange changes a list so that it stays without holes.
func (g *generator) listChange() []*node {
	v, ok := g.variable(of(aList))
	if !ok {
		return nil
	}
	list, length := id(v.name), prefixed("#", id(v.name))
	last := g.element(0) // which changes no length
	switch g.IntN(9) {
	case 0, 1:
		return []*node{statementOf(callOf("table.insert", list, g.element(2)))}
	case 2:
		return []*node{statementOf(callOf("table.insert", list, constant("1"), g.element(2)))}
	case 3:
		return []*node{statementOf(callOf("table.insert", list, operation("+", length, constant("1")), last))}
	case 4:
		return []*node{show(callOf("table.remove", list), length)}
	case 5:
		return []*node{show(callOf("table.remove", list, constant("1")), list)}
	case 6:
		return []*node{assignment(indexOf(list, operation("+", length, constant("1"))), last)}
	case 7:
		return []*node{assignment(indexOf(list, length), constant("nil"))}
	}
	return []*node{show(callOf("unpack", list, g.position(), g.position()))}
}

func (g *generator) recordChange() []*node {
	v, ok := g.variable(of(aRecord))
	if !ok {
		return nil
	}
	record := id(v.name)
	switch g.IntN(6) {
	case 0:
		return []*node{statementOf(callOf("rawset", record, quoted(g.key()), g.thing(2)))}
	case 1:
		return []*node{assignment(g.member(v), constant("nil"))}
	case 2:
		return []*node{show(callOf("rawget", record, quoted(g.key())))}
	case 3:
		// Emptied while it is walked.
		return []*node{eachOf("k", listOf(callOf("pairs", record)), blockOf(assignment(indexOf(record, id("k")), constant("nil")))), show(record, callOf("next", record))}
	case 4:
		pack := callOf("table.pack", g.things(2)...)
		return []*node{assignment(g.member(v), pack)}
	}
	return []*node{assignment(indexOf(record, g.numericKey(1)), g.thing(2))}
}

func (g *generator) callStatement() []*node {
	if x := g.callOfVariable(func(variable) bool { return true }, 2); x != nil {
		if g.chance(2) {
			return []*node{show(x)}
		}
		return []*node{statementOf(x)}
	}
	return []*node{statementOf(callOf("mark", constant(strconv.Itoa(g.IntN(100)))))}
}

// leaving leaves a loop or a function, on a condition.
func (g *generator) leaving() []*node {
	var last *node
	switch {
	case g.loops > 0 && !g.chance(3):
		last = leaving()
	case g.repeated > 0:
		last = g.returning()
	default:
		return nil
	}
	b := blockOf(last)
	if g.chance(3) {
		b.kids = []*node{show(g.thing(1)), last}
	}
	return []*node{branchOf(g.truth(2), b)}
}

func (g *generator) branch() *node {
	b := branchOf(g.condition(), g.block(2))
	for g.chance(4) {
		b.kids = append(b.kids, g.condition(), g.block(2))
	}
	if g.chance(2) {
		b.kids = append(b.kids, g.block(2))
	}
	return b
}

// constantCondition makes what compilers decide, as at the begin of a loop.
func (g *generator) constantCondition() []*node {
	condition := pick(g,
		constant("false"), constant("nil"), constant("true"),
		prefixed("not", constant(pick(g, "true", "nil", "1", "{}"))),
		operation(pick(g, "and", "or"), constant(pick(g, "false", "nil", "1", "true")), g.thing(1)),
		operation("and", parenthesised(operation("or", constant("2"), constant("1"))), constant("3")),
		operation("and", g.truth(1), constant(pick(g, "false", "nil", "1"))),
	)
	switch g.IntN(4) {
	case 0:
		name := g.fresh(aThing)
		value := operation("or", operation("and", condition, g.thing(1)), g.thing(1))
		g.declare(variable{name: name, sort: aThing})
		return []*node{localOf(name, value)}
	case 1:
		return []*node{branchOf(condition, g.block(1), g.block(1))}
	case 2:
		return []*node{branchOf(condition, g.block(1), g.condition(), g.block(1))}
	}
	return []*node{branchOf(condition, g.block(2))}
}

func (g *generator) condition() *node {
	if g.chance(5) {
		return g.thing(2)
	}
	return g.truth(3)
}
