package starlark

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// author writes random programs that make sense, mostly. The same seed gives the
// same.
type author struct {
	*rand.Rand
	scope    []variable
	names    int
	left     int // parts that may still be made
	nested   int // expressions around
	loops    int // around
	inside   int // functions around
	repeated int // how often what is written is executed, at most
}

type variable struct {
	name, sort string
	params     int  // of a function, which gives the sort
	function   bool //
	fixed      bool // may not be assigned: of an outer function, or a loop
}

func newAuthor(seed, number uint64) *author {
	return &author{Rand: rand.New(rand.NewPCG(seed, number)), left: 120, repeated: 1}
}

func (a *author) one(n int) bool { return a.IntN(n) == 0 }

func choose[T any](a *author, from ...T) T { return from[a.IntN(len(from))] }

func (a *author) fresh(prefix string) string {
	a.names++
	return fmt.Sprintf("%s%d", prefix, a.names)
}

var sorts = []string{aNum, aStr, aLst, aTup, aDct, aSt}

func (a *author) sort() string { return choose(a, sorts...) }

// variable gives one of a sort, if there is one.
func (a *author) variable(sort string, assigned bool) (variable, bool) {
	var fit []variable
	for _, v := range a.scope {
		if !v.function && v.sort == sort && !(assigned && v.fixed) {
			fit = append(fit, v)
		}
	}
	if len(fit) == 0 {
		return variable{}, false
	}
	return choose(a, fit...), true
}

