package gopherlua

import (
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/luatest"
)

// BenchmarkBare is what BenchmarkLua/gopherlua/Loop of luatest does, without the engine.
func BenchmarkBare(b *testing.B) {
	l := lua.NewState()
	defer l.Close()
	if err := l.DoString(luatest.Computing); err != nil {
		b.Fatal(err)
	}
	f := l.Get(-1)
	for b.Loop() {
		if err := l.CallByParam(lua.P{Fn: f, NRet: 1}); err != nil {
			b.Fatal(err)
		}
		l.Pop(1)
	}
}
