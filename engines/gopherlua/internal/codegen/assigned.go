package codegen

import "github.com/yuin/gopher-lua/ast"

// assigned reports whether a block may assign a variable of that name, also in
// functions inside. Other variables of the name count as well.
func assigned(stmts []ast.Stmt, name string) bool {
	for _, s := range stmts {
		if statementAssigns(s, name) {
			return true
		}
	}
	return false
}

func statementAssigns(s ast.Stmt, name string) bool {
	switch s := s.(type) {
	case *ast.AssignStmt:
		for _, x := range s.Lhs {
			if v, ok := x.(*ast.IdentExpr); ok && v.Value == name {
				return true
			}
		}
		return anyAssigns(name, s.Lhs...) || anyAssigns(name, s.Rhs...)
	case *ast.LocalAssignStmt:
		return anyAssigns(name, s.Exprs...)
	case *ast.FuncCallStmt:
		return anyAssigns(name, s.Expr)
	case *ast.DoBlockStmt:
		return assigned(s.Stmts, name)
	case *ast.WhileStmt:
		return anyAssigns(name, s.Condition) || assigned(s.Stmts, name)
	case *ast.RepeatStmt:
		return anyAssigns(name, s.Condition) || assigned(s.Stmts, name)
	case *ast.IfStmt:
		return anyAssigns(name, s.Condition) || assigned(s.Then, name) || assigned(s.Else, name)
	case *ast.NumberForStmt:
		return anyAssigns(name, s.Init, s.Limit, s.Step) || assigned(s.Stmts, name)
	case *ast.GenericForStmt:
		return anyAssigns(name, s.Exprs...) || assigned(s.Stmts, name)
	case *ast.FuncDefStmt:
		v, ok := s.Name.Func.(*ast.IdentExpr)
		return ok && v.Value == name || anyAssigns(name, s.Func)
	case *ast.ReturnStmt:
		return anyAssigns(name, s.Exprs...)
	}
	return false
}

func anyAssigns(name string, exprs ...ast.Expr) bool {
	for _, x := range exprs {
		if expressionAssigns(x, name) {
			return true
		}
	}
	return false
}

func expressionAssigns(x ast.Expr, name string) bool {
	switch x := x.(type) {
	case *ast.FunctionExpr:
		return assigned(x.Stmts, name)
	case *ast.AttrGetExpr:
		return anyAssigns(name, x.Object, x.Key)
	case *ast.TableExpr:
		for _, f := range x.Fields {
			if anyAssigns(name, f.Key, f.Value) {
				return true
			}
		}
	case *ast.FuncCallExpr:
		return anyAssigns(name, x.Func, x.Receiver) || anyAssigns(name, x.Args...)
	case *ast.LogicalOpExpr:
		return anyAssigns(name, x.Lhs, x.Rhs)
	case *ast.RelationalOpExpr:
		return anyAssigns(name, x.Lhs, x.Rhs)
	case *ast.ArithmeticOpExpr:
		return anyAssigns(name, x.Lhs, x.Rhs)
	case *ast.StringConcatOpExpr:
		return anyAssigns(name, x.Lhs, x.Rhs)
	case *ast.UnaryMinusOpExpr:
		return anyAssigns(name, x.Expr)
	case *ast.UnaryNotOpExpr:
		return anyAssigns(name, x.Expr)
	case *ast.UnaryLenOpExpr:
		return anyAssigns(name, x.Expr)
	}
	return false
}
