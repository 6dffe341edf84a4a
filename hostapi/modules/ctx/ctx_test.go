package ctx

import (
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/faketest"
)

func TestContext(t *testing.T) {
	context := []hostapi.Entry{
		hostapi.Field("user", hostapi.String("ann")),
		hostapi.Field("none", hostapi.Value{}),
	}
	for _, test := range []struct {
		name    string
		fn      string
		args    []any
		context []hostapi.Entry
		want    string
	}{
		{"13.24", "get", []any{"user"}, context, `"ann", nil`},
		{"1.17: nil is a value", "get", []any{"none"}, context, "nil, nil"},
		{"13.24: empty", "get", []any{""}, context, "nil, error(Invalid: *key cannot be empty*)"},
		{"13.24: absent", "get", []any{"x"}, context, "nil, error(NotFound: *key not found: x*)"},
		{"0.9: too few", "get", nil, context, "raise Invalid: *"},
		{"0.9: type", "get", []any{1}, context, "raise Invalid: *must be a string, got number*"},
		{"13.24: all", "all", nil, context, `{user: "ann", none: nil}`},
		{"13.24: none", "all", nil, nil, "{}"},
	} {
		c := &faketest.Call{Process: &faketest.Process{Context: test.context}, Args: faketest.Values(test.args...)}
		if got := c.Run(faketest.Func(Module, test.fn)); !faketest.Matches(test.want, got) {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}
