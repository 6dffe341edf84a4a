package luanet

import (
	"math"
	"strconv"
	"strings"
)

// values makes expressions for what a list of sorts asks for. The last may be a
// call or ... that gives more or fewer.
func (g *generator) values(wanted []sort, depth int) []*node {
	var values []*node
	for i, s := range wanted {
		if i == len(wanted)-1 && g.chance(8) {
			if x := g.callOfVariable(func(v variable) bool { return len(v.signature.results) > 1 && v.signature.results[0] == s }, depth); x != nil {
				return append(values, x)
			}
		}
		values = append(values, g.value(s, depth))
	}
	if g.varargs && g.chance(10) {
		values = append(values, &node{kind: dots})
	}
	return values
}

// value makes an expression of a sort; depth bounds it.
func (g *generator) value(s sort, depth int) *node {
	if depth > 0 && g.chance(9) {
		if x := g.anyForm(s, depth-1); x != nil {
			return x
		}
	}
	switch s {
	case aNumber:
		return g.number(depth)
	case aText:
		return g.text(depth)
	case aTruth:
		return g.truth(depth)
	case aList:
		return g.list(depth)
	case aRecord:
		return g.record(depth)
	case aFunction:
		return g.function(g.signature(), 0)
	case anObject:
		if v, ok := g.variable(of(anObject)); ok {
			return id(v.name)
		}
		return g.record(depth)
	}
	return g.thing(depth)
}

// operand is value, but now and then of another sort where an error would be
// caught.
func (g *generator) operand(s sort, depth int) *node {
	if g.protected && g.chance(25) || g.chance(600) {
		return g.value(pick(g, aNumber, aText, aTruth, aRecord, aThing), depth)
	}
	return g.value(s, depth)
}

// anyForm makes an expression that can be of any sort, or nil.
func (g *generator) anyForm(s sort, depth int) *node {
	switch g.IntN(8) {
	case 0:
		return operation("or", g.value(s, depth), g.value(s, depth))
	case 1:
		return operation("or", operation("and", g.truth(depth), g.value(s, depth)), g.value(s, depth))
	case 2:
		return operation("and", pick(g, constant("true"), constant("1"), constant(`""`)), g.value(s, depth))
	case 3:
		return callOf("mark", constant(strconv.Itoa(g.IntN(100))), g.value(s, depth))
	case 4:
		return parenthesised(g.value(s, depth))
	case 5:
		// A function that is called where it stands.
		sig := &signature{parameters: []sort{g.simple(), s}, results: []sort{s}, varargs: g.chance(3)}
		return callNode(parenthesised(g.function(sig, pick(g, 0, 0, 1))), g.values(sig.parameters, depth)...)
	case 6:
		if x := g.callOfVariable(func(v variable) bool {
			return len(v.signature.results) > 0 && v.signature.results[0] == s
		}, depth); x != nil {
			return x
		}
	case 7:
		if s != aList && s != aFunction {
			return operation("or", constant(pick(g, "false", "nil")), g.value(s, depth))
		}
	}
	return nil
}

// callOfVariable calls a function of the program that ok allows, or gives nil.
func (g *generator) callOfVariable(ok func(v variable) bool, depth int) *node {
	if g.leaf {
		return nil
	}
	v, found := g.variable(func(v variable) bool { return v.sort == aFunction && v.signature != nil && ok(v) })
	if !found {
		return nil
	}
	x := callNode(id(v.name), g.arguments(v.signature, depth)...)
	if len(x.kids) > 1 && g.chance(10) {
		x.text = "lines"
	}
	return x
}

// arguments makes what a function takes, now and then too few or too many.
func (g *generator) arguments(s *signature, depth int) []*node {
	args := g.values(s.parameters, max(depth-1, 0))
	for s.varargs && g.chance(2) {
		args = append(args, g.thing(max(depth-1, 0)))
	}
	switch {
	case g.chance(15):
		args = append(args, g.thing(0))
	case g.protected && len(args) == len(s.parameters) && len(args) > 0 && s.parameters[len(args)-1] == aThing && g.chance(3):
		args = args[:len(args)-1] // a list never holds what may be missing
	}
	return args
}

