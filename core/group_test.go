package core_test

import (
	"fmt"
	"math/rand/v2"
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
		_, err := h.Spawn(t.Context(), hostapi.Spawn{ID: "test:main", Host: scopeID})
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

// 18.3, 18.7: the members that monitor gives, and the changes after it, are all
// there is: whoever follows them knows the group at any time.
func TestMonitorLosesNothing(t *testing.T) {
	both(t, 200, func(h *house) {
		h.scope(core.ScopeOptions{})
		h.define("churn", func(a *actor) any {
			g := a.groups()
			for range 3 {
				must(g.Join([]string{"g", "other", "g"}))
				a.yield()
				must(g.Leave([]string{"g", "other"}))
			}
			return nil // in g three times
		})
		follow := func(a *actor, sub hostapi.Subscription, known []hostapi.PID, until func(map[string]int) bool) map[string]int {
			count := map[string]int{}
			for _, pid := range known {
				count[string(pid)]++
			}
			for !until(count) {
				v, _, err := sub.Channel().Receive()
				must(err)
				r := v.Record()
				if r.Get("path").Str() != "g" {
					continue
				}
				for _, pid := range r.Get("data").Map().Get("PIDs").List().Items {
					if r.Get("kind").Str() == "member.joined" {
						count[pid.Str()]++
					} else if count[pid.Str()]--; count[pid.Str()] < 0 {
						panic(stop{fmt.Errorf("%s left more often than it joined", pid)})
					} else if count[pid.Str()] == 0 {
						delete(count, pid.Str())
					}
				}
			}
			return count
		}
		h.define("watch", func(a *actor) any {
			g := a.groups()
			sub, known, err := g.Monitor("g")
			must(err)
			all, present, err := g.MonitorAll()
			must(err)
			last := func(n map[string]int) bool { return len(n) == 1 && n[a.arg(0)] == 1 }
			var inAll []hostapi.PID
			for _, p := range present {
				if p.Name == "g" {
					inAll = p.Members
				}
			}
			a.send(a.arg(0), "watching")
			follow(a, sub, known, last)
			follow(a, all, inAll, last)
			return "saw the last"
		})
		h.main("saw the last", func(a *actor) any {
			for range 3 {
				a.spawn("churn")
			}
			watch := a.spawnMonitored("watch", a.self())
			for range 3 {
				a.spawnMonitored("churn")
			}
			a.message()
			ends, value := 0, ""
			for ends < 3 {
				e := a.event()
				if from(e) == watch {
					return "the watcher ended early: " + failure(e)
				}
				ends++
			}
			must(a.groups().Join([]string{"g"}))
			for value == "" {
				e := a.event()
				value = e.Get("result").Record().Get("value").Str() + failure(e)
			}
			return value
		})
	})
}

// 18.3, 18.8.
func TestSubscriptionClose(t *testing.T) {
	both(t, 50, func(h *house) {
		h.scope(core.ScopeOptions{})
		h.main("ok", func(a *actor) any {
			g, who := a.groups(), map[string]string{a.self(): "me"}
			subscribe := func(g hostapi.Groups) hostapi.Subscription {
				sub, _, err := g.Monitor("g")
				must(err)
				return sub
			}
			dropped, kept, open := subscribe(g), subscribe(g), subscribe(g)
			short := a.groups()
			released := subscribe(short)
			must(g.Join([]string{"g"}))
			for range 2 {
				must(dropped.Close(false))
				must(kept.Close(true))
				must(short.Release())
			}
			must(g.Leave([]string{"g"}))
			for _, step := range []struct {
				name string
				sub  hostapi.Subscription
				want string
			}{
				{"closed", dropped, "closed"},
				{"released", released, "closed"},
				{"flushed", kept, "joined g: me"},
				{"flushed", kept, "closed"},
				{"open", open, "joined g: me"},
				{"open", open, "left g: me"},
			} {
				if got := a.change(step.sub, who); got != step.want {
					return step.name + ": " + got
				}
			}
			for name, call := range map[string]func() error{
				"join":      func() error { return short.Join([]string{"g"}) },
				"leave":     func() error { return short.Leave([]string{"g"}) },
				"members":   func() error { _, err := short.Members("g"); return err },
				"names":     func() error { _, err := short.Names(); return err },
				"broadcast": func() error { return short.Broadcast("g", "t", nil) },
				"monitor":   func() error { _, _, err := short.Monitor("g"); return err },
				"events":    func() error { _, _, err := short.MonitorAll(); return err },
			} {
				if got := text(call()); got != "Invalid: group released" {
					return name + ": " + got
				}
			}
			if !open.Channel().System() || open.Channel() != open.Channel() {
				return "no system channel, or another one each time"
			}
			// A coroutine that waits is woken by the close.
			woken := a.channel(1)
			a.goes(func(a *actor) { a.put(woken, a.change(open, who)) })
			must(open.Close(true))
			if got := a.get(woken); got != "closed" {
				return "waiting at close: " + got
			}
			return "ok"
		})
	})
}

// 18.3, 18.4: a release and an upgrade end no membership; the upgrade ends the
// subscriptions of the old code (13.12, 13.13).
func TestGroupsSurviveUpgrade(t *testing.T) {
	both(t, 100, func(h *house) {
		h.scope(core.ScopeOptions{})
		var old hostapi.Subscription
		h.define("new", func(a *actor) any {
			g := a.groups()
			if got := fmt.Sprint(must1(g.Members("g"))); got != "["+a.self()+"]" {
				return "members after the upgrade: " + got
			}
			must(g.Join([]string{"g"}))
			if _, unread := a.poll(old.Channel()); unread {
				return "the old subscription goes on"
			}
			sub, known, err := g.Monitor("g")
			must(err)
			must(g.Leave([]string{"g"}))
			return fmt.Sprint(len(known), a.change(sub, map[string]string{a.self(): "me"}))
		})
		h.main("2left g: me", func(a *actor) any {
			short := a.groups()
			must(short.Join([]string{"g"}))
			must(short.Release())
			sub, _, err := a.groups().Monitor("g")
			must(err)
			old = sub
			// One that fails changes nothing.
			if got := text(a.Upgrade("test:unknown", nil)); got != "NotFound: unknown process entry" {
				return got
			}
			must(a.groups().Join([]string{"g"}))
			if got := a.change(sub, map[string]string{a.self(): "me"}); got != "joined g: me" {
				return got
			}
			must(a.groups().Leave([]string{"g"}))
			a.change(sub, nil)
			return a.Upgrade("test:new", nil)
		})
	})
}

// 18.9: all subscribers see one order of changes.
func TestSubscribersSeeOneOrder(t *testing.T) {
	both(t, 200, func(h *house) {
		h.scope(core.ScopeOptions{})
		h.define("joiner", func(a *actor) any {
			g := a.groups()
			for range 4 {
				must(g.Join([]string{"g"}))
				must(g.Leave([]string{"g"}))
			}
			return nil
		})
		h.define("watch", func(a *actor) any {
			g := a.groups()
			one, _, err := g.Monitor("g")
			must(err)
			all, _, err := g.MonitorAll()
			must(err)
			a.send(a.arg(0), "ready")
			a.message() // all have ended
			read := func(sub hostapi.Subscription) string {
				var seen strings.Builder
				for {
					v, ok := a.poll(sub.Channel())
					if !ok {
						return seen.String()
					}
					seen.WriteString(v.String() + "\n")
				}
			}
			first, second := read(one), read(all)
			if first != second {
				return "monitor and events differ"
			}
			return first
		})
		h.main(32, func(a *actor) any {
			var watchers []string
			for range 3 {
				watchers = append(watchers, a.spawnMonitored("watch", a.self()))
				a.message()
			}
			for range 4 {
				a.spawnMonitored("joiner")
			}
			for range 4 {
				a.event()
			}
			seen := map[string]bool{}
			n := 0
			for _, w := range watchers {
				a.send(w, "over")
				v := a.event().Get("result").Record().Get("value").Str()
				seen[v] = true
				n = strings.Count(v, "\n")
			}
			if len(seen) > 1 {
				return fmt.Sprintf("different orders: %v", seen)
			}
			return n
		})
	})
}

// The same seed gives the same run, with many groups that end at once.
func TestGroupsAreReproducible(t *testing.T) {
	play := func(seed uint64) string {
		h := simulated(t, seed)
		defer h.close()
		h.scope(core.ScopeOptions{})
		h.define("member", func(a *actor) any {
			g := a.groups()
			for i := range 10 {
				must(g.Join([]string{fmt.Sprint("g", i), fmt.Sprint("g", (i*7)%10)}))
			}
			return g.Broadcast("g3", "t", nil)
		})
		h.define("watch", func(a *actor) any {
			sub, _, err := a.groups().MonitorAll()
			must(err)
			must(a.groups().Join([]string{"g3"}))
			a.send(a.arg(0), "ready")
			for {
				v, _, err := sub.Channel().Receive()
				must(err)
				h.see("%s %s", a.self(), v)
			}
		})
		h.main("ok", func(a *actor) any {
			for range 2 {
				a.spawn("watch", a.self())
				a.message()
			}
			for range 5 {
				a.spawnMonitored("member")
			}
			for range 5 {
				a.event()
			}
			return "ok"
		})
		h.sim.Settle()
		return strings.Join(h.seen, "\n")
	}
	for seed := range uint64(10) {
		if a, b := play(seed), play(seed); a != b {
			t.Fatalf("seed %d gives\n%s\nand\n%s", seed, a, b)
		} else if n := strings.Count(a, "member.left"); n != 2*5*10 {
			t.Fatalf("seed %d: %d changes of the ends told, want 100", seed, n)
		}
	}
}

// Processes that join, leave, watch and send to groups while others kill them
// leave nothing behind.
func TestGroupStorm(t *testing.T) {
	both(t, 60, func(h *house) {
		h.scope(core.ScopeOptions{MaxMembers: 40})
		h.define("member", func(a *actor) any {
			g := a.groups()
			random := rand.New(rand.NewPCG(a.Seed(), 0))
			group := func() string { return fmt.Sprint("g", random.IntN(3)) }
			var subs []hostapi.Subscription
			for range 30 {
				switch random.IntN(8) {
				case 0, 1:
					_ = soft(g.Join([]string{group(), group()}))
				case 2:
					_ = soft(g.Leave([]string{group()}))
				case 3:
					must(g.Broadcast(group(), "t", nil))
				case 4:
					sub, _, err := g.Monitor(group())
					must(err)
					subs = append(subs, sub)
				case 5:
					sub, _, err := g.MonitorAll()
					must(err)
					subs = append(subs, sub)
				case 6:
					if len(subs) > 0 {
						must(subs[random.IntN(len(subs))].Close(random.IntN(2) == 0))
					}
				case 7:
					if pids := must1(g.Members(group())); len(pids) > 0 && random.IntN(4) == 0 {
						_ = soft(a.Terminate(string(pids[random.IntN(len(pids))])))
					}
				}
			}
			return nil
		})
		h.main("[]", func(a *actor) any {
			sub, _, err := a.groups().MonitorAll()
			must(err)
			for range 20 {
				a.spawnMonitored("member")
			}
			for range 20 {
				a.event()
			}
			// What was told adds up to nothing, too.
			count := map[string]int{}
			for {
				v, ok := a.poll(sub.Channel())
				if !ok {
					break
				}
				r, n := v.Record(), 1
				if r.Get("kind").Str() == "member.left" {
					n = -1
				}
				for _, pid := range r.Get("data").Map().Get("PIDs").List().Items {
					key := r.Get("path").Str() + pid.Str()
					if count[key] += n; count[key] == 0 {
						delete(count, key)
					} else if count[key] < 0 {
						return key + " left more often than it joined"
					}
				}
			}
			if len(count) > 0 {
				return fmt.Sprint("not told of the end of ", count)
			}
			return fmt.Sprint(must1(a.groups().Names()))
		})
	})
}
