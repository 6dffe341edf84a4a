package luanet

import "strings"

// change rewrites nodes while a program is written out: it gives what stands for
// a node whose kids are written as they are, or nil.
type change func(n *node) *node

// program writes a program out, which shows its results at the end. Each node is
// replaced as change says, if it is not nil.
func (n *node) program(c change) string {
	w := writer{change: c}
	w.WriteString("local function main()")
	w.body(n, 1)
	w.WriteString("end\nreturn function() show(outcome(pcall(main))) end\n")
	return w.String()
}

type writer struct {
	strings.Builder
	change change
}

// precedences of operators, as the manual lists them.
var precedences = map[string]int{
	"or": 1, "and": 2, "<": 3, ">": 3, "<=": 3, ">=": 3, "~=": 3, "==": 3, "..": 4,
	"+": 5, "-": 5, "*": 6, "/": 6, "%": 6, "^": 8,
}

const (
	unaryPrecedence = 7
	atomPrecedence  = 9
)

func (n *node) precedence() int {
	switch n.kind {
	case binary:
		return precedences[n.text]
	case unary:
		return unaryPrecedence
	}
	return atomPrecedence
}

// body writes the statements of a block on lines of their own.
func (w *writer) body(b *node, depth int) {
	w.WriteByte('\n')
	for _, s := range b.kids {
		w.indent(depth)
		w.statement(s, depth)
		w.WriteByte('\n')
	}
	w.indent(depth - 1)
}

func (w *writer) indent(depth int) {
	for range depth {
		w.WriteByte('\t')
	}
}

// changed gives what is written for n.
func (w *writer) changed(n *node) *node {
	if w.change != nil {
		if other := w.change(n); other != nil {
			return other
		}
	}
	return n
}

func (w *writer) statement(n *node, depth int) {
	n = w.changed(n)
	kids := n.kids
	switch n.kind {
	case local:
		w.WriteString("local " + n.text)
		if len(kids) > 0 {
			w.WriteString(" = ")
			w.list(kids, depth)
		}
	case localFunction:
		w.WriteString("local function " + n.text)
		w.function(kids[0], depth)
	case definition:
		w.WriteString("function " + n.text)
		w.function(kids[0], depth)
	case remark:
		w.WriteString(n.text)
	case assign:
		w.list(kids[0].kids, depth)
		w.WriteString(" = ")
		w.list(kids[1].kids, depth)
	case statement:
		x := w.changed(kids[0])
		if !x.standsAlone() {
			w.WriteString("local _ = ")
		}
		w.write(x, 0, depth)
	case do:
		w.WriteString("do")
		w.body(kids[0], depth+1)
		w.WriteString("end")
	case while:
		w.WriteString("while ")
		w.expression(kids[0], 0, depth)
		w.WriteString(" do")
		w.body(kids[1], depth+1)
		w.WriteString("end")
	case repeating:
		w.WriteString("repeat")
		w.body(kids[0], depth+1)
		w.WriteString("until ")
		w.expression(kids[1], 0, depth)
	case branch:
		for i := 0; i < len(kids); i += 2 {
			if i+1 == len(kids) {
				w.WriteString("else")
				w.body(kids[i], depth+1)
				break
			}
			if i > 0 {
				w.WriteString("else")
			}
			w.WriteString("if ")
			w.expression(kids[i], 0, depth)
			w.WriteString(" then")
			w.body(kids[i+1], depth+1)
		}
		w.WriteString("end")
	case numericFor, genericFor:
		last := len(kids) - 1
		w.WriteString("for " + n.text)
		if n.kind == numericFor {
			w.WriteString(" = ")
			w.list(kids[:last], depth)
		} else {
			w.WriteString(" in ")
			w.list(kids[0].kids, depth)
		}
		w.WriteString(" do")
		w.body(kids[last], depth+1)
		w.WriteString("end")
	case giveBack:
		w.WriteString("return ")
		w.list(kids, depth)
	case leave:
		w.WriteString("break")
	}
}

