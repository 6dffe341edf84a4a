package core_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// compareGroups compares process groups (section 18) with pg: who is a member,
// in which order, what subscribers are told, and what ends of members do.
func compareGroups(t *testing.T, e *erlang) {
	e.compare(t, "groups", storiesOf(1, func(seed uint64) story { return drawGroups(seed) }))
}

// crowd is a story of process groups: members m1, m2, ... join and leave groups
// of the scopes one and two and end, watchers w1, w2, ... subscribe.
type crowd struct {
	seed  uint64
	steps []string
}

const (
	crowdMembers  = 4
	crowdWatchers = 3
)

// drawGroups draws a story.
func drawGroups(seed uint64) *crowd {
	a, c := newAuthor(seed), &crowd{seed: seed}
	scope := func() string { return pick(a, "one", "one", "two") }
	group := func() string { return pick(a, "a", "a", "b", "c") }
	groups := func() string {
		list := make([]string, 1+a.IntN(3))
		for i := range list {
			list[i] = group()
		}
		return strings.Join(list, "+")
	}
	member := func() string { return fmt.Sprintf("m%d", 1+a.IntN(crowdMembers)) }
	watcher := func() string { return fmt.Sprintf("w%d", 1+a.IntN(crowdWatchers)) }
	for range 30 {
		var step string
		switch a.IntN(16) {
		case 0, 1, 2, 3:
			step = "join " + member() + " " + scope() + " " + groups()
		case 4, 5, 6:
			step = "leave " + member() + " " + scope() + " " + groups()
		case 7:
			step = "monitor " + watcher() + " " + scope() + " " + group()
		case 8:
			step = "events " + watcher() + " " + scope()
		case 9, 10:
			step = "read " + watcher()
		case 11:
			step = fmt.Sprintf("close %s %d", watcher(), 1+a.IntN(3))
		case 12:
			step = "groups " + scope()
		case 13, 14:
			step = "members " + scope() + " " + group()
		default:
			step = pick(a, "exits ", "crashes ", "is_killed ") + pick(a, member(), member(), watcher())
		}
		c.steps = append(c.steps, step)
	}
	for i := range crowdWatchers {
		c.steps = append(c.steps, fmt.Sprintf("read w%d", i+1))
	}
	for _, scope := range []string{"one", "two"} {
		for _, group := range []string{"a", "b", "c"} {
			c.steps = append(c.steps, "members "+scope+" "+group)
		}
	}
	c.steps = c.possible()
	return c
}

// possible gives the steps without those of processes that have ended, and those
// that close what is not open.
func (c *crowd) possible() (steps []string) {
	open, dead := map[string]int{}, map[string]bool{}
	for _, step := range c.steps {
		words := strings.Fields(step)
		if who := words[1]; words[0] != "members" && words[0] != "groups" && dead[who] {
			continue
		}
		switch words[0] {
		case "monitor", "events":
			open[words[1]]++
		case "close":
			if words[2] > fmt.Sprint(open[words[1]]) {
				continue
			}
		case "exits", "crashes", "is_killed":
			dead[words[1]] = true
		}
		steps = append(steps, step)
	}
	return steps
}

func (c *crowd) shorter(testing.TB) (all []story) {
	for _, steps := range without(c.steps) {
		s := &crowd{c.seed, steps}
		s.steps = s.possible()
		all = append(all, s)
	}
	return all
}

