package codegen

import (
	"strconv"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// body makes the code of a function's statements.
func (f *function) body(stmts []ast.Stmt, lastLine int) {
	f.statements(stmts, false)
	if lastLine > 0 {
		f.line = lastLine
	}
	f.emitABC(lua.OP_RETURN, 0, 1, 0)
	if len(f.gotos) > 0 {
		g := f.gotos[0]
		f.fail(g.line, "no visible label '%s' for goto", g.name)
	}
}

// statements makes the code of a block; condition says that the condition of a
// repeat follows in the same scope.
func (f *function) statements(stmts []ast.Stmt, condition bool) {
	for i, s := range stmts {
		f.at(s)
		if l, ok := s.(*ast.LabelStmt); ok {
			f.label(l.Name, !condition && onlyLabels(stmts[i+1:]))
		} else {
			f.statement(s)
		}
		f.free = f.active
	}
}

func onlyLabels(stmts []ast.Stmt) bool {
	for _, s := range stmts {
		if _, ok := s.(*ast.LabelStmt); !ok {
			return false
		}
	}
	return true
}

func (f *function) statement(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.LocalAssignStmt:
		f.local(s)
	case *ast.AssignStmt:
		f.assignment(s)
	case *ast.FuncCallStmt:
		o := f.expression(s.Expr)
		if o.kind == isCall {
			f.results(&o, 0)
		}
	case *ast.DoBlockStmt:
		f.scope(s.Stmts)
	case *ast.WhileStmt:
		f.while(s)
	case *ast.RepeatStmt:
		f.repeat(s)
	case *ast.IfStmt:
		f.branch(s)
	case *ast.NumberForStmt:
		f.count(s)
	case *ast.GenericForStmt:
		f.iterate(s)
	case *ast.FuncDefStmt:
		f.define(s)
	case *ast.ReturnStmt:
		f.giveBack(s)
	case *ast.BreakStmt:
		f.breakLoop()
	case *ast.GotoStmt:
		f.jumpTo(s.Label)
	default:
		panic("unknown statement")
	}
}

func (f *function) scope(stmts []ast.Stmt) {
	f.enter(false)
	f.statements(stmts, false)
	f.leave()
}

// adjust makes n values in registers of a list of expressions, of which all but the
// last are in registers already.
func (f *function) adjust(n, exprs int, last *operand) {
	missing := n - exprs
	if last.multiple() {
		missing = max(missing+1, 0)
		f.results(last, missing)
		if missing > 1 {
			f.reserve(missing - 1)
		}
		return
	}
	if exprs > 0 {
		f.toNextRegister(last)
	}
	if missing > 0 {
		first := f.free
		f.reserve(missing)
		f.emitABC(lua.OP_LOADNIL, first, first+missing-1, 0)
	}
}

func (f *function) local(s *ast.LocalAssignStmt) {
	if fn, ok := isLocalFunction(s); ok {
		f.declare(s.Names...)
		f.reserve(1)
		f.activate()
		value := f.closure(fn, false)
		f.store(&value, f.active-1)
		f.variables[f.scopes[f.active-1]].StartPc = f.here() // it has no value before
		return
	}
	last := f.list(s.Exprs)
	f.adjust(len(s.Names), len(s.Exprs), &last)
	f.declare(s.Names...)
	f.activate()
}

// isLocalFunction tells local function f, whose body sees f, from local f =
// function. The parser gives them the same shape, but the first a last line.
func isLocalFunction(s *ast.LocalAssignStmt) (*ast.FunctionExpr, bool) {
	if s.LastLine() == 0 || len(s.Exprs) != 1 {
		return nil, false
	}
	fn, ok := s.Exprs[0].(*ast.FunctionExpr)
	return fn, ok
}

// target is a variable or place on the left of an assignment, and those before it.
type target struct {
	place    operand
	previous *target
}