func (g *generator) number(depth int) *node {
	if depth <= 0 || g.chance(4) {
		if v, ok := g.variable(of(aNumber)); ok && !g.chance(3) {
			return id(v.name)
		}
		return g.numeral()
	}
	depth--
	switch g.IntN(20) {
	case 0, 1, 2, 3, 4:
		return arithmetic(pick(g, "+", "-", "*", "/", "%"), g.operand(aNumber, depth), g.operand(aNumber, depth))
	case 5:
		return operation("%", g.operand(aNumber, depth), signed(pick(g, "3", "-3", "0.5", "7", "1", "-0.25", "1e15", "math.huge", "-math.huge", "0")))
	case 6:
		// Where the last digit depends on the C library is nobody's promise.
		return arithmetic("^", g.operand(aNumber, depth), signed(pick(g, "2", "2", "0.5", "0", "1")))
	case 7:
		return prefixed("-", g.operand(aNumber, depth))
	case 8:
		return prefixed("#", g.value(pick(g, aText, aList), depth))
	case 9, 10:
		return g.mathCall(depth)
	case 11: // a text that counts as a number
		return arithmetic(pick(g, "+", "-", "*", "/", "%"), g.numericText(), g.operand(aNumber, depth))
	case 12:
		return operation("or", callOf("tonumber", pick(g, g.numericText(), g.operand(aText, depth))), g.number(0))
	case 13:
		values := []*node{{kind: dots}}
		if !g.varargs {
			values = g.things(depth)
		}
		return callOf("select", append([]*node{constant(`"#"`)}, values...)...)
	case 14:
		return operation("or", callOf("string.find", g.text(depth), g.pattern()), g.number(depth))
	case 15:
		return operation("or", methodOf(g.text(depth), "byte", g.position()), g.number(depth))
	case 16:
		return parenthesised(callOf("select", constant("2"), callOf("string.gsub", g.text(depth), g.pattern(), g.replacement())))
	case 17:
		if v, ok := g.variable(of(aRecord)); ok {
			return operation("or", callOf("tonumber", callOf("text", g.member(v))), g.number(0))
		}
	case 18:
		if v, ok := g.variable(of(aList)); ok {
			return operation("or", callOf("tonumber", callOf("text", indexOf(id(v.name), g.number(depth)))), g.number(0))
		}
	case 19:
		return callOf("ordinary", g.number(depth))
	}
	return operation(pick(g, "+", "-"), g.number(depth), g.number(depth))
}

// signed makes a number of its text, math.huge with sign too.
func signed(text string) *node {
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		return prefixed("-", signed(rest))
	}
	if text == "math.huge" {
		return fieldOf(id("math"), "huge")
	}
	return constant(text)
}

func (g *generator) numeral() *node {
	switch g.IntN(14) {
	case 12: // any double
		x := math.Float64frombits(g.Uint64())
		if x-x != 0 {
			x = 0.1
		}
		return signed(strconv.FormatFloat(x, 'g', pick(g, -1, 3, 17), 64))
	case 13:
		return constant(pick(g, "0x", "0X") + strconv.FormatUint(g.Uint64()>>pick(g, 12, 32, 56), 16))
	case 0:
		return constant(pick(g, "0.5", "1.5", "2.25", ".75", "3.", "0.1", "1e3", "1E-2", "2e+2", "0x1F", "0XaB", "0007", "010"))
	case 1:
		return constant(pick(g, "1e14", "99999999999999", "123456789012345", "9007199254740991", "9007199254740993", "1e15", "1e16", "2147483648", "4294967296", "1e300", "0.1e-6"))
	case 2:
		return signed(pick(g, "math.huge", "-math.huge", "-0.5", "-1e15", "-2"))
	case 3:
		return operation(pick(g, "/", "-", "*"), constant(pick(g, "0", "1", "7")), constant(pick(g, "0", "3", "0.1")))
	}
	return constant(strconv.Itoa(pick(g, g.IntN(4), g.IntN(10), g.IntN(10), g.IntN(300))))
}

// numericText is a text that is a number, mostly.
func (g *generator) numericText() *node {
	return quoted(pick(g, "10", "1", "3", "0x10", " 7 ", "1e1", "0.5", "-2", "00012", "5.", ".5", "+4", "1e", "0x", "", "1 2", "abc", "\t3\n", "- 1", "1e+2", "12a"))
}

