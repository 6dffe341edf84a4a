// Package luacode looks at source text of Lua before an interpreter compiles it.
package luacode

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

const (
	// maxDepth bounds brackets and blocks inside each other in a source.
	maxDepth = 200
	// maxChain bounds the operators, calls and indexings of one expression, and
	// the elseifs of one statement: the compiler calls itself for each.
	maxChain = 10000
)

// Check refuses with a *hostapi.SyntaxError a source whose compilation would need a
// deep Go stack, and escapes in strings that are none. It knows the tokens of Lua and
// of the grammar only what opens and closes. The engines call it before they compile.
func Check(path, text string) error {
	n := nesting{text: text, line: 1}
	for n.token() {
		if n.wrong == "" && (len(n.chains) > maxDepth || n.chained > maxChain) {
			n.wrong = "nested too deep"
		}
		if n.wrong != "" {
			return &hostapi.SyntaxError{Path: path, Line: n.line, Message: n.wrong}
		}
	}
	return nil
}

type nesting struct {
	text string
	pos  int
	line int
	from int // where the last token begins
	// chains has for each open bracket or block the length of the expression
	// around it, chain is that of the innermost, chained the sum of all.
	chains         []int
	chain, chained int
	operand        bool   // the last token may end an expression
	wrong          string // what is wrong with the last token
	unclosed       bool   // the text ends inside a long string or comment
}

// token reads one token; false at the end.
func (n *nesting) token() bool {
	n.blank()
	if n.pos >= len(n.text) {
		return false
	}
	c := n.text[n.pos]
	n.from = n.pos
	switch {
	case isLetter(c):
		n.word()
	case isDigit(c), c == '.' && isDigit(n.at(1)):
		n.begin()
		n.numeral()
	case c == '"' || c == '\'':
		n.literal()
		n.quoted(c)
	case c == '[' && n.longBracket():
		n.literal()
	case c == '(' || c == '[' || c == '{':
		n.pos++
		n.open()
	case c == ')' || c == ']' || c == '}':
		n.pos++
		n.close()
		n.operand = true
	case c == '.':
		for n.at(0) == '.' {
			n.pos++
		}
		if n.pos-n.from == len("...") {
			n.begin()
		} else {
			n.link()
		}
	case c == ';' || c == ',' || c == '=' && n.at(1) != '=':
		n.pos++
		n.statement()
	default:
		if n.pos++; n.at(0) == '=' {
			n.pos++ // == ~= <= >=
		}
		n.link()
	}
	return true
}

func (n *nesting) at(i int) byte {
	if n.pos+i < len(n.text) {
		return n.text[n.pos+i]
	}
	return 0
}

// blank skips white space and comments.
func (n *nesting) blank() {
	for n.pos < len(n.text) {
		switch c := n.text[n.pos]; {
		case c == '\n':
			n.line++
			n.pos++
		case c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f':
			n.pos++
		case c == '-' && n.at(1) == '-':
			n.pos += 2
			if n.at(0) == '[' && n.longBracket() {
				continue
			}
			for n.pos < len(n.text) && n.text[n.pos] != '\n' {
				n.pos++
			}
		default:
			return
		}
	}
}

// longBracket skips [[...]] or [=[...]=], if there is one.
func (n *nesting) longBracket() bool {
	level := 1
	for n.at(level) == '=' {
		level++
	}
	if n.at(level) != '[' {
		return false
	}
	end := "]" + strings.Repeat("=", level-1) + "]"
	from := n.pos + level + 1
	length := strings.Index(n.text[from:], end)
	if length < 0 {
		n.pos, n.unclosed = len(n.text), true
		return true
	}
	n.line += strings.Count(n.text[from:from+length], "\n")
	n.pos = from + length + len(end)
	return true
}

func (n *nesting) quoted(quote byte) {
	for n.pos++; n.pos < len(n.text); n.pos++ {
		switch n.text[n.pos] {
		case '\\':
			n.pos++
			switch c := n.at(0); {
			case c == '\n':
				n.line++
			case isDigit(c):
				n.escape()
			}
		case '\n':
			return
		case quote:
			n.pos++
			return
		}
	}
	n.pos = len(n.text) // not beyond, behind a backslash
}

func (n *nesting) word() {
	start := n.pos
	for n.pos < len(n.text) && (isLetter(n.at(0)) || isDigit(n.at(0))) {
		n.pos++
	}
	switch n.text[start:n.pos] {
	case "do", "repeat":
		n.statement()
		n.open()
	case "function":
		n.begin()
		n.open()
	case "then":
		n.open()
	case "elseif":
		// The blocks of an if statement are inside one another.
		n.operand = false
		n.close()
		n.link()
	case "else":
		n.close()
		n.open()
	case "end":
		n.close()
		n.operand = true
	case "until":
		n.close()
	case "and", "or", "not":
		n.link()
	case "if", "while", "for", "local", "return", "break", "goto", "in":
		n.statement()
	default:
		n.begin()
	}
}

// begin notes a name or number: after a complete expression it begins a
// statement.
func (n *nesting) begin() {
	if n.operand {
		n.statement()
	}
	n.operand = true
}

// literal notes a string: after a complete expression it is a call.
func (n *nesting) literal() {
	if n.operand {
		n.link()
	}
	n.operand = true
}

// link notes a further operator, call or indexing of the same expression.
func (n *nesting) link() {
	n.chain++
	n.chained++
	n.operand = false
}

// statement forgets the expression that ended.
func (n *nesting) statement() {
	n.chained -= n.chain
	n.chain = 0
	n.operand = false
}

func (n *nesting) open() {
	n.link()
	n.chains = append(n.chains, n.chain)
	n.chain = 0
}

func (n *nesting) close() {
	n.statement()
	if last := len(n.chains) - 1; last >= 0 {
		n.chain = n.chains[last]
		n.chains = n.chains[:last]
	}
}

func isLetter(c byte) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
