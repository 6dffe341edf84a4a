package ledger

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// A text that goes to and fro is held once.
func TestTextArrivesAgain(t *testing.T) {
	text, other := hostapi.String(strings.Repeat("x", 100)), hostapi.String(strings.Repeat("x", 100))
	message := func(values ...hostapi.Value) hostapi.Value { return hostapi.ObjectOf(&hostapi.Message{Values: values}) }
	part := hostapi.String(text.Str()[:50])
	var s Shared
	for i, step := range []struct {
		v    hostapi.Value
		want bool
	}{
		{message(text), false}, {text, true}, {message(text), true}, {text, true},
		{message(text, text), false}, {hostapi.ListOf(text), false}, {hostapi.Int(1), false}, {message(), false},
		{part, false}, {text, false}, {other, false}, {other, true}, {message(other), true},
	} {
		if got := s.Again(step.v); got != step.want {
			t.Errorf("step %d: %v", i, got)
		}
	}
}
