package hostapi_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

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
		got, err := c.value.MarshalJSON()
		if err != nil || string(got) != c.want {
			t.Errorf("%v gave %s, %v; want %s", c.value, got, err, c.want)
		}
	}
}

// Values stand in Go structs that are read from JSON and written to it.
func TestValueInJSON(t *testing.T) {
	var x struct{ A, B hostapi.Value }
	const text = `{"A":[1,{"k":2.5,"a":null}],"B":"s"}`
	if err := json.Unmarshal([]byte(text), &x); err != nil || x.A.String() != `[1, {k: 2.5, a: nil}]` {
		t.Errorf("read %s, %v", x.A, err)
	}
	if b, err := json.Marshal(x); err != nil || string(b) != `{"A":[1,{"a":null,"k":2.5}],"B":"s"}` {
		t.Errorf("wrote %s, %v", b, err)
	}
	for _, wrong := range []string{"", "{", "1 2", "[1,]"} {
		var v hostapi.Value
		if err := v.UnmarshalJSON([]byte(wrong)); err == nil {
			t.Errorf("%q gave %s", wrong, v)
		}
	}
}
