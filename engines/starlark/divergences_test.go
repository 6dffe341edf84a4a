package starlark

import (
	"testing"

	"go.starlark.net/starlark"

	"github.com/understudy-run/understudy/engines/internal/enginetest"
)

// Appendix A: what the interpreter does by itself, and what scripts see.
func TestDivergences(t *testing.T) {
	enginetest.Divergences(t, New(), "../..", func(_ *testing.T, probe string) string {
		globals, err := starlark.ExecFileOptions(dialect(), &starlark.Thread{}, "probe.star", probe, nil)
		if err != nil {
			return "error: " + err.Error()
		}
		return globals["result"].String()
	}, func(t *testing.T, probe string) string {
		values, err := run(t, &enginetest.Task{}, probe+"\ndef main():\n    return repr(result)\n")
		if err != nil {
			return "error: " + err.Error()
		}
		return values[0].Str()
	})
}
