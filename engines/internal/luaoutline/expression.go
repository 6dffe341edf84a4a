package luaoutline

import (
	"math"

	"github.com/yuin/gopher-lua/ast"

	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

// expression reads an expression of which one value is used; nil if it may be anything.
func (r *reader) expression(e ast.Expr, use hostapi.ExpressionUse) *hostapi.Expression {
	return r.received(e, use, 1)
}

func (r *reader) received(e ast.Expr, use hostapi.ExpressionUse, results int) *hostapi.Expression {
	switch e := e.(type) {
	case *ast.IdentExpr:
		return r.name(e, use)
	case *ast.AttrGetExpr:
		return r.member(e, use)
	case *ast.FuncCallExpr:
		if e.AdjustRet {
			results = min(results, 1)
		}
		return r.call(e, results)
	case *ast.FunctionExpr:
		return r.function(e)
	case *ast.TableExpr:
		return r.table(e)
	case *ast.LogicalOpExpr:
		r.expression(e.Lhs, hostapi.UseTested)
		r.expression(e.Rhs, hostapi.UseTested)
	case *ast.RelationalOpExpr:
		operand := hostapi.UseNeeded
		if e.Operator == "==" || e.Operator == "~=" {
			operand = hostapi.UseTested
		}
		r.comparand(e.Lhs, e.Rhs, operand)
		r.comparand(e.Rhs, e.Lhs, operand)
	case *ast.UnaryNotOpExpr:
		r.expression(e.Expr, hostapi.UseTested)
	case *ast.UnaryMinusOpExpr:
		if v := r.expression(e.Expr, hostapi.UseNeeded); v != nil && v.Kind == hostapi.ExpressionLiteral && v.Literal.Type() == hostapi.TypeInt {
			return &hostapi.Expression{Kind: hostapi.ExpressionLiteral, Literal: hostapi.Int(-v.Literal.Int())}
		}
	case *ast.TrueExpr:
		return literal(hostapi.Bool(true))
	case *ast.FalseExpr:
		return literal(hostapi.Bool(false))
	case *ast.NilExpr:
		return literal(hostapi.Value{})
	case *ast.StringExpr:
		return literal(hostapi.String(e.Value))
	case *ast.NumberExpr:
		return number(e.Value)
	case nil:
	default:
		for _, part := range parts(e) {
			r.expression(part, hostapi.UseNeeded)
		}
	}
	return nil
}

// comparand reads one side of a comparison. Only that with nil asks whether something
// is there.
func (r *reader) comparand(e, other ast.Expr, use hostapi.ExpressionUse) {
	if _, isNil := other.(*ast.NilExpr); use == hostapi.UseTested && !isNil {
		use = hostapi.UseValue
	}
	r.expression(e, use)
}

func literal(v hostapi.Value) *hostapi.Expression {
	return &hostapi.Expression{Kind: hostapi.ExpressionLiteral, Literal: v}
}

func number(text string) *hostapi.Expression {
	v, ok := lualib.ParseNumber(text)
	switch {
	case !ok:
		return nil
	case v == math.Trunc(v) && math.Abs(v) <= hostapi.MaxInt:
		return literal(hostapi.Int(int64(v)))
	}
	return literal(hostapi.Float(v))
}

func (r *reader) name(e *ast.IdentExpr, use hostapi.ExpressionUse) *hostapi.Expression {
	if v := r.variables[e]; v != nil {
		if use == hostapi.UseValue {
			v.escapes = true
		}
		return v.value
	}
	if e.Value == "_G" {
		r.out.OpenGlobals = r.out.OpenGlobals || use == hostapi.UseValue
		return nil
	}
	return r.add(hostapi.Expression{Kind: hostapi.ExpressionGlobal, Use: use, Name: e.Value}, e.Line(), e.Value)
}

func (r *reader) member(e *ast.AttrGetExpr, use hostapi.ExpressionUse) *hostapi.Expression {
	id, named := e.Object.(*ast.IdentExpr)
	key, constant := e.Key.(*ast.StringExpr)
	switch {
	case !constant:
		r.expression(e.Object, hostapi.UseNeeded)
		r.expression(e.Key, hostapi.UseValue)
		return nil
	case named && r.isGlobals(id): // it may be asked for what is not there
		return r.add(hostapi.Expression{Kind: hostapi.ExpressionGlobal, Use: max(use, hostapi.UseTested), Name: key.Value}, key.Line(), key.Value)
	}
	of := r.expression(e.Object, hostapi.UseNeeded)
	if of == nil {
		return nil
	}
	return r.add(hostapi.Expression{Kind: hostapi.ExpressionMember, Use: use, Of: of, Name: key.Value}, key.Line(), key.Value)
}

func (r *reader) function(e *ast.FunctionExpr) *hostapi.Expression {
	r.functions++
	r.block(e.Stmts)
	r.functions--
	return &hostapi.Expression{Kind: hostapi.ExpressionFunction}
}

func (r *reader) table(e *ast.TableExpr) *hostapi.Expression {
	t := &hostapi.Expression{Kind: hostapi.ExpressionTable}
	for i, f := range e.Fields {
		switch key := f.Key.(type) {
		case nil:
			received := 1
			if i == len(e.Fields)-1 {
				received = -1
			}
			t.Args = append(t.Args, r.received(f.Value, hostapi.UseValue, received))
		case *ast.StringExpr:
			t.Named = append(t.Named, hostapi.NamedExpression{
				Name: key.Value, Line: key.Line(), Column: r.column(key.Line(), key.Value),
				Value: r.expression(f.Value, hostapi.UseValue),
			})
		default:
			t.More = true
			r.expression(f.Key, hostapi.UseValue)
			r.expression(f.Value, hostapi.UseValue)
		}
	}
	return t
}

func (r *reader) call(e *ast.FuncCallExpr, results int) *hostapi.Expression {
	if name, ok := r.required(e); ok {
		return r.add(hostapi.Expression{Kind: hostapi.ExpressionRequire, Name: name, Received: results}, e.Line(), name)
	}
	var of *hostapi.Expression
	line, word := e.Line(), e.Method
	use, catches := hostapi.UseValue, false
	switch f := e.Func.(type) {
	case nil:
		if receiver := r.expression(e.Receiver, hostapi.UseNeeded); receiver != nil {
			of = r.add(hostapi.Expression{Kind: hostapi.ExpressionMember, Use: hostapi.UseNeeded, Of: receiver, Name: e.Method, Method: true}, line, word)
		}
		// The method may change what it is called of.
		if id, ok := e.Receiver.(*ast.IdentExpr); ok && r.variables[id] != nil {
			r.variables[id].escapes = true
		}
	case *ast.IdentExpr:
		word = f.Value
		if r.variables[f] == nil {
			catches = word == "pcall" || word == "xpcall"
			if catches || word == "type" || word == "assert" || word == "tostring" {
				use = hostapi.UseTested
			}
		}
		of = r.expression(f, hostapi.UseNeeded)
	default:
		of = r.expression(f, hostapi.UseNeeded)
		if attr, ok := f.(*ast.AttrGetExpr); ok {
			if key, ok := attr.Key.(*ast.StringExpr); ok {
				line, word = key.Line(), key.Value
			}
		}
	}
	if catches {
		r.protected++
	}
	c := hostapi.Expression{Kind: hostapi.ExpressionCall, Of: of, Received: results}
	for i, a := range e.Args {
		received := 1
		if i == len(e.Args)-1 {
			received = -1
			switch a.(type) {
			case *ast.Comma3Expr, *ast.FuncCallExpr:
				c.More = !adjusted(a)
			}
		}
		c.Args = append(c.Args, r.received(a, use, received))
	}
	if c.More { // the last one may be none, or many
		c.Args = c.Args[:len(c.Args)-1]
	}
	if catches {
		r.protected--
	}
	return r.add(c, line, word)
}

// adjusted reports whether an expression stands in brackets, so that it is one value.
func adjusted(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Comma3Expr:
		return e.AdjustRet
	case *ast.FuncCallExpr:
		return e.AdjustRet
	}
	return true
}

// required gives the literal argument of a call of the global require.
func (r *reader) required(e *ast.FuncCallExpr) (name string, ok bool) {
	f, isName := e.Func.(*ast.IdentExpr)
	if !isName || f.Value != "require" || r.variables[f] != nil || len(e.Args) != 1 {
		return "", false
	}
	text, ok := e.Args[0].(*ast.StringExpr)
	if !ok {
		return "", false
	}
	return text.Value, true
}
