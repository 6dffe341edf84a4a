package secret_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/secret"
	"github.com/understudy-run/understudy/hostapi"
)

// Secrets are found as they are, quoted and in JSON; of two that begin alike, the
// longer; and short ones not, unless they are named.
func TestText(t *testing.T) {
	var v secret.Values
	if got := v.Text("any"); got != "any" {
		t.Errorf("without secrets: %q", got)
	}
	v.Add("password", "password1", `say "<it>"`, "short")
	for text, want := range map[string]string{
		"a password1!":                   "a ***!",
		"passwordpassword":               "******",
		`x=say "<it>"`:                   "x=***",
		`"say \"<it>\""`:                 `"***"`,
		`{"a":"say \"\u003cit\u003e\""}`: `{"a":"***"}`,
		"short":                          "short",
	} {
		if got := v.Text(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	if got := secret.Conceal("a short one", "short"); got != "a *** one" {
		t.Errorf("got %q", got)
	}
}

// Values and errors are concealed at every depth, and stay as they are where there is
// nothing to conceal.
func TestValuesAndErrors(t *testing.T) {
	var v secret.Values
	v.Add("12345678", "tell nobody")
	shown := v.Value(hostapi.MapOf(
		hostapi.Field("tell nobody", hostapi.ListOf(hostapi.Int(12345678), hostapi.Int(1), hostapi.String("tell nobody!"))),
		hostapi.Field("e", hostapi.Wrap(hostapi.Errorf(hostapi.Internal, "tell nobody")))))
	if text := shown.String(); strings.Contains(text, "nobody") || strings.Contains(text, "12345678") || strings.Count(text, "***") != 4 {
		t.Errorf("shown: %s", text)
	}
	e := &hostapi.Error{Kind: hostapi.Invalid, Message: "tell nobody", Context: []string{"tell nobody"}, Stack: "at tell nobody",
		Details: hostapi.MapOf(hostapi.Field("k", hostapi.String("tell nobody"))).Map()}
	got := v.Error(e)
	if got.Error() != "***: ***" || got.Stack != "at ***" || got.Details.Get("k").Str() != "***" || got.Kind != hostapi.Invalid {
		t.Errorf("shown: %+v", got)
	}
	if e.Message != "tell nobody" || e.Context[0] != "tell nobody" {
		t.Errorf("the error itself was changed: %+v", e)
	}
	var none secret.Values
	if none.Error(e) != e {
		t.Error("an error without secrets is another one")
	}
}

// A logger leaves secrets out of messages, names and values, in groups and of loggers
// made from it, and keeps the types of everything else.
func TestLogger(t *testing.T) {
	var v secret.Values
	var b bytes.Buffer
	l := v.Logger(slog.New(slog.NewJSONHandler(&b, nil)))
	if v.Logger(l) != l {
		t.Error("a logger that conceals already is wrapped again")
	}
	v.Add("tell nobody")
	l.With("w", "tell nobody").WithGroup("g").Info("tell nobody", "tell nobody", 1, "n", 2,
		"err", errors.New("tell nobody"), "map", map[string]any{"k": []any{"tell nobody"}}, slog.Group("in", "k", "tell nobody"))
	if text := b.String(); strings.Contains(text, "nobody") || strings.Count(text, "***") != 6 || !strings.Contains(text, `"n":2`) {
		t.Errorf("logged: %s", text)
	}
}
