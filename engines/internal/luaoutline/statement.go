package luaoutline

import (
	"github.com/yuin/gopher-lua/ast"

	"github.com/understudy-run/understudy/hostapi"
)

func (r *reader) block(stmts []ast.Stmt) {
	for _, s := range stmts {
		r.statement(s)
	}
}

func (r *reader) statement(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.AssignStmt:
		values := r.list(s.Rhs, len(s.Lhs))
		for i, to := range s.Lhs {
			r.assign(to, value(values, i))
		}
	case *ast.LocalAssignStmt:
		protected := len(s.Exprs) == 1 && isFunction(s.Exprs[0]) && r.declared[s][0].protected
		if protected {
			r.protected++
		}
		values := r.list(s.Exprs, len(s.Names))
		if protected {
			r.protected--
		}
		for i, v := range r.declared[s] {
			if !v.assigned {
				v.value = value(values, i)
			}
		}
	case *ast.FuncCallStmt:
		r.received(s.Expr, hostapi.UseValue, 0)
	case *ast.DoBlockStmt:
		r.block(s.Stmts)
	case *ast.WhileStmt:
		r.expression(s.Condition, hostapi.UseTested)
		r.block(s.Stmts)
	case *ast.RepeatStmt:
		r.block(s.Stmts)
		r.expression(s.Condition, hostapi.UseTested)
	case *ast.IfStmt:
		r.expression(s.Condition, hostapi.UseTested)
		r.block(s.Then)
		r.block(s.Else)
	case *ast.NumberForStmt:
		for _, e := range []ast.Expr{s.Init, s.Limit, s.Step} {
			r.expression(e, hostapi.UseNeeded)
		}
		r.block(s.Stmts)
	case *ast.GenericForStmt:
		if len(s.Exprs) == 1 {
			r.received(s.Exprs[0], hostapi.UseNeeded, -1)
		} else {
			r.list(s.Exprs, -1)
		}
		r.block(s.Stmts)
	case *ast.FuncDefStmt:
		f := r.function(s.Func)
		if s.Name.Func != nil {
			r.assign(s.Name.Func, f)
		} else {
			r.field(s.Name.Receiver, s.Name.Method, s.Line(), f)
		}
	case *ast.ReturnStmt:
		r.returned(s)
	}
}

// returned reads a return. The table that a source gives away at its end can no longer
// be changed by it.
func (r *reader) returned(s *ast.ReturnStmt) {
	if r.functions > 0 {
		r.list(s.Exprs, -1)
		return
	}
	r.returns = append(r.returns, s)
	if len(s.Exprs) == 1 {
		if id, ok := s.Exprs[0].(*ast.IdentExpr); ok && r.variables[id] != nil {
			return
		}
	}
	if values := r.list(s.Exprs, -1); len(values) == 1 {
		r.given = values[0]
	}
}

// value gives the value of number i that a list of expressions has.
func value(values []*hostapi.Expression, i int) *hostapi.Expression {
	last := len(values) - 1
	switch {
	case i < last || i == last && (values[i] == nil || values[i].Kind != hostapi.ExpressionCall):
		return values[i]
	case last >= 0 && values[last] != nil && values[last].Kind == hostapi.ExpressionCall:
		return &hostapi.Expression{Kind: hostapi.ExpressionResult, Of: values[last], Index: i - last}
	}
	return nil
}

// list reads expressions of which wanted values are used, all if that is negative.
func (r *reader) list(exprs []ast.Expr, wanted int) []*hostapi.Expression {
	out := make([]*hostapi.Expression, len(exprs))
	for i, e := range exprs {
		received := 1
		if i == len(exprs)-1 {
			if received = wanted - i; wanted < 0 {
				received = -1
			}
		}
		out[i] = r.received(e, hostapi.UseValue, max(received, -1))
	}
	return out
}

func (r *reader) assign(to ast.Expr, v *hostapi.Expression) {
	switch to := to.(type) {
	case *ast.IdentExpr:
		if r.variables[to] == nil {
			r.add(hostapi.Expression{Kind: hostapi.ExpressionGlobal, Use: hostapi.UseAssigned, Name: to.Value}, to.Line(), to.Value)
		}
	case *ast.AttrGetExpr:
		if key, ok := to.Key.(*ast.StringExpr); ok {
			r.field(to.Object, key.Value, key.Line(), v)
			return
		}
		r.expression(to.Key, hostapi.UseValue)
		r.expression(to.Object, hostapi.UseValue) // which field it is, nobody knows
	}
}

// field reads an assignment to a field of an object.
func (r *reader) field(object ast.Expr, name string, line int, v *hostapi.Expression) {
	id, ok := object.(*ast.IdentExpr)
	switch {
	case ok && r.variables[id] != nil && r.variables[id].value != nil && r.variables[id].value.Kind == hostapi.ExpressionTable:
		table := r.variables[id]
		if table.fields == nil {
			table.fields = map[string]*hostapi.Expression{}
		}
		if _, twice := table.fields[name]; twice {
			v = nil
		}
		table.fields[name] = v
	case ok && r.isGlobals(id):
		r.add(hostapi.Expression{Kind: hostapi.ExpressionGlobal, Use: hostapi.UseAssigned, Name: name}, line, name)
	default:
		if of := r.expression(object, hostapi.UseNeeded); of != nil {
			r.add(hostapi.Expression{Kind: hostapi.ExpressionMember, Use: hostapi.UseAssigned, Of: of, Name: name}, line, name)
		}
	}
}

func (r *reader) isGlobals(id *ast.IdentExpr) bool { return id.Value == "_G" && r.variables[id] == nil }
