package errors

import (
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/faketest"
)

var (
	named    = hostapi.Field
	fields   = faketest.Fields
	function = hostapi.FunctionRef(&faketest.Function{})
	str      = hostapi.String
)

func run(f *hostapi.Func, strict bool, keywords []hostapi.Entry, args ...any) (string, hostapi.Value) {
	c := &faketest.Call{Process: &faketest.Process{}, Args: faketest.Values(args...), Named: keywords, IsStrict: strict, Load: true}
	return c.Run(f), c.Result(0)
}

func TestNewFromText(t *testing.T) {
	got, v := run(newFunc, false, nil, "gone")
	if got != "error(: gone)" {
		t.Errorf("11.3: new gives %s", got)
	}
	e := v.Err()
	if e.Kind != hostapi.Unknown || e.Retryable != hostapi.Unset || e.Details != nil {
		t.Errorf("11.3: kind %q, retryable %v, details %v", e.Kind, e.Retryable, e.Details)
	}
	if !e.Script {
		t.Error("11.12: origin is not script")
	}
}

func TestNewForms(t *testing.T) {
	all := []hostapi.Entry{
		named("message", str("gone")), named("kind", str("NotFound")), named("retryable", hostapi.Bool(false)),
		named("details", fields(named("id", hostapi.Int(1)), named("list", faketest.Items(hostapi.Int(2))))),
	}
	want := &hostapi.Error{
		Kind: hostapi.NotFound, Message: "gone", Retryable: hostapi.False,
		Details: hostapi.MapOf(named("id", hostapi.Int(1)), named("list", hostapi.ListOf(hostapi.Int(2)))).Map(),
	}
	for _, test := range []struct {
		name     string
		strict   bool
		keywords []hostapi.Entry
		args     []any
	}{
		{name: "table", args: []any{fields(all...)}},
		{name: "dict", strict: true, args: []any{fields(all...)}},
		{name: "keywords", strict: true, keywords: all},
		{name: "text and keywords", strict: true, keywords: all[1:], args: []any{"gone"}},
	} {
		got, v := run(newFunc, test.strict, test.keywords, test.args...)
		if v.Err() == nil || !v.Equal(hostapi.Wrap(want)) || !v.Err().Script {
			t.Errorf("11.4: %s: got %s", test.name, got)
		}
	}

	_, v := run(newFunc, false, nil, fields(named("message", str("m")), named("retryable", hostapi.Bool(true)), named("details", fields())))
	if e := v.Err(); e.Retryable != hostapi.True || e.Details != nil || e.Kind != "" {
		t.Errorf("11.4: retryable %v, details %v, kind %q; an empty map counts as nil", e.Retryable, e.Details, e.Kind)
	}
}

