package luanet

import (
	"fmt"
	"strconv"
	"strings"
)

// large makes code that is long in one respect, where compilers have limits and
// take other ways.
func (g *generator) large() []*node {
	n := pick(g, 49, 50, 51, 99, 100, 101, 130, 257)
	var items []*node
	for i := range n {
		items = append(items, constant(strconv.Itoa(i*pick(g, 1, 3))))
	}
	name := g.fresh(aThing)
	switch g.IntN(7) {
	case 0: // a long constructor, perhaps with a call at its end
		t := tableOf(items...)
		length := prefixed("#", id(name))
		if g.chance(2) {
			t.kids = append(t.kids, callOf("mark", append([]*node{constant("1")}, g.things(1)...)...))
			length = constant("0") // there may be holes
		}
		at := func(i int) *node { return indexOf(id(name), constant(strconv.Itoa(i))) }
		return []*node{localOf(name, t), show(at(n), at(n+1), at(n+2), length)}
	case 1: // with fields between
		for range 3 {
			items[g.IntN(n)] = namedOf(g.key(), g.thing(0))
		}
		t := tableOf(items...)
		count := operation("..", prefixed("#", id(name)), quoted(""))
		return []*node{localOf(name, t), show(indexOf(id(name), constant("48")), fieldOf(id(name), g.key()), count, callOf("select", constant(`"#"`), callOf("unpack", id(name))))}
	case 2: // many arguments
		return []*node{show(callOf("select", append([]*node{constant(strconv.Itoa(n - 3))}, items[:min(n, 120)]...)...), callOf("select", append([]*node{constant(`"#"`)}, items[:min(n, 120)]...)...))}
	case 3: // many local variables, some of them captured
		var names []string
		f := functionOf("")
		for i := range min(n, 100) {
			names = append(names, fmt.Sprintf("v%d", i))
		}
		sum := constant("0")
		for i := 0; i < len(names); i += 7 {
			sum = operation("+", sum, id(names[i]))
		}
		inner := functionOf("", assignment(id("v7"), operation("+", id("v7"), constant("1"))), returning(sum))
		f.kids[0].kids = []*node{localOf(strings.Join(names, ", "), items[:min(n, 90)]...), localOf("f", inner), returning(callNode(id("f")), callNode(id("f")), id("v7"), id("v14"))}
		return []*node{show(callOf("outcome", callOf("pcall", f)))}
	case 4: // many constants
		sum := constant("0.5")
		for i := range n {
			sum = operation("+", sum, constant(fmt.Sprintf("%d.25", i*7+1)))
			if i%60 == 59 {
				sum = parenthesised(sum)
			}
		}
		t := tableOf()
		for i := range n {
			t.kids = append(t.kids, namedOf(fmt.Sprintf("k%d", i), constant(fmt.Sprintf("%d.5", i*3))))
		}
		return []*node{localOf(name, t), show(fieldOf(id(name), fmt.Sprintf("k%d", n-1)), indexOf(id(name), constant(fmt.Sprintf("%d.5", n)))), show(sum)}
	case 5: // a long chain of a operator
		operator := pick(g, "..", "+", "and", "or", "*", "-")
		chain := g.number(1)
		for range min(n, 60) {
			chain = operation(operator, chain, g.number(0))
			if operator == ".." {
				kids := chain.kids
				kids[0], kids[1] = kids[1], kids[0]
			}
		}
		return []*node{show(chain)}
	}
	// A jump over a long block.
	b := blockOf()
	for i := range n {
		b.kids = append(b.kids, assignment(id("global1"), operation("+", constant(strconv.Itoa(i)), g.number(0))))
	}
	return []*node{forOf(g.fresh(aNumber), blockOf(branchOf(g.truth(1), b)), constant("1"), constant("2")), show(callOf("text", id("global1")))}
}
