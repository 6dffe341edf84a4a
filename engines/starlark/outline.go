package starlark

import (
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/resolve"
	"go.starlark.net/syntax"
)

// Outline implements hostapi.Outliner.
func (*engine) Outline(src hostapi.Source) (o *hostapi.Outline) {
	defer func() {
		if recover() != nil {
			o = nil
		}
	}()
	if len(src.Text) > maxSourceSize {
		return nil
	}
	// Compile has changed its tree, and has found what is undefined.
	file, err := dialect().Parse(src.Path, src.Code(), 0)
	if err != nil {
		return nil
	}
	known := func(string) bool { return true }
	if _, deep := tooDeep(file); deep || resolve.File(file, known, known) != nil {
		return nil
	}
	r := outliner{out: &hostapi.Outline{Strict: true, OpenGlobals: true, NoMethod: noMethod}, variables: map[*syntax.Ident]*outlined{}}
	r.count(file)
	r.statements(file.Stmts)
	r.out.Exports = map[string]*hostapi.Expression{}
	for _, g := range file.Module.(*resolve.Module).Globals {
		var value *hostapi.Expression
		if v := r.variables[g.First]; v != nil {
			value = v.value
		}
		r.out.Exports[g.First.Name] = value
	}
	return r.out
}

// outliner makes the outline of one file.
type outliner struct {
	out       *hostapi.Outline
	variables map[*syntax.Ident]*outlined // by their first identifier
	// functions and protected are how many functions, and arguments of pcall, are
	// around what is read.
	functions, protected int
}

// outlined is a variable: how often it is bound, and to what if that is once.
type outlined struct {
	bound     int
	value     *hostapi.Expression
	protected bool // a function that is given to pcall
}

func (r *outliner) variable(id *syntax.Ident) *outlined {
	b, ok := id.Binding.(*resolve.Binding)
	if !ok || b.First == nil {
		return nil
	}
	v := r.variables[b.First]
	if v == nil {
		v = &outlined{}
		r.variables[b.First] = v
	}
	return v
}

// count finds how often each variable is bound.
func (r *outliner) count(file *syntax.File) {
	var bind func(syntax.Expr)
	bind = func(e syntax.Expr) {
		switch e := e.(type) {
		case *syntax.Ident:
			if v := r.variable(e); v != nil {
				v.bound++
			}
		case *syntax.ParenExpr:
			bind(e.X)
		case *syntax.TupleExpr:
			for _, x := range e.List {
				bind(x)
			}
		case *syntax.ListExpr:
			for _, x := range e.List {
				bind(x)
			}
		case *syntax.BinaryExpr: // a parameter with a default
			bind(e.X)
		case *syntax.UnaryExpr:
			bind(e.X)
		}
	}
	syntax.Walk(file, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.AssignStmt:
			bind(n.LHS)
		case *syntax.DefStmt:
			bind(n.Name)
			for _, p := range n.Params {
				bind(p)
			}
		case *syntax.LambdaExpr:
			for _, p := range n.Params {
				bind(p)
			}
		case *syntax.CallExpr:
			if fn, ok := n.Fn.(*syntax.Ident); ok && fn.Name == "pcall" && len(n.Args) > 0 {
				if id, ok := n.Args[0].(*syntax.Ident); ok && r.variable(id) != nil {
					r.variable(id).protected = true
				}
			}
		case *syntax.ForStmt:
			bind(n.Vars)
		case *syntax.ForClause:
			bind(n.Vars)
		case *syntax.LoadStmt:
			for _, id := range n.To {
				bind(id)
			}
		}
		return true
	})
}

// set gives a variable the value that it has for ever.
func (r *outliner) set(id *syntax.Ident, value *hostapi.Expression) {
	if v := r.variable(id); v != nil && v.bound == 1 {
		v.value = value
	}
}

