package golua

import (
	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/lualib"
)

// arithmetic has the events of arithmetic that strings have. The interpreter
// computes with numbers, and with those strings that it takes for one; what it
// takes for none, such as "1e999", comes here (19.7). There are no __mod and __pow,
// see chunk.rewrite.
var arithmetic = [...]struct {
	event   string
	compute func(a, b float64) float64
}{
	{"__add", func(a, b float64) float64 { return a + b }},
	{"__sub", func(a, b float64) float64 { return a - b }},
	{"__mul", func(a, b float64) float64 { return a * b }},
	{"__div", func(a, b float64) float64 { return a / b }},
	{"__unm", func(a, _ float64) float64 { return -a }},
}

// addArithmetic gives a metatable of strings the events of arithmetic. It uses the
// stack of l.
func (e *engine) addArithmetic(l *lua.State, metatable any) {
	l.PushLightUserData(metatable)
	for _, a := range arithmetic {
		l.PushLightUserData(e.operators[a.event])
		l.SetField(-2, a.event)
	}
	l.Pop(1)
}

// operation gives the native form of an operator on two values of any kind.
func operation(event string, compute func(a, b float64) float64) lua.Function {
	return func(l *lua.State) int {
		l.SetTop(2)
		x, ok := number(l, 1)
		y, both := number(l, 2)
		if ok && both {
			l.PushNumber(compute(x, y))
			return 1
		}
		for i := 1; i <= 2; i++ {
			// What strings have is this very function.
			if _, text := l.ToValue(i).(string); !text && lua.MetaField(l, i, event) {
				l.Insert(1)
				l.Call(2, 1)
				return 1
			}
		}
		wrong := 1
		if ok {
			wrong = 2
		}
		throwAt(l, 1, "attempt to perform arithmetic on a "+typeName(l, wrong)+" value")
		return 0
	}
}

// number gives a number, or what a string stands for in arithmetic.
func number(l *lua.State, i int) (float64, bool) {
	switch v := l.ToValue(i).(type) {
	case float64:
		return v, true
	case string:
		return lualib.ParseNumber(v)
	}
	return 0, false
}
