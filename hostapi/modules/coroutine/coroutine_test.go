package coroutine

import (
	"slices"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/faketest"
)

func TestSpawn(t *testing.T) {
	fn := &faketest.Function{}
	table := faketest.Items(hostapi.Int(1))
	p := &faketest.Process{}
	c := &faketest.Call{Process: p, Args: faketest.Values(hostapi.FunctionRef(fn), 1, nil, table)}
	if got := c.Run(faketest.Func(Module, "spawn")); got != "coroutine" {
		t.Errorf("9.1: spawn gives %s", got)
	}
	if p.Fn != hostapi.Function(fn) {
		t.Errorf("9.1: started %v", p.Fn)
	}
	if want := faketest.Values(1, nil, table); !slices.EqualFunc(p.FnArgs, want, hostapi.Value.Equal) {
		t.Errorf("9.1, 1.18: passed %v by reference, want %v", p.FnArgs, want)
	}
}

func TestSpawnErrors(t *testing.T) {
	fn := hostapi.FunctionRef(&faketest.Function{})
	for _, test := range []struct {
		name string
		args []any
		load bool
		err  error
		want string
	}{
		{name: "0.9: too few", want: "raise Invalid: *"},
		{name: "9.1: not a function", args: []any{1}, want: "raise Invalid: *must be a function, got number*"},
		{name: "9.1: nil", args: []any{nil}, want: "raise Invalid: *must be a function*"},
		{name: "9.1: what the engine cannot call", args: []any{hostapi.FunctionRef(new(int))}, want: "raise Invalid: *must be a function*"},
		{
			name: "9.1: too many", args: []any{fn}, err: hostapi.Errorf(hostapi.RateLimited, "max coroutines limit exceeded"),
			want: "raise RateLimited: max coroutines limit exceeded",
		},
		{name: "2.10", args: []any{fn}, load: true, want: "raise Invalid: *cannot block during module load*"},
		{name: "20.7", args: []any{fn}, err: hostapi.ErrKilled, want: "killed"},
	} {
		c := &faketest.Call{Process: &faketest.Process{Err: test.err}, Args: faketest.Values(test.args...), Load: test.load}
		if got := c.Run(faketest.Func(Module, "spawn")); !faketest.Matches(test.want, got) {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestSpawnKeywords(t *testing.T) {
	keywords := []hostapi.Entry{hostapi.Field("n", hostapi.Int(1))}
	p := &faketest.Process{}
	c := &faketest.Call{Process: p, Args: []hostapi.Value{hostapi.FunctionRef(&faketest.KeywordFunction{})}, Named: keywords, IsStrict: true}
	if got := c.Run(faketest.Func(Module, "spawn")); got != "coroutine" {
		t.Errorf("companion 4.3: spawn with keywords gives %s", got)
	}
	if f, ok := p.Fn.(*faketest.KeywordFunction); !ok || len(f.Given) != 1 || !hostapi.MapOf(f.Given...).Equal(hostapi.MapOf(keywords...)) {
		t.Errorf("companion 4.3: started %v without its keywords", p.Fn)
	}
	c.Args = []hostapi.Value{hostapi.FunctionRef(&faketest.Function{})}
	if got := c.Run(faketest.Func(Module, "spawn")); !faketest.Matches("raise Invalid: *keyword*", got) {
		t.Errorf("a function without keywords: %s", got)
	}
}

func TestYield(t *testing.T) {
	for _, test := range []struct {
		name   string
		args   []any
		strict bool
		load   bool
		err    error
		want   string
		lines  []string
	}{
		{name: "9.5", want: "", lines: []string{"yield"}},
		{name: "9.5: strict", strict: true, want: "", lines: []string{"yield"}},
		{name: "9.11", args: []any{1}, want: "raise Invalid: *attempt to yield from outside a coroutine*"},
		{name: "9.11: nil is an argument", args: []any{nil}, want: "raise Invalid: *attempt to yield from outside a coroutine*"},
		{name: "9.11: strict", args: []any{1}, strict: true, want: "raise Invalid: *attempt to yield from outside a coroutine*"},
		{name: "2.10", load: true, want: "raise Invalid: *cannot block during module load*"},
		{name: "20.7", err: hostapi.ErrKilled, want: "killed", lines: []string{"yield"}},
	} {
		p := &faketest.Process{Err: test.err}
		c := &faketest.Call{Process: p, Args: faketest.Values(test.args...), IsStrict: test.strict, Load: test.load}
		if got := c.Run(faketest.Func(Module, "yield")); !faketest.Matches(test.want, got) {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
		if !slices.Equal(p.Lines, test.lines) {
			t.Errorf("%s: process was asked %q, want %q", test.name, p.Lines, test.lines)
		}
	}
}
