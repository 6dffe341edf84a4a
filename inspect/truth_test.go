package inspect_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/inspect"
)

// model is what a program must find of its processes, by the clauses and not by the core:
// it makes the same random steps.
type model struct {
	actors  map[string]*actor
	order   []string // PIDs, oldest first
	crashes []string // PIDs of those that have failed, oldest first
}

type actor struct {
	links, watching map[string]bool
	names, groups   map[string]bool
	mail            int
	trap            bool
}

// die ends a process (2.23, 5.6): those that are linked to one that fails go with it unless
// they trap links.
func (m *model) die(pid string, failed bool) {
	a := m.actors[pid]
	if a == nil {
		return
	}
	delete(m.actors, pid)
	m.order = slices.DeleteFunc(m.order, func(p string) bool { return p == pid })
	if failed {
		m.crashes = append(m.crashes, pid)
	}
	for _, other := range m.actors {
		delete(other.watching, pid)
		delete(other.links, pid)
	}
	for peer := range a.links {
		if p := m.actors[peer]; failed && p != nil && !p.trap {
			m.die(peer, true)
		}
	}
}

func (m *model) watchers(pid string) []string {
	out := []string{}
	for other, a := range m.actors {
		if a.watching[pid] {
			out = append(out, other)
		}
	}
	slices.Sort(out)
	return out
}

func sorted(set map[string]bool) []string {
	out := slices.Sorted(maps.Keys(set))
	if out == nil {
		out = []string{}
	}
	return out
}

