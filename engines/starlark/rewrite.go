package starlark

import (
	"fmt"
	"strconv"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// methodGuards adds to g what guarded methods are rewritten to.
func methodGuards(g starlark.StringDict) {
	g[guardsName] = starlark.NewBuiltin(guardsName, guards)
	for name, rule := range methodRules() {
		g[methodPrefix+name] = &methodGuard{name, rule, false}
		if rule.needed != nil {
			g[boundPrefix+name] = &methodGuard{name, rule, true}
		}
	}
}

// rewrite puts guards into the tree of a source, where an operator or a method
// could do unbounded work in one step (clause 20.5):
//
//	x + y      <size>[x + y]
//	x[i:j]     <slice>[x[i:j]]
//	x += y     x += <size>[y]; <copy>[x]
//	x == y     <compare>[x] == y
//	f(*x)      f(*<size>[x])
//	x in y     x in <search>[y]
//	x[y]       x[<key>[y]]
//	x[y] = z   <place>[x][y] = z
//	{x: y}     {<entry>[x]: y}
//	x - y      <merge>[x] - y
//	x -= y     x -= <merge into>[y]
//	x * y      <operand>[x] * <operand>[y]
//	x % y      <operand>[x] % y
//	s.join     <.join>[s]
//
// and comprehensions (see comprehension),
// where <size> and so on stand for the guard of that kind. Operands that are
// plainly small are left alone. Before each statement there is a mark, if m is not nil.
func rewrite(file *syntax.File, m *marks) {
	methods := map[string]bool{}
	for name, rule := range methodRules() {
		methods[name] = rule.needed != nil
	}
	r := &rewriter{methods: methods, marks: m}
	file.Stmts = r.block(file.Stmts)
	if m != nil {
		defer m.begin(file)
	}
	if r.used == 0 {
		return
	}
	path := file.Path // not that of the tree, which would be kept by who keeps the position
	pos := syntax.MakePosition(&path, 1, 1)
	all := &syntax.TupleExpr{Lparen: pos, Rparen: pos}
	for kind := range guardKinds {
		if r.used&(1<<kind) != 0 {
			all.List = append(all.List, ident(kind.name(), pos))
		}
	}
	file.Stmts = append([]syntax.Stmt{&syntax.AssignStmt{
		OpPos: pos, Op: syntax.EQ, LHS: all,
		RHS: &syntax.CallExpr{Fn: ident(guardsName, pos), Lparen: pos, Rparen: pos, Args: []syntax.Expr{
			&syntax.Literal{Token: syntax.INT, TokenPos: pos, Raw: strconv.Itoa(r.used), Value: int64(r.used)},
		}},
	}}, file.Stmts...)
}

type rewriter struct {
	methods   map[string]bool // with rules, and whether it matters that they are called at once
	used      int             // guards, each kind a bit
	temporary int
	marks     *marks
}

func ident(name string, pos syntax.Position) *syntax.Ident {
	return &syntax.Ident{NamePos: pos, Name: name}
}

// block rewrites statements.
func (r *rewriter) block(stmts []syntax.Stmt) []syntax.Stmt {
	var out []syntax.Stmt
	for i, s := range stmts {
		if r.marks != nil && !(i == 0 && documents(s)) {
			out = append(out, r.marks.mark(s))
		}
		switch s := s.(type) {
		case *syntax.AssignStmt:
			out = r.assign(out, s)
			continue
		case *syntax.DefStmt:
			r.each(s.Params)
			s.Body = r.block(s.Body)
		case *syntax.ExprStmt:
			s.X = r.expr(s.X)
		case *syntax.ForStmt:
			s.Vars, s.X, s.Body = r.target(s.Vars), r.expr(s.X), r.block(s.Body)
		case *syntax.IfStmt:
			s.Cond, s.True, s.False = r.expr(s.Cond), r.block(s.True), r.otherwise(s)
		case *syntax.ReturnStmt:
			s.Result = r.expr(s.Result)
		case *syntax.WhileStmt:
			s.Cond, s.Body = r.expr(s.Cond), r.block(s.Body)
		}
		out = append(out, s)
	}
	return out
}

// otherwise rewrites what follows an else. An elif is no statement of its own.
func (r *rewriter) otherwise(s *syntax.IfStmt) []syntax.Stmt {
	if len(s.False) == 1 {
		if next, ok := s.False[0].(*syntax.IfStmt); ok && next.If == s.ElsePos {
			next.Cond, next.True, next.False = r.expr(next.Cond), r.block(next.True), r.otherwise(next)
			return s.False
		}
	}
	return r.block(s.False)
}

// assign rewrites an assignment and appends it to out. x *= y becomes x = x * y,
// after parts of x that are more than names have been evaluated.
func (r *rewriter) assign(out []syntax.Stmt, s *syntax.AssignStmt) []syntax.Stmt {
	var op syntax.Token
	switch s.Op {
	case syntax.STAR_EQ:
		op = syntax.STAR
	case syntax.PERCENT_EQ:
		op = syntax.PERCENT
	case syntax.LTLT_EQ:
		op = syntax.LTLT
	case syntax.PLUS_EQ:
		s.LHS = r.target(s.LHS)
		counts := number(s.RHS)
		s.RHS = r.guard(guardSize, r.expr(s.RHS), s.OpPos)
		out = append(out, s)
		if id, ok := unparen(s.LHS).(*syntax.Ident); ok && !counts {
			out = append(out, &syntax.ExprStmt{X: r.index(guardCopy, ident(id.Name, id.NamePos), s.OpPos)})
		}
		return out
	case syntax.MINUS_EQ, syntax.PIPE_EQ, syntax.AMP_EQ, syntax.CIRCUMFLEX_EQ:
		s.LHS = r.target(s.LHS)
		s.RHS = r.guard(guardMergeInto, r.expr(s.RHS), s.OpPos)
		return append(out, s)
	default:
		s.LHS, s.RHS = r.target(s.LHS), r.expr(s.RHS)
		return append(out, s)
	}
	if small(s.RHS) && op == syntax.PERCENT {
		s.LHS = r.target(s.LHS)
		return append(out, s)
	}
	hold := func(x syntax.Expr) syntax.Expr {
		switch x.(type) {
		case *syntax.Ident, *syntax.Literal:
			return x
		}
		r.temporary++
		name := fmt.Sprintf("%s=%d", internalPrefix, r.temporary)
		out = append(out, &syntax.AssignStmt{OpPos: s.OpPos, Op: syntax.EQ, LHS: ident(name, s.OpPos), RHS: x})
		return ident(name, s.OpPos)
	}
	again := s.LHS
	switch x := unparen(s.LHS).(type) {
	case *syntax.Ident:
		again = ident(x.Name, x.NamePos)
	case *syntax.IndexExpr:
		x.X, x.Y = hold(r.expr(x.X)), hold(r.expr(x.Y))
		again = &syntax.IndexExpr{X: copyName(x.X), Lbrack: x.Lbrack, Y: copyName(x.Y), Rbrack: x.Rbrack}
	case *syntax.DotExpr:
		x.X = hold(r.expr(x.X))
		again = &syntax.DotExpr{X: copyName(x.X), Dot: x.Dot, NamePos: x.NamePos, Name: ident(x.Name.Name, x.NamePos)}
	}
	rhs := r.expr(&syntax.BinaryExpr{X: again, OpPos: s.OpPos, Op: op, Y: s.RHS})
	return append(out, &syntax.AssignStmt{OpPos: s.OpPos, Op: syntax.EQ, LHS: r.target(s.LHS), RHS: rhs})
}

// copyName copies a name, since a node must occur only once in the tree.
func copyName(x syntax.Expr) syntax.Expr {
	if id, ok := x.(*syntax.Ident); ok {
		return ident(id.Name, id.NamePos)
	}
	return x
}

// target rewrites what is evaluated of the left side of an assignment.
func (r *rewriter) target(x syntax.Expr) syntax.Expr {
	switch x := x.(type) {
	case *syntax.DotExpr:
		x.X = r.expr(x.X)
	case *syntax.IndexExpr:
		x.X, x.Y = r.expr(x.X), r.expr(x.Y)
		if !small(x.Y) { // there are only so many in a source
			x.X = r.index(guardPlace, x.X, x.Lbrack)
		}
	case *syntax.ListExpr:
		for i := range x.List {
			x.List[i] = r.target(x.List[i])
		}
	case *syntax.ParenExpr:
		x.X = r.target(x.X)
	case *syntax.TupleExpr:
		for i := range x.List {
			x.List[i] = r.target(x.List[i])
		}
	}
	return x
}

func (r *rewriter) each(list []syntax.Expr) {
	for i := range list {
		list[i] = r.expr(list[i])
	}
}

// expr rewrites an expression; nil gives nil.
func (r *rewriter) expr(x syntax.Expr) syntax.Expr {
	switch x := x.(type) {
	case *syntax.BinaryExpr:
		return r.binary(x)
	case *syntax.CallExpr:
		if dot, ok := x.Fn.(*syntax.DotExpr); ok {
			x.Fn = r.method(dot, methodPrefix)
		} else {
			x.Fn = r.expr(x.Fn)
		}
		r.each(x.Args)
		for _, arg := range x.Args {
			if u, ok := arg.(*syntax.UnaryExpr); ok && u.X != nil {
				switch u.Op {
				case syntax.STAR:
					u.X = r.index(guardSize, u.X, u.OpPos)
				case syntax.STARSTAR:
					u.X = r.index(guardSize, u.X, u.OpPos)
				}
			}
		}
	case *syntax.Comprehension:
		return r.comprehension(x)
	case *syntax.CondExpr:
		x.Cond, x.True, x.False = r.expr(x.Cond), r.expr(x.True), r.expr(x.False)
	case *syntax.DictEntry:
		x.Key, x.Value = r.guard(guardEntry, r.expr(x.Key), x.Colon), r.expr(x.Value)
	case *syntax.DictExpr:
		r.each(x.List)
	case *syntax.DotExpr:
		return r.method(x, boundPrefix)
	case *syntax.IndexExpr:
		x.X, x.Y = r.expr(x.X), r.guard(guardKey, r.expr(x.Y), x.Lbrack)
	case *syntax.LambdaExpr:
		r.each(x.Params)
		x.Body = r.expr(x.Body)
	case *syntax.ListExpr:
		r.each(x.List)
	case *syntax.ParenExpr:
		x.X = r.expr(x.X)
	case *syntax.SliceExpr:
		x.X, x.Lo, x.Hi, x.Step = r.expr(x.X), r.expr(x.Lo), r.expr(x.Hi), r.expr(x.Step)
		return r.index(guardSlice, x, x.Lbrack)
	case *syntax.TupleExpr:
		r.each(x.List)
	case *syntax.UnaryExpr:
		x.X = r.expr(x.X)
	}
	return x
}

// method rewrites x.name. prefix is boundPrefix unless it is called at once.
func (r *rewriter) method(x *syntax.DotExpr, prefix string) syntax.Expr {
	x.X = r.expr(x.X)
	needed, ruled := r.methods[x.Name.Name]
	if !ruled {
		return x
	}
	if !needed {
		prefix = methodPrefix
	}
	return &syntax.IndexExpr{X: ident(prefix+x.Name.Name, x.NamePos), Lbrack: x.Dot, Y: x.X, Rbrack: x.Dot}
}

func (r *rewriter) binary(x *syntax.BinaryExpr) syntax.Expr {
	if x.Op == syntax.EQ { // name = value, in calls and parameter lists
		x.Y = r.expr(x.Y)
		return x
	}
	x.X, x.Y = r.expr(x.X), r.expr(x.Y)
	switch x.Op {
	case syntax.PLUS:
		if !number(x.X) && !number(x.Y) {
			return r.index(guardSize, x, x.OpPos)
		}
	case syntax.EQL, syntax.NEQ, syntax.LT, syntax.LE, syntax.GT, syntax.GE:
		if !small(x.Y) {
			x.X = r.guard(guardCompare, x.X, x.OpPos)
		}
	case syntax.IN, syntax.NOT_IN:
		x.Y = r.guard(guardSearch, x.Y, x.OpPos)
	case syntax.MINUS, syntax.PIPE, syntax.AMP, syntax.CIRCUMFLEX, syntax.SLASHSLASH:
		if !small(x.Y) {
			x.X = r.guard(guardMerge, x.X, x.OpPos)
		}
	case syntax.STAR:
		x.X, x.Y = r.operand(x.X, x.OpPos), r.operand(x.Y, x.OpPos)
	case syntax.PERCENT:
		if format, ok := unparen(x.X).(*syntax.Literal); ok && format.Token == syntax.STRING {
			x.X = r.index(guardOperand, x.X, x.OpPos)
			break
		}
		if !small(x.Y) {
			x.X = r.operand(x.X, x.OpPos)
		}
	case syntax.LTLT:
		x.X = r.operand(x.X, x.OpPos)
	}
	return x
}

// guard gives <kind>[x], or x if it is small.
func (r *rewriter) guard(kind guardKind, x syntax.Expr, pos syntax.Position) syntax.Expr {
	if small(x) {
		return x
	}
	return r.index(kind, x, pos)
}

// operand gives <operand>[x], or x if it is a number.
func (r *rewriter) operand(x syntax.Expr, pos syntax.Position) syntax.Expr {
	if number(x) {
		return x
	}
	return r.index(guardOperand, x, pos)
}

func (r *rewriter) index(kind guardKind, x syntax.Expr, pos syntax.Position) syntax.Expr {
	r.used |= 1 << kind
	return &syntax.IndexExpr{X: ident(kind.name(), pos), Lbrack: pos, Y: x, Rbrack: pos}
}

// small reports whether x is a constant, so that an operation with it does
// little more than look at the other operand.
func small(x syntax.Expr) bool {
	switch x := unparen(x).(type) {
	case *syntax.Literal:
		return true
	case *syntax.Ident:
		return x.Name == "None" || x.Name == "True" || x.Name == "False"
	case *syntax.UnaryExpr:
		return x.X != nil && small(x.X)
	}
	return false
}

// every reports whether all nodes of a tree are as ok says.
func every(x syntax.Expr, ok func(syntax.Node) bool) bool {
	all := true
	syntax.Walk(x, func(n syntax.Node) bool {
		all = all && (n == nil || ok(n)) // nil is the end of a node
		return all
	})
	return all
}

// number reports whether x is a number written out.
func number(x syntax.Expr) bool {
	switch x := unparen(x).(type) {
	case *syntax.Literal:
		return x.Token == syntax.INT || x.Token == syntax.FLOAT
	case *syntax.UnaryExpr:
		return x.X != nil && number(x.X)
	}
	return false
}

func unparen(x syntax.Expr) syntax.Expr {
	for {
		p, ok := x.(*syntax.ParenExpr)
		if !ok {
			return x
		}
		x = p.X
	}
}