func (g *generator) mathCall(depth int) *node {
	switch f := pick(g, "floor", "ceil", "abs", "max", "min", "fmod", "modf", "sqrt", "ldexp", "frexp", "log", "pow", "rad", "exp"); f {
	case "max", "min":
		args := []*node{g.operand(aNumber, depth)}
		for range g.IntN(3) {
			args = append(args, g.operand(aNumber, depth))
		}
		return callOf("math."+f, args...)
	case "fmod":
		return callOf("math.fmod", g.operand(aNumber, depth), g.operand(aNumber, depth))
	case "ldexp":
		return callOf("math.ldexp", g.operand(aNumber, depth), constant(strconv.Itoa(g.IntN(8))))
	case "pow":
		return callOf("math.pow", unsigned(g.operand(aNumber, depth)), constant(strconv.Itoa(g.IntN(3))))
	case "modf", "frexp": // of two results
		x := callOf("math."+f, g.operand(aNumber, depth))
		if g.chance(2) {
			x = parenthesised(callOf("select", constant("2"), x))
		}
		return x
	case "log", "exp": // see "^"
		x := operation("%", g.operand(aNumber, depth), constant("30"))
		return callOf("math.floor", operation("*", callOf("math."+f, x), constant("64")))
	default:
		return callOf("math."+f, g.operand(aNumber, depth))
	}
}

func (g *generator) truth(depth int) *node {
	if depth <= 0 || g.chance(5) {
		if v, ok := g.variable(of(aTruth)); ok && g.chance(2) {
			return id(v.name)
		}
		return constant(pick(g, "true", "false"))
	}
	depth--
	switch g.IntN(16) {
	case 0, 1, 2:
		return operation(pick(g, "<", ">", "<=", ">=", "==", "~="), g.operand(aNumber, depth), g.operand(aNumber, depth))
	case 3:
		return operation(pick(g, "<", ">", "<=", ">=", "==", "~="), g.operand(aText, depth), g.operand(aText, depth))
	case 4:
		return prefixed("not", g.value(pick(g, aTruth, aThing, aNumber, aList), depth))
	case 5:
		return operation(pick(g, "and", "or"), g.truth(depth), g.truth(depth))
	case 6, 7: // known when the program is compiled
		return pick(g,
			prefixed("not", constant(pick(g, "nil", "1", "true", "false", `"x"`))),
			operation(pick(g, "and", "or"), constant(pick(g, "false", "true")), g.truth(depth)),
			operation("and", g.truth(depth), constant(pick(g, "false", "true"))),
			operation("==", constant(pick(g, "1", `"a"`, "nil")), constant(pick(g, "1", `"a"`, "nil"))),
			prefixed("not", operation(pick(g, "and", "or"), g.truth(depth), constant(pick(g, "false", "true")))),
		)
	case 8:
		return operation(pick(g, "==", "~="), g.thing(depth), g.thing(depth))
	case 9:
		return operation(pick(g, "==", "~="), callOf("type", g.thing(depth)), quoted(pick(g, "nil", "number", "string", "table", "function")))
	case 10:
		return callOf("rawequal", g.thing(depth), g.thing(depth))
	case 11:
		if v, ok := g.variable(of(aRecord)); ok {
			return operation(pick(g, "==", "~="), pick(g, g.member(v), callOf("next", id(v.name))), constant("nil"))
		}
	case 12:
		if v, ok := g.variable(of(anObject)); ok {
			w, _ := g.variable(func(w variable) bool { return w.sort == anObject && w.meta == v.meta })
			return pick(g,
				operation(pick(g, "==", "~="), id(v.name), g.value(pick(g, anObject, aThing), depth)),
				operation(pick(g, "<", ">", "<=", ">="), id(v.name), id(w.name)))
		}
	case 13:
		return prefixed("not", prefixed("not", g.thing(depth)))
	}
	return operation(pick(g, "<", ">=", "=="), g.number(depth), g.number(depth))
}