func (r *outliner) add(e hostapi.Expression, at syntax.Position) *hostapi.Expression {
	e.Line, e.Column = int(at.Line), int(at.Col)
	e.TopLevel, e.Protected = r.functions == 0, r.protected > 0
	r.out.Expressions = append(r.out.Expressions, &e)
	return &e
}

func (r *outliner) statements(list []syntax.Stmt) {
	for _, s := range list {
		r.statement(s)
	}
}

func (r *outliner) statement(s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.AssignStmt:
		r.assignment(s)
	case *syntax.DefStmt:
		if v := r.variable(s.Name); v != nil && v.protected {
			r.protected++
			defer func() { r.protected-- }()
		}
		r.set(s.Name, r.function(s.Params, s.Body))
	case *syntax.ExprStmt:
		r.received(s.X, hostapi.UseValue, 0)
	case *syntax.IfStmt:
		r.expression(s.Cond, hostapi.UseTested)
		r.statements(s.True)
		r.statements(s.False)
	case *syntax.WhileStmt:
		r.expression(s.Cond, hostapi.UseTested)
		r.statements(s.Body)
	case *syntax.ForStmt:
		r.expression(s.X, hostapi.UseNeeded)
		r.statements(s.Body)
	case *syntax.ReturnStmt:
		r.received(s.Result, hostapi.UseValue, -1)
	case *syntax.LoadStmt:
		name := s.ModuleName()
		module := r.add(hostapi.Expression{Kind: hostapi.ExpressionRequire, Name: name}, s.Module.TokenPos)
		for i, from := range s.From {
			m := r.add(hostapi.Expression{Kind: hostapi.ExpressionMember, Of: module, Name: plain(from.Name)}, from.NamePos)
			r.set(s.To[i], m)
		}
	}
}

func (r *outliner) assignment(s *syntax.AssignStmt) {
	to := s.LHS
	for paren, ok := to.(*syntax.ParenExpr); ok; paren, ok = to.(*syntax.ParenExpr) {
		to = paren.X
	}
	var targets []syntax.Expr
	switch to := to.(type) {
	case *syntax.Ident:
		value := r.received(s.RHS, hostapi.UseValue, 1)
		if s.Op == syntax.EQ {
			r.set(to, value)
		}
		return
	case *syntax.TupleExpr:
		targets = to.List
	case *syntax.ListExpr:
		targets = to.List
	default:
		r.received(s.RHS, hostapi.UseValue, 1)
		r.target(to)
		return
	}
	value := r.received(s.RHS, hostapi.UseValue, len(targets))
	for i, target := range targets {
		id, ok := target.(*syntax.Ident)
		switch {
		case !ok:
			r.target(target)
		case value == nil:
		case value.Kind == hostapi.ExpressionCall:
			r.set(id, &hostapi.Expression{Kind: hostapi.ExpressionResult, Of: value, Index: i})
		case value.Kind == hostapi.ExpressionTable && len(value.Args) == len(targets) && !value.More:
			r.set(id, value.Args[i])
		}
	}
}

// target reads what is assigned to and no variable.
func (r *outliner) target(e syntax.Expr) {
	dot, ok := e.(*syntax.DotExpr)
	if !ok {
		r.expression(e, hostapi.UseValue)
		return
	}
	if of := r.expression(dot.X, hostapi.UseNeeded); of != nil {
		r.add(hostapi.Expression{Kind: hostapi.ExpressionMember, Use: hostapi.UseAssigned, Of: of, Name: plain(dot.Name.Name)}, dot.Name.NamePos)
	}
}

func (r *outliner) function(params []syntax.Expr, body []syntax.Stmt) *hostapi.Expression {
	for _, p := range params {
		if p, ok := p.(*syntax.BinaryExpr); ok {
			r.expression(p.Y, hostapi.UseValue)
		}
	}
	r.functions++
	r.statements(body)
	r.functions--
	return &hostapi.Expression{Kind: hostapi.ExpressionFunction}
}