// expr writes an expression of a sort.
func (a *author) expr(sort string) *part {
	a.nested++
	defer func() { a.nested-- }()
	a.left--
	if a.left < 0 || a.nested > 2+a.IntN(3) || a.one(2) {
		if v, ok := a.variable(sort, false); ok {
			return made(sort, v.name)
		}
		if a.left < 0 || a.nested > 3 {
			return a.literal(sort)
		}
	}
	if a.one(9) {
		for _, v := range a.scope {
			if v.function && v.sort == sort && a.one(2) {
				return a.callOf(v)
			}
		}
	}
	if a.one(14) {
		return made(sort, "(# if # else #)", a.expr(sort), a.expr(aTruth), a.expr(sort))
	}
	if a.one(30) {
		return made(sort, "(lambda q: #)(#)", a.expr(sort), a.thing())
	}
	e := func(text string, sorts ...string) *part {
		kids := make([]*part, len(sorts))
		for i, s := range sorts {
			kids[i] = a.expr(s)
		}
		return made(sort, text, kids...)
	}
	switch sort {
	case aNum:
		switch a.IntN(16) {
		case 0, 1, 2:
			return e("(# "+choose(a, "+", "-", "*", "|", "&", "^")+" #)", aNum, aNum)
		case 3:
			return e("(# "+choose(a, "//", "%")+" (# | 1))", aNum, aNum)
		case 4:
			return e("(# << (# & 15))", aNum, aNum)
		case 5:
			return e("len(#)", choose(a, aLst, aStr, aDct, aSt, aTup))
		case 6:
			return e(choose(a, "max", "min")+"(#, #)", aNum, aNum)
		case 7:
			return e("#.count(#)", aStr, aStr)
		case 8:
			return e("#.find(#)", aStr, aStr)
		case 9:
			return e("#.get(#, #)", aDct, aStr, aNum)
		case 10:
			return e("([n for n in # if type(n) == 'int' and n] + [4])[0]", aLst)
		case 11:
			return e("int(#)", aTruth)
		}
		return a.literal(sort)
	case aStr:
		switch a.IntN(14) {
		case 0, 1:
			return e("(# + #)", aStr, aStr)
		case 2:
			return e("(# * 2)", aStr)
		case 3:
			return e(`("%s-%s" % (#, #))`, a.sort(), a.sort())
		case 4:
			return e("str(#)", a.sort())
		case 5:
			return e("#[#:#]", aStr, aNum, aNum)
		case 6:
			return e("#.join([str(j) for j in #])", aStr, aLst)
		case 7:
			return e("#."+choose(a, "upper", "lower", "title", "strip", "capitalize")+"()", aStr)
		case 8:
			return e("#.replace(#, #)", aStr, aStr, aStr)
		case 9:
			return e(`"{}:{}".format(#, #)`, a.sort(), a.sort())
		}
		return a.literal(sort)
	case aLst:
		switch a.IntN(18) {
		case 0, 1:
			return e("(# + #)", aLst, aLst)
		case 2:
			return e("[#, #]", a.sort(), a.sort())
		case 3:
			return e("#[#:#]", aLst, aNum, aNum)
		case 4:
			return e("#[::# or 1]", aLst, aNum)
		case 5, 6:
			return a.comprehension()
		case 7:
			return e("sorted(#, key = str)", choose(a, aLst, aDct, aSt, aTup))
		case 8:
			return e("sorted([str(j) for j in #])", choose(a, aDct, aSt, aLst))
		case 9:
			return e("list(#)", choose(a, aLst, aTup, aDct, aSt))
		case 10:
			return e("#."+choose(a, "items", "keys", "values")+"()", aDct)
		case 11:
			return e("#.split(# or ',')", aStr, aStr)
		case 12:
			return e("list(enumerate(#))", aLst)
		case 13:
			return e("zip(#, #)", aLst, choose(a, aTup, aDct, aLst))
		case 14:
			return e("list(range(# & 1023))", aNum)
		case 15:
			return e("(# * 2)", aLst)
		case 16:
			return e("reversed(#)", aLst)
		}
		return a.literal(sort)
	case aTup:
		switch a.IntN(8) {
		case 0:
			return e("(# + #)", aTup, aTup)
		case 1, 2:
			return e("(#, #)", a.sort(), a.sort())
		case 3:
			return e("tuple(#)", choose(a, aLst, aSt, aDct))
		case 4:
			return e("#[#:]", aTup, aNum)
		}
		return a.literal(sort)
	case aDct:
		switch a.IntN(10) {
		case 0, 1:
			return e("(# | #)", aDct, aDct)
		case 2:
			return e("{#: #}", aStr, a.sort())
		case 3:
			return e("dict(#)", aDct)
		case 4:
			return e("dict(#, a = #)", aDct, a.sort())
		case 5:
			return e("{k: # for k in #}", a.sort(), choose(a, aLst, aTup, aSt))
		case 6:
			return e("{k: v for k, v in #.items() if #}", aDct, aTruth)
		}
		return a.literal(sort)
	case aSt:
		switch a.IntN(8) {
		case 0, 1:
			return e("(# "+choose(a, "|", "&", "^", "-")+" #)", aSt, aSt)
		case 2:
			return e("set(#)", choose(a, aTup, aDct, aDct, aLst))
		case 3:
			return e("#."+choose(a, "union", "intersection", "difference")+"(#)", aSt, choose(a, aSt, aTup, aDct))
		case 4:
			return e("set([#, #])", aNum, aStr)
		case 5: // of what can be elements, see the deviations
			return e("#.symmetric_difference(#)", aSt, choose(a, aSt, aDct))
		}
		return a.literal(sort)
	}
	s := a.sort()
	switch a.IntN(9) {
	case 0, 1:
		return e("(# "+choose(a, "==", "!=")+" #)", s, choose(a, s, a.sort()))
	case 2:
		return e("(# "+choose(a, "<", "<=", ">", ">=")+" #)", aNum, aNum)
	case 3:
		s = choose(a, aLst, aTup, aSt, aStr)
		return e("(# "+choose(a, "<", ">=")+" #)", s, s)
	case 4:
		return e("(# "+choose(a, "in", "not in")+" #)", choose(a, aStr, aNum), choose(a, aLst, aDct, aSt, aTup))
	case 5:
		return e("not #", choose(a, sorts...))
	case 6:
		return e("(# "+choose(a, "and", "or")+" #)", aTruth, aTruth)
	case 7:
		return e("("+choose(a, "any", "all")+"(#))", choose(a, aLst, aDct))
	}
	return a.literal(aTruth)
}

func (a *author) thing() *part { return a.expr(a.sort()) }

// grown writes what something grows by. Where that may happen many times it is small,
// lest it doubles each time.
func (a *author) grown(sort string) *part {
	if a.repeated == 1 && a.inside < 2 {
		return a.expr(sort)
	}
	for _, v := range a.scope {
		if v.fixed && v.sort == sort && strings.HasPrefix(v.name, "x") && (sort == aNum || sort == aStr) && a.one(2) {
			return made(sort, v.name)
		}
	}
	return a.literal(sort)
}

