package starlark

import (
	"strconv"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"github.com/understudy-run/understudy/hostapi"
)

// CompileCovered implements hostapi.Coverer. Before each statement stands a mark, a
// global variable whose truth is asked: not <mark>. That is what costs the interpreter
// least of all that it tells the host of.
func (e *engine) CompileCovered(src hostapi.Source) (hostapi.Program, *hostapi.Coverage, error) {
	if _, err := e.Compile(src); err != nil { // with marks its words might name them
		return nil, nil, err
	}
	m := &marks{}
	p, err := e.compile(src, m)
	if err != nil {
		return nil, nil, err
	}
	m.coverage = hostapi.NewCoverage(m.lines)
	return p, m.coverage, nil
}

// marks are those of a source.
type marks struct {
	lines    []int
	coverage *hostapi.Coverage // once the source is compiled
}

const (
	markPrefix = internalPrefix + "m"
	marksName  = internalPrefix + "marks"
)

// mark gives that of a statement.
func (m *marks) mark(s syntax.Stmt) syntax.Stmt {
	pos, _ := s.Span()
	m.lines = append(m.lines, int(pos.Line))
	return &syntax.ExprStmt{X: &syntax.UnaryExpr{OpPos: pos, Op: syntax.NOT, X: ident(markPrefix+strconv.Itoa(len(m.lines)-1), pos)}}
}

// documents reports whether the first statement of a block is a text about it.
func documents(s syntax.Stmt) bool {
	x, ok := s.(*syntax.ExprStmt)
	if !ok {
		return false
	}
	text, ok := x.X.(*syntax.Literal)
	return ok && text.Token == syntax.STRING
}

// begin has a source begin with making its marks, by the built-in <marks>.
func (m *marks) begin(file *syntax.File) {
	if len(m.lines) == 0 {
		return
	}
	path := file.Path // not that of the tree, which would be kept by who keeps the position
	pos := syntax.MakePosition(&path, 1, 1)
	all := &syntax.TupleExpr{Lparen: pos, Rparen: pos}
	for i := range m.lines {
		all.List = append(all.List, ident(markPrefix+strconv.Itoa(i), pos))
	}
	file.Stmts = append([]syntax.Stmt{&syntax.AssignStmt{
		OpPos: pos, Op: syntax.EQ, LHS: all,
		RHS: &syntax.CallExpr{Fn: ident(marksName, pos), Lparen: pos, Rparen: pos},
	}}, file.Stmts...)
}

// builtin makes <marks>. They belong to no process.
func (m *marks) builtin() *starlark.Builtin {
	return starlark.NewBuiltin(marksName, func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
		out, all := make(starlark.Tuple, len(m.lines)), make([]mark, len(m.lines))
		for i := range out {
			all[i] = mark{m.coverage, i}
			out[i] = &all[i]
		}
		return out, nil
	})
}

// mark is what notes that a statement is executed.
type mark struct {
	coverage *hostapi.Coverage
	number   int
}

func (m *mark) String() string        { return markPrefix + strconv.Itoa(m.number) }
func (m *mark) Type() string          { return "mark" }
func (m *mark) Freeze()               {}
func (m *mark) Hash() (uint32, error) { return 0, nil }

// Truth notes it.
func (m *mark) Truth() starlark.Bool {
	m.coverage.Begin(m.number)
	return true
}
