package gopherlua

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/luaname"
	"github.com/understudy-run/understudy/hostapi"
)

// raisedTexts begin what the interpreter and our operators raise in an instruction.
var raisedTexts = [...]string{
	"attempt to call a non-function object", "attempt to index a non-table object(", "cannot perform ",
	"attempt to compare ", "__unm undefined", "__len undefined",
	"attempt to perform arithmetic on a ", "attempt to concatenate a ",
}

// reword says in Lua's words what was raised by an instruction of the running function,
// and of which variable, if that was no error of the script's own.
func reword(l *lua.LState, text string) string {
	at := -1
	for _, raised := range raisedTexts {
		// Before it stands the position; what else there is, a key perhaps, comes behind.
		if i := strings.Index(text, raised); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	if at < 0 {
		return text
	}
	i, ok := failing(l)
	if !ok {
		return text
	}
	if said := i.text(text[at:]); said != "" {
		return text[:at] + said
	}
	return text
}

// failing finds the instruction of a script that failed: that of the running function,
// or of the one that called an operator.
func failing(l *lua.LState) (i failure, ok bool) {
	known, operators := strandOf(l).in.engine.layout, strandOf(l).in.engine.operators.functions
	for level := range 2 {
		d, ok := l.GetStack(level)
		if !ok {
			break
		}
		v, _ := l.GetInfo("f", d, lua.LNil)
		f, _ := v.(*lua.LFunction)
		switch {
		case f == nil:
			return failure{}, false
		case !f.IsG:
			i.l, i.debug, i.code, i.pc = l, d, compiled{f.Proto}, known.instruction(d)
			return i, i.pc >= 0 && i.pc < len(f.Proto.Code)
		case !operators[f]:
			return failure{}, false
		}
		i.called = d
	}
	return failure{}, false
}

// failure is an instruction that failed.
type failure struct {
	l      *lua.LState
	debug  *lua.Debug
	code   compiled
	pc     int
	called *lua.Debug // an operator, which the instruction has called
}

func (i failure) operand(rk uint32) lua.LValue {
	if rk &= 0x1ff; rk&0x100 != 0 {
		return i.code.Constants[rk&0xff]
	}
	_, v := i.l.GetLocal(i.debug, int(rk)+1)
	return v
}

// name names an operand.
func (i failure) name(rk uint32) string {
	if rk &= 0x1ff; rk&0x100 == 0 {
		return luaname.Of(i.code, i.pc, int(rk))
	}
	return ""
}

// doing says what cannot be done with an operand.
func (i failure) doing(operation string, rk uint32) string {
	return luaname.Doing(operation, i.name(rk), i.operand(rk).Type().String())
}

// text gives what the instruction failed with; "" if that is said well.
func (i failure) text(raised string) string {
	inst := i.code.Code[i.pc]
	a, b, c := inst>>18&0xff, inst&0x1ff, inst>>9&0x1ff
	switch op := int(inst >> 26); op {
	case lua.OP_CALL, lua.OP_TAILCALL:
		if i.called != nil {
			return i.operator(raised, a)
		}
		return i.doing("call", a)
	case lua.OP_TFORLOOP:
		return luaname.Doing("call", "", i.operand(a).Type().String())
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF:
		return i.indexing(raised, b)
	case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
		return i.indexing(raised, a)
	case lua.OP_LT, lua.OP_LE:
		return luaname.Comparing(i.operand(b).Type().String(), i.operand(c).Type().String())
	case lua.OP_LEN:
		return i.doing("get length of", b)
	case lua.OP_POW:
		if header := i.header(); header != "" {
			return header + " must be a number"
		}
		return i.arithmetic(b, c)
	case lua.OP_ADD, lua.OP_SUB, lua.OP_MUL, lua.OP_DIV, lua.OP_UNM:
		if op == lua.OP_UNM {
			c = b
		}
		return i.arithmetic(b, c)
	}
	return ""
}

// indexing says what cannot be indexed, unless that is what an operand refers to by its
// metatable.
func (i failure) indexing(raised string, rk uint32) string {
	_, typeName, _ := strings.Cut(raised, "(")
	typeName, _, _ = strings.Cut(typeName, ")")
	if i.operand(rk).Type().String() != typeName {
		return luaname.Doing("index", "", typeName)
	}
	return i.doing("index", rk)
}

// arithmetic blames the second operand if the first is a number.
func (i failure) arithmetic(b, c uint32) string {
	if _, isNumber := toNumber(i.operand(b)); isNumber {
		b = c
	}
	return i.doing("perform arithmetic on", b)
}

// header names the part of the header of a loop that the instruction tests.
func (i failure) header() string {
	for _, c := range i.code.DbgCalls {
		if c.Pc == i.pc && c.Name != "?" {
			return c.Name
		}
	}
	return ""
}

// operator names the operand of an operator that was called: a function in register a,
// with the operands above it.
func (i failure) operator(raised string, a uint32) string {
	argument := func(n int) lua.LValue {
		_, v := i.l.GetLocal(i.called, n)
		return v
	}
	blame := func(operation string, n int) string {
		return luaname.Doing(operation, i.name(a+uint32(n)), argument(n).Type().String())
	}
	switch {
	case strings.HasPrefix(raised, "attempt to perform arithmetic on a "):
		if header := i.header(); header != "" {
			return header + " must be a number"
		}
		if _, isNumber := toNumber(argument(1)); isNumber {
			return blame("perform arithmetic on", 2)
		}
		return blame("perform arithmetic on", 1)
	case strings.HasPrefix(raised, "attempt to concatenate a "):
		// From right to left. What has a metamethod is not to blame.
		for n := strandOf(i.l).in.engine.layout.arguments(i.called); n > 1; n-- {
			for _, k := range []int{n - 1, n} {
				if v := argument(k); !joins(v) && luaname.Doing("concatenate", "", v.Type().String()) == raised {
					return blame("concatenate", k)
				}
			}
		}
	}
	return ""
}

// joins reports whether a value counts as text.
func joins(v lua.LValue) bool {
	switch v.(type) {
	case lua.LString, lua.LNumber:
		return true
	}
	u, ok := v.(*lua.LUserData)
	if !ok {
		return false
	}
	_, isError := u.Value.(*hostapi.ErrorObject)
	return isError
}