// expression reads an expression of which one value is used; nil if it may be anything.
func (r *outliner) expression(e syntax.Expr, use hostapi.ExpressionUse) *hostapi.Expression {
	return r.received(e, use, 1)
}

func (r *outliner) received(e syntax.Expr, use hostapi.ExpressionUse, results int) *hostapi.Expression {
	switch e := e.(type) {
	case *syntax.Ident:
		if v := r.variable(e); v != nil {
			return v.value
		}
		switch e.Name {
		case "None":
			return literalOf(hostapi.Value{})
		case "True", "False":
			return literalOf(hostapi.Bool(e.Name == "True"))
		}
		return r.add(hostapi.Expression{Kind: hostapi.ExpressionGlobal, Use: use, Name: e.Name}, e.NamePos)
	case *syntax.Literal:
		switch v := e.Value.(type) {
		case string:
			if e.Token == syntax.STRING {
				return literalOf(hostapi.String(v))
			}
		case int64:
			return literalOf(hostapi.Int(v))
		case float64:
			return literalOf(hostapi.Float(v))
		}
	case *syntax.ParenExpr:
		return r.received(e.X, use, results)
	case *syntax.DotExpr:
		if of := r.expression(e.X, hostapi.UseNeeded); of != nil {
			return r.add(hostapi.Expression{Kind: hostapi.ExpressionMember, Use: use, Of: of, Name: plain(e.Name.Name)}, e.Name.NamePos)
		}
	case *syntax.CallExpr:
		return r.call(e, results)
	case *syntax.LambdaExpr:
		return r.function(e.Params, []syntax.Stmt{&syntax.ReturnStmt{Result: e.Body}})
	case *syntax.DictExpr:
		return r.dict(e)
	case *syntax.ListExpr:
		return r.elements(e.List)
	case *syntax.TupleExpr:
		return r.elements(e.List)
	case *syntax.UnaryExpr:
		if v := r.expression(e.X, hostapi.UseNeeded); v != nil && e.Op == syntax.MINUS && v.Kind == hostapi.ExpressionLiteral && v.Literal.Type() == hostapi.TypeInt {
			return literalOf(hostapi.Int(-v.Literal.Int()))
		}
	case *syntax.BinaryExpr:
		operand := hostapi.UseNeeded
		switch e.Op {
		case syntax.AND, syntax.OR:
			operand = hostapi.UseTested
		case syntax.EQL, syntax.NEQ:
			if operand = hostapi.UseValue; isNone(e.X) || isNone(e.Y) {
				operand = hostapi.UseTested
			}
		}
		r.expression(e.X, operand)
		r.expression(e.Y, operand)
	case *syntax.CondExpr:
		r.expression(e.Cond, hostapi.UseTested)
		r.expression(e.True, hostapi.UseValue)
		r.expression(e.False, hostapi.UseValue)
	case *syntax.IndexExpr:
		r.expression(e.X, hostapi.UseNeeded)
		r.expression(e.Y, hostapi.UseValue)
	case *syntax.SliceExpr:
		for _, part := range []syntax.Expr{e.X, e.Lo, e.Hi, e.Step} {
			r.expression(part, hostapi.UseNeeded)
		}
	case *syntax.Comprehension:
		r.comprehension(e)
	}
	return nil
}

func isNone(e syntax.Expr) bool {
	id, ok := e.(*syntax.Ident)
	return ok && id.Name == "None"
}

func (r *outliner) comprehension(e *syntax.Comprehension) {
	for _, c := range e.Clauses {
		switch c := c.(type) {
		case *syntax.ForClause:
			r.expression(c.X, hostapi.UseNeeded)
		case *syntax.IfClause:
			r.expression(c.Cond, hostapi.UseTested)
		}
	}
	if entry, ok := e.Body.(*syntax.DictEntry); ok {
		r.expression(entry.Key, hostapi.UseValue)
		r.expression(entry.Value, hostapi.UseValue)
		return
	}
	r.expression(e.Body, hostapi.UseValue)
}

