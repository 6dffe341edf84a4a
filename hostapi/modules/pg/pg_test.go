package pg

import (
	"slices"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/faketest"
)

func groupsOfTest() []hostapi.Group {
	return []hostapi.Group{
		{Name: "a", Members: []hostapi.PID{"{h|1}", "{h|2}", "{h|1}"}},
		{Name: "b", Members: []hostapi.PID{"{h|2}"}},
	}
}

// opened gives a process and what pg.open gave it.
func opened(t *testing.T) (*faketest.Process, hostapi.Object) {
	t.Helper()
	p := &faketest.Process{Groups: groupsOfTest()}
	c := &faketest.Call{Process: p, Args: faketest.Values("app:scope")}
	if got := c.Run(openFunc); got != "group(app:scope), nil" {
		t.Fatalf("18.2: open gave %s", got)
	}
	p.Lines = nil
	return p, c.Result(0).Object()
}

func TestOpen(t *testing.T) {
	for _, test := range []struct {
		name string
		args []any
		err  error
		want string
	}{
		{"18.2: empty", []any{""}, nil, "nil, error(Invalid: *)"},
		{"18.2: unknown", []any{"app:x"}, hostapi.Errorf(hostapi.NotFound, "scope not found"), "nil, error(NotFound: scope not found)"},
		{"0.9: too few", nil, nil, "raise Invalid: *requires*"},
		{"0.9: type", []any{1}, nil, "raise Invalid: *must be a string, got number*"},
	} {
		c := &faketest.Call{Process: &faketest.Process{Err: test.err}, Args: faketest.Values(test.args...)}
		if got := c.Run(openFunc); !faketest.Matches(test.want, got) {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
	c := &faketest.Call{Process: &faketest.Process{}, Args: faketest.Values("app:scope"), Load: true}
	if got := c.Run(openFunc); !faketest.Matches("raise Invalid: *not allowed during module load*", got) {
		t.Errorf("2.10: got %s", got)
	}
}

func TestMethods(t *testing.T) {
	items := func(names ...any) hostapi.Value { return faketest.Items(faketest.Values(names...)...) }
	for _, test := range []struct {
		name   string
		method string
		args   []any
		want   string
		asked  string // the request that reaches the runtime, "" for none
	}{
		{"18.3: one group", "join", []any{"a"}, "true, nil", "join a"},
		{"18.3: a list", "join", []any{items("a", "b", "a")}, "true, nil", "join a+b+a"},
		{"18.3: empty list", "join", []any{items()}, "true, nil", "join "},
		{"0.9: no name", "join", nil, "raise Invalid: *requires*", ""},
		{"0.9: number", "join", []any{1}, "raise Invalid: *string or list of strings, got number*", ""},
		{"0.9: list of other", "join", []any{items("a", 2)}, "raise Invalid: *got number at position 2*", ""},
		{"0.9: function", "leave", []any{hostapi.FunctionRef(1)}, "raise Invalid: *got function*", ""},
		{"18.3: leave", "leave", []any{items("a", "b")}, "true, nil", "leave a+b"},
		{"18.3: members", "get_members", []any{"a"}, `["{h|1}", "{h|2}", "{h|1}"], nil`, "members a"},
		{"18.3: unknown group", "get_members", []any{"x"}, "[], nil", "members x"},
		{"18.5", "get_local_members", []any{"b"}, `["{h|2}"], nil`, "members b"},
		{"18.3: groups", "which_groups", nil, `["a", "b"], nil`, "names"},
		{"18.5", "which_local_groups", nil, `["a", "b"], nil`, "names"},
		{"18.3: broadcast", "broadcast", []any{"a", "t", 1, "x"}, "true, nil", `broadcast a t [1, "x"]`},
		{"18.5", "broadcast_local", []any{"a", "t"}, "true, nil", "broadcast a t []"},
		{"3.4: topic", "broadcast", []any{"a", ""}, "nil, error(Invalid: *topic cannot be empty*)", ""},
		{"3.4: topic", "broadcast", []any{"a", "@x"}, "nil, error(Invalid: *cannot send to @ topics*)", ""},
		{"1.13, 1.16", "broadcast", []any{"a", "t", hostapi.FunctionRef(1)}, "nil, error(Invalid: *cannot send a function*#3*)", ""},
		{"0.9: no topic", "broadcast", []any{"a"}, "raise Invalid: *requires*", ""},
		{"18.3: monitor", "monitor", []any{"a"}, `subscription(a), ["{h|1}", "{h|2}", "{h|1}"], nil`, "monitor a"},
		{"18.3: events", "events", nil, `subscription, {a: ["{h|1}", "{h|2}", "{h|1}"], b: ["{h|2}"]}, nil`, "monitor all"},
		{"18.3: release", "release", nil, "true", "release"},
	} {
		p, g := opened(t)
		c := &faketest.Call{Process: p, Object: g, Args: faketest.Values(test.args...)}
		if got := c.Run(faketest.Method(g, test.method)); !faketest.Matches(test.want, got) {
			t.Errorf("%s: %s: got %s, want %s", test.name, test.method, got, test.want)
		}
		var asked []string
		if test.asked != "" {
			asked = []string{test.asked}
		}
		if !slices.Equal(p.Lines, asked) {
			t.Errorf("%s: %s: asked for %q, want %q", test.name, test.method, p.Lines, asked)
		}
	}
}

func TestFailures(t *testing.T) {
	for method, want := range map[string]string{
		"join":         "nil, error(Invalid: group released)",
		"leave":        "nil, error(Invalid: group released)",
		"get_members":  "nil, error(Invalid: group released)",
		"which_groups": "nil, error(Invalid: group released)",
		"broadcast":    "nil, error(Invalid: group released)",
		"monitor":      "nil, nil, error(Invalid: group released)",
		"events":       "nil, nil, error(Invalid: group released)",
	} {
		p, g := opened(t)
		p.Err = hostapi.Errorf(hostapi.Invalid, "group released")
		c := &faketest.Call{Process: p, Object: g, Args: faketest.Values("a", "t")[:len(faketest.Method(g, method).Params)]}
		if got := c.Run(faketest.Method(g, method)); got != want {
			t.Errorf("18.3: %s: got %s, want %s", method, got, want)
		}
	}
}

func TestSubscription(t *testing.T) {
	p, g := opened(t)
	c := &faketest.Call{Process: p, Object: g, Args: faketest.Values("a")}
	c.Run(faketest.Method(g, "monitor"))
	sub := c.Result(0).Object()
	channel := &faketest.Call{Process: p, Object: sub}
	if got := channel.Run(faketest.Method(sub, "channel")); got != "subscription" {
		t.Errorf("18.6: channel gave %s", got)
	}
	flush := func(v hostapi.Value) hostapi.Entry { return hostapi.Field("flush", v) }
	for _, test := range []struct {
		name   string
		args   []any
		named  []hostapi.Entry
		strict bool
		want   string
		asked  string
	}{
		{"18.8: plain", nil, nil, false, "true", "close, flush false"},
		{"18.8: flush in a table", []any{faketest.Fields(flush(hostapi.Bool(true)))}, nil, false, "true", "close, flush true"},
		{"18.8: flush false", []any{faketest.Fields(flush(hostapi.Bool(false)))}, nil, false, "true", "close, flush false"},
		{"18.8: flush by name", nil, []hostapi.Entry{flush(hostapi.Bool(true))}, true, "true", "close, flush true"},
		{"0.9: type", []any{faketest.Fields(flush(hostapi.Int(1)))}, nil, false, "raise Invalid: *flush must be a boolean, got number*", ""},
		{"0.9: type by name", nil, []hostapi.Entry{flush(hostapi.Int(1))}, true, "raise Invalid: *flush must be a boolean*", ""},
		{"0.9: no table", []any{"x"}, nil, false, "raise Invalid: *must be a table*", ""},
	} {
		p.Lines = nil
		c := &faketest.Call{Process: p, Object: sub, Args: faketest.Values(test.args...), Named: test.named, IsStrict: test.strict}
		if got := c.Run(faketest.Method(sub, "close")); !faketest.Matches(test.want, got) {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
		if asked := append(p.Lines, "")[0]; asked != test.asked {
			t.Errorf("%s: asked for %q, want %q", test.name, asked, test.asked)
		}
	}
}

// 18.6: what subscribers read.
func TestEventRecord(t *testing.T) {
	for want, r := range map[string]*hostapi.Record{
		`{system: "pg", kind: "member.joined", group: "a", pids: ["{h|1}"], path: "a", data: {Group: "a", PIDs: ["{h|1}"]}}`:                 hostapi.GroupEvent("a", true, "{h|1}"),
		`{system: "pg", kind: "member.left", group: "b", pids: ["{h|1}", "{h|1}"], path: "b", data: {Group: "b", PIDs: ["{h|1}", "{h|1}"]}}`: hostapi.GroupEvent("b", false, "{h|1}", "{h|1}"),
	} {
		if got := hostapi.Wrap(r).String(); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
