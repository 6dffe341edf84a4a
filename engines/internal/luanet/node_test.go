package luanet

import (
	"slices"
	"strings"
)

// kind says what a node is.
type kind uint8

// The kinds of nodes. Expressions come first, statements follow from block on.
const (
	name          kind = iota // text
	literal                   // text: a number, a string, nil, true, false
	dots                      // ...
	binary                    // text is the operator, kids the operands; and, or too
	unary                     // text is the operator
	bracket                   // one kid in parentheses: one value
	call                      // the function and its arguments, which stand on lines of their own if there is a text
	method                    // the object and the arguments of text
	index                     // the object and the key
	field                     // the object; text is the key
	table                     // items: expressions, pairs and named ones
	pair                      // in a table: key and value
	named                     // in a table: text is the key
	function                  // text is the list of parameters; a block
	block                     // statements
	local                     // text is the list of names; values
	localFunction             // text is the name; a function
	definition                // text is what is defined, as a.b or a:b; a function
	remark                    // text is a comment
	list                      // of expressions, in an assignment or a for
	assign                    // a list of targets and one of values
	statement                 // a call
	do                        // a block
	while                     // a condition and a block
	repeating                 // a block and a condition
	branch                    // conditions and blocks in turn, and perhaps a last block
	numericFor                // text is the name; two or three numbers and a block
	genericFor                // text is the list of names; a list and a block
	giveBack                  // return: values
	leave                     // break
)

// node is a piece of a program.
type node struct {
	kind kind
	text string
	kids []*node
}

func id(text string) *node       { return &node{kind: name, text: text} }
func constant(text string) *node { return &node{kind: literal, text: text} }

func operation(operator string, left, right *node) *node {
	return &node{kind: binary, text: operator, kids: []*node{left, right}}
}

func prefixed(operator string, x *node) *node {
	return &node{kind: unary, text: operator, kids: []*node{x}}
}

func parenthesised(x *node) *node { return &node{kind: bracket, kids: []*node{x}} }

// callOf calls the function of that name, which may be that of a library.
func callOf(function string, args ...*node) *node {
	f := id(function)
	if library, member, ok := strings.Cut(function, "."); ok {
		f = fieldOf(id(library), member)
	}
	return callNode(f, args...)
}

func callNode(f *node, args ...*node) *node {
	return &node{kind: call, kids: append([]*node{f}, args...)}
}

func methodOf(x *node, name string, args ...*node) *node {
	return &node{kind: method, text: name, kids: append([]*node{x}, args...)}
}

func fieldOf(x *node, key string) *node { return &node{kind: field, text: key, kids: []*node{x}} }
func indexOf(x, key *node) *node        { return &node{kind: index, kids: []*node{x, key}} }
func tableOf(items ...*node) *node      { return &node{kind: table, kids: items} }
func pairOf(key, value *node) *node     { return &node{kind: pair, kids: []*node{key, value}} }
func namedOf(key string, value *node) *node {
	return &node{kind: named, text: key, kids: []*node{value}}
}

func functionOf(parameters string, statements ...*node) *node {
	return &node{kind: function, text: parameters, kids: []*node{blockOf(statements...)}}
}

func blockOf(statements ...*node) *node { return &node{kind: block, kids: statements} }
func localOf(names string, values ...*node) *node {
	return &node{kind: local, text: names, kids: values}
}

func localFunctionOf(name string, f *node) *node {
	return &node{kind: localFunction, text: name, kids: []*node{f}}
}

func definitionOf(what string, f *node) *node {
	return &node{kind: definition, text: what, kids: []*node{f}}
}

func listOf(items ...*node) *node { return &node{kind: list, kids: items} }

func assignment(target, value *node) *node {
	return &node{kind: assign, kids: []*node{listOf(target), listOf(value)}}
}

func statementOf(x *node) *node         { return &node{kind: statement, kids: []*node{x}} }
func returning(values ...*node) *node   { return &node{kind: giveBack, kids: values} }
func leaving() *node                    { return &node{kind: leave} }
func doing(b *node) *node               { return &node{kind: do, kids: []*node{b}} }
func whileOf(condition, b *node) *node  { return &node{kind: while, kids: []*node{condition, b}} }
func repeatOf(b, condition *node) *node { return &node{kind: repeating, kids: []*node{b, condition}} }
func branchOf(kids ...*node) *node      { return &node{kind: branch, kids: kids} }

func forOf(name string, b *node, numbers ...*node) *node {
	return &node{kind: numericFor, text: name, kids: append(numbers, b)}
}

func eachOf(names string, values, b *node) *node {
	return &node{kind: genericFor, text: names, kids: []*node{values, b}}
}

func (n *node) isExpression() bool { return n.kind < block && n.kind != pair && n.kind != named }

// clone copies a tree.
func (n *node) clone() *node {
	c := *n
	c.kids = slices.Clone(n.kids)
	for i, kid := range c.kids {
		c.kids[i] = kid.clone()
	}
	return &c
}

// size is the number of nodes of a tree.
func (n *node) size() int {
	size := 1
	for _, kid := range n.kids {
		size += kid.size()
	}
	return size
}
