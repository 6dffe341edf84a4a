package process

import (
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/faketest"
)

// script calls builder methods one after another, each on what the one before
// gave, as process.f(...):g(...):h(...).
type script struct {
	t       *testing.T
	call    *faketest.Call
	outcome string
}

func newScript(t *testing.T) *script {
	return &script{t: t, call: &faketest.Call{Process: &faketest.Process{Value: hostapi.Int(7)}}}
}

func (s *script) do(fn string, args ...any) *script {
	s.t.Helper()
	s.call.Args = faketest.Values(args...)
	s.outcome = s.call.Run(faketest.Func(Module, fn))
	if b, ok := s.call.Result(0).Object().(*Builder); ok {
		s.call.Object = b
	}
	return s
}

func (s *script) line() string {
	if len(s.call.Process.Lines) == 0 {
		return ""
	}
	return s.call.Process.Lines[len(s.call.Process.Lines)-1]
}

func TestBuilderPassesItsSettings(t *testing.T) {
	fields := faketest.Fields
	s := newScript(t).
		do("with_context", fields(named("a", hostapi.Int(1)), named("b", hostapi.Int(2)))).
		do("with_name", "n").
		do("with_context", fields(named("b", faketest.Items(yes)), named("c", hostapi.Value{}))).
		do("with_message", "t", 1, nil).
		do("with_message", "u").
		do("spawn_linked_monitored", "a:b", "a:h", 9)
	if want := `"{h|2}", nil`; s.outcome != want {
		t.Errorf("outcome %s, want %s", s.outcome, want)
	}
	want := "spawn a:b on a:h [9] link monitor name=n context={a: 1, b: [true], c: nil} message=t[1, nil] message=u[]"
	if s.line() != want {
		t.Errorf("13.18 to 13.21:\n got  %s\n want %s", s.line(), want)
	}
}

func TestBuilderTerminals(t *testing.T) {
	for fn, want := range map[string]string{
		"spawn":                  "spawn a:b on a:h [] name=n",
		"spawn_monitored":        "spawn a:b on a:h [] monitor name=n",
		"spawn_linked":           "spawn a:b on a:h [] link name=n",
		"spawn_linked_monitored": "spawn a:b on a:h [] link monitor name=n",
		"exec":                   "exec a:b on a:h [] name=n",
	} {
		if got := newScript(t).do("with_name", "n").do(fn, "a:b", "a:h").line(); got != want {
			t.Errorf("13.18: %s asks %q, want %q", fn, got, want)
		}
	}
}

func TestBuilderIsImmutable(t *testing.T) {
	s := newScript(t).do("with_context", faketest.Fields(named("a", hostapi.Int(1)))).do("with_message", "t")
	base := s.call.Object
	if base.String() != "builder" || base.ObjectType().Name != "builder" {
		t.Errorf("0.12: text form %q of type %q", base, base.ObjectType().Name)
	}
	for range 2 { // twice: appending to a shared slice would show
		s.call.Object = base
		s.do("with_context", faketest.Fields(named("a", hostapi.Int(2)), named("b", hostapi.Int(3)))).do("with_message", "u").do("with_name", "n")
	}
	s.call.Object = base
	s.do("spawn", "a:b", "a:h")
	if want := "spawn a:b on a:h [] context={a: 1} message=t[]"; s.line() != want {
		t.Errorf("13.18: the first builder now asks\n %q, want\n %q", s.line(), want)
	}
	s.do("with_name", "n")
	if s.call.Object == base {
		t.Error("13.18: with_name gives the same builder")
	}
}

func TestBuilderErrorsWaitForTheTerminal(t *testing.T) {
	deep := faketest.Items(faketest.Items(faketest.Items(faketest.Items())))
	for _, test := range []struct {
		name string
		fn   string
		args []any
		want string
	}{
		{"unsendable context", "with_context", []any{faketest.Fields(named("f", function))}, "cannot send a function*#1.f"},
		{"deep context", "with_context", []any{faketest.Fields(named("d", deep))}, "too deep"},
		{"empty name", "with_name", []any{""}, "invalid name"},
		{"name like a PID", "with_name", []any{"{n"}, "invalid name"},
		{"reserved name", "with_name", []any{"@n"}, "invalid name"},
		{"empty topic", "with_message", []any{""}, "topic cannot be empty"},
		{"reserved topic", "with_message", []any{"@t"}, "cannot send to @ topics"},
		{"unsendable payload", "with_message", []any{"t", function}, "cannot send a function*#2"},
	} {
		for _, terminal := range []string{"spawn", "exec"} {
			s := newScript(t).do(test.fn, test.args...)
			if _, ok := s.call.Object.(*Builder); !ok {
				t.Errorf("13.22: %s: %s gives %s at once", test.name, test.fn, s.outcome)
				continue
			}
			s.do("with_name", "@second") // the first error is kept
			s.do(terminal, "a:b", "a:h", function)
			if want := "nil, error(Invalid: *" + test.want + "*)"; !faketest.Matches(want, s.outcome) {
				t.Errorf("13.22: %s: %s gives %s, want %s", test.name, terminal, s.outcome, want)
			}
			if s.line() != "" {
				t.Errorf("1.16: %s: the refused call asked %q", test.name, s.line())
			}
			s.do(terminal, "a:b", "")
			if want := "nil, error(Invalid: *host ID required*)"; !faketest.Matches(want, s.outcome) {
				t.Errorf("2.6: %s: host text is checked first, got %s", test.name, s.outcome)
			}
		}
	}
}

func TestBuilderArguments(t *testing.T) {
	for _, r := range []row{
		{name: "13.22: values", fn: "with_context", args: []any{5}, want: "raise Invalid: *"},
		{name: "13.19: keys are strings", fn: "with_context", args: []any{faketest.Items(yes)}, want: "raise Invalid: *"},
		{name: "13.22: name", fn: "with_name", args: []any{5}, want: "raise Invalid: *"},
		{name: "13.22: topic", fn: "with_message", args: []any{nil}, want: "raise Invalid: *"},
		{name: "0.9: with_context", fn: "with_context", want: "nil, error(Invalid: *requires*)", wants: "raise Invalid: *requires*"},
		{name: "0.9: with_name", fn: "with_name", want: "nil, error(Invalid: *requires*)", wants: "raise Invalid: *requires*"},
		{name: "0.9: with_message", fn: "with_message", want: "nil, error(Invalid: *requires*)", wants: "raise Invalid: *requires*"},
		{name: "13.19: empty", fn: "with_context", args: []any{faketest.Fields()}, want: "builder, nil", wants: "builder"},
		{name: "2.10", fn: "with_name", args: []any{"n"}, load: true, want: "raise Invalid: *not allowed during module load*"},
	} {
		r.run(t)
	}
}

func TestBuilderPassesKills(t *testing.T) {
	c := &faketest.Call{
		Process: &faketest.Process{}, CopyErr: hostapi.ErrKilled,
		Args: []hostapi.Value{faketest.Fields(named("a", faketest.Fields()))},
	}
	if got := c.Run(faketest.Func(Module, "with_context")); got != "killed" {
		t.Errorf("20.8: with_context gives %s", got)
	}
}
