package app_test

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core/app"
	"github.com/understudy-run/understudy/hostapi"
)

// Arguments of the command line (22.4).
func TestParseArg(t *testing.T) {
	for _, c := range []struct {
		text string
		want hostapi.Value
	}{
		{`4`, hostapi.Int(4)},
		{`-0`, hostapi.Int(0)},
		{` 4 `, hostapi.Int(4)},
		{`9007199254740992`, hostapi.Int(1 << 53)},
		{`2.5`, hostapi.Float(2.5)},
		{`1e3`, hostapi.Float(1000)},
		{`true`, hostapi.Bool(true)},
		{`null`, hostapi.Value{}},
		{`abc`, hostapi.String("abc")},
		{`"abc"`, hostapi.String("abc")},
		{`"4"`, hostapi.String("4")},
		{`"\ud83d\ude00"`, hostapi.String("😀")},
		{``, hostapi.String("")},
		{`NaN`, hostapi.String("NaN")},
		{`01`, hostapi.String("01")},
		{`[1,`, hostapi.String("[1,")},
		{"\"\xff\"", hostapi.String("\"\xff\"")},
		{`[1, "a", [], {}]`, hostapi.ListOf(hostapi.Int(1), hostapi.String("a"), hostapi.ListOf(), hostapi.MapOf())},
		{`{"b": 1, "a": {"c": null}, "1": true}`, hostapi.MapOf(
			hostapi.Field("b", hostapi.Int(1)),
			hostapi.Field("a", hostapi.MapOf(hostapi.Field("c", hostapi.Value{}))),
			hostapi.Field("1", hostapi.Bool(true)))},
	} {
		got, err := app.ParseArg(c.text)
		// The text form shows the order of keys, which Equal ignores.
		if err != nil || !got.Equal(c.want) || got.String() != c.want.String() {
			t.Errorf("ParseArg(%q) = %v, %v, want %v", c.text, got, err, c.want)
		}
	}
}

func TestParseArgRefuses(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`9007199254740993`, "integer out of range"},
		{`-123456789012345678901234567890`, "integer out of range"},
		{`[1, {"a": 9007199254740993}]`, "integer out of range"},
		{`1e999`, "number out of range"},
		{`{"a": 1, "b": 2, "a": 3}`, `duplicate key "a"`},
		{`[{"b": {"x": 1, "x": 1}}]`, `duplicate key "x"`},
		{strings.Repeat("[", 129) + strings.Repeat("]", 129), "too deep"},
		{strings.Repeat("[", 1500) + strings.Repeat("]", 1500), "too deep"},
		{`"` + strings.Repeat("x", 16<<20) + `"`, "too large"},
	} {
		_, err := app.ParseArg(c.text)
		e := hostapi.AsError(err)
		if e == nil || e.Kind != hostapi.Invalid || !strings.Contains(e.Message, c.want) {
			t.Errorf("ParseArg(%.40q): %v, want %q", c.text, err, c.want)
		}
	}
	if _, err := app.ParseArg(strings.Repeat("[", 128) + strings.Repeat("]", 128)); err != nil {
		t.Errorf("128 levels: %v", err)
	}
}