func (c *crowd) term() string {
	var steps []string
	for _, step := range c.steps {
		words := strings.Fields(step)
		if words[0] == "join" || words[0] == "leave" {
			words[3] = "[" + strings.ReplaceAll(words[3], "+", ",") + "]"
		}
		steps = append(steps, "{"+strings.Join(words, ",")+"}")
	}
	names := func(prefix string, n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf("%s%d", prefix, i+1)
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	return fmt.Sprintf("{%s,%s,[%s]}", names("m", crowdMembers), names("w", crowdWatchers), strings.Join(steps, ","))
}

// level: a member that ends leaves its groups in an order that is not specified,
// and one group with one record for all its memberships (18.6), in pg with one
// for each.
func (c *crowd) level(seen string) string {
	subscriptions := strings.Split(seen, "; ")
	for i, text := range subscriptions {
		changes := strings.Split(text, ", ")
		for from := 0; from < len(changes); {
			who, left := leaver(changes[from])
			to := from + 1
			for left && to < len(changes) {
				if other, also := leaver(changes[to]); !also || other != who {
					break
				}
				to++
			}
			slices.Sort(changes[from:to])
			from = to
		}
		subscriptions[i] = strings.Join(changes, ", ")
	}
	return strings.Join(subscriptions, "; ")
}

// leaver gives the member that a change says has left.
func leaver(change string) (who string, left bool) {
	words := strings.Fields(change)
	if len(words) != 3 || words[0] != "left" {
		return "", false
	}
	return words[2], true
}

func (c *crowd) ours(t testing.TB) (seen []string) {
	h := simulated(t, c.seed)
	defer h.close()
	for _, scope := range []string{"one", "two"} {
		h.DefineScope(core.ScopeOptions{ID: "test:" + scope})
		if err := h.StartScope("test:" + scope); err != nil {
			t.Fatal(err)
		}
	}
	pids, names := map[string]string{}, map[string]string{}
	h.define("player", func(a *actor) any { return a.crowd(names) })
	for _, prefix := range []string{"m", "w"} {
		for i := range max(crowdMembers, crowdWatchers) {
			name := fmt.Sprintf("%s%d", prefix, i+1)
			h.Launch(req("player"), func(pid hostapi.PID, err error) {
				if err != nil {
					t.Error(err)
				}
				pids[name], names[string(pid)] = string(pid), name
			}, func(hostapi.Result) {})
		}
	}
	h.sim.Settle()
	h.define("ask", func(a *actor) any {
		words := strings.Fields(a.arg(0))
		switch words[0] {
		case "members":
			return members(must1(a.open(words[1]).Members(words[2])), names)
		case "groups":
			return strings.Join(must1(a.open(words[1]).Names()), " ")
		case "is_killed":
			must(a.Monitor(pids[words[1]]))
			must(a.Terminate(pids[words[1]]))
			a.event()
			return "ok"
		case "exits", "crashes":
			must(a.Monitor(pids[words[1]]))
			a.send(pids[words[1]], a.arg(0))
			a.event()
			return "ok"
		}
		a.send(pids[words[1]], a.arg(0))
		return a.message().Values[0]
	})
	for _, step := range c.steps {
		v, err := h.exec("ask", step)
		if err != nil {
			t.Fatalf("%s: %v", step, err)
		}
		seen = append(seen, v.Str())
	}
	return seen
}

// open opens one of the scopes of a crowd.
func (a *actor) open(scope string) hostapi.Groups { return must1(a.OpenScope("test:" + scope)) }

// crowd is the program of a member or a watcher: each message is a step, which it
// answers.
func (a *actor) crowd(names map[string]string) any {
	var subscriptions []hostapi.Subscription
	scopes := map[string]hostapi.Groups{}
	for {
		m := a.message()
		words := strings.Fields(m.Topic)
		var g hostapi.Groups
		if len(words) > 2 {
			if scopes[words[2]] == nil && words[0] != "close" {
				scopes[words[2]] = a.open(words[2])
			}
			g = scopes[words[2]]
		}
		answer := "ok"
		switch words[0] {
		case "join":
			must(g.Join(strings.Split(words[3], "+")))
		case "leave":
			if err := g.Leave(strings.Split(words[3], "+")); soft(err) != nil {
				answer = hostapi.AsError(err).Message
			}
		case "monitor":
			sub, pids, err := g.Monitor(words[3])
			must(err)
			subscriptions = append(subscriptions, sub)
			answer = members(pids, names)
		case "events":
			sub, groups, err := g.MonitorAll()
			must(err)
			subscriptions = append(subscriptions, sub)
			var list []string
			for _, group := range groups {
				list = append(list, group.Name+" "+members(group.Members, names))
			}
			answer = strings.Join(list, ", ")
		case "close":
			must(subscriptions[words[2][0]-'1'].Close(false))
		case "read":
			var list []string
			for _, sub := range subscriptions {
				list = append(list, a.changes(sub, names))
			}
			answer = strings.Join(list, "; ")
		case "exits":
			return nil
		default:
			return hostapi.Errorf(hostapi.Internal, "crashed")
		}
		a.send(string(m.From), "answer", answer)
	}
}

// changes gives what a subscriber has not read, one text for each membership.
func (a *actor) changes(sub hostapi.Subscription, names map[string]string) string {
	var all []string
	for {
		v, ready := a.poll(sub.Channel())
		if !ready || v.Type() == hostapi.TypeNil {
			return strings.Join(all, ", ")
		}
		r := v.Record()
		for _, pid := range r.Get("data").Map().Get("PIDs").List().Items {
			all = append(all, fmt.Sprintf("%s %s %s", strings.TrimPrefix(r.Get("kind").Str(), "member."), r.Get("path").Str(), names[pid.Str()]))
		}
	}
}
