package luanet

import (
	"slices"
	"strconv"
)

// events are the metamethods that programs define.
var events = []string{
	"__index", "__newindex", "__call", "__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm", "__concat",
	"__eq", "__lt", "__le", "__tostring", "__len", "__metatable",
}

// object makes a table with a metatable, and uses it.
func (g *generator) object() []*node {
	meta, name := g.fresh(aRecord), g.fresh(anObject)
	t := tableOf()
	var defined []string
	for range 2 + g.IntN(5) {
		event := events[g.IntN(len(events))]
		if slices.Contains(defined, event) {
			continue
		}
		defined = append(defined, event)
		t.kids = append(t.kids, namedOf(event, g.handler(event)))
	}
	content := tableOf(namedOf("id", constant(strconv.Itoa(g.IntN(9)))), namedOf("a", g.thing(1)))
	made := []*node{
		localOf(meta, t),
		localOf(name, callOf("setmetatable", content, id(meta))),
	}
	g.declare(variable{name: name, sort: anObject, meta: meta})
	if g.chance(3) { // another with the same metatable
		other := g.fresh(anObject)
		made = append(made, localOf(other, callOf("setmetatable", tableOf(namedOf("id", constant("8"))), id(meta))))
		g.declare(variable{name: other, sort: anObject, meta: meta})
	}
	for range 1 + g.IntN(4) {
		made = append(made, show(callOf("outcome", callOf("pcall", g.functionWith("", true, func() []*node {
			if g.chance(3) || len(defined) == 0 {
				return g.use(pick(g, events...))
			}
			return g.use(pick(g, defined...))
		})))))
	}
	if g.chance(3) {
		made = append(made, show(id(meta), id(name)))
	}
	return made
}

// handler makes the value of an event.
func (g *generator) handler(event string) *node {
	parameters, result := "a, b", g.thing
	switch event {
	case "__index":
		switch g.IntN(3) {
		case 0:
			return g.record(1)
		case 1:
			if v, ok := g.variable(of(anObject)); ok {
				return id(v.name)
			}
		}
	case "__newindex":
		if g.chance(3) {
			return g.record(1)
		}
		return functionOf("t, k, v", show(quoted("new"), id("k"), id("v")), statementOf(callOf("rawset", id("t"), id("k"), id("v"))))
	case "__call":
		parameters = "self, ..."
	case "__tostring":
		result = func(depth int) *node { return g.text(depth) }
	case "__metatable":
		return quoted("hidden")
	case "__unm":
		parameters = "b" // there may be more arguments or none
	case "__len":
		parameters = ""
		result = func(depth int) *node { return g.number(depth) }
	}
	if g.chance(6) && g.protected {
		return g.functionWith(parameters, true, g.throwing)
	}
	f := functionOf(parameters)
	g.inside(frame{varargs: event == "__call", protected: g.protected}, func() {
		g.leaf = true
		switch event {
		case "__call", "__tostring", "__len":
		case "__concat":
			// The reference may get the text of a number; no outer variable is meant.
			f.text = "left, b"
			result = func(depth int) *node { return pick(g, g.thing(depth), callOf("text", id("b"))) }
		default:
			g.declare(variable{name: "b", sort: aThing})
		}
		if g.chance(3) {
			f.kids[0].kids = append(f.kids[0].kids, show(quoted(event)))
		}
		value := result(1)
		switch g.IntN(4) {
		case 0:
			f.kids[0].kids = append(f.kids[0].kids, returning(value, g.thing(0)))
		case 1:
			f.kids[0].kids = append(f.kids[0].kids, returning(operation("..", quoted(event), callOf("text", value))))
		default:
			f.kids[0].kids = append(f.kids[0].kids, returning(value))
		}
		g.leaf = false
	})
	return f
}

// use makes statements that meet an event of an object; the last is a return.
func (g *generator) use(event string) []*node {
	v, _ := g.variable(of(anObject))
	o := id(v.name)
	other := g.value(pick(g, anObject, anObject, aNumber, aText), 1)
	left, right := o, other
	if g.chance(3) {
		left, right = other, o
	}
	if (event == "__lt" || event == "__le") && !g.chance(20) {
		// The references differ on objects that have different metatables.
		w, _ := g.variable(func(w variable) bool { return w.sort == anObject && w.meta == v.meta })
		left, right = o, id(w.name)
	}
	operators := map[string]string{
		"__add": "+", "__sub": "-", "__mul": "*", "__div": "/", "__mod": "%", "__pow": "^", "__concat": "..",
		"__eq": pick(g, "==", "~="), "__lt": pick(g, "<", ">"), "__le": pick(g, "<=", ">="),
	}
	switch event {
	case "__unm":
		return []*node{returning(prefixed("-", o))}
	case "__call":
		if g.chance(3) {
			return []*node{returning(methodOf(o, g.key(), g.things(1)...))}
		}
		return []*node{returning(callNode(o, g.things(1)...))}
	case "__index":
		return []*node{returning(fieldOf(o, g.key()), indexOf(o, g.thing(1)))}
	case "__newindex":
		return []*node{assignment(fieldOf(o, g.key()), g.thing(1)), returning(callOf("rawget", o, quoted("a")), fieldOf(o, "b"))}
	case "__tostring":
		return []*node{returning(callOf("tostring", o), callOf("string.format", quoted("%s|%5s"), o, o))}
	case "__len":
		return []*node{returning(prefixed("#", o))}
	case "__metatable":
		return []*node{returning(callOf("getmetatable", o), callOf("setmetatable", o, callOf("getmetatable", o)))}
	}
	return []*node{returning(operation(operators[event], left, right))}
}
