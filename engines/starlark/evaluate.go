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

// resultName is the global that takes the value of an input that is an expression.
const resultName = internalPrefix + "result>"

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
	i := &input{in: in, file: file}
	if n := len(file.Stmts); n > 0 {
		if x, ok := file.Stmts[n-1].(*syntax.ExprStmt); ok {
			pos, _ := x.X.Span()
			file.Stmts[n-1] = &syntax.AssignStmt{OpPos: pos, Op: syntax.EQ, LHS: ident(resultName, pos), RHS: x.X}
		}
	}
	rewrite(file, nil)
	if err := resolve.REPLChunk(file, in.environment().Has, func(string) bool { return false }, starlark.Universe.Has); err != nil {
		return nil, syntaxError(path, err)
	}
	if id := unlisted(file); id != nil {
		return nil, positioned(path, id.NamePos, "undefined: "+id.Name)
	}
	if err := p.checkLoads(file); err != nil {
		return nil, err
	}
	return i, nil
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

// environment gives the globals of an input: what every source has, and what inputs have
// left.
func (in *instance) environment() starlark.StringDict {
	all := in.predeclared(in.program)
	if in.program.local == nil {
		all = maps.Clone(all)
	}
	maps.Copy(all, in.globals)
	return all
}

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
	before := in.environment()
	after := maps.Clone(before)
	err = starlark.ExecREPLChunk(i.file, &t.thread, after)
	if err == nil {
		err = t.aborted
	}
	result := after[resultName]
	kept := maps.Clone(in.globals)
	if kept == nil {
		kept = starlark.StringDict{}
	}
	for name, v := range after {
		// What every source has is a built-in or a module, of which one can be compared.
		if !internalName(name) && (in.globals.Has(name) || before[name] == nil || before[name] != v) {
			kept[name] = v
		}
	}
	in.globals = kept
	if err != nil {
		return nil, t.failure(err)
	}
	if result == nil || result == starlark.None {
		return nil, nil
	}
	return []hostapi.Value{toHost(result)}, nil
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
	names := slices.AppendSeq(slices.Collect(maps.Keys(in.environment())), maps.Keys(starlark.Universe))
	names = slices.DeleteFunc(names, func(name string) bool {
		return internalName(name) || starlark.Universe.Has(name) && !universal(name)
	})
	slices.Sort(names)
	return slices.Compact(names)
}
