package core_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

const scopeID = "test:scope"

// scope makes the scope known and starts it.
func (h *house) scope(o core.ScopeOptions) {
	h.t.Helper()
	o.ID = scopeID
	h.DefineScope(o)
	if err := h.StartScope(scopeID); err != nil {
		h.t.Fatal(err)
	}
}

func (a *actor) groups() hostapi.Groups { return must1(a.OpenScope(scopeID)) }

// members gives the members of a group in the words of who: a name for each PID.
func members(pids []hostapi.PID, who map[string]string) string {
	var out []string
	for _, pid := range pids {
		out = append(out, who[string(pid)])
	}
	return strings.Join(out, " ")
}

// change waits for the next change, as "joined a: x y".
func (a *actor) change(sub hostapi.Subscription, who map[string]string) string {
	v, ok, err := sub.Channel().Receive()
	must(err)
	if !ok {
		return "closed"
	}
	return describeChange(v, who)
}

func describeChange(v hostapi.Value, who map[string]string) string {
	r := v.Record()
	var names []string
	for _, pid := range r.Get("data").Map().Get("PIDs").List().Items {
		names = append(names, who[pid.Str()])
	}
	return fmt.Sprintf("%s %s: %s", strings.TrimPrefix(r.Get("kind").Str(), "member."), r.Get("path").Str(), strings.Join(names, " "))
}

// 18.3: a member joins and leaves groups at request; it answers each.
func defineMember(h *house) {
	h.define("member", func(a *actor) any {
		g := a.groups()
		for {
			m := a.message()
			var names []string
			for _, v := range m.Values[1:] {
				names = append(names, v.Str())
			}
			switch m.Topic {
			case "join":
				a.send(m.Values[0].Str(), "done", text(g.Join(names)))
			case "leave":
				a.send(m.Values[0].Str(), "done", text(g.Leave(names)))
			case "end":
				return nil
			}
		}
	})
}

// ask has a member do something and gives its answer.
func (a *actor) ask(member, what string, names ...any) string {
	a.send(member, what, append([]any{a.self()}, names...)...)
	return a.message().Values[0].Str()
}

func TestGroupMembership(t *testing.T) {
	both(t, 100, func(h *house) {
		h.scope(core.ScopeOptions{})
		defineMember(h)
		h.main("ok", func(a *actor) any {
			g := a.groups()
			x, y := a.spawn("member"), a.spawn("member")
			who := map[string]string{x: "x", y: "y", a.self(): "me"}
			state := func() string {
				var out []string
				for _, name := range must1(g.Names()) {
					out = append(out, name+"="+members(must1(g.Members(name)), who))
				}
				return strings.Join(out, ", ")
			}
			for i, step := range []struct{ do, answer, state string }{
				{"x join b", "ok", "b=x"},
				{"y join a b", "ok", "a=y, b=x y"},
				{"x join b", "ok", "a=y, b=x y x"},
				{"me join a a", "ok", "a=y me me, b=x y x"},
				{"x leave b", "ok", "a=y me me, b=x y"}, // the membership that began last
				{"x leave a b", "ok", "a=y me me, b=y"},
				{"x leave a b", "Invalid: not a member", "a=y me me, b=y"},
				{"me leave a a a", "ok", "a=y, b=y"},
				{"x join c ", "Invalid: group name cannot be empty", "a=y, b=y"},
				{"y leave a b", "ok", ""},
				{"x leave", "ok", ""},
				{"x join", "ok", ""},
			} {
				words := strings.Split(step.do, " ")
				var answer string
				switch {
				case words[0] != "me":
					var names []any
					for _, n := range words[2:] {
						names = append(names, n)
					}
					answer = a.ask(map[string]string{"x": x, "y": y}[words[0]], words[1], names...)
				case words[1] == "join":
					answer = text(g.Join(words[2:]))
				default:
					answer = text(g.Leave(words[2:]))
				}
				if got := state(); answer != step.answer || got != step.state {
					return fmt.Sprintf("step %d, %s: %s, then %s, want %s, then %s", i+1, step.do, answer, got, step.answer, step.state)
				}
			}
			return "ok"
		})
	})
}

func TestScopes(t *testing.T) {
	seeds(t, 1, func(h *house) {
		h.DefineScope(core.ScopeOptions{ID: "test:other"})
		h.main("not started", func(a *actor) any {
			if _, err := a.OpenScope("test:other"); text(err) != "NotFound: scope not found: test:other" {
				return text(err)
			}
			return "not started"
		})
		h.scope(core.ScopeOptions{})
		h.main("ok", func(a *actor) any {
			_, unknown := a.OpenScope("test:unknown")
			if text(unknown) != "NotFound: scope not found: test:unknown" {
				return text(unknown)
			}
			g := a.groups()
			must(g.Join([]string{"g"}))
			must(h.StartScope("test:other"))
			other := must1(a.OpenScope("test:other"))
			if names := must1(other.Names()); len(names) > 0 {
				return fmt.Sprint("scopes see each other: ", names)
			}
			must(h.StopScope(scopeID))
			if _, err := a.OpenScope(scopeID); text(err) != "NotFound: scope not found: "+scopeID {
				return text(err)
			}
			return text(g.Broadcast("g", "still", nil)) // what was opened goes on
		})
		for _, err := range []error{h.StartScope("test:unknown"), h.StopScope("test:unknown")} {
			checkError(t, err, hostapi.NotFound, "scope not found")
		}
		_, err := h.Start(t.Context(), hostapi.Spawn{ID: "test:main", Host: scopeID}, nil)
		checkError(t, err, hostapi.Invalid, "not a process host")
	})
}

