package golua

import (
	"testing"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/luatest"
)

// BenchmarkBare is what BenchmarkLua/golua/Loop of luatest does, without the engine.
func BenchmarkBare(b *testing.B) {
	l := lua.NewState()
	if err := lua.DoString(l, luatest.Computing); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		l.PushValue(-1)
		l.Call(0, 0)
	}
}
