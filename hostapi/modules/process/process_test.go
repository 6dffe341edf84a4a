package process

import (
	"slices"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/faketest"
)

// row is one call of a function of the module. In outcomes * stands for any text.
type row struct {
	name  string
	fn    string
	args  []any
	named []hostapi.Entry
	err   error // answered by the process
	load  bool
	want  string // in both conventions; in the strict one, if that differs:
	wants string
	lines []string // what the process was asked
}

func (r row) run(t *testing.T) {
	t.Helper()
	for _, strict := range []bool{false, true} {
		if !strict && r.named != nil {
			continue
		}
		p := &faketest.Process{Err: r.err, Removed: true, Value: hostapi.Int(7)}
		c := &faketest.Call{Process: p, Args: faketest.Values(r.args...), Named: r.named, IsStrict: strict, Load: r.load}
		want := r.want
		if strict && r.wants != "" {
			want = r.wants
		}
		if got := c.Run(faketest.Func(Module, r.fn)); !faketest.Matches(want, got) {
			t.Errorf("%s, strict %v:\n got  %s\n want %s", r.name, strict, got, want)
		}
		if !slices.Equal(p.Lines, r.lines) {
			t.Errorf("%s, strict %v: process was asked %q, want %q", r.name, strict, p.Lines, r.lines)
		}
	}
}

var (
	function = hostapi.FunctionRef(&faketest.Function{})
	notFound = hostapi.Errorf(hostapi.NotFound, "process not found")
	named    = hostapi.Field
	yes      = hostapi.Bool(true)
)

func TestIdentity(t *testing.T) {
	for _, r := range []row{
		{name: "2.27", fn: "pid", want: `"{h|1}"`},
		{name: "70.4", fn: "host", want: `"app:host"`},
		{name: "2.28", fn: "id", want: `"app:self"`},
		{name: "2.10: allowed while the top level runs", fn: "pid", load: true, want: `"{h|1}"`},
		{name: "0.9: surplus", fn: "id", args: []any{1}, want: `"app:self"`, wants: "raise Invalid: *at most 0 arguments*"},
	} {
		r.run(t)
	}
}

func TestSpawn(t *testing.T) {
	suffix := map[string]string{
		"spawn": "", "spawn_monitored": " monitor", "spawn_linked": " link", "spawn_linked_monitored": " link monitor",
	}
	for fn, flags := range suffix {
		for _, r := range []row{
			{name: "2.2", fn: fn, args: []any{"a:b", "a:h"}, want: `"{h|2}", nil`, lines: []string{"spawn a:b on a:h []" + flags}},
			{
				name: "2.2: arguments", fn: fn, args: []any{"a:b", "a:h", 1, nil, "x", faketest.Items(yes)},
				want: `"{h|2}", nil`, lines: []string{`spawn a:b on a:h [1, nil, "x", [true]]` + flags},
			},
			{name: "2.6: none", fn: fn, want: "nil, error(Invalid: *" + fn + " requires at least id and host arguments*)"},
			{name: "70.4: host left out", fn: fn, args: []any{"a:b"}, want: `"{h|2}", nil`, lines: []string{"spawn a:b on  []" + flags}},
			{name: "70.4: host nil", fn: fn, args: []any{"a:b", nil, 1}, want: `"{h|2}", nil`, lines: []string{"spawn a:b on  [1]" + flags}},
			{name: "70.4: host empty", fn: fn, args: []any{"a:b", ""}, want: "nil, error(Invalid: *host ID required*)"},
			{name: "2.6: id is no string", fn: fn, args: []any{5, "a:h"}, want: "raise Invalid: *"},
			{name: "2.6: host is no string", fn: fn, args: []any{"", 5}, want: "raise Invalid: *"},
			{name: "2.6: id before host", fn: fn, args: []any{"", ""}, want: "nil, error(Invalid: *process ID required*)"},
			{name: "2.6: no colon", fn: fn, args: []any{"ab", ""}, want: "nil, error(Invalid: *invalid process ID format (namespace:name required)*)"},
			{name: "2.6: no namespace", fn: fn, args: []any{":b", "a:h"}, want: "nil, error(Invalid: *invalid process ID format (namespace:name required)*)"},
			{name: "2.6: no name", fn: fn, args: []any{"a:", "a:h"}, want: "nil, error(Invalid: *invalid process ID format (namespace:name required)*)"},
			{name: "2.6: two colons", fn: fn, args: []any{"a:b:c", "a:h"}, want: "nil, error(Invalid: *invalid process ID format (namespace:name required)*)"},
			{name: "2.6: host text before payloads", fn: fn, args: []any{"a:b", "", function}, want: "nil, error(Invalid: *host ID required*)"},
			{
				name: "1.13, 1.16: unsendable", fn: fn, args: []any{"a:b", "a:h", 1, faketest.Fields(named("f", function))},
				want: "nil, error(Invalid: *cannot send a function*#4.f*)",
			},
			{
				name: "2.6: the core's checks", fn: fn, args: []any{"a:b", "a:h"}, err: hostapi.Errorf(hostapi.NotFound, "host not found"),
				want: "nil, error(NotFound: host not found)", lines: []string{"spawn a:b on a:h []" + flags},
			},
			{name: "2.10", fn: fn, args: []any{"a:b", "a:h"}, load: true, want: "raise Invalid: *cannot block during module load*"},
			{name: "3.4 of the companion: keyword", fn: fn, args: []any{"a:b", "a:h"}, named: []hostapi.Entry{named("x", yes)}, want: "raise Invalid: *unknown keyword x*"},
		} {
			r.name = fn + " " + r.name
			r.run(t)
		}
	}
}

