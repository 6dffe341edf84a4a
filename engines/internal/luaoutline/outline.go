// Package luaoutline tells what the text of a Lua source shows without running it, for
// the engines of Lua (hostapi.Outliner). It reads the text with gopher-lua's parser,
// whose grammar has all of the language that both engines promise (clause 19.4); a text
// that only another interpreter accepts has no outline.
package luaoutline

import (
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/understudy-run/understudy/engines/internal/luacode"
	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

// Of gives the outline of a source; nil if there is none. Engines call it from their
// Outline, from any goroutine.
func Of(src hostapi.Source) (o *hostapi.Outline) {
	// The parser panics on some texts that it should refuse.
	defer func() {
		if recover() != nil {
			o = nil
		}
	}()
	text := src.Code()
	if luacode.Check(src.Path, text) != nil {
		return nil
	}
	chunk, err := parse.Parse(strings.NewReader(text), src.Path)
	if err != nil {
		return nil
	}
	r := reader{
		scopes: resolve(chunk),
		out:    &hostapi.Outline{Colon: true, Globals: globals(), Libraries: libraries(), NoMethod: func(name string) error { return lualib.NoMethod(name) }},
		lines:  strings.Split(text, "\n"),
	}
	r.block(chunk)
	r.export(chunk)
	return r.out
}

// globals are the names of clause 19.5 that are no modules.
func globals() []string {
	names := []string{
		"_G", "_VERSION", "getmetatable", "ipairs", "next", "pairs", "pcall", "rawget", "rawset", "require", "setmetatable", "xpcall",
	}
	for _, m := range lualib.Globals() {
		names = append(names, m.Name)
	}
	for name := range lualib.Libraries() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func libraries() map[string][]string {
	out := map[string][]string{}
	for name, members := range lualib.Libraries() {
		for _, m := range members {
			out[name] = append(out[name], m.Name)
		}
	}
	return out
}

// reader makes the outline of one source.
type reader struct {
	scopes
	out   *hostapi.Outline
	lines []string
	// functions and protected are how many functions, and arguments of pcall, are
	// around what is read.
	functions, protected int
	returns              []*ast.ReturnStmt // of the top level
}

// add puts an expression into the outline. word is looked for in its line, since the
// parser knows no columns.
func (r *reader) add(e hostapi.Expression, line int, word string) *hostapi.Expression {
	e.Line, e.Column = line, r.column(line, word)
	e.TopLevel, e.Protected = r.functions == 0, r.protected > 0
	r.out.Expressions = append(r.out.Expressions, &e)
	return &e
}

// column finds a word in a line; 0 if it is not there.
func (r *reader) column(line int, word string) int {
	if line < 1 || line > len(r.lines) || word == "" {
		return 0
	}
	text := r.lines[line-1]
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return 0
		}
		i += from
		from = i + len(word)
		if (i == 0 || !isWord(text[i-1])) && (from == len(text) || !isWord(text[from])) {
			return 1 + len([]rune(text[:i]))
		}
	}
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

// export tells what the top level returns.
func (r *reader) export(chunk []ast.Stmt) {
	o := r.out
	o.Exports = map[string]*hostapi.Expression{}
	if len(r.returns) == 0 {
		return
	}
	last, _ := chunk[len(chunk)-1].(*ast.ReturnStmt)
	if len(r.returns) > 1 || last == nil || len(last.Exprs) != 1 {
		o.Open = len(r.returns) > 1 || last == nil || len(last.Exprs) > 0
		return
	}
	switch e := last.Exprs[0].(type) {
	case *ast.FunctionExpr:
		o.Whole = true
	case *ast.TableExpr:
		r.exportTable(r.given)
	case *ast.IdentExpr:
		v := r.variables[e]
		switch {
		case v == nil || v.assigned || v.value == nil:
			o.Open = true
		case v.value.Kind == hostapi.ExpressionFunction:
			o.Whole = true
		case v.value.Kind == hostapi.ExpressionTable:
			r.exportTable(v.value)
			for name, value := range v.fields {
				if _, twice := o.Exports[name]; twice {
					value = nil
				}
				o.Exports[name] = value
			}
			o.Open = o.Open || v.escapes
		case v.value.Kind != hostapi.ExpressionLiteral:
			o.Open = true
		}
	case *ast.TrueExpr, *ast.FalseExpr, *ast.NilExpr, *ast.NumberExpr, *ast.StringExpr:
	default:
		o.Open = true
	}
}

func (r *reader) exportTable(t *hostapi.Expression) {
	r.out.Open = t.More
	for _, f := range t.Named {
		r.out.Exports[f.Name] = f.Value
	}
}
