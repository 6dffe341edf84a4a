// Package starlark runs Starlark scripts, on go.starlark.net.
//
// It binds the module tables of hostapi generically and holds no actor
// semantics. docs/starlark.md says how scripts see it. A source is compiled
// once; what is compiled, the environment of predeclared names included, is
// immutable and shared by all processes, so that a process costs little more
// than its own globals.
//
// The interpreter cannot be interrupted within one operation. What could do
// unbounded work there is done in pieces (see work), or measured first and
// bounded: built-in functions are wrapped, and operators and methods guarded by
// rewriting the syntax tree (see rewrite).
package starlark

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/understudy-run/understudy/engines/internal/ledger"
	"github.com/understudy-run/understudy/engines/internal/pace"
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// New gives the engine.
func New() hostapi.Engine {
	return &engine{unknown: errKept, meter: ledger.NewMeter(), clock: pace.Clock()}
}

// engine is what all processes share.
type engine struct {
	unknown  error // why the interpreter is not one whose layout is known
	meter    *ledger.Meter
	clock    func() time.Duration
	censuses sync.Pool // of *census
}

// Info describes the engine.
func (*engine) Info() hostapi.Info {
	return hostapi.Info{
		Name:        "starlark",
		Language:    "starlark",
		Extension:   ".star",
		Interpreter: "go.starlark.net v0.0.0-20260908191801-89a6a09411d5",
		Lacks: []string{
			"memory: what variables, comprehensions under way and channels refer to is charged, late by up to as much again; other operands of expressions under way, and what a for statement iterates over, are not",
		},
	}
}

// dialect is that of docs/starlark.md, section 1.
func dialect() *syntax.FileOptions {
	return &syntax.FileOptions{
		Set:             true,
		While:           true,
		TopLevelControl: true,
		GlobalReassign:  true,
		Recursion:       true,
	}
}

const (
	// maxSourceDepth bounds the depth of a syntax tree: the interpreter's
	// resolver and compiler recurse over it.
	maxSourceDepth = 1500
	// maxSourceSize bounds the length of a source in bytes.
	maxSourceSize = 8 << 20
)

// Compile parses, checks and compiles src.
func (e *engine) Compile(src hostapi.Source) (hostapi.Program, error) {
	p, err := e.compile(src, nil)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// compile does it, with marks if m is not nil.
func (e *engine) compile(src hostapi.Source, m *marks) (p *program, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, uncompilable(src.Path, r)
		}
	}()
	if e.unknown != nil {
		return nil, e.unknown
	}
	file, err := parse(dialect(), src)
	if err != nil {
		return nil, err
	}
	rewrite(file, m)

	program := &program{engine: e, source: src, grants: map[string]*moduleTable{}, libraries: map[string]*program{}}
	if err := program.link(); err != nil {
		return nil, err
	}
	if m != nil {
		program.predeclared[marksName] = m.builtin()
	}
	program.code, err = starlark.FileProgram(file, program.predeclared.Has)
	if err != nil {
		return nil, syntaxError(src.Path, err)
	}
	if id := unlisted(file); id != nil {
		return nil, positioned(src.Path, id.NamePos, "undefined: "+id.Name)
	}
	program.exports = exported(file)
	if err := program.checkLoads(file); err != nil {
		return nil, err
	}
	return program, nil
}

// uncompilable is the error of a source for which the interpreter has panicked.
func uncompilable(path string, cause any) error {
	return &hostapi.SyntaxError{Path: path, Message: fmt.Sprintf("cannot be compiled: %v", cause)}
}

// parse gives the syntax tree of a source.
func parse(options *syntax.FileOptions, src hostapi.Source) (*syntax.File, error) {
	if len(src.Text) > maxSourceSize {
		return nil, &hostapi.SyntaxError{Path: src.Path, Message: fmt.Sprintf("source too large: more than %d bytes", maxSourceSize)}
	}
	file, err := options.Parse(src.Path, src.Code(), 0)
	if err != nil {
		return nil, syntaxError(src.Path, err)
	}
	if pos, deep := tooDeep(file); deep {
		return nil, positioned(src.Path, pos, "excessive nesting")
	}
	return file, nil
}

// tooDeep finds the first node nested deeper than the resolver may recurse.
func tooDeep(file *syntax.File) (pos syntax.Position, deep bool) {
	depth := 0
	syntax.Walk(file, func(n syntax.Node) bool {
		if n == nil {
			depth--
			return true
		}
		if depth >= maxSourceDepth {
			if !deep {
				pos, deep = firstPosition(n), true
			}
			return false
		}
		depth++
		return true
	})
	return pos, deep
}

// firstPosition gives a position within n without recursion: Span would
// descend as deep as the tree is.
func firstPosition(n syntax.Node) syntax.Position {
	for range maxSourceDepth {
		switch x := n.(type) {
		case *syntax.BinaryExpr:
			return x.OpPos
		case *syntax.DotExpr:
			return x.Dot
		case *syntax.CallExpr:
			return x.Lparen
		case *syntax.IndexExpr:
			return x.Lbrack
		case *syntax.SliceExpr:
			return x.Lbrack
		case *syntax.CondExpr:
			return x.If
		case *syntax.IfStmt:
			return x.If
		case *syntax.ExprStmt:
			n = x.X
		case *syntax.AssignStmt:
			return x.OpPos
		case *syntax.DictEntry:
			return x.Colon
		default:
			start, _ := n.Span()
			return start
		}
	}
	return syntax.Position{}
}

// unlisted finds a use of a name that the interpreter's universe has and this
// dialect does not (clause 19.1): the universe is one table for the whole
// program, and others may have added to it.
func unlisted(file *syntax.File) (found *syntax.Ident) {
	syntax.Walk(file, func(n syntax.Node) bool {
		if id, ok := n.(*syntax.Ident); ok && found == nil {
			if b, ok := id.Binding.(*resolve.Binding); ok && b.Scope == resolve.Universal && !universal(id.Name) {
				found = id
			}
		}
		return found == nil
	})
	return found
}

func syntaxError(path string, err error) error {
	var list resolve.ErrorList
	if errors.As(err, &list) {
		return positioned(path, list[0].Pos, list[0].Msg)
	}
	var one syntax.Error
	if errors.As(err, &one) {
		if strings.HasPrefix(one.Msg, "got newline") && one.Pos.Col == 1 && one.Pos.Line > 1 {
			// The end of a line counts as the beginning of the next one there.
			one.Pos.Line, one.Pos.Col = one.Pos.Line-1, 0
		}
		return positioned(path, one.Pos, one.Msg)
	}
	return &hostapi.SyntaxError{Path: path, Message: err.Error()}
}

func positioned(path string, pos syntax.Position, message string) error {
	return &hostapi.SyntaxError{Path: path, Line: int(pos.Line), Column: int(pos.Col), Message: message}
}
