package channel

import (
	"errors"
	"slices"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/faketest"
)

func TestNew(t *testing.T) {
	const bad = "raise Invalid: *invalid capacity*"
	for _, test := range []struct {
		name string
		args []any
		want string
	}{
		{"8.1: default", nil, "channel 0"},
		{"8.1: nil", []any{nil}, "channel 0"},
		{"8.1: buffered", []any{3}, "channel 3"},
		{"8.1: integral float", []any{3.0}, "channel 3"},
		{"8.1: negative", []any{-1}, bad},
		{"8.1: fraction", []any{1.5}, bad},
		{"8.1: beyond integers", []any{1e300}, bad},
		{"0.9: type", []any{"3"}, "raise Invalid: *must be a number, got string*"},
	} {
		for _, load := range []bool{false, true} { // 2.10: allowed during the top level
			c := &faketest.Call{Process: &faketest.Process{}, Args: faketest.Values(test.args...), Load: load}
			if got := c.Run(newFunc); !faketest.Matches(test.want, got) {
				t.Errorf("%s: got %s, want %s", test.name, got, test.want)
			}
		}
	}
	c := &faketest.Call{Process: &faketest.Process{Err: hostapi.Errorf(hostapi.Invalid, "refused")}}
	if got, want := c.Run(newFunc), "raise Invalid: refused"; got != want {
		t.Errorf("error of the core: got %s, want %s", got, want)
	}
}

