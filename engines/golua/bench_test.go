package golua

import (
	"testing"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/luatest"
)

func BenchmarkLua(b *testing.B) { suite().Benchmark(b) }

// BenchmarkBare is what BenchmarkLua/Loop does, without the engine.
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
