// Package javascript runs JavaScript actors, on github.com/dop251/goja. It is an
// example of an engine written outside of the project: README.md, one directory
// up, walks through it file by file.
package javascript

import (
	"errors"
	"slices"
	"strings"

	"github.com/dop251/goja"
	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/parser"
	"github.com/dop251/goja/unistring"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

// visible are the globals of the language that scripts see (clause 19.1). The
// others could load code, tell the time, or run code that nothing schedules.
const visible = " Object Array String Number BigInt RegExp Boolean Map Set Symbol Math JSON NaN undefined Infinity " +
	"Error TypeError ReferenceError SyntaxError RangeError EvalError URIError AggregateError " +
	"isNaN parseInt parseFloat isFinite decodeURI decodeURIComponent encodeURI encodeURIComponent "

// New gives the engine.
func New() hostapi.Engine {
	e := &engine{prelude: goja.MustCompile("prelude.js", prelude, true), hidden: map[unistring.String]bool{}}
	for _, name := range goja.New().GlobalObject().GetOwnPropertyNames() {
		if !strings.Contains(visible, " "+name+" ") {
			e.hidden[unistring.NewFromString(name)] = true
		}
	}
	return e
}

type engine struct {
	prelude *goja.Program
	hidden  map[unistring.String]bool // all other globals of the language, globalThis among them
}

// Info describes the engine.
func (*engine) Info() hostapi.Info {
	return hostapi.Info{
		Name:        "goja",
		Language:    "javascript",
		Extension:   ".js",
		Interpreter: "github.com/dop251/goja",
		Lacks: []string{
			"memory is not charged: goja does not tell what it allocates (17.11)",
			"one call of a built-in function, such as \"x\".repeat(n), is not preempted and counts no steps (20.5)",
			"a coroutine cannot wait inside a getter, constructor or callback that was made by another coroutine (9.9): the process fails",
		},
	}
}

// The interpreter's parser recurses, and is slow, where a text nests deeply.
const (
	maxNesting = 250
	maxSource  = 64 << 10 // bytes
)

// Compile parses src, puts ticks into it, and compiles it.
func (e *engine) Compile(src hostapi.Source) (hostapi.Program, error) {
	if err := binding.CheckSource(src, maxSource, maxNesting); err != nil {
		return nil, err
	}
	tree, err := parser.ParseFile(nil, src.Path, src.Code(), 0, parser.WithDisableSourceMaps)
	if err != nil {
		return nil, syntaxError(src.Path, tree, err)
	}
	r := rewriter{hidden: e.hidden, seen: map[any]bool{}}
	if r.rewrite(tree); r.refused > 0 {
		p := tree.File.Position(int(r.refused) - tree.File.Base())
		return nil, &hostapi.SyntaxError{Path: src.Path, Line: p.Line, Column: p.Column, Message: r.reason}
	}
	p := &program{source: src, prelude: e.prelude}
	if p.code, err = goja.CompileAST(tree, true); err != nil {
		return nil, syntaxError(src.Path, tree, err)
	}
	if p.order, err = binding.Order(p); err != nil {
		return nil, err
	}
	p.generators = r.generators || slices.ContainsFunc(p.order, func(q *program) bool { return q.generators })
	return p, nil
}

func syntaxError(path string, tree *ast.Program, err error) error {
	var list parser.ErrorList
	var compiler *goja.CompilerSyntaxError
	switch {
	case errors.As(err, &list):
		return &hostapi.SyntaxError{Path: path, Line: list[0].Position.Line, Column: list[0].Position.Column, Message: list[0].Message}
	case errors.As(err, &compiler) && compiler.File != nil:
		p := compiler.File.Position(compiler.Offset)
		return &hostapi.SyntaxError{Path: path, Line: p.Line, Column: p.Column, Message: compiler.Message}
	}
	return &hostapi.SyntaxError{Path: path, Message: err.Error()}
}
