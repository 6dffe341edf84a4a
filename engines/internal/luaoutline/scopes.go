package luaoutline

import (
	"github.com/yuin/gopher-lua/ast"

	"github.com/understudy-run/understudy/hostapi"
)

// variable is a local variable.
type variable struct {
	assigned bool // after its declaration
	// value is what it is declared with, nil if that may be anything.
	value *hostapi.Expression
	// Of one that holds a table: the fields that are assigned, and whether anything
	// else may change it.
	fields  map[string]*hostapi.Expression
	escapes bool
	// protected says that it is a function that is given to pcall.
	protected bool
}

// scopes tell which variable a name means. It is nil for globals.
type scopes struct {
	variables map[*ast.IdentExpr]*variable
	declared  map[*ast.LocalAssignStmt][]*variable
	given     *hostapi.Expression // the table that the top level returns, if it is written there
}

// resolver finds the variables of a source.
type resolver struct {
	scopes
	visible []binding
}

type binding struct {
	name     string
	variable *variable
}

func resolve(chunk []ast.Stmt) scopes {
	r := resolver{scopes: scopes{variables: map[*ast.IdentExpr]*variable{}, declared: map[*ast.LocalAssignStmt][]*variable{}}}
	r.block(chunk)
	return r.scopes
}

func (r *resolver) declare(name string) *variable {
	v := &variable{}
	r.visible = append(r.visible, binding{name, v})
	return v
}

// block reads a block in which names are local.
func (r *resolver) block(stmts []ast.Stmt, names ...string) {
	outer := len(r.visible)
	for _, name := range names {
		r.declare(name)
	}
	for _, s := range stmts {
		r.statement(s)
	}
	r.visible = r.visible[:outer]
}

func (r *resolver) statement(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		r.expressions(s.Lhs)
		r.expressions(s.Rhs)
		for _, e := range s.Lhs {
			r.assign(e)
		}
	case *ast.LocalAssignStmt:
		// A single function may be a local function, which sees itself.
		recursive := len(s.Exprs) == 1 && len(s.Names) == 1 && isFunction(s.Exprs[0])
		if !recursive {
			r.expressions(s.Exprs)
		}
		for _, name := range s.Names {
			r.declared[s] = append(r.declared[s], r.declare(name))
		}
		if recursive {
			r.expressions(s.Exprs)
		}
	case *ast.FuncCallStmt:
		r.expression(s.Expr)
	case *ast.DoBlockStmt:
		r.block(s.Stmts)
	case *ast.WhileStmt:
		r.expression(s.Condition)
		r.block(s.Stmts)
	case *ast.RepeatStmt:
		outer := len(r.visible)
		for _, inner := range s.Stmts {
			r.statement(inner)
		}
		r.expression(s.Condition) // it sees the variables of the block
		r.visible = r.visible[:outer]
	case *ast.IfStmt:
		r.expression(s.Condition)
		r.block(s.Then)
		r.block(s.Else)
	case *ast.NumberForStmt:
		r.expressions([]ast.Expr{s.Init, s.Limit, s.Step})
		r.block(s.Stmts, s.Name)
	case *ast.GenericForStmt:
		r.expressions(s.Exprs)
		r.block(s.Stmts, s.Names...)
	case *ast.FuncDefStmt:
		if s.Name.Func != nil {
			r.expression(s.Name.Func)
			r.assign(s.Name.Func)
			r.expression(s.Func)
			return
		}
		r.expression(s.Name.Receiver)
		r.block(s.Func.Stmts, append([]string{"self"}, s.Func.ParList.Names...)...)
	case *ast.ReturnStmt:
		r.expressions(s.Exprs)
	}
}

func isFunction(e ast.Expr) bool {
	_, is := e.(*ast.FunctionExpr)
	return is
}

func (r *resolver) assign(e ast.Expr) {
	if id, ok := e.(*ast.IdentExpr); ok && r.variables[id] != nil {
		r.variables[id].assigned = true
	}
}

func (r *resolver) expressions(list []ast.Expr) {
	for _, e := range list {
		r.expression(e)
	}
}

func (r *resolver) expression(e ast.Expr) {
	switch e := e.(type) {
	case *ast.IdentExpr:
		for i := len(r.visible) - 1; i >= 0; i-- {
			if r.visible[i].name == e.Value {
				r.variables[e] = r.visible[i].variable
				return
			}
		}
	case *ast.FunctionExpr:
		r.block(e.Stmts, e.ParList.Names...)
	case *ast.FuncCallExpr:
		r.expressions(parts(e))
		if f, ok := e.Func.(*ast.IdentExpr); ok && r.variables[f] == nil && (f.Value == "pcall" || f.Value == "xpcall") && len(e.Args) > 0 {
			if id, ok := e.Args[0].(*ast.IdentExpr); ok && r.variables[id] != nil {
				r.variables[id].protected = true
			}
		}
	default:
		r.expressions(parts(e))
	}
}

// parts gives the expressions of which one consists that is no name, literal or
// function.
func parts(e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case *ast.AttrGetExpr:
		return []ast.Expr{e.Object, e.Key}
	case *ast.TableExpr:
		var out []ast.Expr
		for _, f := range e.Fields {
			out = append(out, f.Key, f.Value)
		}
		return out
	case *ast.FuncCallExpr:
		return append([]ast.Expr{e.Func, e.Receiver}, e.Args...)
	case *ast.LogicalOpExpr:
		return []ast.Expr{e.Lhs, e.Rhs}
	case *ast.RelationalOpExpr:
		return []ast.Expr{e.Lhs, e.Rhs}
	case *ast.StringConcatOpExpr:
		return []ast.Expr{e.Lhs, e.Rhs}
	case *ast.ArithmeticOpExpr:
		return []ast.Expr{e.Lhs, e.Rhs}
	case *ast.UnaryMinusOpExpr:
		return []ast.Expr{e.Expr}
	case *ast.UnaryNotOpExpr:
		return []ast.Expr{e.Expr}
	case *ast.UnaryLenOpExpr:
		return []ast.Expr{e.Expr}
	}
	return nil
}