func TestExec(t *testing.T) {
	for _, r := range []row{
		{name: "13.1", fn: "exec", args: []any{"a:b", "a:h", 1}, want: "7, nil", lines: []string{"exec a:b on a:h [1]"}},
		{name: "13.1: failure", fn: "exec", args: []any{"a:b", "a:h"}, err: notFound, want: "nil, error(NotFound: process not found)", lines: []string{"exec a:b on a:h []"}},
		{name: "70.4: host left out", fn: "exec", args: []any{"a:b"}, want: "7, nil", lines: []string{"exec a:b on  []"}},
		{name: "2.6: arguments", fn: "exec", want: "nil, error(Invalid: *exec requires id and host arguments*)"},
		{name: "2.6: id", fn: "exec", args: []any{"", "h"}, want: "nil, error(Invalid: *process ID required*)"},
		{name: "2.10", fn: "exec", args: []any{"a:b", "a:h"}, load: true, want: "raise Invalid: *cannot block during module load*"},
		{name: "20.7: killed", fn: "exec", args: []any{"a:b", "a:h"}, err: hostapi.ErrKilled, want: "killed", lines: []string{"exec a:b on a:h []"}},
	} {
		r.run(t)
	}
}

func TestUpgrade(t *testing.T) {
	for _, r := range []row{
		{name: "13.5, 13.6: newest version", fn: "upgrade", args: []any{nil, 1}, want: "killed", lines: []string{`upgrade "" [1]`}},
		{name: "13.5: no arguments", fn: "upgrade", want: "killed", lines: []string{`upgrade "" []`}},
		{name: "13.5: another entry", fn: "upgrade", args: []any{"a:b", "x", nil}, want: "killed", lines: []string{`upgrade "a:b" ["x", nil]`}},
		{name: "13.7: empty id is not the running entry", fn: "upgrade", args: []any{""}, want: "nil, error(NotFound: *unknown process entry*)"},
		{name: "13.7: unsendable", fn: "upgrade", args: []any{"a:b", function}, want: "nil, error(Invalid: *cannot send a function*#2*)"},
		{name: "13.7: type", fn: "upgrade", args: []any{5}, want: "raise Invalid: *"},
		{
			name: "13.7: failure", fn: "upgrade", args: []any{"a:b"}, err: hostapi.Errorf(hostapi.Invalid, "upgrade failed"),
			want: "nil, error(Invalid: upgrade failed)", lines: []string{`upgrade "a:b" []`},
		},
		{name: "2.10", fn: "upgrade", load: true, want: "raise Invalid: *cannot block during module load*"},
	} {
		r.run(t)
	}
}