func (a *author) literal(sort string) *part {
	switch sort {
	case aNum:
		return made(sort, choose(a, "0", "1", "2", "3", "-1", "7", "100", choose(a, "5", "5", "5", "5", "1.5")))
	case aStr:
		return made(sort, choose(a, `""`, `"a"`, `"b"`, `"a b"`, `"ab,c"`, `"É"`))
	case aLst:
		return made(sort, choose(a, "[]", "[1]", "[1, 2, 3]", `["a", "b"]`, "[[1], [2]]", "[(1, 2)]"))
	case aTup:
		return made(sort, choose(a, "()", "(1,)", `("a", 2)`, "((1, 2), 3)"))
	case aDct:
		return made(sort, choose(a, "{}", `{"a": 1}`, `{"a": [1], "b": 2}`, "{1: 2}", `{(1, "x"): "y"}`))
	case aSt:
		return made(sort, choose(a, "set()", "set([1, 2])", `set(["a"])`))
	}
	return made(sort, choose(a, "True", "False"))
}

func (a *author) callOf(v variable) *part {
	kids := make([]*part, v.params)
	for i := range kids {
		kids[i] = a.thing()
	}
	list := strings.TrimSuffix(strings.Repeat("#, ", v.params), ", ")
	switch {
	case v.params > 0 && a.one(6):
		return made(v.sort, v.name+"(*["+list+"])", kids...)
	case v.params > 0 && a.one(8):
		list = strings.TrimSuffix(strings.Repeat("#, ", v.params-1), ", ")
		return made(v.sort, v.name+"("+strings.TrimPrefix(list+", p"+fmt.Sprint(v.params-1)+" = #", ", ")+")", kids...)
	}
	return made(v.sort, v.name+"("+list+")", kids...)
}

// comprehension writes one over something, with what may be inside of it.
func (a *author) comprehension() *part {
	x := a.fresh("x")
	over := a.expr(choose(a, aLst, aTup, aDct, aSt))
	before := len(a.scope)
	a.scope = append(a.scope, variable{name: x, sort: choose(a, aNum, aStr), fixed: true})
	defer func() { a.scope = a.scope[:before] }()
	switch a.IntN(6) {
	case 0:
		return made(aLst, "["+x+" for "+x+" in #]", over)
	case 1:
		return made(aLst, "["+x+" for "+x+" in # if #]", over, a.expr(aTruth))
	case 2:
		return made(aLst, "[(#, "+x+") for "+x+" in #]", a.thing(), over)
	case 3:
		return made(aLst, "[[y, "+x+"] for "+x+" in # for y in # if #]", over, a.expr(choose(a, aLst, aSt)), a.expr(aTruth))
	case 4:
		return made(aLst, "[["+x+" for y in #] for "+x+" in #]", a.expr(aTup), over)
	}
	return made(aLst, "[# for "+x+" in #]", a.thing(), over)
}

// block writes some statements, in a scope of their own if it is a function's.
func (a *author) block(n int) *part {
	b := blockOf()
	for range n {
		if a.left <= 0 {
			break
		}
		b.kids = append(b.kids, a.statements()...)
	}
	return b
}

// assign writes that a new variable gets a value.
func (a *author) assign(sort string) *part {
	s := made(aStatement, "# = #", nil, a.expr(sort))
	name := a.fresh("v")
	s.kids[0] = made("name", name)
	a.scope = append(a.scope, variable{name: name, sort: sort})
	return s
}

