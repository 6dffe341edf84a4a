package starlark

import (
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestMendClosesBrackets(t *testing.T) {
	m := New().(hostapi.Mender)
	for text, want := range map[string]string{
		"x = f(1, [2, {3: 4": "}])",
		"x = f(1)":           "",
		"# (\nx = [":         "]",
		"x = [\"(\", '[', \"\"\"\n{\"\"\", '\\'('": "]",
		"def f():\n    return g(\n        [1":      "])",
	} {
		if got := m.Mend(text); got != want {
			t.Errorf("%q is mended by %q, want %q", text, got, want)
		}
		if _, err := dialect().Parse("cut.star", text+m.Mend(text), 0); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
