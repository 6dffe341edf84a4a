package core_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

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
			if got := text(a.Upgrade("test:unknown", nil)); got != "NotFound: unknown process entry: test:unknown" {
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
