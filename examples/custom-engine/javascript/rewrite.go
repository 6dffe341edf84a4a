package javascript

import (
	"reflect"

	"github.com/dop251/goja/ast"
	"github.com/dop251/goja/file"
	"github.com/dop251/goja/unistring"
)

// tickName is the global function that the rewritten program calls. No script
// can spell, so shadow, it.
const tickName = "<tick>"

// rewriter changes a syntax tree before it is compiled.
type rewriter struct {
	hidden     map[unistring.String]bool // see engine
	seen       map[any]bool              // nodes can be reached twice, by the lists of declarations
	generators bool                      // there are some
	refused    file.Idx                  // place of what is not available; 0: none
	reason     string
}

// rewrite makes the program one function of (require, exports), so that its
// variables are its own, and puts a tick at the start of every function and of
// every round of a loop: goja has no hook that runs between steps. Names of
// globals that a script must not see get another name, wherever they stand.
func (r *rewriter) rewrite(tree *ast.Program) {
	r.walk(reflect.ValueOf(tree.Body))
	tree.Body = []ast.Statement{&ast.ExpressionStatement{Expression: &ast.FunctionLiteral{
		ParameterList: &ast.ParameterList{List: []*ast.Binding{
			{Target: &ast.Identifier{Name: "require"}}, {Target: &ast.Identifier{Name: "exports"}},
		}},
		Body:            &ast.BlockStatement{List: tree.Body},
		DeclarationList: tree.DeclarationList,
	}}}
	tree.DeclarationList = nil
}

func (r *rewriter) refuse(at file.Idx, reason string) {
	if r.refused == 0 {
		r.refused, r.reason = at, reason
	}
}

// walk visits all nodes below v. goja's syntax tree has no visitor of its own.
func (r *rewriter) walk(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		r.walk(v.Elem())
	case reflect.Pointer:
		if v.IsNil() || r.seen[v.Interface()] {
			return
		}
		r.seen[v.Interface()] = true
		r.node(v.Interface())
		r.walk(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			r.walk(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			r.walk(v.Field(i))
		}
	}
}

func (r *rewriter) node(n any) {
	switch n := n.(type) {
	case *ast.Identifier:
		if r.hidden[n.Name] {
			n.Name = "<" + n.Name + ">"
		}
	case *ast.PropertyShort:
		if r.hidden[n.Name.Name] {
			r.refuse(n.Name.Idx, n.Name.Name.String()+" is not available")
		}
	case *ast.FunctionLiteral:
		r.generators = r.generators || n.Generator
		if n.Async {
			r.refuse(n.Function, "async is not available: calls simply wait")
		}
		n.Body.List = append([]ast.Statement{tick(n.Body.LeftBrace)}, n.Body.List...)
	case *ast.ArrowFunctionLiteral:
		if n.Async {
			r.refuse(n.Start, "async is not available: calls simply wait")
		}
		switch body := n.Body.(type) {
		case *ast.BlockStatement:
			body.List = append([]ast.Statement{tick(body.LeftBrace)}, body.List...)
		case *ast.ExpressionBody:
			at := body.Expression.Idx0()
			n.Body = &ast.BlockStatement{LeftBrace: at, List: []ast.Statement{
				tick(at), &ast.ReturnStatement{Return: at, Argument: body.Expression},
			}}
		}
	case *ast.ForStatement, *ast.ForInStatement, *ast.ForOfStatement, *ast.WhileStatement, *ast.DoWhileStatement:
		body := reflect.ValueOf(n).Elem().FieldByName("Body")
		body.Set(reflect.ValueOf(loop(body.Interface().(ast.Statement))))
	}
}

func loop(body ast.Statement) ast.Statement {
	at := body.Idx0()
	return &ast.BlockStatement{LeftBrace: at, List: []ast.Statement{tick(at), body}}
}

func tick(at file.Idx) ast.Statement {
	return &ast.ExpressionStatement{Expression: &ast.CallExpression{
		Callee: &ast.Identifier{Name: tickName, Idx: at}, LeftParenthesis: at, RightParenthesis: at,
	}}
}
