package gopherlua

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/gopherlua/internal/codegen"
	"github.com/understudy-run/understudy/engines/internal/luaname"
)

// compiled is the code of a function for luaname.
type compiled struct{ *lua.FunctionProto }

// Local implements luaname.Code. Names that no script can write are the compiler's.
func (c compiled) Local(register, pc int) string {
	for _, v := range c.DbgLocals {
		if v.StartPc > pc {
			break
		}
		if pc < v.EndPc {
			if register == 0 && !strings.HasPrefix(v.Name, "(") {
				return v.Name
			}
			register--
		}
	}
	return ""
}

// Upvalue implements luaname.Code.
func (c compiled) Upvalue(i int) string {
	if i < len(c.DbgUpvalues) {
		return c.DbgUpvalues[i]
	}
	return "?"
}

// Step implements luaname.Code.
func (c compiled) Step(pc int) luaname.Step {
	inst := c.Code[pc]
	a, b, k, bx := int(inst>>18&0xff), int(inst&0x1ff), int(inst>>9&0x1ff), int(inst&0x3ffff)
	if c.part(pc) {
		return luaname.Step{Op: luaname.Raw}
	}
	switch int(inst >> 26) {
	case lua.OP_MOVE, lua.OP_MOVEN:
		return luaname.Step{Op: luaname.Move, A: a, B: b, Sets: true}
	case lua.OP_LOADNIL:
		return luaname.Step{Op: luaname.Nothing, A: a, B: b}
	case lua.OP_GETGLOBAL:
		return luaname.Step{Op: luaname.Global, A: a, Key: c.text(bx), Sets: true}
	case lua.OP_GETUPVAL:
		if c.Upvalue(b) == string(codegen.Globals) {
			break
		}
		return luaname.Step{Op: luaname.Upvalue, A: a, B: b, Sets: true}
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS:
		return luaname.Step{Op: luaname.Field, A: a, B: b, Key: c.key(k), Sets: true}
	case lua.OP_SELF:
		return luaname.Step{Op: luaname.Self, A: a, B: b, Key: c.key(k), Sets: true}
	case lua.OP_CALL, lua.OP_TAILCALL:
		return luaname.Step{Op: luaname.Call, A: a}
	case lua.OP_TFORLOOP:
		return luaname.Step{Op: luaname.Each, A: a}
	case lua.OP_JMP:
		return luaname.Step{Op: luaname.Jump, Target: pc + 1 + bx - (1<<17 - 1)}
	case lua.OP_FORPREP, lua.OP_FORLOOP:
		return luaname.Step{Op: luaname.Jump, A: a, Sets: true, Target: pc + 1 + bx - (1<<17 - 1)}
	case lua.OP_SETGLOBAL, lua.OP_SETUPVAL, lua.OP_SETTABLE, lua.OP_SETTABLEKS, lua.OP_EQ, lua.OP_LT, lua.OP_LE,
		lua.OP_TEST, lua.OP_RETURN, lua.OP_SETLIST, lua.OP_CLOSE, lua.OP_NOP:
		return luaname.Step{}
	}
	return luaname.Step{A: a, Sets: true}
}

// part reports whether a word of the code belongs to the instruction before: what a
// closure refers to, the number of a list.
func (c compiled) part(pc int) bool {
	for i := pc - 1; i >= 0 && i >= pc-256; i-- {
		switch inst := c.Code[i]; int(inst >> 26) {
		case lua.OP_CLOSURE:
			return pc-i <= int(c.FunctionPrototypes[inst&0x3ffff].NumUpvalues)
		case lua.OP_SETLIST:
			return i == pc-1 && inst>>9&0x1ff == 0
		case lua.OP_MOVE, lua.OP_GETUPVAL:
		default:
			return false
		}
	}
	return false
}

func (c compiled) text(k int) string {
	if k < len(c.Constants) {
		if s, ok := c.Constants[k].(lua.LString); ok {
			return string(s)
		}
	}
	return ""
}

func (c compiled) key(rk int) string {
	if rk&0x100 == 0 {
		return ""
	}
	return c.text(rk & 0xff)
}