// statements writes one, or some that belong together.
func (a *author) statements() []*part {
	a.left--
	one := func(text string, kids ...*part) []*part { return []*part{made(aStatement, text, kids...)} }
	switch n := a.IntN(34); {
	case n < 6:
		return []*part{a.assign(a.sort())}
	case n < 11:
		sort := a.sort()
		v, ok := a.variable(sort, true)
		if !ok {
			return []*part{a.assign(sort)}
		}
		op := map[string][]string{
			aNum: {"+=", "-=", "*=", "//=", "%=", "|=", "&=", "^="}, aStr: {"+="}, aLst: {"+="}, aTup: {"+="}, aDct: {"|="}, aSt: {"|=", "&=", "^=", "-="},
		}[sort]
		if a.one(6) && (sort == aStr || sort == aLst || sort == aTup) && a.repeated == 1 {
			return one(v.name + " *= 2")
		}
		other := sort
		if sort == aLst && a.one(3) {
			other = choose(a, aTup, aDct, aSt)
		}
		return one(v.name+" "+choose(a, op...)+" #", a.grown(other))
	case n < 13:
		sort := choose(a, aLst, aDct)
		if v, ok := a.variable(sort, false); ok {
			key := a.expr(map[string]string{aLst: aNum, aDct: choose(a, aStr, aNum, aTup)}[sort])
			return a.attempted(choose(a, "%s[#] = #", "%s[#] = #", "%s[#] += #"), v.name, key, a.grown(a.sort()))
		}
	case n < 18:
		return a.change()
	case n < 20:
		s := made(aStatement, "if #:#", a.expr(aTruth), a.body(1+a.IntN(2)))
		if a.one(2) {
			s = made(aStatement, "if #:#else:#", s.kids[0], s.kids[1], a.body(1))
		}
		return []*part{s}
	case n < 23 && a.repeated < 60:
		return a.loop()
	case n < 24 && a.repeated < 60:
		w := a.fresh("w")
		a.repeated *= 3
		a.loops++
		body := a.body(1 + a.IntN(2))
		a.loops--
		a.repeated /= 3
		return []*part{made(aStatement, w+" = 3"), made(aStatement, "while "+w+" > 0:#", blockOf(append([]*part{made(aStatement, w+" -= 1")}, body.kids...)...))}
	case n < 27 && a.inside < 3:
		return a.define()
	case n < 28 && a.loops > 0:
		return one("if #: "+choose(a, "break", "continue"), a.expr(aTruth))
	case n < 29:
		sort := a.sort()
		x, y := a.fresh("v"), a.fresh("v")
		s := one(choose(a, "%s, %s = #, #", "(%s, %s) = [#, #]", "[%s, %s] = (#, #)"), a.expr(sort), a.expr(sort))
		s[0].texts[0] = fmt.Sprintf(s[0].texts[0], x, y)
		a.scope = append(a.scope, variable{name: x, sort: sort}, variable{name: y, sort: sort})
		return s
	case n < 30:
		if v, ok := a.variable(a.sort(), false); ok { // another name for it
			name := a.fresh("v")
			a.scope = append(a.scope, variable{name: name, sort: v.sort})
			return one(name + " = " + v.name)
		}
	}
	return one("note(#)", a.thing())
}

// attempted writes a statement whose failure is noted and caught.
func (a *author) attempted(text, name string, kids ...*part) []*part {
	f := a.fresh("f")
	text = strings.Replace(text, "%s", name, 1)
	if a.one(4) {
		return []*part{made(aStatement, text, kids...)}
	}
	return []*part{
		made(aStatement, "def "+f+"():#", blockOf(made(aStatement, text, kids...))),
		made(aStatement, "note(attempt("+f+"))"),
	}
}

// change writes a call of a method that changes something.
func (a *author) change() []*part {
	sort := choose(a, aLst, aDct, aSt)
	v, ok := a.variable(sort, false)
	if !ok {
		return []*part{a.assign(sort)}
	}
	e := func() *part { return a.grown(a.sort()) }
	switch sort {
	case aLst:
		switch a.IntN(8) {
		case 0, 1, 2:
			return a.attempted("%s.append(#)", v.name, e())
		case 3:
			return a.attempted("%s.extend(#)", v.name, a.grown(choose(a, aLst, aTup, aSt)))
		case 4:
			return a.attempted("%s.insert(#, #)", v.name, a.grown(aNum), e())
		case 5:
			return a.attempted("%s.remove(#)", v.name, e())
		case 6:
			return a.attempted("note(%s.pop(#))", v.name, a.grown(aNum))
		}
		return a.attempted("%s.clear()", v.name)
	case aDct:
		switch a.IntN(6) {
		case 0, 1:
			return a.attempted("%s.update(#)", v.name, a.grown(aDct))
		case 2:
			return a.attempted("%s.setdefault(#, []).append(#)", v.name, a.grown(aStr), e())
		case 3:
			return a.attempted("note(%s.pop(#, None))", v.name, a.grown(aStr))
		case 4:
			return a.attempted("note(%s.popitem())", v.name)
		}
		return a.attempted("%s.update(#, a = #)", v.name, a.grown(choose(a, aDct, aLst)), e())
	}
	switch a.IntN(5) {
	case 0, 1:
		return a.attempted("%s.add(#)", v.name, e())
	case 2:
		return a.attempted("%s.discard(#)", v.name, e())
	case 3:
		return a.attempted("note(%s.pop())", v.name)
	}
	return a.attempted("%s.update(#)", v.name, a.grown(choose(a, aLst, aTup, aSt)))
}

// body writes the block of a statement. What it assigns may not be assigned later.
func (a *author) body(n int) *part {
	before := len(a.scope)
	b := a.block(n)
	a.scope = a.scope[:before]
	return b
}

