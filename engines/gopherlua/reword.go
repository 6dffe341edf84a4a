package gopherlua

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// reword says in Lua's words what the interpreter raised in the running function,
// if that was its instruction and not the script.
func reword(l *lua.LState, text string) string {
	at := -1
	for _, raised := range []string{"attempt to call a non-function object", "cannot perform ", "__unm undefined", "__len undefined"} {
		at = max(at, strings.LastIndex(text, raised))
	}
	d, ok := l.GetStack(0)
	known := strandOf(l).in.engine.layout
	if at < 0 || !ok {
		return text
	}
	v, _ := l.GetInfo("f", d, lua.LNil)
	f, _ := v.(*lua.LFunction)
	pc := known.instruction(d)
	if f == nil || f.IsG || pc < 0 || pc >= len(f.Proto.Code) {
		return text
	}
	position, inst := text[:at], f.Proto.Code[pc]
	name := ""
	for _, c := range f.Proto.DbgCalls {
		if c.Pc == pc && c.Name != "?" {
			name = c.Name
		}
	}
	operand := func(rk uint32) lua.LValue {
		if rk &= 0x1ff; rk&0x100 != 0 {
			return f.Proto.Constants[rk&0xff]
		}
		_, v := l.GetLocal(d, int(rk)+1)
		return v
	}
	switch int(inst >> 26) {
	case lua.OP_CALL, lua.OP_TAILCALL:
		callee := "a " + operand(inst>>18&0xff).Type().String() + " value"
		if name != "" {
			callee = "'" + name + "' (" + callee + ")"
		}
		return position + "attempt to call " + callee
	case lua.OP_LEN:
		return position + "attempt to get length of a " + operand(inst).Type().String() + " value"
	case lua.OP_POW:
		if name != "" { // of the header of a loop
			return position + name + " must be a number"
		}
		fallthrough
	case lua.OP_ADD, lua.OP_SUB, lua.OP_MUL, lua.OP_DIV, lua.OP_UNM:
		wrong := operand(inst)
		if _, isNumber := toNumber(wrong); isNumber {
			wrong = operand(inst >> 9)
		}
		return position + "attempt to perform arithmetic on a " + wrong.Type().String() + " value"
	}
	return text
}