func TestSend(t *testing.T) {
	for _, r := range []row{
		{name: "3.1", fn: "send", args: []any{"{h|2}", "t", 1, "x"}, want: "true, nil", lines: []string{`send {h|2} t [1, "x"]`}},
		{name: "1.17: nil is a payload", fn: "send", args: []any{"n", "t", nil}, want: "true, nil", lines: []string{"send n t [nil]"}},
		{name: "3.1: no payload", fn: "send", args: []any{"n", "inbox"}, want: "true, nil", lines: []string{"send n inbox []"}},
		{name: "3.3, 3.6: number before types", fn: "send", args: []any{5}, want: "nil, error(Invalid: *send requires at least destination and topic arguments*)"},
		{name: "3.6: types before topic", fn: "send", args: []any{5, ""}, want: "raise Invalid: *"},
		{name: "3.4: empty, before payloads", fn: "send", args: []any{"n", "", function}, want: "nil, error(Invalid: *topic cannot be empty*)"},
		{name: "3.4: reserved", fn: "send", args: []any{"n", "@t"}, want: "nil, error(Invalid: *cannot send to @ topics*)"},
		{name: "3.6: payloads before destination", fn: "send", args: []any{"n", "t", function}, err: notFound, want: "nil, error(Invalid: *cannot send a function*#3*)"},
		{name: "3.5", fn: "send", args: []any{"n", "t"}, err: notFound, want: "nil, error(NotFound: process not found)", lines: []string{"send n t []"}},
		{name: "2.10: allowed", fn: "send", args: []any{"n", "t"}, load: true, want: "true, nil", lines: []string{"send n t []"}},
	} {
		r.run(t)
	}
}

func TestViews(t *testing.T) {
	options := faketest.Fields(named("message", yes))
	channel := &faketest.Channel{Name: "c"}
	for _, r := range []row{
		{name: "3.11", fn: "inbox", want: "inbox"},
		{name: "3.12", fn: "events", load: true, want: "events"},
		{name: "3.13: raw", fn: "listen", args: []any{"t"}, load: true, want: "topic t, nil", lines: []string{"listen t false"}},
		{name: "3.13: messages", fn: "listen", args: []any{"t", options}, want: "topic t, nil", lines: []string{"listen t true"}},
		{name: "3.13: exactly true", fn: "listen", args: []any{"t", faketest.Fields(named("message", hostapi.Int(1)))}, want: "topic t, nil", lines: []string{"listen t false"}},
		{name: "3.13: by name", fn: "listen", args: []any{"t"}, named: []hostapi.Entry{named("message", yes)}, want: "topic t, nil", lines: []string{"listen t true"}},
		{name: "3.13: empty", fn: "listen", args: []any{""}, want: "nil, error(Invalid: *topic cannot be empty*)"},
		{name: "3.13: reserved", fn: "listen", args: []any{"@t"}, want: "nil, error(Invalid: *cannot listen to @ topics*)"},
		{name: "0.9: too few", fn: "listen", want: "nil, error(Invalid: *requires*)"},
		{name: "0.9: options", fn: "listen", args: []any{"t", 5}, want: "raise Invalid: *"},
		{
			name: "3.14", fn: "listen", args: []any{"t"}, err: hostapi.Errorf(hostapi.Conflict, "already listening"),
			want: "nil, error(Conflict: already listening)", lines: []string{"listen t false"},
		},
		{name: "3.15", fn: "unlisten", args: []any{channel}, want: "true, nil", lines: []string{"unlisten c"}},
		{name: "3.15: error", fn: "unlisten", args: []any{channel}, err: notFound, want: "false, error(NotFound: *)", lines: []string{"unlisten c"}},
		{name: "0.9: no channel", fn: "unlisten", args: []any{"t"}, want: "raise Invalid: *must be a channel*"},
		{name: "0.9: too few", fn: "unlisten", want: "false, error(Invalid: *requires*)"},
		{name: "2.10: refused", fn: "unlisten", args: []any{channel}, load: true, want: "raise Invalid: *not allowed during module load*"},
	} {
		r.run(t)
	}
}

func TestInboxIsTheSameObjectEveryTime(t *testing.T) {
	p := &faketest.Process{}
	c := &faketest.Call{Process: p}
	for _, fn := range []string{"inbox", "events"} {
		c.Run(faketest.Func(Module, fn))
		first := c.Result(0).Object()
		c.Run(faketest.Func(Module, fn))
		if c.Result(0).Object() != first {
			t.Errorf("3.14: %s gives another object", fn)
		}
	}
}

func TestDestinations(t *testing.T) {
	for _, fn := range []string{"monitor", "unmonitor", "link", "unlink", "terminate"} {
		for _, r := range []row{
			{name: "5, 6, 7.9", fn: fn, args: []any{"{h|2}"}, want: "true, nil", lines: []string{fn + " {h|2}"}},
			{name: "dead", fn: fn, args: []any{"x"}, err: notFound, want: "nil, error(NotFound: process not found)", lines: []string{fn + " x"}},
			{name: "7.10: oneself", fn: fn, args: []any{"{h|1}"}, err: hostapi.ErrKilled, want: "killed", lines: []string{fn + " {h|1}"}},
			{name: "0.9: too few", fn: fn, want: "nil, error(Invalid: *requires*)"},
			{name: "0.9: type", fn: fn, args: []any{5}, want: "raise Invalid: *must be a string, got number*"},
			{name: "2.10", fn: fn, args: []any{"x"}, load: true, want: "raise Invalid: *not allowed during module load*"},
		} {
			r.name = fn + " " + r.name
			r.run(t)
		}
	}
}

