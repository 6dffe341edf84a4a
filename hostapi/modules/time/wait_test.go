package time

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/faketest"
)

var (
	zone = time.FixedZone("EST", -5*3600)
	now  = time.Date(2026, time.March, 5, 21, 4, 5, 600, zone)
)

const (
	badPair   = "nil, error(Invalid: *invalid duration*)"
	badRaised = "raise Invalid: *invalid duration*"
	nonePair  = "nil, error(Invalid: *duration must be > 0*)"
	noneRaise = "raise Invalid: *duration must be > 0*"
)

func TestWaiting(t *testing.T) {
	hour := hostapi.Wrap(&Duration{d: time.Hour})
	for _, test := range []struct {
		name   string
		fn     string
		args   []any
		load   bool
		err    error
		want   string // in lenient languages; in strict ones:
		strict string
		line   string
	}{
		{name: "10.6: text", fn: "sleep", args: []any{"1h30m"}, line: "sleep 1h30m0s"},
		{name: "10.6: number", fn: "sleep", args: []any{1500.9}, line: "sleep 1.5µs"},
		{name: "10.6: object", fn: "sleep", args: []any{hour}, line: "sleep 1h0m0s"},
		{name: "10.6: negative", fn: "sleep", args: []any{"-2s"}, line: "sleep -2s"},
		{name: "10.6: malformed", fn: "sleep", args: []any{"5"}, want: "nil, error(Invalid: *invalid duration*)", strict: badRaised},
		{name: "10.2: NaN", fn: "sleep", args: []any{math.NaN()}, want: badPair, strict: badRaised},
		{name: "10: type", fn: "sleep", args: []any{true}, want: "raise Invalid: *", strict: "raise Invalid: *"},
		{name: "10: nil", fn: "sleep", args: []any{nil}, want: "raise Invalid: *", strict: "raise Invalid: *"},
		{name: "0.9: too few", fn: "sleep", want: "raise Invalid: *", strict: "raise Invalid: *"},
		{name: "2.10", fn: "sleep", args: []any{1}, load: true, want: "raise Invalid: *cannot block during module load*", strict: "raise Invalid: *cannot block during module load*"},
		{name: "20.7", fn: "sleep", args: []any{1}, err: hostapi.ErrKilled, want: "killed", strict: "killed", line: "sleep 1ns"},

		{name: "10.7", fn: "after", args: []any{"5s"}, want: "timer, nil", strict: "timer", line: "timer 5s"},
		{name: "10.7: malformed", fn: "after", args: []any{"1d"}, want: badPair, strict: badRaised},
		{name: "10.7: zero", fn: "after", args: []any{0}, want: nonePair, strict: noneRaise},
		{name: "10.7: negative", fn: "after", args: []any{"-1s"}, want: nonePair, strict: noneRaise},
		{name: "10: type", fn: "after", args: []any{nil}, want: "raise Invalid: *", strict: "raise Invalid: *"},
		{name: "core", fn: "after", args: []any{1}, err: hostapi.ErrKilled, want: "killed", strict: "killed", line: "timer 1ns"},

		{name: "10.8", fn: "timer", args: []any{hour}, load: true, want: "timer, nil", strict: "timer", line: "timer 1h0m0s"},
		{name: "10.8: malformed", fn: "timer", args: []any{""}, want: badPair, strict: badRaised},
		{name: "10.8: zero", fn: "timer", args: []any{"0"}, want: nonePair, strict: noneRaise},

		{name: "10.9", fn: "ticker", args: []any{"100ms"}, want: "ticker, nil", strict: "ticker", line: "ticker 100ms"},
		{name: "10.9: malformed", fn: "ticker", args: []any{"5 s"}, want: badPair, strict: badRaised},
		{name: "10.9: zero", fn: "ticker", args: []any{0.5}, want: nonePair, strict: noneRaise},
		{name: "core", fn: "ticker", args: []any{1}, err: hostapi.ErrKilled, want: "killed", strict: "killed", line: "ticker 1ns"},
	} {
		for _, strict := range []bool{false, true} {
			p := &faketest.Process{Time: now, Err: test.err}
			c := &faketest.Call{Process: p, Args: faketest.Values(test.args...), IsStrict: strict, Load: test.load}
			want := test.want
			if strict {
				want = test.strict
			}
			if got := c.Run(faketest.Func(Module, test.fn)); !faketest.Matches(want, got) {
				t.Errorf("%s %s, strict %v: got %s, want %s", test.fn, test.name, strict, got, want)
			}
			var lines []string
			if test.line != "" {
				lines = []string{test.line}
			}
			if !slices.Equal(p.Lines, lines) {
				t.Errorf("%s %s: process was asked %q, want %q", test.fn, test.name, p.Lines, lines)
			}
		}
	}
}

