package luanet

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// sort says what an expression gives, as far as the grammar knows.
type sort uint8

const (
	aNumber sort = iota
	aText
	aTruth
	aList   // a table that is a sequence without holes
	aRecord // any other table
	aFunction
	anObject // a table with metamethods, see objects.go
	aThing   // any value, nil too
	sorts    = iota
)

// signature is what the grammar knows of a function.
type signature struct {
	parameters []sort
	varargs    bool
	results    []sort
}

// variable is one that a program has in scope.
type variable struct {
	name string
	sort sort
	// signature is that of an aFunction.
	signature *signature
	// meta is the metatable of an object.
	meta string
	// fixed variables are not assigned: the program might never end.
	fixed bool
}

// generator makes one program. All that it does is drawn from its source of
// random numbers. Programs end: loops are bounded, and a function calls only
// those that were there before it.
type generator struct {
	*rand.Rand
	variables []variable // in scope, the innermost last
	count     int        // of names made
	left      int        // statements that may still be made
	depth     int        // of blocks
	repeated  int        // loops and functions around
	leaf      bool       // functions of the program may not be called
	frame                // the function around
}

// frame is what belongs to one function.
type frame struct {
	results   []sort // what it returns
	varargs   bool   // it has ...
	loops     int    // around
	protected bool   // an error is caught
}

// generate makes the program of that number, always the same.
func generate(seed uint64, number int) *node {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, uint64(number)))}
	g.left = 4 + g.IntN(20)
	b := blockOf()
	for range 2 + g.IntN(3) { // something to work with
		b.kids = append(b.kids, g.declaration()...)
	}
	for g.left > 0 {
		b.kids = append(b.kids, g.statements()...)
	}
	b.kids = append(b.kids, g.showAll())
	return b
}

// chance is true once in n.
func (g *generator) chance(n int) bool { return g.IntN(n) == 0 }

// pick gives one of the choices.
func pick[T any](g *generator, choices ...T) T { return choices[g.IntN(len(choices))] }

// fresh gives a new name, which says what the variable holds.
func (g *generator) fresh(s sort) string {
	g.count++
	return fmt.Sprintf("%c%d", "nsblrfot"[s], g.count)
}

// nameFor gives a name for a new local variable, now and then one that hides
// another.
func (g *generator) nameFor(s sort) string {
	if len(g.variables) > 0 && g.chance(12) {
		if v := g.variables[g.IntN(len(g.variables))]; !v.fixed {
			return v.name
		}
	}
	return g.fresh(s)
}

func (g *generator) declare(v variable) { g.variables = append(g.variables, v) }

// visible gives the variables in scope that ok allows.
func (g *generator) visible(ok func(variable) bool) []variable {
	var found []variable
	seen := map[string]bool{}
	for _, v := range slices.Backward(g.variables) {
		if !seen[v.name] && ok(v) {
			found = append(found, v)
		}
		seen[v.name] = true
	}
	return found
}

// variable gives one in scope that ok allows, preferably a late one.
func (g *generator) variable(ok func(variable) bool) (variable, bool) {
	found := g.visible(ok)
	if len(found) == 0 {
		return variable{}, false
	}
	return found[min(g.IntN(len(found)), g.IntN(len(found)))], true
}

func of(s sort) func(variable) bool { return func(v variable) bool { return v.sort == s } }

func assignable(s sort) func(variable) bool {
	return func(v variable) bool { return v.sort == s && !v.fixed }
}

// scope runs f and takes back what it declares.
func (g *generator) scope(f func()) {
	outer := len(g.variables)
	g.depth++
	f()
	g.depth--
	g.variables = g.variables[:outer]
}

// block makes a block of about n statements.
func (g *generator) block(n int) *node {
	b := blockOf()
	g.scope(func() { b.kids = g.some(n) })
	return b
}

// some makes about n statements.
func (g *generator) some(n int) []*node {
	var made []*node
	for range 1 + g.IntN(n) {
		made = append(made, g.statements()...)
	}
	return made
}

// showAll shows variables.
func (g *generator) showAll() *node {
	var values []*node
	for _, v := range g.visible(func(v variable) bool { return v.sort != aFunction }) {
		if len(values) == 6 {
			break
		}
		values = append(values, id(v.name))
	}
	return show(values...)
}

func show(values ...*node) *node { return statementOf(callOf("show", values...)) }

// parameters makes the list of names of a function and declares them.
func (g *generator) parameters(s *signature) string {
	var names []string
	for _, p := range s.parameters {
		name := g.nameFor(p)
		if slices.Contains(names, name) {
			name = g.fresh(p)
		}
		names = append(names, name)
	}
	for i, p := range s.parameters {
		g.declare(variable{name: names[i], sort: p})
	}
	if s.varargs {
		names = append(names, "...")
	}
	return strings.Join(names, ", ")
}

// inside runs f for the body of a function.
func (g *generator) inside(inner frame, f func()) {
	outer := g.frame
	g.frame = inner
	g.repeated++
	g.scope(f)
	g.repeated--
	g.frame = outer
}

// functionWith makes a function of the statements that make gives, for its body.
func (g *generator) functionWith(parameters string, protected bool, make func() []*node) *node {
	f := functionOf(parameters)
	g.inside(frame{protected: protected}, func() { f.kids[0].kids = make() })
	return f
}

// unsigned makes a zero positive: whether there is another is not specified.
func unsigned(x *node) *node {
	if x.kind == literal {
		return x
	}
	return operation("+", x, constant("0"))
}

// arithmetic makes an operation on numbers.
func arithmetic(operator string, left, right *node) *node {
	switch operator {
	case "/":
		right = unsigned(right)
	case "^":
		left = unsigned(left)
	}
	return operation(operator, left, right)
}

// signature draws one.
func (g *generator) signature() *signature {
	s := &signature{varargs: g.chance(4)}
	for range g.IntN(4) {
		s.parameters = append(s.parameters, g.simple())
	}
	for range pick(g, 0, 1, 1, 1, 1, 2, 2, 3) {
		s.results = append(s.results, g.simple())
	}
	return s
}

// simple draws what variables hold mostly.
func (g *generator) simple() sort {
	return pick(g, aNumber, aNumber, aNumber, aText, aText, aTruth, aList, aRecord, aThing)
}

// function makes a function of that signature.
func (g *generator) function(s *signature, n int) *node {
	f := functionOf("")
	g.inside(frame{results: s.results, varargs: s.varargs, protected: g.protected}, func() {
		f.text = g.parameters(s)
		b := f.kids[0]
		if n > 0 && g.left > 0 {
			b.kids = g.some(n)
		}
		b.kids = append(b.kids, g.returning())
	})
	return f
}

// returning makes the return of the function around.
func (g *generator) returning() *node {
	values := g.values(g.results, 2)
	if len(values) == 0 && g.chance(2) { // what is behind them is more
		return returning(constant("nil"))
	}
	return returning(values...)
}
