package codegen

import (
	"math"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/understudy-run/understudy/engines/internal/lualib"
)

// The interpreter's % is the exact remainder, which differs from clause 19.7 for
// fractions, large numbers, infinities and in the sign of zero. So % is a call of
// [Modulo], but for two common forms where both must agree: the variable of a loop
// that counts upwards, and a power of two as divisor where nobody sees the sign of
// a zero, as in n % 2 == 0.

// modulo makes the call. As in the reference a local variable on the left is read
// after the right side was evaluated.
func (f *function) modulo(x *ast.ArithmeticOpExpr) operand {
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
	if fold(lua.OP_MOD, &a, &b) {
		f.free = base
		return a
	}
	f.toNextRegister(&b)
	if late {
		f.put(&a, base+1)
	}
	f.at(x)
	return f.operation(base, Modulo, 1)
}

// exact reports whether the interpreter's instruction gives what it should.
func (f *function) exact(x *ast.ArithmeticOpExpr, unsigned bool) bool {
	divisor, ok := positiveInteger(x.Rhs)
	if !ok {
		return false
	}
	if unsigned {
		if fraction, _ := math.Frexp(divisor); fraction == 0.5 {
			return true
		}
	}
	name, ok := x.Lhs.(*ast.IdentExpr)
	if !ok {
		return false
	}
	register := f.find(name.Value)
	return register >= 0 && f.locals[register].counting()
}

// counting reports whether v is 0 or a positive integer whenever it is read: the
// variable of a loop that begins at one, adds one, and never assigns it.
func (v *variable) counting() bool {
	if v.counts == unknown {
		v.counts = no
		if v.counter != nil && !assigned(v.counter.Stmts, v.name) {
			v.counts = yes
		}
	}
	return v.counts == yes
}

// counts reports whether the header of a loop makes its variable 0 or a positive
// integer.
func counts(loop *ast.NumberForStmt) bool {
	if loop.Step != nil {
		if _, ok := positiveInteger(loop.Step); !ok {
			return false
		}
	}
	n, ok := loop.Init.(*ast.NumberExpr)
	if !ok {
		return false
	}
	if v, ok := lualib.ParseNumber(n.Value); ok && v == 0 {
		return true
	}
	_, ok = positiveInteger(n)
	return ok
}

// positiveInteger gives the value of a literal that is one, far enough from where
// doubles are no longer exact.
func positiveInteger(x ast.Expr) (float64, bool) {
	n, ok := x.(*ast.NumberExpr)
	if !ok {
		return 0, false
	}
	v, ok := lualib.ParseNumber(n.Value)
	return v, ok && v >= 1 && v <= 1<<52 && v == math.Trunc(v)
}

// unsigned makes the code of an expression of which nobody sees whether it is 0 or
// -0.
func (f *function) unsigned(x ast.Expr) operand {
	if a, ok := x.(*ast.ArithmeticOpExpr); ok && a.Operator == "%" {
		f.at(x)
		return f.arithmetic(a, true)
	}
	return f.expression(x)
}

// nonzero reports whether x is a literal that hides the sign of a zero added to it.
func nonzero(x ast.Expr) bool {
	_, ok := positiveInteger(x)
	return ok
}
