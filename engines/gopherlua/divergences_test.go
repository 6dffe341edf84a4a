package gopherlua

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/engines/internal/luatest"
)

// Appendix A: what the interpreter does by itself, and what scripts see.
func TestDivergences(t *testing.T) {
	suite := luatest.Suite{Engine: New()}
	enginetest.Divergences(t, New(), "../..", func(_ *testing.T, probe string) string {
		l := lua.NewState()
		defer l.Close()
		if err := l.DoString(probe); err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n")
			return "error: " + first
		}
		var texts []string
		for i := 1; i <= l.GetTop(); i++ {
			texts = append(texts, l.Get(i).String())
		}
		return strings.Join(texts, " ")
	}, func(t *testing.T, probe string) string { return suite.Probe(t, probe) })
}
