package gopherlua

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/gopherlua/internal/codegen"
	"github.com/understudy-run/understudy/engines/internal/lualib"
)

// operators are the functions of the engine that stand for what an instruction of
// the interpreter does not do, or not as it should. No script can name them.
type operators struct {
	// upvalues has those that compiled code calls. No script assigns one, so that
	// all processes share them.
	upvalues map[codegen.Operator]*lua.Upvalue
	// strings are the metamethods of strings in arithmetic. The interpreter would
	// read them as numbers by rules of its own.
	strings map[string]lua.LValue
	// functions are all of them.
	functions map[*lua.LFunction]bool
}

func newOperators() operators {
	o := operators{map[codegen.Operator]*lua.Upvalue{}, map[string]lua.LValue{}, map[*lua.LFunction]bool{}}
	for name, f := range map[codegen.Operator]*lua.LFunction{
		codegen.Concat: bindLib(lualib.Concat),
		codegen.Modulo: native(operation("__mod", lualib.Modulo)),
		codegen.Power:  native(operation("__pow", lualib.Power)),
		codegen.Remove: native(remove),
		codegen.Cover:  native(cover),
	} {
		o.upvalues[name] = closedUpvalue(f)
		o.functions[f] = true
	}
	for event, compute := range map[string]func(x, y float64) float64{
		"__add": func(x, y float64) float64 { return x + y },
		"__sub": func(x, y float64) float64 { return x - y },
		"__mul": func(x, y float64) float64 { return x * y },
		"__div": func(x, y float64) float64 { return x / y },
		"__mod": lualib.Modulo,
		"__pow": lualib.Power,
		"__unm": func(x, _ float64) float64 { return -x },
	} {
		f := native(func(l *lua.LState) int { return arithmetic(l, event, compute) })
		o.strings[event] = f
		o.functions[f] = true
	}
	return o
}

func closedUpvalue(v lua.LValue) *lua.Upvalue {
	u := &lua.Upvalue{}
	u.Close()
	u.SetValue(v)
	return u
}

// topLevel makes the function of a compiled source.
func (in *instance) topLevel(p *program) *lua.LFunction {
	f := &lua.LFunction{Env: in.env, Proto: in.covered.prototype(p)}
	for _, name := range p.operators {
		u := in.engine.operators.upvalues[name]
		if name == codegen.Globals {
			u = closedUpvalue(in.env)
		}
		f.Upvalues = append(f.Upvalues, u)
	}
	return f
}

// operation makes the function for an operator, mostly of numbers.
func operation(event string, compute func(x, y float64) float64) lua.LGFunction {
	return func(l *lua.LState) int {
		if a, ok := l.Get(1).(lua.LNumber); ok {
			if b, ok := l.Get(2).(lua.LNumber); ok {
				l.Push(lua.LNumber(compute(float64(a), float64(b))))
				return 1
			}
		}
		return arithmetic(l, event, compute)
	}
}

// arithmetic is an operation of which an operand is no number, or a string that may
// be one (19.7).
func arithmetic(l *lua.LState, event string, compute func(x, y float64) float64) int {
	a, b := l.Get(1), l.Get(2)
	if event == "__unm" {
		b = a
	}
	x, isNumber := toNumber(a)
	y, both := toNumber(b)
	if isNumber && both {
		l.Push(lua.LNumber(compute(x, y)))
		return 1
	}
	for _, v := range []lua.LValue{a, b} {
		if f := l.GetMetaField(v, event); f != lua.LNil && v.Type() != lua.LTString {
			l.Push(f)
			l.Push(a)
			l.Push(b)
			l.Call(2, 1)
			return 1
		}
	}
	wrong := b
	if !isNumber {
		wrong = a
	}
	throwString(l, "attempt to perform arithmetic on a "+wrong.Type().String()+" value", 1)
	return 0
}

func toNumber(v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		return lualib.ParseNumber(string(v))
	}
	return 0, false
}

// remove is t[k] = nil.
func remove(l *lua.LState) int {
	t, isTable := l.Get(1).(*lua.LTable)
	known := strandOf(l).in.engine.layout
	if !isTable || t.Metatable != lua.LNil {
		l.SetTable(l.Get(1), l.Get(2), lua.LNil)
		if isTable {
			known.trim(t)
		}
		return 0
	}
	switch k := l.Get(2).(type) {
	case lua.LNumber:
		if k != k {
			throwString(l, "table index is NaN", 1)
		}
		if t.RawGet(k) != lua.LNil {
			t.RawSet(k, lua.LNil)
			known.trim(t)
		}
	case *lua.LNilType:
		throwString(l, "table index is nil", 1)
	default:
		t.RawSet(k, lua.LNil)
	}
	return 0
}

// trim takes nils off the end of a table's array. The interpreter would walk over
// them each time that the length is asked for.
func (known *layout) trim(t *lua.LTable) {
	for n := known.arrayOf(t).Len(); n > 0 && t.RawGetInt(n) == lua.LNil; n-- {
		t.Remove(n)
	}
}