func literalOf(v hostapi.Value) *hostapi.Expression {
	return &hostapi.Expression{Kind: hostapi.ExpressionLiteral, Literal: v}
}

func (r *outliner) elements(list []syntax.Expr) *hostapi.Expression {
	t := &hostapi.Expression{Kind: hostapi.ExpressionTable}
	for _, x := range list {
		t.Args = append(t.Args, r.received(x, hostapi.UseValue, -1))
	}
	return t
}

func (r *outliner) dict(e *syntax.DictExpr) *hostapi.Expression {
	t := &hostapi.Expression{Kind: hostapi.ExpressionTable}
	for _, x := range e.List {
		entry := x.(*syntax.DictEntry)
		key, value := r.expression(entry.Key, hostapi.UseValue), r.expression(entry.Value, hostapi.UseValue)
		if key == nil || key.Kind != hostapi.ExpressionLiteral || key.Literal.Type() != hostapi.TypeString {
			t.More = true
			continue
		}
		start, _ := entry.Key.Span()
		t.Named = append(t.Named, hostapi.NamedExpression{Name: key.Literal.Str(), Value: value, Line: int(start.Line), Column: int(start.Col)})
	}
	return t
}

func (r *outliner) call(e *syntax.CallExpr, results int) *hostapi.Expression {
	at := e.Lparen
	fn, isName := e.Fn.(*syntax.Ident)
	isName = isName && r.variable(fn) == nil
	if isName {
		at = fn.NamePos
	}
	if dot, ok := e.Fn.(*syntax.DotExpr); ok {
		at = dot.Name.NamePos
	}
	if isName && fn.Name == "require" && len(e.Args) == 1 {
		if text, ok := e.Args[0].(*syntax.Literal); ok && text.Token == syntax.STRING {
			return r.add(hostapi.Expression{Kind: hostapi.ExpressionRequire, Name: text.Value.(string), Received: results}, text.TokenPos)
		}
	}
	of := r.expression(e.Fn, hostapi.UseNeeded)
	use := hostapi.UseValue
	if isName && fn.Name == "pcall" {
		use = hostapi.UseTested
		r.protected++
		defer func() { r.protected-- }()
	}
	c := hostapi.Expression{Kind: hostapi.ExpressionCall, Of: of, Received: results}
	for _, a := range e.Args {
		switch a := a.(type) {
		case *syntax.UnaryExpr:
			if a.Op == syntax.STAR || a.Op == syntax.STARSTAR {
				c.More = true
				r.expression(a.X, hostapi.UseNeeded)
				continue
			}
			c.Args = append(c.Args, r.expression(a, hostapi.UseValue))
		case *syntax.BinaryExpr:
			if name, ok := a.X.(*syntax.Ident); ok && a.Op == syntax.EQ {
				c.Named = append(c.Named, hostapi.NamedExpression{
					Name: plain(name.Name), Value: r.received(a.Y, hostapi.UseValue, -1),
					Line: int(name.NamePos.Line), Column: int(name.NamePos.Col),
				})
				continue
			}
			c.Args = append(c.Args, r.expression(a, hostapi.UseValue))
		default:
			c.Args = append(c.Args, r.received(a, use, -1))
		}
	}
	call := r.add(c, at)
	if isName && (fn.Name == "hasattr" || fn.Name == "getattr") && len(c.Args) > 1 {
		if name := c.Args[1]; c.Args[0] != nil && name != nil && name.Kind == hostapi.ExpressionLiteral && name.Literal.Type() == hostapi.TypeString {
			r.add(hostapi.Expression{Kind: hostapi.ExpressionMember, Use: hostapi.UseTested, Of: c.Args[0], Name: name.Literal.Str()}, at)
		}
	}
	return call
}

// noMethod is the error of a file without a method of a name.
func noMethod(name string) error {
	return hostapi.Errorf(hostapi.NotFound, "method \"%s\" not found in module: the code must define it, def %s(...)", name, name)
}
