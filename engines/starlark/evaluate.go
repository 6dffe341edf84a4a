package starlark

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// Evaluate implements hostapi.Evaluator.
func (in *instance) Evaluate(path, text string) (fn hostapi.Function, err error) {
	defer func() {
		if r := recover(); r != nil {
			fn, err = nil, uncompilable(path, r)
		}
	}()
	p := in.program
	src := p.source
	src.Path, src.Text = path, text
	options := dialect()
	options.LoadBindsGlobally = true
	file, err := parse(options, src)
	if err != nil {
		var syntax *hostapi.SyntaxError
		if errors.As(err, &syntax) {
			syntax.Incomplete = endsEarly(syntax, text)
		}
		return nil, err
	}
	if goesOn(file, text) {
		return nil, &hostapi.SyntaxError{Path: path, Line: 1 + strings.Count(text, "\n"), Message: "got end of file", Incomplete: true}
	}
	if err := resolve.REPLChunk(file, in.typedNames().Has, func(string) bool { return false }, starlark.Universe.Has); err != nil {
		return nil, syntaxError(path, err)
	}
	if id := unlisted(file); id != nil {
		return nil, positioned(path, id.NamePos, "undefined: "+id.Name)
	}
	if err := p.checkLoads(file); err != nil {
		return nil, err
	}
	return &input{in, file}, nil
}

// endsEarly reports whether a text is no program since it ends too early.
func endsEarly(err *hostapi.SyntaxError, text string) bool {
	return strings.Contains(err.Message, "end of file") || strings.Contains(err.Message, "unexpected EOF") ||
		strings.Contains(err.Message, "want indent") && err.Line > strings.Count(text, "\n")
}

// goesOn reports whether a text, which is a program, may have more lines: a block goes on
// until an empty line.
func goesOn(file *syntax.File, text string) bool {
	if len(file.Stmts) == 0 || strings.HasSuffix(text, "\n") {
		return false
	}
	switch file.Stmts[len(file.Stmts)-1].(type) {
	case *syntax.DefStmt, *syntax.IfStmt, *syntax.ForStmt, *syntax.WhileStmt:
		return true
	}
	return false
}

// typedNames gives the environment of inputs: what every source has, and what inputs have
// left. All of them share it, so a function sees what a later input binds.
func (in *instance) typedNames() starlark.StringDict {
	if in.typed == nil {
		in.typed = maps.Clone(in.predeclared(in.program))
		maps.Copy(in.typed, in.globals)
		in.typed[initialName] = native(initialName, func(t *task, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			return t.instance.typed[string(args[0].(starlark.String))], nil
		})
	}
	return in.typed
}

// Names that no script can write.
const (
	resultName  = internalPrefix + "result>"  // the global that takes the value of an expression
	initialName = internalPrefix + "initial>" // what gives a global as inputs before have left it
)

// input is the function of an input.
type input struct {
	in   *instance
	file *syntax.File
}

// Call runs it. What it assigns is kept, also if it fails.
func (i *input) Call(ht hostapi.Task, _ []hostapi.Value) (results []hostapi.Value, err error) {
	in := i.in
	t := in.newTask(ht)
	defer t.end(&err)
	t.source, t.input = in.program, true
	for k, stmt := range i.file.Stmts {
		result, err := t.statement(i.file, stmt)
		if err != nil {
			return nil, t.failure(err)
		}
		if k == len(i.file.Stmts)-1 && result != nil && result != starlark.None {
			results = []hostapi.Value{toHost(result)}
		}
	}
	return results, nil
}

// statement runs one statement of an input, as a file of its own: functions find by their
// names what other statements have bound, then and later. It gives the value of an expression.
func (t *task) statement(of *syntax.File, stmt syntax.Stmt) (starlark.Value, error) {
	in, pos := t.instance, firstPosition(stmt)
	if x, ok := stmt.(*syntax.ExprStmt); ok {
		stmt = &syntax.AssignStmt{OpPos: pos, Op: syntax.EQ, LHS: ident(resultName, pos), RHS: x.X}
	}
	file := &syntax.File{Path: of.Path, Options: of.Options, Stmts: []syntax.Stmt{stmt}}
	rewrite(file, nil)
	if err := resolve.File(file, in.typed.Has, starlark.Universe.Has); err != nil {
		return nil, err
	}
	var before []syntax.Stmt
	for _, g := range file.Module.(*resolve.Module).Globals {
		if name := g.First.Name; in.typed.Has(name) {
			before = append(before, &syntax.AssignStmt{OpPos: pos, Op: syntax.EQ, LHS: ident(name, pos), RHS: &syntax.CallExpr{
				Fn: ident(initialName, pos), Lparen: pos, Rparen: pos,
				Args: []syntax.Expr{&syntax.Literal{Token: syntax.STRING, TokenPos: pos, Value: name}},
			}})
		}
	}
	file.Stmts = append(before, file.Stmts...)
	program, err := starlark.FileProgram(file, in.typed.Has)
	if err != nil {
		return nil, err
	}
	bound, err := program.Init(&t.thread, in.typed)
	if err == nil {
		err = t.aborted
	}
	kept := starlark.StringDict{} // a new one: a census may be walking over the other
	maps.Copy(kept, in.globals)
	for name, v := range bound {
		if !internalName(name) {
			kept[name], in.typed[name] = v, v
		}
	}
	in.globals = kept
	return bound[resultName], err
}

// Show implements hostapi.Evaluator.
func (in *instance) Show(ht hostapi.Task, v hostapi.Value) (text string, err error) {
	t := in.newTask(ht)
	defer t.end(&err)
	text, err = t.repr(fromHost(v))
	if err != nil {
		return "", t.failure(err)
	}
	return text, nil
}

// Names implements hostapi.Evaluator.
func (in *instance) Names() []string {
	names := slices.AppendSeq(slices.Collect(maps.Keys(in.typedNames())), maps.Keys(starlark.Universe))
	names = slices.DeleteFunc(names, func(name string) bool {
		return internalName(name) || starlark.Universe.Has(name) && !universal(name)
	})
	slices.Sort(names)
	return slices.Compact(names)
}