func TestCancel(t *testing.T) {
	const bad = "nil, error(Invalid: *invalid duration*)"
	for _, r := range []row{
		{name: "7.1: polite", fn: "cancel", args: []any{"x"}, want: "true, nil", lines: []string{`cancel x -1 ""`}},
		{name: "7.1: nil", fn: "cancel", args: []any{"x", nil, "why"}, want: "true, nil", lines: []string{`cancel x -1 "why"`}},
		{name: "7.1: text", fn: "cancel", args: []any{"x", "2us"}, want: "true, nil", lines: []string{`cancel x 2000 ""`}},
		{name: "10.1: number", fn: "cancel", args: []any{"x", 5}, want: "true, nil", lines: []string{`cancel x 5 ""`}},
		{name: "7.2: zero", fn: "cancel", args: []any{"x", "0"}, want: "true, nil", lines: []string{`cancel x 0 ""`}},
		{name: "7.1: malformed", fn: "cancel", args: []any{"x", "soon"}, want: bad},
		{name: "7.1: negative", fn: "cancel", args: []any{"x", "-1s"}, want: bad},
		{name: "0.9: timeout of another type", fn: "cancel", args: []any{"x", true}, want: "raise Invalid: *"},
		{name: "0.9: reason of another type", fn: "cancel", args: []any{"x", nil, 5}, want: "raise Invalid: *"},
		{name: "0.9: too few", fn: "cancel", want: "nil, error(Invalid: *requires*)"},
		{name: "7.7", fn: "cancel", args: []any{"x", 0}, err: notFound, want: "nil, error(NotFound: *not found*)", lines: []string{`cancel x 0 ""`}},
		{name: "2.10", fn: "cancel", args: []any{"x"}, load: true, want: "raise Invalid: *not allowed during module load*"},
	} {
		r.run(t)
	}
	for _, p := range faketest.Func(Module, "cancel").Params[1:] {
		if !p.Keyword {
			t.Errorf("%s cannot be given by name (companion 4.1)", p.Name)
		}
	}
}

func TestOptions(t *testing.T) {
	fields := faketest.Fields
	no := hostapi.Bool(false)
	for _, r := range []row{
		{name: "2.30", fn: "set_options", args: []any{fields(named("trap_links", yes))}, load: true, want: "true, nil", lines: []string{"set_options true false"}},
		{
			name: "2.30: both", fn: "set_options", args: []any{fields(named("upgradable", yes), named("trap_links", no))},
			want: "true, nil", lines: []string{"set_options false true"},
		},
		{name: "2.30: by name", fn: "set_options", named: []hostapi.Entry{named("trap_links", yes)}, want: "true, nil", lines: []string{"set_options true false"}},
		{name: "2.30: none", fn: "set_options", args: []any{fields()}, want: "true, nil", lines: []string{"set_options false false"}},
		{name: "2.30: not a map", fn: "set_options", args: []any{5}, want: "false, error(Invalid: *options parameter must be a table*)"},
		{name: "2.30: nil", fn: "set_options", args: []any{nil}, want: "false, error(Invalid: *options parameter must be a table*)"},
		{name: "0.9: too few", fn: "set_options", want: "false, error(Invalid: *requires*options parameter must be a table*)"},
		{
			name: "2.30: wrong type, before unknown names", fn: "set_options", args: []any{fields(named("x", yes), named("trap_links", hostapi.Int(1)))},
			want: "false, error(Invalid: *trap_links must be a boolean*)",
		},
		{
			name: "2.30: unknown, with nothing applied", fn: "set_options", args: []any{fields(named("trap_links", yes), named("z", yes), named("trap", yes))},
			want: "false, error(Invalid: *option trap is not supported*)",
		},
		{name: "2.30: unknown by name", fn: "set_options", named: []hostapi.Entry{named("trap", yes)}, want: "false, error(Invalid: *option trap is not supported*)"},
		{name: "2.30: wrong type by name", fn: "set_options", named: []hostapi.Entry{named("upgradable", hostapi.Value{})}, want: "false, error(Invalid: *upgradable must be a boolean*)"},
		{
			name: "2.30: list", fn: "set_options", args: []any{faketest.Items(yes)},
			want: "false, error(Invalid: *option 1 is not supported*)", wants: "false, error(Invalid: *options parameter must be a table*)",
		},
	} {
		r.run(t)
	}
}