// obeys is a process that does what it is told on topic do, and reads nothing else.
func obeys(p hostapi.Process, _ []hostapi.Value) error {
	do, err := p.Listen("do", true)
	if err != nil {
		return err
	}
	grouper, _ := hostapi.FacilityOf[hostapi.Grouper](p)
	scope, err := grouper.OpenScope("test:scope")
	if err != nil {
		return err
	}
	for {
		v, _, err := do.Receive()
		if err != nil {
			return err
		}
		words := v.Message().Values
		arg := words[1].Str()
		switch words[0].Str() {
		case "link":
			err = p.Link(arg)
		case "unlink":
			err = p.Unlink(arg)
		case "monitor":
			err = p.Monitor(arg)
		case "register":
			err = p.Register(arg, "")
		case "join":
			err = scope.Join([]string{arg})
		case "send":
			err = p.Send(arg, "mail", nil)
		case "trap":
			err = p.SetOptions(hostapi.Options{TrapLinks: true})
		case "fail":
			return hostapi.Errorf(hostapi.Conflict, "as told")
		case "exit":
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// Whatever random programs do, what the inspector shows is what they have brought about.
func TestWhatIsShownIsTrue(t *testing.T) {
	seeds, steps := 6, 150
	if os.Getenv("UNDERSTUDY_LONG") != "" {
		seeds, steps = 60, 400
	} else if testing.Short() {
		seeds, steps = 2, 80
	}
	for seed := range uint64(seeds) {
		h := simulated(t, seed, inspect.Options{})
		h.DefineScope(core.ScopeOptions{ID: "test:scope"})
		if err := h.StartScope("test:scope"); err != nil {
			t.Fatal(err)
		}
		h.define("obeys", obeys)
		m := &model{actors: map[string]*actor{}}
		r := rand.New(rand.NewPCG(seed, 63))
		for step := range steps {
			if what := m.step(h, r, step); what != "" {
				h.sim.Settle()
				if wrong := m.differs(h); wrong != "" {
					t.Fatalf("seed %d, step %d, after %s: %s", seed, step, what, wrong)
				}
			}
		}
	}
}

// step lets one random process do one random thing, and says what; "" if nothing could be
// done.
func (m *model) step(h *house, r *rand.Rand, n int) string {
	if len(m.order) < 3 || len(m.order) < 12 && r.IntN(5) == 0 {
		pid := string(h.start("obeys"))
		m.actors[pid] = &actor{links: map[string]bool{}, watching: map[string]bool{}, names: map[string]bool{}, groups: map[string]bool{}}
		m.order = append(m.order, pid)
		return "start of " + pid
	}
	who, peer := m.order[r.IntN(len(m.order))], m.order[r.IntN(len(m.order))]
	if who == peer {
		return ""
	}
	a, b := m.actors[who], m.actors[peer]
	what := []string{"link", "link", "unlink", "monitor", "register", "join", "send", "send", "trap", "fail", "exit", "terminate"}[r.IntN(12)]
	arg := peer
	switch what {
	case "link":
		a.links[peer], b.links[who] = true, true
	case "unlink":
		delete(a.links, peer)
		delete(b.links, who)
	case "monitor":
		if a.watching[peer] {
			return ""
		}
		a.watching[peer] = true
	case "register":
		arg = fmt.Sprint("name", n)
		a.names[arg] = true
	case "join":
		arg = fmt.Sprint("group", r.IntN(3))
		if a.groups[arg] {
			return ""
		}
		a.groups[arg] = true
	case "send":
		b.mail++
	case "trap":
		a.trap = true
	case "fail", "terminate":
		m.die(who, true)
	case "exit":
		m.die(who, false)
	}
	if what == "terminate" {
		if err := h.Terminate(hostapi.PID(who)); err != nil {
			h.t.Fatal(err)
		}
	} else if err := h.Send(hostapi.PID(who), "do", hostapi.String(what), hostapi.String(arg)); err != nil {
		h.t.Fatal(err)
	}
	return who + " " + what + " " + arg
}

// differs compares all that is shown with the model; "" if it is the same.
func (m *model) differs(h *house) string {
	var list inspect.ProcessList
	h.get("/api/v1/processes", &list)
	var pids []string
	for _, p := range list.Processes {
		pids = append(pids, p.PID)
	}
	if !slices.Equal(pids, m.order) || list.Total != len(m.order) {
		return fmt.Sprintf("processes %v, want %v", pids, m.order)
	}
	names, groups := map[string]string{}, map[string]bool{}
	for _, row := range list.Processes {
		a := m.actors[row.PID]
		var d inspect.ProcessDetail
		h.get(of(hostapi.PID(row.PID)), &d)
		for _, name := range d.Names {
			names[name] = row.PID
		}
		joined := []string{}
		for _, g := range d.Groups {
			joined = append(joined, g.Group)
			groups[g.Group+" "+row.PID] = true
		}
		slices.Sort(d.Names)
		for what, pair := range map[string][2]any{
			"state":   {row.State + " " + d.State, "waiting waiting"},
			"unread":  {[]int{row.Unread, d.Unread}, []int{a.mail, a.mail}},
			"links":   {d.Links, sorted(a.links)},
			"number":  {row.Links, len(a.links)},
			"watches": {d.Watching, sorted(a.watching)},
			"watched": {d.Watchers, m.watchers(row.PID)},
			"names":   {append([]string{}, d.Names...), sorted(a.names)},
			"groups":  {joined, sorted(a.groups)},
			"trap":    {d.Options.TrapLinks, a.trap},
			"waits":   {d.Coroutines[0].Waiting, "receive channel(listen do)"},
		} {
			if got, want := fmt.Sprint(pair[0]), fmt.Sprint(pair[1]); got != want {
				return fmt.Sprintf("%s: %s %s, want %s", row.PID, what, got, want)
			}
		}
		if a.mail > 0 {
			var box inspect.Mailbox
			h.get(of(hostapi.PID(row.PID))+"/mailbox?limit=1000", &box)
			if box.Total != a.mail || len(box.Messages) != a.mail || box.Messages[0].Topic != "mail" {
				return fmt.Sprintf("%s: mailbox %+v, want %d", row.PID, box, a.mail)
			}
		}
	}
	var all inspect.NameList
	h.get("/api/v1/names", &all)
	for _, n := range all.Names {
		if names[n.Name] != n.PID {
			return fmt.Sprintf("name %s is of %s, want %s", n.Name, n.PID, names[n.Name])
		}
	}
	if len(all.Names) != len(names) {
		return fmt.Sprintf("%d names, want %d", len(all.Names), len(names))
	}
	var sets inspect.GroupList
	h.get("/api/v1/groups", &sets)
	members := 0
	for _, g := range sets.Groups {
		for _, pid := range g.Members {
			if members++; !groups[g.Group+" "+pid] {
				return fmt.Sprintf("%s is no member of %s", pid, g.Group)
			}
		}
	}
	if members != len(groups) {
		return fmt.Sprintf("%d members, want %d", members, len(groups))
	}
	var crashes inspect.CrashList
	h.get("/api/v1/crashes", &crashes)
	var failed []string
	for _, c := range crashes.Crashes {
		failed = append(failed, c.PID)
	}
	want := slices.Clone(m.crashes)
	slices.Sort(want) // of one chain any order is right
	slices.Sort(failed)
	if len(want) <= 200 && !slices.Equal(failed, want) {
		return fmt.Sprintf("crashes %v, want %v", failed, want)
	}
	return ""
}

// The tree shows each child with the process that runs, and how often it was restarted.
func TestTreeIsTrue(t *testing.T) {
	for seed := range uint64(20) {
		h := simulated(t, seed, inspect.Options{})
		h.define("wait", waits)
		s := spec.DefaultSupervisor
		s.Intensity = 1000
		for _, id := range []string{"a", "b", "c"} {
			s.Children = append(s.Children, spec.Child{ID: id, Process: "test:wait", Restart: spec.Permanent})
		}
		h.DefineSupervisor("test:sup", s)
		o := core.DefaultService
		o.Spawn = hostapi.Spawn{ID: "test:sup", Host: hostID}
		service := h.NewService(o)
		service.Start()
		h.sim.Settle()
		r := rand.New(rand.NewPCG(seed, 64))
		killed := map[string]int{}
		for range 30 {
			var tree inspect.Tree
			h.get("/api/v1/tree", &tree)
			if len(tree.Tree) != 1 || tree.Tree[0].Kind != "service" || tree.Tree[0].State != "running" || len(tree.Tree[0].Children) != 3 {
				t.Fatalf("seed %d: tree %+v", seed, tree)
			}
			live := h.Processes()
			for i, c := range tree.Tree[0].Children {
				if c.ID != []string{"a", "b", "c"}[i] || c.State != "running" || c.Restarts != killed[c.ID] || !slices.Contains(live, hostapi.PID(c.PID)) {
					t.Fatalf("seed %d: child %+v, killed %v", seed, c, killed)
				}
			}
			victim := tree.Tree[0].Children[r.IntN(3)]
			killed[victim.ID]++
			if err := h.Terminate(hostapi.PID(victim.PID)); err != nil {
				t.Fatal(err)
			}
			h.sim.Settle()
		}
		service.Stop("test")
	}
}
