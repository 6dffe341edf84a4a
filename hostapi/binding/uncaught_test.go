package binding_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/binding"
)

func TestUncaught(t *testing.T) {
	frames := []hostapi.Frame{{Source: "a.x", Line: 3}}
	given := &hostapi.Error{Kind: "Own", Message: "m", Retryable: hostapi.True, Script: true}
	traced := &hostapi.Error{Message: "m", Stack: "earlier"}
	for _, test := range []struct {
		name   string
		thrown hostapi.Value
		want   hostapi.Error
	}{
		{"string", hostapi.String("text"), hostapi.Error{Kind: hostapi.Internal, Message: "text", Stack: "here", Frames: frames}},
		{"reference", hostapi.Other(&file{}), hostapi.Error{Kind: hostapi.Internal, Message: "text", Stack: "here", Frames: frames}},
		{"error", hostapi.Wrap(given), hostapi.Error{Kind: "Own", Message: "m", Retryable: hostapi.True, Script: true, Stack: "here", Frames: frames}},
		{"error object", hostapi.Wrap(&hostapi.ErrorObject{Err: given}),
			hostapi.Error{Kind: "Own", Message: "m", Retryable: hostapi.True, Script: true, Stack: "here", Frames: frames}},
		{"error that has a stack", hostapi.Wrap(traced), *traced},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := binding.Uncaught(test.thrown, "text", "here", frames)
			if !hostapi.Wrap(got).Equal(hostapi.Wrap(&test.want)) || got.Stack != test.want.Stack ||
				len(got.Frames) != len(test.want.Frames) || got.Script != test.want.Script {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
	if given.Stack != "" {
		t.Error("the error of the script was changed")
	}
}

func TestCheckSource(t *testing.T) {
	for _, test := range []struct {
		name, text string
		line       int // -1: accepted
	}{
		{"empty", "", -1},
		{"as deep as allowed", "([{}])", -1},
		{"one after the other", strings.Repeat("()", 15), -1},
		{"deeper", "a\n(\n[{(", 3},
		{"more closed than open", ")))((()))", -1},
		{"as long as allowed", strings.Repeat("x", 30), -1},
		{"longer", strings.Repeat("x", 31), 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := binding.CheckSource(hostapi.Source{Path: "a.x", Text: test.text}, 30, 3)
			if test.line < 0 {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			var e *hostapi.SyntaxError
			if !errors.As(err, &e) || e.Path != "a.x" || e.Line != test.line || e.Message == "" {
				t.Errorf("got %v, want a SyntaxError in line %d", err, test.line)
			}
		})
	}
}
