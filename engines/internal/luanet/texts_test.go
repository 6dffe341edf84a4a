package luanet

import (
	"fmt"
	"strconv"
	"strings"
)

// quoted makes a literal of a text.
func quoted(text string) *node {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return constant(b.String())
}

// subjects is what texts are made of.
const subjects = "aaabbcx1 (9)[_]%-.,\n\x00\xe9Z"

// word makes a short text.
func (g *generator) word(most int) string {
	b := make([]byte, g.IntN(most+1))
	for i := range b {
		b[i] = subjects[g.IntN(len(subjects))]
	}
	return string(b)
}

func (g *generator) textLiteral() *node {
	switch g.IntN(8) {
	case 0:
		return constant(pick(g, `'it\'s'`, `[[a]]`, `[==[x]]y]==]`, `"\65\066c"`, `"\t|\r\n"`, `"a\`+"\n"+`b"`, `'"'`))
	case 1:
		return g.numericText()
	}
	return quoted(g.word(pick(g, 1, 3, 6, 12)))
}

func (g *generator) text(depth int) *node {
	if depth <= 0 || g.chance(4) {
		if v, ok := g.variable(of(aText)); ok && !g.chance(3) {
			return id(v.name)
		}
		return g.textLiteral()
	}
	depth--
	switch g.IntN(18) {
	case 0, 1, 2, 3:
		x := operation("..", g.operand(aText, depth), g.operand(pick(g, aText, aNumber), depth))
		for g.chance(3) {
			x = operation("..", g.operand(pick(g, aText, aNumber), depth), x)
		}
		return x
	case 4:
		return methodOf(g.text(depth), "sub", g.positions(1)...)
	case 5:
		return callOf("string.rep", append([]*node{g.text(depth), constant(strconv.Itoa(g.IntN(5)))}, g.maybe(quoted(pick(g, ",", "", "::")))...)...)
	case 6:
		return callOf("string."+pick(g, "upper", "lower", "reverse"), g.operand(pick(g, aText, aText, aText, aNumber), depth))
	case 7, 8:
		return g.format(depth)
	case 9:
		return callOf("text", g.value(pick(g, aNumber, aNumber, aTruth), depth))
	case 10:
		return callOf("table.concat", append([]*node{g.list(depth)}, g.maybe(quoted(pick(g, ",", "", "; ")), signed(pick(g, "1", "2", "0")), prefixed("#", constant(`"ab"`)))...)...)
	case 11:
		return parenthesised(callOf("string.gsub", g.text(depth), g.pattern(), g.replacement(), constant(pick(g, "nil", "nil", "0", "1", "2"))))
	case 12:
		return operation("or", callOf("text", methodOf(g.text(depth), "match", append([]*node{g.pattern()}, g.positions(0)...)...)), g.text(0))
	case 13:
		return callOf("type", g.thing(depth))
	case 14:
		return callOf("string.char", g.codes()...)
	case 15:
		if v, ok := g.variable(of(anObject)); ok {
			return callOf("text", operation("..", id(v.name), g.text(depth)))
		}
	case 16:
		return callOf("text", g.thing(depth))
	}
	return operation("..", g.text(depth), g.text(depth))
}

// maybe leaves out the last arguments now and then.
func (g *generator) maybe(args ...*node) []*node { return args[:g.IntN(len(args)+1)] }

func (g *generator) position() *node {
	return signed(pick(g, "1", "2", "3", "-1", "-2", "0", "100", "-100", "2.7", "nil"))
}

// positions makes up to two, at least so many.
func (g *generator) positions(least int) []*node {
	p := []*node{signed(pick(g, "1", "2", "3", "-1", "-2", "0", "100", "-100", `"2"`)), g.position()}
	return p[:least+g.IntN(3-least)]
}

func (g *generator) codes() []*node {
	var codes []*node
	for range g.IntN(4) {
		codes = append(codes, constant(pick(g, "65", "0", "255", "97", "49", `"66"`)))
	}
	if g.protected && g.chance(8) {
		codes = append(codes, signed(pick(g, "-1", "256", "nil")))
	}
	return codes
}

// pattern makes one that is mostly well formed.
func (g *generator) pattern() *node {
	var b strings.Builder
	if g.chance(8) {
		b.WriteByte('^')
	}
	open := 0
	for range 1 + g.IntN(4) {
		switch g.IntN(14) {
		case 0, 1:
			b.WriteByte('(')
			open++
		case 2:
			if open > 0 {
				b.WriteByte(')')
				open--
			}
		case 3:
			b.WriteString("()")
		case 4:
			b.WriteString(pick(g, "%1", "%b()", "%b[]", "%bxx", "%baa", "%2", "%f"+g.set()))
			continue
		case 5, 6:
			b.WriteString(g.set())
		case 7, 8:
			b.WriteString("%" + string("acdglpsuwxACDGLPSUWX.%()-[]z"[g.IntN(28)]))
		case 9:
			b.WriteByte('.')
		case 10:
			if g.protected {
				b.WriteString(pick(g, "$", "%", "[", ")", "]", "^", "\x00"))
			}
		default:
			b.WriteByte(subjects[g.IntN(len(subjects))])
		}
		b.WriteString(pick(g, "", "", "", "*", "+", "-", "?"))
	}
	for range open {
		b.WriteByte(')')
	}
	if g.chance(8) {
		b.WriteByte('$')
	}
	text := b.String()
	if !g.protected && !wellFormed(text) {
		text = pick(g, "a", ".", "%w+", "(b)", "()", "[^a]*", "%s", "(.)(.)", "%d-1", "a?b*")
	}
	return quoted(text)
}

// wellFormed is a careful guess: what raises would end a program.
func wellFormed(pattern string) bool {
	for i := range len(pattern) {
		switch pattern[i] {
		case '(', ')', '[', ']', '\x00':
			return false
		case '%':
			if i+1 == len(pattern) || strings.IndexByte("acdglpsuwxACDGLPSUWX", pattern[i+1]) < 0 {
				return false
			}
		}
	}
	return true
}

func (g *generator) set() string {
	s := "[" + pick(g, "", "^")
	for range 1 + g.IntN(3) {
		s += pick(g, "a", "b-x", "%w", "%s", "%]", "-", "0-9", "%-", "_", "%a", "%d", "x")
	}
	if g.protected && g.chance(10) {
		return s
	}
	return s + "]"
}

// replacement is a third argument of gsub.
func (g *generator) replacement() *node {
	switch g.IntN(6) {
	case 0:
		return tableOf(namedOf("a", quoted("<A>")), namedOf("b", constant(pick(g, "7", "false", "2.5"))), pairOf(quoted(pick(g, "", "1", "x")), g.text(0)))
	case 1, 2:
		f := functionOf("p, q")
		g.inside(frame{protected: g.protected}, func() {
			g.declare(variable{name: "p", sort: aThing})
			g.declare(variable{name: "q", sort: aThing})
			var results []*node
			switch g.IntN(5) {
			case 0:
				results = []*node{constant("nil")}
			case 1:
				results = []*node{id(pick(g, "p", "q"))}
			case 2:
				results = []*node{operation("..", callOf("text", id("p")), callOf("text", id("q")))}
			case 3:
				results = []*node{g.text(1), id("q")}
				if g.chance(3) {
					results[0] = signed(pick(g, "7", "2.5", "-3"))
				}
			}
			if g.chance(3) {
				f.kids[0].kids = append(f.kids[0].kids, show(id("p"), id("q")))
			}
			switch {
			case g.protected && g.chance(6):
				f.kids[0].kids = append(f.kids[0].kids, g.throwing()...)
			case len(results) > 0:
				f.kids[0].kids = append(f.kids[0].kids, returning(results...))
			}
		})
		return f
	case 3:
		return g.text(0)
	}
	s := ""
	for range g.IntN(4) {
		s += pick(g, "x", "%0", "%%", "yz", "-", "")
	}
	if g.protected && g.chance(3) {
		s += pick(g, "%1", "%2", "%", "%a")
	}
	return quoted(s)
}

// format makes a call of string.format.
func (g *generator) format(depth int) *node {
	text, args := "", []*node(nil)
	for range 1 + g.IntN(3) {
		modifiers := ""
		for g.chance(4) && len(modifiers) < 3 {
			if c := string("-+ #0"[g.IntN(5)]); !strings.Contains(modifiers, c) {
				modifiers += c
			}
		}
		modifiers += pick(g, "", "", "", "", "1", "5", "12") + pick(g, "", "", "", "", ".", ".0", ".3", ".10")
		letter := pick(g, "d", "i", "u", "c", "x", "X", "o", "e", "E", "f", "g", "G", "q", "s", "s", "s", "%")
		switch letter {
		case "q", "%":
			modifiers = ""
		case "c":
			modifiers = pick(g, "", "", "3", "-3")
		}
		text += pick(g, "", "<", " ", "%%") + "%" + modifiers + letter
		switch {
		case letter == "%":
		case letter == "s":
			args = append(args, callOf("text", g.thing(depth)))
			if g.chance(2) {
				args[len(args)-1] = pick(g, callOf("ordinary", g.number(depth)), g.textLiteral(), constant("nil"), constant("true"))
			}
		case letter == "q":
			args = append(args, g.text(depth))
		case letter == "c":
			args = append(args, constant(strconv.Itoa(1+g.IntN(255))))
		case strings.Contains("diuxXo", letter):
			n := operation("%", callOf("math.floor", callOf("ordinary", g.number(depth))), constant("100000"))
			if letter == "d" || letter == "i" {
				n = operation("-", n, constant("777"))
			}
			if g.protected && g.chance(6) {
				n = g.number(depth)
				if strings.Contains("uxXo", letter) { // of a negative number all differ
					n = callOf("math.abs", n)
				}
			}
			args = append(args, n)
		default:
			args = append(args, unsigned(g.operand(aNumber, depth)))
		}
	}
	if g.protected && g.chance(20) && len(args) > 0 {
		args = args[1:]
	}
	return callOf("string.format", append([]*node{quoted(text)}, args...)...)
}
