package hostapi_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

type address struct {
	Street string
	Zip    int `script:"postcode"`
}

type order struct {
	address    // its fields are the order's
	ID         string
	MaxRetries int
	HTTPPort   uint16
	Price      float64
	Lines      []line
	Tags       map[string]bool
	Note       *string
	Secret     string `script:"-"`
	Empty      string `script:",omitempty"`
	Wait       time.Duration
}

type line struct {
	SKU string
	N   int8
}

// A Go value goes out as a payload and comes back as it was.
func TestValueOfAndDecode(t *testing.T) {
	note := "n"
	in := order{
		address: address{"s", 5}, ID: "a", MaxRetries: 3, HTTPPort: 80, Price: 2.5,
		Lines: []line{{"x", 1}, {"y", 2}}, Tags: map[string]bool{"b": true, "a": false}, Note: &note, Secret: "no",
		Wait: time.Second,
	}
	v, err := hostapi.ValueOf(in)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{street: "s", postcode: 5, id: "a", max_retries: 3, http_port: 80, price: 2.5, ` +
		`lines: [{sku: "x", n: 1}, {sku: "y", n: 2}], tags: {a: false, b: true}, note: "n", wait: 1000000000}`
	if got := v.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	var out order
	if err := v.Decode(&out); err != nil {
		t.Fatal(err)
	}
	in.Secret = ""
	if !reflect.DeepEqual(in, out) {
		t.Errorf("got  %+v\nwant %+v", out, in)
	}
}

func TestValueOf(t *testing.T) {
	var missing *order
	for _, c := range []struct {
		in   any
		want string
	}{
		{nil, "nil"},
		{missing, "nil"},
		{[]byte("ab"), `"ab"`},
		{[2]int{1, 2}, "[1, 2]"},
		{map[int]string{2: "b", 1: "a"}, `{1: "a", 2: "b"}`},
		{hostapi.PID("{h|1}"), `"{h|1}"`},
		{hostapi.Int(5), "5"},
		{time.Unix(1, 5e8), "1.5"},
		{[]any{1, "x", nil, true}, `[1, "x", nil, true]`},
		{errors.New("e"), "error(e)"},
	} {
		v, err := hostapi.ValueOf(c.in)
		if err != nil || v.String() != c.want {
			t.Errorf("%v gave %s, %v; want %s", c.in, v, err, c.want)
		}
	}
	type cycle struct{ Next any }
	round := &cycle{}
	round.Next = round
	for _, c := range []struct {
		in   any
		want string
	}{
		{make(chan int), "cannot send a chan int"},
		{map[string]any{"jobs": []any{1, func() {}}}, "cannot send a func() at .jobs[2]"},
		{int64(1)<<53 + 1, "integer out of range"},
		{[]uint64{math.MaxUint64}, "integer out of range at [1]"},
		{map[address]int{{}: 1}, "as a map key"},
		{round, "payload too deep"},
	} {
		_, err := hostapi.ValueOf(c.in)
		if e := hostapi.AsError(err); e == nil || e.Kind != hostapi.Invalid || !strings.Contains(e.Message, c.want) {
			t.Errorf("%T gave %v, want %q", c.in, err, c.want)
		}
	}
}

func TestDecode(t *testing.T) {
	m := func(pairs ...any) hostapi.Value {
		var entries []hostapi.Entry
		for i := 0; i < len(pairs); i += 2 {
			entries = append(entries, hostapi.Field(pairs[i].(string), pairs[i+1].(hostapi.Value)))
		}
		return hostapi.MapOf(entries...)
	}
	decode := func(v hostapi.Value, into any) any {
		t.Helper()
		if err := v.Decode(into); err != nil {
			t.Errorf("%s: %v", v, err)
		}
		return reflect.ValueOf(into).Elem().Interface()
	}
	check := func(got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got %#v, want %#v", got, want)
		}
	}
	check(decode(hostapi.Float(2), new(int)), 2)
	check(decode(hostapi.Int(2), new(float32)), float32(2))
	check(decode(hostapi.String("1m"), new(time.Duration)), time.Minute)
	check(decode(hostapi.Int(5), new(time.Duration)), 5*time.Nanosecond)
	check(decode(hostapi.Float(1.5), new(time.Time)), time.Unix(1, 5e8))
	check(decode(hostapi.MapOf(), new([]int)), []int{}) // 1.5: an empty table
	check(decode(hostapi.ListOf(), new(map[string]int)), map[string]int{})
	check(decode(hostapi.Value{}, new(string)), "")
	check(decode(m("a", hostapi.ListOf(hostapi.Int(1), hostapi.Value{})), new(any)), map[string]any{"a": []any{int64(1), nil}})
	check(decode(m("sku", hostapi.String("x"), "unknown", hostapi.Int(1)), &line{N: 7}), line{"x", 7})
	check(decode(hostapi.Wrap(&hostapi.Error{Message: "e"}), new(error)).(error).Error(), "e")
	for _, c := range []struct {
		v    hostapi.Value
		into any
		want string
	}{
		{hostapi.Float(2.5), new(int), "must be an int, got number"},
		{hostapi.Int(300), new(int8), "must be an int8"},
		{hostapi.Int(-1), new(uint), "must be an uint"},
		{hostapi.String("5"), new(int), "must be an int, got string"},
		{hostapi.Int(5), new(string), "must be a string, got number"},
		{m("lines", hostapi.ListOf(m("n", hostapi.String("x")))), new(order), ".lines[1].n must be an int8, got string"},
		{m("a", hostapi.Int(1)), new([]int), "must be a list"},
		{hostapi.Int(1), 5, "no pointer"},
		{hostapi.Int(1), new(chan int), "cannot decode into a chan int"},
	} {
		err := c.v.Decode(c.into)
		if e := hostapi.AsError(err); e == nil || e.Kind != hostapi.Invalid || !strings.Contains(e.Message, c.want) {
			t.Errorf("%s into %T gave %v, want %q", c.v, c.into, err, c.want)
		}
	}
}