func TestSelectArguments(t *testing.T) {
	ready := hostapi.Wrap(&hostapi.Case{Channel: &faketest.Channel{Name: "c"}})
	none := hostapi.Value{}
	items := func(v ...hostapi.Value) *faketest.Table {
		return &faketest.Table{Items: append([]hostapi.Value{}, v...)}
	}
	orDefault := func(t *faketest.Table, v hostapi.Value) *faketest.Table {
		t.Fields = append(t.Fields, hostapi.Field("default", v))
		return t
	}
	yes, no, number := hostapi.Bool(true), hostapi.Bool(false), hostapi.Int(1)
	keyword := func(v hostapi.Value) []hostapi.Entry { return []hostapi.Entry{hostapi.Field("default", v)} }

	for _, test := range []struct {
		name   string
		strict bool
		arg    any
		named  []hostapi.Entry
		want   string
		line   string
	}{
		{name: "8.12: taken", arg: items(ready), want: "{channel: c, value: 5, ok: true, case: case(receive c)}", line: "select of 1, wait true"},
		{name: "8.13: default absent in records of strict languages", strict: true, arg: items(ready), want: "{channel: c, value: 5, ok: true, default: false, case: case(receive c)}", line: "select of 1, wait true"},
		{name: "8.13: with default", arg: orDefault(items(ready, ready), yes), want: "{channel: c, *}", line: "select of 2, wait false"},
		{name: "8.13: default false", arg: orDefault(items(ready), no), want: "{channel: c, *}", line: "select of 1, wait true"},
		{name: "8.10: keyword", strict: true, arg: items(ready), named: keyword(yes), want: "{channel: c, *}", line: "select of 1, wait false"},
		{name: "8.10: keyword false", strict: true, arg: items(ready), named: keyword(no), want: "{channel: c, *}", line: "select of 1, wait true"},
		{name: "8.13: default of another type", arg: orDefault(items(ready), number), want: "raise Invalid: *default must be a boolean*"},
		{name: "8.13: keyword of another type", strict: true, arg: items(ready), named: keyword(number), want: "raise Invalid: *default must be a boolean*"},
		{name: "8.10: not a table", arg: "x", want: "raise Invalid: *"},
		{name: "8.10: nil", arg: nil, want: "raise Invalid: *"},
		{name: "8.10: a dict", strict: true, arg: &faketest.Table{}, want: "raise Invalid: *must be a list*"},
		{name: "8.19: no case", arg: items(), want: "raise Invalid: *select with no cases*"},
		{name: "8.19: no case, default false", arg: orDefault(items(), no), want: "raise Invalid: *select with no cases*"},
		{name: "8.19: no case with default", arg: orDefault(items(), yes), want: "{ok: true, default: true}"},
		{name: "8.19: hole", arg: items(ready, none, ready), want: "raise Invalid: *invalid select case at index 2*"},
		{name: "8.19: not a case", arg: orDefault(items(number), yes), want: "raise Invalid: *invalid select case at index 1*"},
		{name: "8.19: a channel is no case", arg: items(ready, hostapi.Wrap(&faketest.Channel{})), want: "raise Invalid: *invalid select case at index 2*"},
	} {
		p := &faketest.Process{Selected: hostapi.Selected{Value: hostapi.Int(5), OK: true}}
		var arg any = test.arg
		if table, ok := arg.(*faketest.Table); ok {
			arg = hostapi.Table(table)
		}
		c := &faketest.Call{Process: p, Args: faketest.Values(arg), Named: test.named, IsStrict: test.strict}
		if got := c.Run(selectFunc); !faketest.Matches(test.want, got) {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
		var lines []string
		if test.line != "" {
			lines = []string{test.line}
		}
		if !slices.Equal(p.Lines, lines) {
			t.Errorf("%s: process was asked %q, want %q", test.name, p.Lines, lines)
		}
	}
	c := &faketest.Call{Process: &faketest.Process{}}
	if got := c.Run(selectFunc); !faketest.Matches("raise Invalid: *", got) {
		t.Errorf("0.9: too few arguments give %s", got)
	}
}

func TestSelectResults(t *testing.T) {
	a, b := &faketest.Channel{Name: "a"}, &faketest.Channel{Name: "b"}
	cases := faketest.Items(
		hostapi.Wrap(&hostapi.Case{Channel: a}),
		hostapi.Wrap(&hostapi.Case{Channel: b, Send: true, Value: hostapi.Int(1)}),
	)
	for _, test := range []struct {
		name         string
		selected     hostapi.Selected
		want, strict string
	}{
		{"value", hostapi.Selected{Index: 0, Value: hostapi.Int(5), OK: true}, "{channel: a, value: 5, ok: true, case: case(receive a)}", "{channel: a, value: 5, ok: true, default: false, case: case(receive a)}"},
		{"closed", hostapi.Selected{Index: 0}, "{channel: a, ok: false, case: case(receive a)}", "{channel: a, ok: false, default: false, case: case(receive a)}"},
		{"sent", hostapi.Selected{Index: 1, Value: hostapi.Int(1), OK: true}, "{channel: b, value: 1, ok: true, case: case(send b)}", "{channel: b, value: 1, ok: true, default: false, case: case(send b)}"},
		{"default", hostapi.Selected{Index: -1}, "{ok: true, default: true}", "{ok: true, default: true}"},
	} {
		for _, strict := range []bool{false, true} {
			c := &faketest.Call{Process: &faketest.Process{Selected: test.selected}, Args: []hostapi.Value{cases}, IsStrict: strict}
			want := test.want
			if strict {
				want = test.strict
			}
			if got := c.Run(selectFunc); got != want {
				t.Errorf("8.12: %s, strict %v: got %s, want %s", test.name, strict, got, want)
			}
			if test.selected.Index == 0 && c.Result(0).Record().Get("channel").Object() != hostapi.Object(a) {
				t.Errorf("8.2: %s: another channel object", test.name)
			}
		}
	}
}

func TestSelectErrors(t *testing.T) {
	cases := faketest.Items(hostapi.Wrap(&hostapi.Case{Channel: &faketest.Channel{}, Send: true}))
	for _, test := range []struct {
		err  error
		want string
	}{
		{hostapi.Errorf(hostapi.Invalid, "send on closed channel"), "raise Invalid: send on closed channel"}, // 8.17
		{hostapi.ErrKilled, "killed"}, // 20.7
		{errors.New("broken"), "raise Internal: broken"},
	} {
		c := &faketest.Call{Process: &faketest.Process{Err: test.err}, Args: []hostapi.Value{cases}}
		if got := c.Run(selectFunc); got != test.want {
			t.Errorf("got %s, want %s", got, test.want)
		}
	}
}