func TestGroupLimits(t *testing.T) {
	seeds(t, 1, func(h *house) {
		h.scope(core.ScopeOptions{MaxGroups: 2, MaxMembers: 3})
		h.main("ok", func(a *actor) any {
			g := a.groups()
			for i, step := range []struct {
				join, leave []string
				want        string
			}{
				{join: []string{"a", "b"}},
				{join: []string{"c"}, want: "Unavailable: group limit exceeded"},
				{join: []string{"a", "a"}},
				{join: []string{"a"}, want: "Unavailable: group limit exceeded"},
				{join: []string{"b", "a"}, want: "Unavailable: group limit exceeded"}, // all or none
				{join: []string{"b", "b", "b"}, want: "Unavailable: group limit exceeded"},
				{join: []string{"b", "b"}},
				{leave: []string{"a", "a", "a"}},
				{join: []string{"c", "c", "c", "c"}, want: "Unavailable: group limit exceeded"},
				{join: []string{"c"}},
			} {
				want := step.want
				if want == "" {
					want = "ok"
				}
				err := error(nil)
				if step.join != nil {
					err = g.Join(step.join)
				} else {
					err = g.Leave(step.leave)
				}
				if text(err) != want {
					return fmt.Sprintf("step %d: %s, want %s", i+1, text(err), want)
				}
			}
			if n := len(must1(g.Members("b"))); n != 3 {
				return fmt.Sprint(n, " memberships of b")
			}
			return "ok"
		})
	})
}

func TestGroupBroadcast(t *testing.T) {
	both(t, 100, func(h *house) {
		h.scope(core.ScopeOptions{})
		h.Define(core.Entry{ID: "test:full", Mailbox: core.Mailbox{Limit: 1}, Program: program(func(a *actor) any {
			must(a.groups().Join([]string{"g"}))
			a.send(a.arg(0), "ready")
			a.event()
			return strings.Join(a.drain(), " ")
		})})
		h.define("reader", func(a *actor) any {
			must(a.groups().Join([]string{"g", "g"}))
			a.send(a.arg(0), "ready")
			var got []string
			for len(got) < 3 {
				m := a.message()
				got = append(got, fmt.Sprint(m.Topic, m.Data().Int(), string(m.From) == a.arg(0)))
			}
			return strings.Join(got, " ")
		})
		h.main("ok", func(a *actor) any {
			g := a.groups()
			must(g.Join([]string{"g"}))
			full := a.spawnMonitored("full", a.self())
			a.message()
			for range 5 {
				a.spawnMonitored("reader", a.self())
				a.message()
			}
			for i := range 3 {
				must(g.Broadcast("g", "t", vals(i)))
			}
			must(g.Broadcast("unknown", "t", nil))
			for range 5 { // once each, in order, whatever the others do (18.9)
				if got := a.event().Get("result").Record().Get("value").Str(); got != "t0 true t1 true t2 true" {
					return "a reader got " + got
				}
			}
			for i := range 3 {
				if m := a.message(); m.Topic != "t" || m.Data().Int() != int64(i) {
					return fmt.Sprint("the caller got ", m.Topic, m.Data())
				}
			}
			must(a.Cancel(full, time.Hour, ""))
			if got := a.event().Get("result").Record().Get("value").Str(); got != "t" {
				return "the full one got " + got
			}
			for _, bad := range []struct{ group, topic, want string }{
				{"", "t", "Invalid: group name cannot be empty"},
				{"g", "", "Invalid: topic cannot be empty"},
				{"g", "@t", "Invalid: cannot send to @ topics"},
			} {
				if got := text(g.Broadcast(bad.group, bad.topic, nil)); got != bad.want {
					return got
				}
			}
			return "ok"
		})
		h.mu.Lock()
		defer h.mu.Unlock()
		full := 0
		for _, d := range h.letters {
			if d.Reason == core.MailboxFull && d.Topic == "t" {
				full++
			}
		}
		if full != 2 {
			h.t.Errorf("18.3: %d messages refused, want 2: %v", full, h.letters)
		}
	})
}

// 18.4, 2.23: whoever sees EXIT finds the memberships gone, and subscribers are
// told of each group once.
func TestGroupsAtTheEnd(t *testing.T) {
	for _, end := range []string{"return", "terminate"} {
		t.Run(end, func(t *testing.T) {
			both(t, 100, func(h *house) {
				h.scope(core.ScopeOptions{})
				defineMember(h)
				h.main("left b: x x, left a: x, left b: x x", func(a *actor) any {
					g := a.groups()
					x := a.spawnMonitored("member")
					who := map[string]string{x: "x", a.self(): "me"}
					must(g.Join([]string{"b"}))
					a.ask(x, "join", "b", "a", "b")
					one, _, err := g.Monitor("b")
					must(err)
					all, _, err := g.MonitorAll()
					must(err)
					if end == "return" {
						a.send(x, "end")
					} else {
						must(a.Terminate(x))
					}
					a.event()
					if got := members(must1(g.Members("b")), who); got != "me" {
						return "members of b at EXIT: " + got
					}
					if names := must1(g.Names()); !slices.Equal(names, []string{"b"}) {
						return fmt.Sprint("groups at EXIT: ", names)
					}
					return strings.Join([]string{a.change(one, who), a.change(all, who), a.change(all, who)}, ", ")
				})
			})
		})
	}
}
