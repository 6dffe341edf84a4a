package app_test

import (
	"math"
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

// Values as JSON (22.5, 22.6).
func TestJSON(t *testing.T) {
	full := hostapi.Errorf(hostapi.NotFound, "gone").With("id", hostapi.Int(1)).Wrap("loading")
	for _, c := range []struct {
		value hostapi.Value
		want  string
	}{
		{hostapi.Value{}, `null`},
		{hostapi.Bool(false), `false`},
		{hostapi.Int(-(1 << 53)), `-9007199254740992`},
		{hostapi.Float(3), `3`},
		{hostapi.Float(1e15), `1000000000000000`},
		{hostapi.Float(1e20), `100000000000000000000`},
		{hostapi.Float(1e300), `1e+300`},
		{hostapi.Float(-0.5), `-0.5`},
		{hostapi.Float(1e-7), `1e-07`},
		{hostapi.Float(math.Copysign(0, -1)), `0`},
		{hostapi.Float(math.NaN()), `"nan"`},
		{hostapi.Float(math.Inf(1)), `"inf"`},
		{hostapi.Float(math.Inf(-1)), `"-inf"`},
		{hostapi.String("<a\n\"ü\">"), `"<a\n\"ü\">"`},
		{hostapi.String("a\xff\xfeb"), `"a` + "\ufffd\ufffd" + `b"`},
		{hostapi.ListOf(hostapi.Int(1), hostapi.ListOf()), `[1,[]]`},
		{hostapi.MapOf(), `{}`},
		{hostapi.MapOf(
			hostapi.Field("b", hostapi.Int(1)), hostapi.Field("B", hostapi.Int(2)),
			hostapi.Entry{Key: hostapi.Int(10), Value: hostapi.Int(3)}, hostapi.Entry{Key: hostapi.Int(9), Value: hostapi.Int(4)},
			hostapi.Entry{Key: hostapi.Bool(true), Value: hostapi.Int(5)}, hostapi.Entry{Key: hostapi.Float(2.5), Value: hostapi.Int(6)},
			hostapi.Entry{Key: hostapi.Float(math.Inf(1)), Value: hostapi.Int(7)}),
			`{"10":3,"2.5":6,"9":4,"B":2,"b":1,"inf":7,"true":5}`},
		// Keys with one text: pairs, in the order of the texts and then of 1.9.
		{hostapi.MapOf(hostapi.Field("1", hostapi.String("b")), hostapi.Entry{Key: hostapi.Int(1), Value: hostapi.String("a")}, hostapi.Field("0", hostapi.MapOf())),
			`[["0",{}],[1,"a"],["1","b"]]`},
		{hostapi.MapOf(hostapi.Entry{Key: hostapi.Bool(true), Value: hostapi.Int(1)}, hostapi.Field("true", hostapi.Int(2))), `[["true",2],[true,1]]`},
		{hostapi.MapOf(hostapi.Field("\xff", hostapi.Int(1)), hostapi.Field("\xfe", hostapi.Int(2))), "[[\"\ufffd\",2],[\"\ufffd\",1]]"},
		{hostapi.ListOf(hostapi.MapOf(hostapi.Entry{Key: hostapi.Float(0.5), Value: hostapi.Int(1)}, hostapi.Field("0.5", hostapi.Int(2)))), `[[[0.5,1],["0.5",2]]]`},
		{hostapi.Wrap(full), `{"kind":"NotFound","message":"gone","retryable":false,"details":{"id":1}}`},
		{hostapi.Wrap(&hostapi.Error{Message: "x"}), `{"kind":"","message":"x"}`},
		{hostapi.Wrap(&hostapi.Payload{Value: hostapi.Int(1)}), `"payload(1)"`},
	} {
		if got := string(app.JSON(c.value)); got != c.want {
			t.Errorf("JSON(%v) = %s, want %s", c.value, got, c.want)
		}
	}
}