func TestTimersYieldTimes(t *testing.T) {
	c := &faketest.Call{Process: &faketest.Process{Time: now}, Args: faketest.Values(1)}
	c.Run(faketest.Func(Module, "after"))
	yielded := c.Result(0).Object().(*faketest.Channel).Value
	if at, ok := yielded.Object().(*Time); !ok || !at.t.Equal(now) {
		t.Errorf("10.7: the channel yields %s, want a time", yielded)
	}
	first := c.Result(0).Object()
	c.Run(faketest.Func(Module, "after"))
	if c.Result(0).Object() == first {
		t.Error("10.7: two calls give one channel")
	}
}

func TestTimerAndTickerMethods(t *testing.T) {
	for _, pending := range []bool{true, false} {
		answer := "false"
		if pending {
			answer = "true"
		}
		for _, test := range []struct {
			fn, method   string
			args         []any
			want, strict string
			line         string
		}{
			{fn: "timer", method: "channel", want: "timer"},
			{fn: "timer", method: "response", want: "timer"},
			{fn: "timer", method: "stop", want: answer, line: "stop timer"},
			{fn: "timer", method: "reset", args: []any{"2s"}, want: answer + ", nil", strict: answer, line: "reset 2s"},
			{fn: "timer", method: "reset", args: []any{"x"}, want: "false, error(Invalid: *invalid duration*)", strict: badRaised},
			{fn: "timer", method: "reset", args: []any{0}, want: "false, error(Invalid: *duration must be > 0*)", strict: noneRaise},
			{fn: "timer", method: "reset", args: []any{nil}, want: "raise Invalid: *"},
			{fn: "timer", method: "reset", want: "raise Invalid: *"},
			{fn: "ticker", method: "channel", want: "ticker"},
			{fn: "ticker", method: "response", want: "ticker"},
			{fn: "ticker", method: "stop", want: "true", line: "stop ticker"},
		} {
			for _, strict := range []bool{false, true} {
				p := &faketest.Process{Time: now, Pending: pending}
				c := &faketest.Call{Process: p, Args: faketest.Values("1s"), IsStrict: strict}
				c.Run(faketest.Func(Module, test.fn))
				c.Object, p.Lines = c.Result(0).Object(), nil
				if text, name := c.Object.String(), c.Object.ObjectType().Name; text != test.fn || name != test.fn {
					t.Errorf("0.12: %s has the text form %q and type %q", test.fn, text, name)
				}
				want := test.want
				if strict && test.strict != "" {
					want = test.strict
				}
				c.Args = faketest.Values(test.args...)
				if got := c.Run(faketest.Method(c.Object, test.method)); !faketest.Matches(want, got) {
					t.Errorf("10.8, 10.9: %s:%s%v, strict %v: got %s, want %s", test.fn, test.method, test.args, strict, got, want)
				}
				if test.line != "" && !slices.Equal(p.Lines, []string{test.line}) {
					t.Errorf("10.8, 10.9: %s:%s asked %q, want %q", test.fn, test.method, p.Lines, test.line)
				}
			}
		}
	}
}

func TestTimerChannelIsTheSameEveryTime(t *testing.T) {
	for _, fn := range []string{"timer", "ticker"} {
		c := &faketest.Call{Process: &faketest.Process{}, Args: faketest.Values("1s")}
		c.Run(faketest.Func(Module, fn))
		c.Object, c.Args = c.Result(0).Object(), nil
		c.Run(faketest.Method(c.Object, "channel"))
		channel := c.Result(0).Object()
		c.Run(faketest.Method(c.Object, "response"))
		if c.Result(0).Object() != channel {
			t.Errorf("10.8, 10.9: channel and response of a %s differ", fn)
		}
	}
}