func TestNewErrors(t *testing.T) {
	message := named("message", str("m"))
	deep := fields(named("a", fields(named("b", fields(named("c", fields()))))))
	for _, test := range []struct {
		name     string
		strict   bool
		keywords []hostapi.Entry
		args     []any
		want     string
	}{
		{name: "11.4: nothing"},
		{name: "11.4: nil", args: []any{nil}},
		{name: "11.4: no message", args: []any{fields(named("kind", str("x")))}},
		{name: "11.4: number", args: []any{1}},
		{name: "11.4: second argument", args: []any{"m", nil}},
		{name: "11.4: second argument in a strict language", strict: true, args: []any{"m", "k"}},
		{name: "11.4: list", strict: true, args: []any{faketest.Items(str("m"))}},
		{name: "11.4: message", args: []any{fields(named("message", hostapi.Int(1)))}, want: "*message must be a string*"},
		{name: "11.4: kind", args: []any{fields(message, named("kind", hostapi.Int(1)))}, want: "*kind must be a string*"},
		{name: "11.4: retryable", args: []any{fields(message, named("retryable", hostapi.Int(1)))}, want: "*retryable must be a boolean*"},
		{name: "11.4: details", args: []any{fields(message, named("details", str("x")))}, want: "*details must be a map*"},
		{name: "11.4: details a list", args: []any{fields(message, named("details", faketest.Items(str("x"))))}, want: "*details must be a map*"},
		{name: "11.4: keyword kind", strict: true, keywords: []hostapi.Entry{message, named("kind", hostapi.Int(1))}, want: "*kind must be a string*"},
		{name: "companion 3.4: unknown keyword", strict: true, keywords: []hostapi.Entry{message, named("code", hostapi.Int(1))}, want: "*unknown keyword code*"},
		{name: "message twice", strict: true, keywords: []hostapi.Entry{message}, args: []any{"m"}, want: "*twice*"},
		{name: "1.13, 1.16", args: []any{fields(message, named("details", fields(named("f", function))))}, want: "*cannot send a function at #1.details.f"},
		{name: "1.15: the error is a level", args: []any{fields(message, named("details", deep))}, want: "*too deep*"},
	} {
		if test.want == "" {
			test.want = "*"
		}
		if got, _ := run(newFunc, test.strict, test.keywords, test.args...); !faketest.Matches("raise Invalid: "+test.want, got) {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestNewSizeLimit(t *testing.T) {
	// The fake limits payloads to 1024 bytes.
	got, _ := run(newFunc, false, nil, fields(named("message", str("m")), named("details", fields(named("s", str(strings.Repeat("x", 1024)))))))
	if !faketest.Matches("raise Invalid: *too large*", got) {
		t.Errorf("1.15: got %s", got)
	}
}

func TestWrap(t *testing.T) {
	details := hostapi.MapOf(named("id", hostapi.Int(1))).Map()
	runtime := &hostapi.Error{Kind: hostapi.Timeout, Message: "late", Retryable: hostapi.True, Details: details}
	_, v := run(wrapFunc, false, nil, runtime, "inner")
	_, v = run(wrapFunc, false, nil, v, "outer")
	e := v.Err()
	if e.Error() != "outer: inner: late" || e.Message != "late" {
		t.Errorf("11.5: text %q of message %q", e, e.Message)
	}
	if e.Kind != hostapi.Timeout || e.Retryable != hostapi.True || e.Details != details || e.Script {
		t.Errorf("11.5, 11.12: wrap changed %+v", e)
	}
	if runtime.Error() != "late" {
		t.Errorf("11.11: the original is now %q", runtime)
	}

	_, v = run(newFunc, false, nil, "mine")
	object := &hostapi.ErrorObject{Err: v.Err()}
	if _, v = run(wrapFunc, false, nil, object, "ctx"); v.Err().Error() != "ctx: mine" || !v.Err().Script {
		t.Errorf("11.12: wrapping an error of the script gives %q, origin script %v", v.Err(), v.Err().Script)
	}
	if _, v = run(wrapFunc, false, nil, "text", "ctx"); v.Err().Error() != "ctx: text" || v.Err().Message != "text" || v.Err().Kind != "" || !v.Err().Script {
		t.Errorf("11.5: wrapping a string gives %q, origin script %v", v.Err(), v.Err().Script)
	}
	if got, _ := run(wrapFunc, false, nil, nil, "ctx"); got != "nil" {
		t.Errorf("11.5: wrapping nil gives %s", got)
	}
	for name, args := range map[string][]any{
		"a number": {1, "ctx"}, "a table": {fields(), "ctx"}, "no context": {"text"}, "context of another type": {"text", 1},
	} {
		if got, _ := run(wrapFunc, false, nil, args...); !faketest.Matches("raise Invalid: *", got) {
			t.Errorf("11.5: wrapping with %s gives %s", name, got)
		}
	}
}

func TestIs(t *testing.T) {
	e := hostapi.Errorf(hostapi.NotFound, "gone")
	for _, test := range []struct {
		args []any
		want string
	}{
		{[]any{e, "NotFound"}, "true"},
		{[]any{&hostapi.ErrorObject{Err: e}, "NotFound"}, "true"},
		{[]any{e.Wrap("ctx"), "NotFound"}, "true"},
		{[]any{e, "Invalid"}, "false"},
		{[]any{&hostapi.Error{}, ""}, "true"},
		{[]any{nil, "NotFound"}, "false"},
		{[]any{nil, ""}, "false"},
		{[]any{"NotFound", "NotFound"}, "false"},
		{[]any{e, 1}, "raise Invalid: *"},
		{[]any{e}, "raise Invalid: *"},
	} {
		if got, _ := run(isFunc, false, nil, test.args...); !faketest.Matches(test.want, got) {
			t.Errorf("11.6: is%v gives %s, want %s", test.args, got, test.want)
		}
	}
}

func TestCallStack(t *testing.T) {
	e := &hostapi.Error{Message: "m", Frames: []hostapi.Frame{{Source: "a.lua", Line: 3, Name: "f"}, {Source: "b.lua"}}}
	want := `{frames: [{source: "a.lua", line: 3, name: "f"}, {source: "b.lua", line: 0, name: ""}]}`
	if got, _ := run(callStackFunc, false, nil, e); got != want {
		t.Errorf("11.7: got %s, want %s", got, want)
	}
	if got, _ := run(callStackFunc, false, nil, &hostapi.Error{}); got != "nil" {
		t.Errorf("11.7: without frames: %s", got)
	}
	for _, arg := range []any{nil, "m"} {
		if got, _ := run(callStackFunc, false, nil, arg); !faketest.Matches("raise Invalid: *", got) {
			t.Errorf("0.9: call_stack(%v) gives %s", arg, got)
		}
	}
}

func TestKinds(t *testing.T) {
	want := map[string]string{
		"NOT_FOUND": "NotFound", "ALREADY_EXISTS": "AlreadyExists", "INVALID": "Invalid", "PERMISSION_DENIED": "PermissionDenied",
		"CONFLICT": "Conflict", "UNAVAILABLE": "Unavailable", "TIMEOUT": "Timeout", "RATE_LIMITED": "RateLimited",
		"CANCELED": "Canceled", "LIMIT_EXCEEDED": "LimitExceeded", "INTERNAL": "Internal", "UNKNOWN": "",
	}
	if len(Module.Consts) != len(want) {
		t.Errorf("11.2: %d constants, want %d", len(Module.Consts), len(want))
	}
	for _, k := range Module.Consts {
		if v, ok := want[k.Name]; !ok || k.Value.Str() != v {
			t.Errorf("11.2: %s is %q, want %q", k.Name, k.Value.Str(), v)
		}
	}
}
