package codegen

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/understudy-run/understudy/engines/internal/lualib"
)

// expression makes the code of x as far as it does not depend on where the value
// goes.
func (f *function) expression(x ast.Expr) operand {
	f.at(x)
	switch x := x.(type) {
	case *ast.NilExpr:
		return plain(isNil, 0)
	case *ast.TrueExpr:
		return plain(isTrue, 0)
	case *ast.FalseExpr:
		return plain(isFalse, 0)
	case *ast.NumberExpr:
		return f.numeral(x)
	case *ast.StringExpr:
		return f.constant(f.text(x.Value))
	case *ast.Comma3Expr:
		return f.varargs(x)
	case *ast.IdentExpr:
		return f.variable(x.Value)
	case *ast.AttrGetExpr:
		return f.field(x)
	case *ast.TableExpr:
		return f.table(x)
	case *ast.FuncCallExpr:
		return f.call(x)
	case *ast.FunctionExpr:
		return f.closure(x, false)
	case *ast.LogicalOpExpr:
		return f.logical(x)
	case *ast.RelationalOpExpr:
		return f.relation(x)
	case *ast.ArithmeticOpExpr:
		return f.arithmetic(x)
	case *ast.StringConcatOpExpr:
		return f.concat(x)
	case *ast.UnaryMinusOpExpr:
		o := f.expression(x.Expr)
		if !o.literal() {
			f.toAnyRegister(&o)
		}
		f.at(x)
		zero := numeral(0)
		f.operate(lua.OP_UNM, &o, &zero)
		return o
	case *ast.UnaryNotOpExpr:
		o := f.expression(x.Expr)
		f.at(x)
		f.not(&o)
		return o
	case *ast.UnaryLenOpExpr:
		o := f.expression(x.Expr)
		f.toAnyRegister(&o)
		f.at(x)
		f.operate(lua.OP_LEN, &o, &operand{})
		return o
	}
	panic("unknown expression")
}

// at notes the line of what is compiled next.
func (f *function) at(x ast.PositionHolder) {
	if line := x.Line(); line > 0 {
		f.line = line
	}
}

func (f *function) numeral(x *ast.NumberExpr) operand {
	v, ok := lualib.ParseNumber(x.Value)
	if !ok {
		f.fail(x.Line(), "malformed number near '%s'", x.Value)
	}
	return numeral(v)
}

func (f *function) varargs(x *ast.Comma3Expr) operand {
	if f.parent == nil {
		f.vararg = true
	}
	if !f.vararg {
		f.fail(x.Line(), "cannot use '...' outside a vararg function")
	}
	o := plain(isVararg, f.emitABC(lua.OP_VARARG, 0, 1, 0))
	if x.AdjustRet {
		f.single(&o)
	}
	return o
}

func (f *function) field(x *ast.AttrGetExpr) operand {
	table := f.expression(x.Object)
	f.toAnyRegister(&table)
	key := f.expression(x.Key)
	f.toValue(&key)
	f.at(x)
	f.index(&table, &key)
	return table
}

// list makes the code of expressions whose values go to the next registers, but for
// the last one, which it gives.
func (f *function) list(exprs []ast.Expr) operand {
	last := operand{whenTrue: none, whenFalse: none}
	for i, x := range exprs {
		if i > 0 {
			f.toNextRegister(&last)
		}
		last = f.expression(x)
	}
	return last
}

func (f *function) call(x *ast.FuncCallExpr) operand {
	var callee operand
	name := x.Method
	if x.Func != nil {
		callee = f.expression(x.Func)
		f.toNextRegister(&callee)
		name = nameOf(x.Func)
	} else {
		callee = f.expression(x.Receiver)
		f.at(x)
		f.method(&callee, x.Method)
	}
	base := callee.info
	count := -1
	if last := f.list(x.Args); last.multiple() {
		f.results(&last, -1)
	} else {
		if len(x.Args) > 0 {
			f.toNextRegister(&last)
		}
		count = f.free - (base + 1)
	}
	f.at(x)
	pc := f.emitABC(lua.OP_CALL, base, count+1, 2)
	f.calls = append(f.calls, lua.DbgCall{Pc: pc, Name: name})
	f.free = base + 1
	o := plain(isCall, pc)
	if x.AdjustRet {
		f.single(&o)
	}
	return o
}

// nameOf is what messages call a function.
func nameOf(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.IdentExpr:
		return x.Value
	case *ast.AttrGetExpr:
		if key, ok := x.Key.(*ast.StringExpr); ok {
			return key.Value
		}
	}
	return "?"
}