// list makes a table without holes: no element is nil.
func (g *generator) list(depth int) *node {
	if v, ok := g.variable(of(aList)); ok && g.chance(2) {
		return id(v.name)
	}
	t := tableOf()
	for range g.IntN(5) {
		t.kids = append(t.kids, g.element(depth-1))
	}
	if len(t.kids) > 0 && g.chance(6) {
		if v, ok := g.variable(of(aList)); ok {
			t.kids = append(t.kids, callOf("unpack", id(v.name)))
		}
	}
	return t
}

// element is what lists hold: never nil.
func (g *generator) element(depth int) *node {
	if g.chance(2) {
		return g.number(depth)
	}
	return g.text(depth)
}

func (g *generator) record(depth int) *node {
	if v, ok := g.variable(of(aRecord)); ok && g.chance(2) {
		return id(v.name)
	}
	depth--
	t := tableOf()
	for range g.IntN(5) {
		switch g.IntN(8) {
		case 0:
			t.kids = append(t.kids, g.thing(depth))
		case 1:
			t.kids = append(t.kids, pairOf(quoted(pick(g, "a", "x y", "", "0")), g.thing(depth)))
		case 2:
			t.kids = append(t.kids, pairOf(g.numericKey(depth), g.thing(depth)))
		case 3:
			t.kids = append(t.kids, pairOf(constant(pick(g, "1", "2", "-1", "1.5", "true", "false", "3")), g.thing(depth)))
		default:
			t.kids = append(t.kids, namedOf(g.key(), g.thing(depth)))
		}
	}
	if g.chance(6) {
		t.kids = append(t.kids, pick(g, g.several(depth), g.thing(depth)))
	}
	return t
}

// several is a last expression that may give several values.
func (g *generator) several(depth int) *node {
	if g.varargs && g.chance(2) {
		return &node{kind: dots}
	}
	if x := g.callOfVariable(func(variable) bool { return true }, depth); x != nil {
		return x
	}
	return callOf("mark", append([]*node{constant(strconv.Itoa(g.IntN(100)))}, g.things(depth)...)...)
}

func (g *generator) key() string { return pick(g, "a", "b", "c", "x", "y", "k1") }

// numericKey is a number that is no key far behind others: an engine may fill the
// gap.
func (g *generator) numericKey(depth int) *node {
	return callOf("ordinary", operation("%", g.number(depth), constant("100")))
}

// member is a field of a record.
func (g *generator) member(v variable) *node {
	switch g.IntN(6) {
	case 0:
		return indexOf(id(v.name), constant(pick(g, "1", "2", "3", "1.5", "true")))
	case 1:
		return indexOf(id(v.name), quoted(g.key()))
	case 2:
		return indexOf(id(v.name), operation("..", quoted("k"), constant(pick(g, "1", "2"))))
	}
	return fieldOf(id(v.name), g.key())
}

// thing makes any value.
func (g *generator) thing(depth int) *node {
	if v, ok := g.variable(of(aThing)); ok && g.chance(4) {
		return id(v.name)
	}
	if depth <= 0 {
		return pick(g, g.numeral(), quoted(pick(g, "", "a", "xyz")), constant("nil"), constant("true"), constant("false"), g.value(pick(g, aNumber, aText), 0))
	}
	depth--
	switch g.IntN(10) {
	case 0, 1, 2:
		return g.number(depth)
	case 3, 4:
		return g.text(depth)
	case 5:
		return g.truth(depth)
	case 6:
		return g.record(depth)
	case 7:
		if v, ok := g.variable(of(aRecord)); ok {
			return g.member(v)
		}
	case 8:
		if g.varargs {
			return pick(g, parenthesised(&node{kind: dots}), callOf("select", g.selection(), &node{kind: dots}))
		}
	case 9:
		return parenthesised(g.several(depth))
	}
	return pick(g, constant("nil"), constant("nil"), constant("1"), constant("false"), callOf("text", id("global1")))
}

// selection is a first argument of select.
func (g *generator) selection() *node {
	return signed(pick(g, "1", "2", "3", "-1", "-2", "1.5", `"#"`))
}

// things makes some values, the last of which may be several.
func (g *generator) things(depth int) []*node {
	var values []*node
	for range g.IntN(4) {
		values = append(values, g.thing(depth))
	}
	if g.chance(3) {
		values = append(values, g.several(depth-1))
	}
	return values
}