func TestOptionsAreKeptAndCopied(t *testing.T) {
	p := &faketest.Process{Opts: hostapi.Options{Upgradable: true}}
	c := &faketest.Call{Process: p, Args: []hostapi.Value{faketest.Fields(named("trap_links", yes))}}
	c.Run(faketest.Func(Module, "set_options"))
	if want := (hostapi.Options{TrapLinks: true, Upgradable: true}); p.Opts != want {
		t.Errorf("options are %v, want %v: an option not named stays", p.Opts, want)
	}
	get := faketest.Func(Module, "get_options")
	c.Args = nil
	if got, want := c.Run(get), "{trap_links: true, upgradable: true}"; got != want {
		t.Errorf("2.29: get_options gives %s, want %s", got, want)
	}
	options := c.Result(0)
	c.Run(get)
	if c.Result(0).Record() == options.Record() {
		t.Error("2.29: get_options gives the same record twice")
	}
	c.Args = []hostapi.Value{options}
	if got := c.Run(faketest.Func(Module, "set_options")); got != "true, nil" {
		t.Errorf("set_options of a record of get_options: %s", got)
	}
}

func TestRegistry(t *testing.T) {
	const badName, badPID = "nil, error(Invalid: *invalid name*)", "nil, error(Invalid: *invalid pid*)"
	for _, r := range []row{
		{name: "12.1: oneself", fn: "registry.register", args: []any{"n"}, want: "true, nil", lines: []string{`register n ""`}},
		{name: "12.1: nil", fn: "registry.register", args: []any{"n", nil}, want: "true, nil", lines: []string{`register n ""`}},
		{name: "12.1: another", fn: "registry.register", args: []any{"n", "{h|2}"}, want: "true, nil", lines: []string{`register n "{h|2}"`}},
		{name: "12.1: no PID", fn: "registry.register", args: []any{"n", "other"}, want: badPID},
		{name: "12.1: empty is not oneself", fn: "registry.register", args: []any{"n", ""}, want: badPID},
		{name: "12.2: empty", fn: "registry.register", args: []any{"", "other"}, want: badName},
		{name: "12.2: brace", fn: "registry.register", args: []any{"{n"}, want: badName},
		{name: "12.2: at", fn: "registry.register", args: []any{"@n"}, want: badName},
		{name: "12.1: error", fn: "registry.register", args: []any{"n"}, err: notFound, want: "nil, error(NotFound: *)", lines: []string{`register n ""`}},
		{name: "0.9: too few", fn: "registry.register", want: "nil, error(Invalid: *requires*)"},
		{name: "2.10", fn: "registry.register", args: []any{"n"}, load: true, want: "raise Invalid: *not allowed during module load*"},

		{name: "12.3", fn: "registry.lookup", args: []any{"n"}, want: `"{h|3}", nil`, lines: []string{"lookup n"}},
		{name: "12.3: error", fn: "registry.lookup", args: []any{"n"}, err: notFound, want: "nil, error(NotFound: *)", lines: []string{"lookup n"}},
		{name: "0.9: too few", fn: "registry.lookup", want: "nil, error(Invalid: *requires*)"},

		{name: "12.4", fn: "registry.unregister", args: []any{"n"}, want: "true, nil", wants: "true", lines: []string{"unregister n"}},
		{name: "0.9: too few", fn: "registry.unregister", want: "nil, error(Invalid: *requires*)", wants: "raise Invalid: *requires*"},
		{name: "0.9: no error result", fn: "registry.unregister", args: []any{"n"}, err: notFound, want: "raise NotFound: *", lines: []string{"unregister n"}},
		{name: "20.8", fn: "registry.unregister", args: []any{"n"}, err: hostapi.ErrKilled, want: "killed", lines: []string{"unregister n"}},
	} {
		r.run(t)
	}
}

func TestEventKinds(t *testing.T) {
	want := map[string]string{"EXIT": "pid.exit", "LINK_DOWN": "pid.link.down", "CANCEL": "pid.cancel", "OUTDATED": "pid.outdated"}
	got := map[string]string{}
	for _, k := range Module.Modules[0].Consts {
		got[k.Name] = k.Value.Str()
	}
	if Module.Modules[0].Name != "event" || len(got) != len(want) {
		t.Fatalf("4.1: process.%s holds %v", Module.Modules[0].Name, got)
	}
	for name, v := range want {
		if got[name] != v {
			t.Errorf("4.1: %s is %q, want %q", name, got[name], v)
		}
	}
}
