package process

import "testing"

func TestTalk(t *testing.T) {
	nanoseconds := "nil, error(Invalid: *numbers are nanoseconds*)"
	for _, r := range []row{
		{name: "70.1", fn: "call", args: []any{"p", "t", "2s", 1, "x"}, want: "7, nil", lines: []string{`call p t 2s [1, "x"]`}},
		{name: "70.1: default timeout", fn: "call", args: []any{"p", "t", nil, 1}, want: "7, nil", lines: []string{"call p t 5s [1]"}},
		{name: "70.1: no timeout", fn: "call", args: []any{"p", "t"}, want: "7, nil", lines: []string{"call p t 5s []"}},
		{name: "70.1: nanoseconds", fn: "call", args: []any{"p", "t", 2000000}, want: "7, nil", lines: []string{"call p t 2ms []"}},
		{name: "70.1: few nanoseconds", fn: "call", args: []any{"p", "t", 5}, want: nanoseconds},
		{name: "70.1: few nanoseconds", fn: "call", args: []any{"p", "t", 999999.5}, want: nanoseconds},
		{name: "70.1: zero", fn: "call", args: []any{"p", "t", 0}, want: "nil, error(Invalid: *invalid duration*)"},
		{name: "70.1: negative", fn: "call", args: []any{"p", "t", "-1s"}, want: "nil, error(Invalid: *invalid duration*)"},
		{name: "70.1: malformed", fn: "call", args: []any{"p", "t", "1 s"}, want: "nil, error(Invalid: *invalid duration*)"},
		{name: "70.1: type", fn: "call", args: []any{"p", "t", true}, want: "raise Invalid: *timeout*"},
		{name: "3.4", fn: "call", args: []any{"p", "@t"}, want: "nil, error(Invalid: *cannot send to @ topics*)"},
		{name: "1.13", fn: "call", args: []any{"p", "t", "1s", function}, want: "nil, error(Invalid: *cannot send a function*#4*)"},
		{name: "0.9", fn: "call", args: []any{"p"}, want: "nil, error(Invalid: *call requires*)"},
		{name: "the core refuses", fn: "call", args: []any{"p", "t"}, err: notFound, want: "nil, error(NotFound: process not found)", lines: []string{"call p t 5s []"}},
		{name: "2.10", fn: "call", args: []any{"p", "t"}, load: true, want: "raise Invalid: *cannot block during module load*"},
		{name: "70.3", fn: "call_case", args: []any{"p", "t", "1s", 1}, want: "case(receive call), nil", lines: []string{"call_case p t 1s [1]"}},
		{name: "2.10", fn: "call_case", args: []any{"p", "t"}, load: true, want: "raise Invalid: *not allowed during module load*"},
		{name: "70.5", fn: "offer", args: []any{"p", "t", "1s", 1}, want: "true, nil", lines: []string{"offer p t 1s [1]"}},
		{name: "70.5: one attempt", fn: "offer", args: []any{"p", "t", 0}, want: "true, nil", lines: []string{"offer p t 0s []"}},
		{name: "70.5: few nanoseconds", fn: "offer", args: []any{"p", "t", 1}, want: nanoseconds},
		{name: "70.6", fn: "send_after", args: []any{"1s", "p", "t", 1}, want: "timer, nil", lines: []string{"send_after 1s p t [1]"}},
		{name: "70.6: at once", fn: "send_after", args: []any{0, "p", "t"}, want: "timer, nil", lines: []string{"send_after 0s p t []"}},
		{name: "70.6: negative", fn: "send_after", args: []any{"-1s", "p", "t"}, want: "nil, error(Invalid: *invalid duration*)"},
		{name: "70.6: topic", fn: "send_after", args: []any{"1s", "p", ""}, want: "nil, error(Invalid: *topic cannot be empty*)"},
		{name: "0.9", fn: "send_after", args: []any{"1s", "p"}, want: "nil, error(Invalid: *send_after requires*)"},
	} {
		r.run(t)
	}
}