func (f *function) logical(x *ast.LogicalOpExpr) operand {
	a := f.expression(x.Lhs)
	if x.Operator == "and" {
		f.ifTrue(&a)
	} else {
		f.ifFalse(&a)
	}
	b := f.expression(x.Rhs)
	f.load(&b)
	f.join(&b.whenFalse, a.whenFalse)
	f.join(&b.whenTrue, a.whenTrue)
	return b
}

func (f *function) relation(x *ast.RelationalOpExpr) operand {
	a := f.expression(x.Lhs)
	f.toRK(&a)
	b := f.expression(x.Rhs)
	f.at(x)
	switch x.Operator {
	case "==":
		f.compare(lua.OP_EQ, 1, &a, &b)
	case "~=":
		f.compare(lua.OP_EQ, 0, &a, &b)
	case "<":
		f.compare(lua.OP_LT, 1, &a, &b)
	case "<=":
		f.compare(lua.OP_LE, 1, &a, &b)
	case ">":
		f.compare(lua.OP_LT, 0, &a, &b)
	case ">=":
		f.compare(lua.OP_LE, 0, &a, &b)
	}
	return a
}

func (f *function) arithmetic(x *ast.ArithmeticOpExpr) operand {
	switch x.Operator {
	case "+":
		return f.instruction(x, lua.OP_ADD)
	case "-":
		return f.instruction(x, lua.OP_SUB)
	case "*":
		return f.instruction(x, lua.OP_MUL)
	case "/":
		return f.instruction(x, lua.OP_DIV)
	case "%":
		return f.operatorCall(x, lua.OP_MOD, Modulo)
	}
	return f.operatorCall(x, lua.OP_POW, Power)
}

func (f *function) instruction(x *ast.ArithmeticOpExpr, op int) operand {
	a := f.expression(x.Lhs)
	if !a.literal() {
		f.toRK(&a)
	}
	b := f.expression(x.Rhs)
	f.at(x)
	f.operate(op, &a, &b)
	return a
}

// operatorCall makes a call of what the interpreter's instruction does otherwise than
// clause 19.7 demands. Its % is the exact remainder, which differs for fractions,
// large numbers, infinities and in the sign of zero, and takes as long as the call;
// its ^ is not the nearest double. As in the reference a local variable on the left
// is read after the right side was evaluated.
func (f *function) operatorCall(x *ast.ArithmeticOpExpr, op int, o Operator) operand {
	base := f.free
	f.reserve(1)
	a := f.expression(x.Lhs)
	late := a.kind == isLocal || a.literal()
	if late {
		f.reserve(1)
	} else {
		f.toNextRegister(&a)
	}
	b := f.expression(x.Rhs)
	if fold(op, &a, &b) {
		f.free = base
		return a
	}
	f.toNextRegister(&b)
	if late {
		f.put(&a, base+1)
	}
	f.at(x)
	return f.operation(base, o, 1)
}

// operation makes the call of an operator whose arguments are in the registers
// behind base.
func (f *function) operation(base int, o Operator, results int) operand {
	f.emitABC(lua.OP_GETUPVAL, base, f.operator(o), 0)
	f.emitABC(lua.OP_CALL, base, f.free-base, results+1)
	f.free = base + results
	return plain(isRegister, base)
}

// concat makes one operation of a chain.
func (f *function) concat(x *ast.StringConcatOpExpr) operand {
	base := f.free
	f.reserve(1)
	first := x
	for {
		o := f.expression(x.Lhs)
		f.toNextRegister(&o)
		rest, more := x.Rhs.(*ast.StringConcatOpExpr)
		if !more {
			break
		}
		x = rest
	}
	o := f.expression(x.Rhs)
	f.toNextRegister(&o)
	f.at(first)
	return f.operation(base, Concat, 1)
}

// closure makes a function; a method has a first parameter that is not in the text.
func (f *function) closure(x *ast.FunctionExpr, method bool) operand {
	child := newFunction(f, f.source)
	child.line = x.Line()
	child.enter(false)
	if method {
		child.declare("self")
	}
	child.declare(x.ParList.Names...)
	child.activate()
	child.reserve(child.active)
	child.parameters = child.active
	child.vararg = x.ParList.HasVargs
	child.body(x.Stmts, x.LastLine())

	p := child.finish()
	p.of.LineDefined, p.of.LastLineDefined = x.Line(), x.LastLine()
	f.protos = append(f.protos, p)
	f.at(x)
	o := plain(isMovable, f.emitABx(lua.OP_CLOSURE, 0, len(f.protos)-1))
	for _, u := range child.upvalues {
		op := lua.OP_GETUPVAL
		if u.fromLocal {
			op = lua.OP_MOVE
		}
		f.emitABC(op, 0, u.index, 0)
	}
	return o
}