func (f *function) assignment(s *ast.AssignStmt) {
	if f.cover(s) {
		return
	}
	if len(s.Lhs) == 1 && len(s.Rhs) == 1 {
		if _, ok := s.Rhs[0].(*ast.NilExpr); ok && f.remove(s.Lhs[0]) {
			return
		}
	}
	var last *target
	for _, x := range s.Lhs {
		place := f.expression(x)
		if place.kind == isLocal {
			f.protect(last, place.info)
		}
		last = &target{place, last}
	}
	value := f.list(s.Rhs)
	f.at(s)
	if len(s.Lhs) == len(s.Rhs) {
		f.single(&value)
		f.assign(&last.place, &value)
		last = last.previous
	} else {
		f.adjust(len(s.Lhs), len(s.Rhs), &value)
		if surplus := len(s.Rhs) - len(s.Lhs); surplus > 0 {
			f.free -= surplus
		}
	}
	for ; last != nil; last = last.previous {
		value := plain(isRegister, f.free-1)
		f.assign(&last.place, &value)
	}
}

// cover makes a call of Cover, if the assignment is a mark.
func (f *function) cover(s *ast.AssignStmt) bool {
	name, ok := s.Lhs[0].(*ast.IdentExpr)
	if !ok || f.mark == "" || name.Value != f.mark {
		return false
	}
	number, _ := strconv.Atoi(s.Rhs[0].(*ast.NumberExpr).Value)
	f.marks = append(f.marks, Mark{f.here(), number})
	register := f.free
	f.reserve(1)
	f.emitABC(lua.OP_GETUPVAL, register, f.operator(Cover), 0)
	f.emitABC(lua.OP_CALL, register, 1, 1)
	return true
}

// protect copies a variable that is assigned, if a place before it uses it as its
// table or key.
func (f *function) protect(t *target, register int) {
	conflict := false
	for ; t != nil; t = t.previous {
		if t.place.kind != isIndexed {
			continue
		}
		if t.place.info == register {
			t.place.info = f.free
			conflict = true
		}
		if t.place.key == register {
			t.place.key = f.free
			conflict = true
		}
	}
	if conflict {
		f.emitABC(lua.OP_MOVE, f.free, register, 0)
		f.reserve(1)
	}
}

// remove makes the code that takes a field out of a table, if the key is not a name:
// the instruction would make room for all numbers in front of the key, and keep it
// behind the last one.
func (f *function) remove(x ast.Expr) bool {
	get, ok := x.(*ast.AttrGetExpr)
	if !ok || isString(get.Key) {
		return false
	}
	base := f.free
	f.reserve(1)
	table := f.expression(get.Object)
	f.toNextRegister(&table)
	key := f.expression(get.Key)
	f.toNextRegister(&key)
	f.at(x)
	f.operation(base, Remove, 0)
	return true
}

// condition gives the jumps that are taken if x is false.
func (f *function) condition(x ast.Expr) int {
	o := f.expression(x)
	f.ifTrue(&o)
	return o.whenFalse
}

func (f *function) while(s *ast.WhileStmt) {
	start := f.here()
	exit := f.condition(s.Condition)
	f.enter(true)
	f.scope(s.Stmts)
	f.last(s)
	f.patch(f.jump(), start)
	f.leave()
	f.patchHere(exit)
}

func (f *function) repeat(s *ast.RepeatStmt) {
	start := f.here()
	f.enter(true)
	scope := f.enter(false)
	f.statements(s.Stmts, true)
	again := f.condition(s.Condition)
	if scope.captured || f.labelled {
		f.breakLoop()
		f.patchHere(again)
		f.leave()
		again = f.jump()
	} else {
		f.leave()
	}
	f.patch(again, start)
	f.leave()
}

func (f *function) branch(s *ast.IfStmt) {
	end := none
	for {
		otherwise := f.condition(s.Condition)
		f.scope(s.Then)
		if len(s.Else) == 0 {
			f.join(&end, otherwise)
			break
		}
		f.jumpAlong(&end)
		f.patchHere(otherwise)
		next, chained := s.Else[0].(*ast.IfStmt)
		if !chained || len(s.Else) > 1 {
			f.scope(s.Else)
			break
		}
		s = next
	}
	f.patchHere(end)
}