// loop writes a for statement, whose body may change what it goes over.
func (a *author) loop() []*part {
	x := a.fresh("x")
	over := a.expr(choose(a, aLst, aLst, aTup, aDct, aSt))
	before := len(a.scope)
	target, text := x, "#"
	sort := choose(a, aNum, aStr, aLst)
	switch a.IntN(5) {
	case 0:
		over, text, sort = a.expr(aNum), "range(#)", aNum
	case 1:
		over, text = a.expr(aDct), "#.items()"
		target = "k" + x + ", " + x
	case 2:
		over, text = a.expr(aLst), "enumerate(#)"
		target = "k" + x + ", " + x
	}
	a.scope = append(a.scope, variable{name: x, sort: sort, fixed: true})
	a.repeated *= 4
	a.loops++
	body := a.body(1 + a.IntN(3))
	a.loops--
	a.repeated /= 4
	a.scope = a.scope[:before]
	return []*part{made(aStatement, "for "+target+" in "+text+":#", over, body)}
}

// define writes a function, which later parts may call, and which may call itself.
func (a *author) define() []*part {
	f := variable{name: a.fresh("f"), sort: a.sort(), params: a.IntN(3), function: true}
	outer, loops, repeated := slices.Clone(a.scope), a.loops, a.repeated
	for i := range a.scope {
		a.scope[i].fixed = true
	}
	var params []string
	for i := range f.params {
		name := fmt.Sprintf("p%d", i)
		params = append(params, name)
		a.scope = append(a.scope, variable{name: name, sort: choose(a, sorts...)})
	}
	if a.one(5) && len(params) > 0 {
		params[len(params)-1] += " = None"
	}
	if a.one(6) {
		params = append(params, "*rest")
		a.scope = append(a.scope, variable{name: "rest", sort: aTup})
	}
	if a.one(6) {
		params = append(params, "**named")
		a.scope = append(a.scope, variable{name: "named", sort: aDct})
	}
	a.loops, a.inside, a.repeated = 0, a.inside+1, max(a.repeated, 4)
	body := a.block(1 + a.IntN(3))
	if a.one(3) {
		body.kids = append(body.kids, made(aStatement, "if depth["+`"n"`+"] > 0:#", blockOf(
			made(aStatement, `depth["n"] -= 1`),
			made(aStatement, "note(#)", made(aThing, f.name+"("+strings.TrimSuffix(strings.Repeat("None, ", f.params), ", ")+")")))))
	}
	body.kids = append(body.kids, made(aStatement, "return #", a.expr(f.sort)))
	a.inside--
	a.scope, a.loops, a.repeated = append(outer, f), loops, repeated
	s := []*part{made(aStatement, "def "+f.name+"("+strings.Join(params, ", ")+"):#", body)}
	if a.one(2) {
		call := a.callOf(f)
		s = append(s, made(aStatement, "note(#)", call))
	}
	return s
}

// program writes one: its library, and a main whose result is all that it knows, or
// the same at file level.
func (a *author) program() *part {
	head := blockOf(
		made(aStatement, `load("net", "attempt")`),
		made(aStatement, "log = []"),
		made(aStatement, `depth = {"n": 3}`),
		made(aStatement, "def note(*x): log.append(x)"),
	)
	if a.one(3) {
		head.kids = append([]*part{made(aStatement, `load("lib", "shared", table = "lookup")`)}, head.kids...)
		a.scope = append(a.scope, variable{name: "shared", sort: aLst, fixed: true}, variable{name: "table", sort: aDct, fixed: true})
	}
	if a.one(3) {
		return blockOf(append(head.kids, made(aStatement, "def main():#", blockOf(made(aStatement, "return #", made(aLst, "[]")))), a.fileLevel())...)
	}
	a.inside = 1
	body := a.block(4 + a.IntN(8))
	body.kids = append(body.kids, made(aStatement, "return #", a.everything()))
	return blockOf(append(head.kids, made(aStatement, "def main():#", body))...)
}

// fileLevel writes statements of the file itself.
func (a *author) fileLevel() *part {
	body := a.block(4 + a.IntN(8))
	body.kids = append(body.kids, made(aStatement, "note(#)", a.everything()))
	return made(aStatement, "if True:#", body)
}

// everything gives all variables.
func (a *author) everything() *part {
	var names []string
	for _, v := range a.scope {
		if !v.function {
			names = append(names, v.name)
		}
	}
	return made(aLst, "["+strings.Join(names, ", ")+"]")
}