func (w *writer) list(items []*node, depth int) {
	for i, x := range items {
		if i > 0 {
			w.WriteString(", ")
		}
		w.expression(x, 0, depth)
	}
}

// lines writes a list with each item on a line of its own.
func (w *writer) lines(items []*node, depth int) {
	for i, x := range items {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('\n')
		w.indent(depth)
		w.expression(x, 0, depth)
	}
}

// function writes what follows the word function and perhaps a name.
func (w *writer) function(n *node, depth int) {
	w.WriteString("(" + n.text + ")")
	statements := n.kids[0].kids
	if len(statements) > 1 || len(statements) == 1 && statements[0].kind > statement && statements[0].kind != giveBack {
		w.body(n.kids[0], depth+1)
	} else {
		for _, s := range statements {
			w.WriteByte(' ')
			w.statement(s, depth)
		}
		w.WriteByte(' ')
	}
	w.WriteString("end")
}

// expression writes an expression, in parentheses if it binds less than least.
func (w *writer) expression(n *node, least, depth int) { w.write(w.changed(n), least, depth) }

// write is expression without change of n itself.
func (w *writer) write(n *node, least, depth int) {
	if n.precedence() < least {
		w.WriteByte('(')
		defer w.WriteByte(')')
	}
	kids := n.kids
	switch n.kind {
	case name, literal:
		w.WriteString(n.text)
	case dots:
		w.WriteString("...")
	case binary:
		left, right := n.precedence(), n.precedence()+1
		switch n.text {
		case "..":
			left, right = right, left
		case "^":
			left, right = atomPrecedence, unaryPrecedence
		}
		w.expression(kids[0], left, depth)
		w.WriteString(" " + n.text + " ")
		w.expression(kids[1], right, depth)
	case unary:
		w.WriteString(n.text)
		if n.text == "not" || kids[0].kind == unary {
			w.WriteByte(' ')
		}
		w.expression(kids[0], unaryPrecedence, depth)
	case bracket:
		w.WriteByte('(')
		w.expression(kids[0], 0, depth)
		w.WriteByte(')')
	case call, method:
		w.prefix(kids[0], depth)
		if n.kind == method {
			w.WriteString(":" + n.text)
		}
		w.WriteByte('(')
		if n.kind == call && n.text != "" {
			w.lines(kids[1:], depth+1)
		} else {
			w.list(kids[1:], depth)
		}
		w.WriteByte(')')
	case index:
		w.prefix(kids[0], depth)
		w.WriteByte('[')
		w.expression(kids[1], 0, depth)
		w.WriteByte(']')
	case field:
		w.prefix(kids[0], depth)
		w.WriteString("." + n.text)
	case table:
		w.WriteByte('{')
		w.list(kids, depth)
		w.WriteByte('}')
	case pair:
		w.WriteByte('[')
		w.expression(kids[0], 0, depth)
		w.WriteString("] = ")
		w.expression(kids[1], 0, depth)
	case named:
		w.WriteString(n.text + " = ")
		w.expression(kids[0], 0, depth)
	case function:
		w.WriteString("function")
		w.function(n, depth)
	}
}

// prefix writes what is called or indexed.
func (w *writer) prefix(n *node, depth int) {
	n = w.changed(n)
	least := 0
	if !n.isPrefix() {
		least = atomPrecedence + 1
	}
	w.write(n, least, depth)
}

// isPrefix reports whether n may be called and indexed without parentheses.
func (n *node) isPrefix() bool {
	switch n.kind {
	case name, call, method, index, field, bracket:
		return true
	}
	return false
}

// standsAlone reports whether n is a call that can be a statement and does not
// begin with a parenthesis, which could belong to the line before.
func (n *node) standsAlone() bool {
	alone := n.kind == call || n.kind == method
	for n.kind != name && n.isPrefix() && n.kind != bracket {
		n = n.kids[0]
	}
	return alone && n.kind == name
}
