package gopherlua

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/understudy-run/understudy/engines/internal/lualib"
)

// Some faults of the interpreter are repaired in the tree of a source, before it
// is compiled:
//
//   - The operator .. makes strings of any size in one instruction, so that a
//     loop that doubles one would end the whole program. A source is compiled
//     as the body of a function with one upvalue, and each a .. b .. c in it as
//     a call of that upvalue, lualib.Concat. No script can name it.
//   - The compiler assigns local variables too early: a, b = b, a uses the new
//     a, s = (f(s)) passes f to itself if s is the last parameter, and
//     s = t and s leaves s alone if t is false. See safeAssignment.
//   - In { x, k = f() } the compiler puts what f returns behind x too, and if
//     there are a multiple of 50 elements, fields behind them spoil those.
//   - 010 is taken for an octal number.
//   - for k, v in next, {1} begins with what the constructor left behind as k.
const concatName = "(concat)"

// compileChunk compiles a parsed source to the function of its top level.
func compileChunk(chunk []ast.Stmt, path string) (*lua.FunctionProto, error) {
	var r rewriter
	r.block(chunk)
	body := &ast.FunctionExpr{ParList: &ast.ParList{HasVargs: r.varargs}, Stmts: chunk}
	if n := len(chunk); n > 0 {
		body.SetLastLine(chunk[n-1].LastLine())
	}
	outer, err := lua.Compile([]ast.Stmt{
		&ast.LocalAssignStmt{Names: []string{concatName}, Exprs: []ast.Expr{&ast.NilExpr{}}},
		&ast.ReturnStmt{Exprs: []ast.Expr{body}},
	}, path)
	if err != nil {
		return nil, err
	}
	main := outer.FunctionPrototypes[0]
	smallTables(main)
	return main, nil
}

// smallTables makes {} a table with room for few fields. The interpreter would
// wait for the first one and then make room for 32, which takes 2 KB.
func smallTables(proto *lua.FunctionProto) {
	const (
		opcode = 26 // shift
		sizes  = 1<<18 - 1
		hashed = 1 << 9 // one field
	)
	for i, inst := range proto.Code {
		if inst>>opcode == uint32(lua.OP_NEWTABLE) && inst&sizes == 0 {
			proto.Code[i] |= hashed
		}
	}
	for _, child := range proto.FunctionPrototypes {
		smallTables(child)
	}
}

// topLevel makes the function of a compiled source.
func (e *engine) topLevel(proto *lua.FunctionProto, env *lua.LTable) *lua.LFunction {
	f := &lua.LFunction{Env: env, Proto: proto}
	if proto.NumUpvalues > 0 {
		f.Upvalues = []*lua.Upvalue{e.concat}
	}
	return f
}

// concatUpvalue makes the upvalue. No script assigns it, so that all processes
// share it.
func concatUpvalue() *lua.Upvalue {
	u := &lua.Upvalue{}
	u.Close()
	u.SetValue(bindLib(lualib.Concat))
	return u
}

// rewriter changes a tree in place.
type rewriter struct {
	depth   int  // of functions
	varargs bool // the top level uses ...
}

func (r *rewriter) block(block []ast.Stmt) {
	for i, s := range block {
		switch s := s.(type) {
		case *ast.AssignStmt:
			r.exprs(s.Lhs)
			r.exprs(s.Rhs)
			block[i] = safeAssignment(s)
		case *ast.LocalAssignStmt:
			r.exprs(s.Exprs)
		case *ast.FuncCallStmt:
			s.Expr = r.expr(s.Expr)
		case *ast.DoBlockStmt:
			r.block(s.Stmts)
		case *ast.WhileStmt:
			s.Condition = r.expr(s.Condition)
			r.block(s.Stmts)
		case *ast.RepeatStmt:
			r.block(s.Stmts)
			s.Condition = r.expr(s.Condition)
		case *ast.IfStmt:
			s.Condition = r.expr(s.Condition)
			r.block(s.Then)
			r.block(s.Else)
		case *ast.NumberForStmt:
			s.Init, s.Limit, s.Step = r.expr(s.Init), r.expr(s.Limit), r.expr(s.Step)
			r.block(s.Stmts)
		case *ast.GenericForStmt:
			r.exprs(s.Exprs)
			s.Exprs = withNils(s.Exprs)
			r.block(s.Stmts)
		case *ast.FuncDefStmt:
			r.expr(s.Func)
		case *ast.ReturnStmt:
			r.exprs(s.Exprs)
		}
	}
}

func (r *rewriter) exprs(exprs []ast.Expr) {
	for i := range exprs {
		exprs[i] = r.expr(exprs[i])
	}
}

