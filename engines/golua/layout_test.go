package golua

import (
	"testing"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
)

// The interpreter in use is as expected. With one that is not, nothing is compiled.
func TestUnknownInterpreterCompilesNothing(t *testing.T) {
	e := New().(*engine)
	enginetest.Layout(t, e, "return function() end", &e.unknown)
}