func (f *function) count(s *ast.NumberForStmt) {
	f.enter(true)
	base := f.free
	f.forNumber(s.Init, "'for' initial value")
	f.forNumber(s.Limit, "'for' limit")
	if s.Step != nil {
		f.forNumber(s.Step, "'for' step")
	} else {
		one := numeral(1)
		f.toNextRegister(&one)
	}
	f.declare("(for index)", "(for limit)", "(for step)")
	f.activate()
	f.at(s)
	prepare := f.emit(asbx(lua.OP_FORPREP, base, none))
	f.enter(false)
	f.declare(s.Name)
	f.activate()
	f.reserve(1)
	f.scope(s.Stmts)
	f.leave()
	f.patchHere(prepare)
	f.at(s)
	f.patch(f.emit(asbx(lua.OP_FORLOOP, base, none)), prepare+1)
	f.leave()
}

// forNumber puts a value of the header of a loop into the next register. The
// interpreter's loop takes numbers only, so a value that may be a string is raised
// to the power of 1, which makes a number of it and leaves numbers as they are. The
// name is for the message if it is none.
func (f *function) forNumber(x ast.Expr, name string) {
	o := f.expression(x)
	f.toNextRegister(&o)
	switch x := x.(type) {
	case *ast.NumberExpr, *ast.UnaryLenOpExpr, *ast.ArithmeticOpExpr:
		return
	case *ast.UnaryMinusOpExpr:
		if _, ok := x.Expr.(*ast.NumberExpr); ok {
			return
		}
	}
	one := numeral(1)
	k := f.toRK(&one)
	pc := f.emitABC(lua.OP_POW, o.info, o.info, k)
	f.calls = append(f.calls, lua.DbgCall{Pc: pc, Name: name})
	f.drop(&one)
}

func (f *function) iterate(s *ast.GenericForStmt) {
	f.enter(true)
	base := f.free
	last := f.list(s.Exprs)
	f.adjust(3, len(s.Exprs), &last)
	f.free = base + 3
	f.declare("(for generator)", "(for state)", "(for control)")
	f.activate()
	f.at(s)
	start := f.jump()
	f.enter(false)
	f.declare(s.Names...)
	f.activate()
	f.reserve(len(s.Names))
	f.scope(s.Stmts)
	f.leave()
	f.patchHere(start)
	f.at(s)
	f.emitABC(lua.OP_TFORLOOP, base, 0, len(s.Names))
	f.patch(f.jump(), start+1)
	f.leave()
}

func (f *function) define(s *ast.FuncDefStmt) {
	var place operand
	if s.Name.Func != nil {
		place = f.expression(s.Name.Func)
	} else {
		place = f.expression(s.Name.Receiver)
		f.toAnyRegister(&place)
		key := f.constant(f.text(s.Name.Method))
		f.index(&place, &key)
	}
	value := f.closure(s.Func, s.Name.Func == nil)
	f.at(s)
	f.assign(&place, &value)
}

func (f *function) giveBack(s *ast.ReturnStmt) {
	o := f.list(s.Exprs)
	f.at(s)
	first, count := f.active, len(s.Exprs)
	switch {
	case o.multiple():
		tail := o.kind == isCall && count == 1
		f.results(&o, -1)
		if tail {
			f.code[o.info].setOp(lua.OP_TAILCALL)
		}
		count = -1
	case count == 1:
		first = f.toAnyRegister(&o)
	case count > 1:
		f.toNextRegister(&o)
	}
	f.emitABC(lua.OP_RETURN, first, count+1, 0)
}

// last notes the last line of a statement.
func (f *function) last(s ast.Stmt) {
	if line := s.LastLine(); line > 0 {
		f.line = line
	}
}