func (r *rewriter) expr(x ast.Expr) ast.Expr {
	switch x := x.(type) {
	case *ast.AttrGetExpr:
		x.Object, x.Key = r.expr(x.Object), r.expr(x.Key)
	case *ast.NumberExpr:
		x.Value = decimal(x.Value)
	case *ast.TableExpr:
		for _, f := range x.Fields {
			f.Key, f.Value = r.expr(f.Key), r.expr(f.Value)
			if f.Key != nil {
				single(f.Value)
			}
		}
		if len(x.Fields) > lua.FieldsPerFlush {
			slices.SortStableFunc(x.Fields, fieldsFirst)
		}
	case *ast.FuncCallExpr:
		x.Func, x.Receiver = r.expr(x.Func), r.expr(x.Receiver)
		r.exprs(x.Args)
	case *ast.LogicalOpExpr:
		x.Lhs, x.Rhs = r.expr(x.Lhs), r.expr(x.Rhs)
	case *ast.RelationalOpExpr:
		x.Lhs, x.Rhs = r.expr(x.Lhs), r.expr(x.Rhs)
	case *ast.ArithmeticOpExpr:
		x.Lhs, x.Rhs = r.expr(x.Lhs), r.expr(x.Rhs)
	case *ast.UnaryMinusOpExpr:
		x.Expr = r.expr(x.Expr)
	case *ast.UnaryNotOpExpr:
		x.Expr = r.expr(x.Expr)
	case *ast.UnaryLenOpExpr:
		x.Expr = r.expr(x.Expr)
	case *ast.FunctionExpr:
		r.depth++
		r.block(x.Stmts)
		r.depth--
	case *ast.Comma3Expr:
		r.varargs = r.varargs || r.depth == 0
	case *ast.StringConcatOpExpr:
		return r.concat(x)
	}
	return x
}

// concat makes the call for a chain of operators.
func (r *rewriter) concat(x *ast.StringConcatOpExpr) ast.Expr {
	name := &ast.IdentExpr{Value: concatName}
	call := &ast.FuncCallExpr{Func: name, AdjustRet: true}
	at(name, x)
	at(call, x)
	var operand ast.Expr = x
	for {
		c, ok := operand.(*ast.StringConcatOpExpr)
		if !ok {
			break
		}
		call.Args = append(call.Args, r.expr(c.Lhs))
		operand = c.Rhs
	}
	operand = r.expr(operand)
	single(operand)
	call.Args = append(call.Args, operand)
	return call
}

// safeAssignment gives a statement that does what s says. A call or ... that is
// a single value needs no parentheses. A multiple assignment of variables, or one
// of a logical expression, goes through other variables, in a block of its own:
// first the tables and keys on the left, then the values, then single
// assignments from right to left.
func safeAssignment(s *ast.AssignStmt) ast.Stmt {
	if len(s.Lhs) == 1 && len(s.Rhs) == 1 {
		switch x := s.Rhs[0].(type) {
		case *ast.FuncCallExpr:
			x.AdjustRet = false
			return s
		case *ast.Comma3Expr:
			x.AdjustRet = false
			return s
		case *ast.LogicalOpExpr:
		default:
			return s
		}
	}
	variables := false
	for _, x := range s.Lhs {
		_, isVariable := x.(*ast.IdentExpr)
		variables = variables || isVariable
	}
	if !variables {
		return s
	}
	places, values := &ast.LocalAssignStmt{}, &ast.LocalAssignStmt{Exprs: s.Rhs}
	count := 0
	temporary := func(l *ast.LocalAssignStmt) ast.Expr {
		count++
		x := &ast.IdentExpr{Value: fmt.Sprintf("(%d)", count)}
		at(x, s)
		l.Names = append(l.Names, x.Value)
		return x
	}
	place := func(x *ast.Expr) {
		if _, constant := (*x).(ast.ConstExpr); !constant {
			places.Exprs = append(places.Exprs, *x)
			*x = temporary(places)
		}
	}
	var singles []ast.Stmt
	for _, x := range s.Lhs {
		if get, ok := x.(*ast.AttrGetExpr); ok {
			place(&get.Object)
			place(&get.Key)
		}
		singles = append(singles, &ast.AssignStmt{Lhs: []ast.Expr{x}, Rhs: []ast.Expr{temporary(values)}})
	}
	slices.Reverse(singles)
	block := &ast.DoBlockStmt{}
	if len(places.Names) > 0 {
		block.Stmts = append(block.Stmts, places)
	}
	block.Stmts = append(append(block.Stmts, values), singles...)
	for _, n := range append(block.Stmts, block) {
		at(n, s)
	}
	return block
}

// withNils completes the three values of a generic for, unless the last
// expression may give several.
func withNils(exprs []ast.Expr) []ast.Expr {
	switch exprs[len(exprs)-1].(type) {
	case *ast.FuncCallExpr, *ast.Comma3Expr:
		return exprs
	}
	for len(exprs) < 3 {
		null := &ast.NilExpr{}
		at(null, exprs[0])
		exprs = append(exprs, null)
	}
	return exprs
}

// decimal takes off the zeros in front of a number: the interpreter takes such a
// number for an octal one.
func decimal(text string) string {
	for len(text) > 1 && text[0] == '0' && '0' <= text[1] && text[1] <= '9' {
		text = text[1:]
	}
	return text
}

// fieldsFirst orders fields with keys before elements of a list.
func fieldsFirst(a, b *ast.Field) int {
	switch {
	case a.Key != nil && b.Key == nil:
		return -1
	case a.Key == nil && b.Key != nil:
		return 1
	}
	return 0
}

// single makes x stand for one value.
func single(x ast.Expr) {
	switch x := x.(type) {
	case *ast.FuncCallExpr:
		x.AdjustRet = true
	case *ast.Comma3Expr:
		x.AdjustRet = true
	}
}

// at gives a new node the position of an old one.
func at(n, old ast.PositionHolder) {
	n.SetLine(old.Line())
	n.SetLastLine(old.LastLine())
}
