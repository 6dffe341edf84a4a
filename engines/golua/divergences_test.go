package golua

import (
	"fmt"
	"strings"
	"testing"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
	"github.com/understudy-run/understudy/engines/internal/luatest"
)

// Appendix A: what the interpreter does by itself, and what scripts see.
func TestDivergences(t *testing.T) {
	suite := luatest.Suite{Engine: New()}
	enginetest.Divergences(t, New(), "../..", func(_ *testing.T, probe string) string {
		l := lua.NewState()
		lua.OpenLibraries(l)
		if err := lua.DoString(l, probe); err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n")
			return "error: " + first
		}
		var texts []string
		for i := 1; i <= l.Top(); i++ {
			switch text, ok := l.ToString(i); {
			case ok:
				texts = append(texts, text)
			case l.IsNil(i):
				texts = append(texts, "nil")
			default:
				texts = append(texts, fmt.Sprint(l.ToBoolean(i)))
			}
		}
		return strings.Join(texts, " ")
	}, func(t *testing.T, probe string) string { return suite.Probe(t, probe) })
}
