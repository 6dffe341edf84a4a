package hostapi_test

import (
	"math"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestNumberIsAnIntWhereItIsIntegral(t *testing.T) {
	for _, c := range []struct {
		f    float64
		want hostapi.Value
	}{
		{0, hostapi.Int(0)},
		{math.Copysign(0, -1), hostapi.Int(0)}, // 1.4: negative zero is sent as zero
		{-3, hostapi.Int(-3)},
		{2.5, hostapi.Float(2.5)},
		{1 << 53, hostapi.Int(1 << 53)},
		{1<<53 + 2, hostapi.Float(1<<53 + 2)},
		{math.Inf(1), hostapi.Float(math.Inf(1))},
	} {
		got := hostapi.Number(c.f)
		if got.Type() != c.want.Type() || !got.Equal(c.want) {
			t.Errorf("Number(%v) = %s %s, want %s %s", c.f, got.Type(), got, c.want.Type(), c.want)
		}
	}
	if nan := hostapi.Number(math.NaN()); nan.Type() != hostapi.TypeFloat || !nan.Equal(hostapi.Float(math.NaN())) {
		t.Errorf("Number(NaN) = %s", nan)
	}
}

func TestZeroValueIsNil(t *testing.T) {
	var v hostapi.Value
	if v.Type() != hostapi.TypeNil || !v.IsNil() || v.String() != "nil" {
		t.Errorf("the zero value is %s %s", v.Type(), v)
	}
}

func TestAccessorsOfTheWrongTypeGiveZero(t *testing.T) {
	s := hostapi.String("7")
	if s.Int() != 0 || s.Float() != 0 || s.Bool() || s.List() != nil || s.Map() != nil || s.Err() != nil || s.Object() != nil || s.Record() != nil || s.Ref() != nil {
		t.Error("a string answers as something else")
	}
	if hostapi.Int(7).Str() != "" {
		t.Error("an int answers as a string")
	}
	if hostapi.Int(7).Float() != 7 {
		t.Error("an int is no number")
	}
}

func TestEqual(t *testing.T) {
	a := hostapi.MapOf(hostapi.Field("x", hostapi.Int(1)), hostapi.Field("y", hostapi.ListOf(hostapi.String("b"), hostapi.Value{})))
	b := hostapi.MapOf(hostapi.Field("y", hostapi.ListOf(hostapi.String("b"), hostapi.Value{})), hostapi.Field("x", hostapi.Int(1)))
	if !a.Equal(b) {
		t.Error("maps with the same entries in another order differ")
	}
	for _, other := range []hostapi.Value{
		hostapi.MapOf(hostapi.Field("x", hostapi.Int(1))),
		hostapi.MapOf(hostapi.Field("x", hostapi.Float(1)), hostapi.Field("y", hostapi.ListOf(hostapi.String("b"), hostapi.Value{}))),
		hostapi.ListOf(),
		{},
	} {
		if a.Equal(other) {
			t.Errorf("%s equals %s", a, other)
		}
	}
	e := hostapi.Errorf(hostapi.NotFound, "gone").With("id", hostapi.Int(1))
	same := hostapi.Errorf(hostapi.NotFound, "gone").With("id", hostapi.Int(1))
	if !hostapi.Wrap(e).Equal(hostapi.Wrap(&hostapi.ErrorObject{Err: same})) {
		t.Error("equal errors differ")
	}
	if hostapi.Wrap(e).Equal(hostapi.Wrap(e.Wrap("context"))) {
		t.Error("a wrapped error equals the unwrapped one")
	}
}

func TestSortedOrder(t *testing.T) {
	// 1.9: numbers ascending, then strings by bytes, then false, true.
	m := &hostapi.Map{Unordered: true, Entries: []hostapi.Entry{
		{Key: hostapi.Bool(true)}, {Key: hostapi.String("b")}, {Key: hostapi.Float(1.5)},
		{Key: hostapi.String("B")}, {Key: hostapi.Bool(false)}, {Key: hostapi.Int(-2)}, {Key: hostapi.Int(2)},
	}}
	want := []string{"-2", "1.5", "2", `"B"`, `"b"`, "false", "true"}
	for i, e := range m.Ordered() {
		if e.Key.String() != want[i] {
			t.Errorf("key %d is %s, want %s", i, e.Key, want[i])
		}
	}
	m.Unordered = false
	if first := m.Ordered()[0].Key; !first.Bool() {
		t.Errorf("an ordered map begins with %s", first)
	}
}

func TestTextForms(t *testing.T) {
	v := hostapi.MapOf(
		hostapi.Field("list", hostapi.ListOf(hostapi.Int(1), hostapi.Float(2.5), hostapi.Bool(false))),
		hostapi.Entry{Key: hostapi.Int(3), Value: hostapi.Wrap(hostapi.Errorf(hostapi.Invalid, "bad"))},
	)
	if got, want := v.String(), `{list: [1, 2.5, false], 3: error(bad)}`; got != want {
		t.Errorf("text %s, want %s", got, want)
	}
	m := &hostapi.Message{Topic: "t", From: "{h|1}"}
	for _, c := range []struct {
		o    hostapi.Object
		want string
	}{
		{m, "message(t from {h|1})"},
		{&hostapi.Payload{Value: hostapi.Int(1)}, "payload(1)"},
		{&hostapi.ErrorObject{Err: hostapi.Errorf(hostapi.Invalid, "bad").Wrap("ctx")}, "ctx: bad"},
	} {
		if c.o.String() != c.want {
			t.Errorf("text %q, want %q", c.o, c.want)
		}
	}
}

func TestMessageData(t *testing.T) {
	// 3.20: nil for no value, the value for one, the list for two or more.
	for _, c := range []struct {
		values []hostapi.Value
		want   hostapi.Value
	}{
		{nil, hostapi.Value{}},
		{[]hostapi.Value{{}}, hostapi.Value{}},
		{[]hostapi.Value{hostapi.Int(1)}, hostapi.Int(1)},
		{[]hostapi.Value{hostapi.Int(1), {}}, hostapi.ListOf(hostapi.Int(1), hostapi.Value{})},
	} {
		if got := (&hostapi.Message{Values: c.values}).Data(); !got.Equal(c.want) {
			t.Errorf("data of %v is %s, want %s", c.values, got, c.want)
		}
	}
}

func TestIdentityOfErrorObjectsSurvivesAValue(t *testing.T) {
	o := &hostapi.ErrorObject{Err: hostapi.Errorf(hostapi.Invalid, "bad")}
	v := hostapi.Wrap(o)
	if v.Type() != hostapi.TypeError || v.Object() != hostapi.Object(o) || v.Err() != o.Err {
		t.Error("an error object is not what was wrapped")
	}
}

func TestEventRecordHasEveryField(t *testing.T) {
	r := (&hostapi.Event{Kind: hostapi.EventExit, Result: &hostapi.Result{}}).Record()
	if len(r.Values) != len(hostapi.EventShape.Fields) {
		t.Errorf("%d values for %d fields", len(r.Values), len(hostapi.EventShape.Fields))
	}
	result := r.Get("result").Record()
	if result == nil || len(result.Values) != len(hostapi.ResultShape.Fields) {
		t.Errorf("result is %v", r.Get("result"))
	}
}
