package core_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// cluster is some houses that are nodes, each connected with each.
type cluster struct {
	t      *testing.T
	sim    *core.Simulation // nil on real workers
	random *rand.Rand
	houses map[string]*house
	cables map[string]*cable // by "from to"
}

// cable carries frames one way, in order, each after a while.
type cable struct {
	c     *cluster
	from  string
	to    string
	mu    sync.Mutex
	queue [][]byte
	busy  bool
	cut   bool
	peer  *core.Peer // at the end
}

// post takes a frame. It is called with locks of the runtime held.
func (c *cable) post(frame []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut {
		return
	}
	c.queue = append(c.queue, slices.Clone(frame))
	if !c.busy {
		c.busy = true
		c.later()
	}
}

func (c *cable) later() {
	if c.c.sim == nil {
		go c.carry()
		return
	}
	c.c.houses[c.to].AfterFunc(time.Duration(c.c.random.IntN(2000))*time.Microsecond, c.carry)
}

func (c *cable) carry() {
	for {
		c.mu.Lock()
		if len(c.queue) == 0 {
			c.busy = false
			c.mu.Unlock()
			return
		}
		frame, peer := c.queue[0], c.peer
		c.queue = c.queue[1:]
		c.mu.Unlock()
		if peer != nil {
			if err := peer.Receive(frame); err != nil {
				c.c.t.Error(err)
			}
		}
		if c.c.sim != nil && c.c.random.IntN(2) == 0 {
			c.mu.Lock()
			c.later()
			c.mu.Unlock()
			return
		}
	}
}

// nodes makes a cluster. seed is that of the simulation, 0: on real workers.
func nodes(t *testing.T, seed uint64, names ...string) *cluster {
	c := &cluster{t: t, houses: map[string]*house{}, cables: map[string]*cable{}, random: rand.New(rand.NewPCG(seed, 9))}
	if seed != 0 {
		c.sim = core.NewSimulation(seed)
	}
	for _, name := range names {
		h := &house{t: t, sim: c.sim}
		o := core.Options{Node: core.Node{Name: name, Incarnation: "1"}}
		workers := 2
		if c.sim != nil {
			o.Scheduler, o.Seed, workers = c.sim, seed+1, 1
		}
		c.houses[name] = h.open(o, workers)
	}
	for _, a := range names {
		for _, b := range names {
			if a != b {
				c.cables[a+" "+b] = &cable{c: c, from: a, to: b}
			}
		}
	}
	for _, a := range names {
		for _, b := range names {
			if a < b {
				c.connect(a, b)
			}
		}
	}
	return c
}

// connect begins a connection.
func (c *cluster) connect(a, b string) {
	for _, ends := range [][2]string{{a, b}, {b, a}} {
		here, there := c.cables[ends[0]+" "+ends[1]], c.cables[ends[1]+" "+ends[0]]
		here.mu.Lock()
		here.cut, here.queue = false, nil
		here.mu.Unlock()
		p, err := c.houses[ends[0]].Connect(core.Node{Name: ends[1], Incarnation: "1"}, here.post)
		if err != nil {
			c.t.Fatal(err)
		}
		there.mu.Lock()
		there.peer = p
		there.mu.Unlock()
	}
}

// cut ends a connection at both ends; what is on its way is lost.
func (c *cluster) cut(a, b, reason string) {
	var peers []*core.Peer
	for _, name := range []string{a + " " + b, b + " " + a} {
		x := c.cables[name]
		x.mu.Lock()
		x.cut, x.queue = true, nil
		peers = append(peers, x.peer)
		x.peer = nil
		x.mu.Unlock()
	}
	for _, p := range peers {
		p.Down(reason)
	}
}

func (c *cluster) close() {
	for _, h := range c.houses {
		h.close()
	}
}

// onNodes plays something under many schedules, and on real workers.
func onNodes(t *testing.T, runs int, play func(c *cluster), names ...string) {
	t.Helper()
	for seed := range uint64(atLength(runs, runs/10+1)) {
		c := nodes(t, seed+1, names...)
		play(c)
		c.close()
		if t.Failed() {
			t.Fatalf("with seed %d", seed+1)
		}
	}
	for range 5 {
		c := nodes(t, 0, names...)
		play(c)
		c.close()
	}
}

// begin starts an entry of a house. ended drives the nodes until it has ended, and gives
// what it returned.
func (h *house) begin(name string, args ...any) (pid string, ended func() string) {
	h.t.Helper()
	var values []hostapi.Value
	for _, a := range args {
		values = append(values, val(a))
	}
	got := make(chan hostapi.Result, 1)
	p, err := h.Runtime.Start(h.t.Context(), hostapi.Spawn{ID: "test:" + name, Host: hostID, Args: values}, func(r hostapi.Result) { got <- r })
	if err != nil {
		h.t.Fatal(err)
	}
	return string(p), func() string {
		h.t.Helper()
		if h.sim != nil {
			h.sim.Run()
			if len(got) == 0 {
				h.t.Fatalf("%s has not ended; waiting: %v", name, h.Waiting())
			}
		}
		r := <-got
		if r.Err != nil {
			return text(r.Err)
		}
		return r.Value.Str()
	}
}

// gives starts an entry of a house, and checks what it returns.
func (h *house) gives(want, name string, args ...any) {
	h.t.Helper()
	_, ended := h.begin(name, args...)
	if got := ended(); got != want {
		h.t.Errorf("%s, want %s", got, want)
	}
}

// 24.1, 24.7: messages to a PID of another node arrive there, once and in order, with
// a PID to answer to.
func TestMessagesCrossNodes(t *testing.T) {
	onNodes(t, 100, func(c *cluster) {
		a, b := c.houses["a"], c.houses["b"]
		b.define("echo", func(x *actor) any {
			for range 20 {
				m := x.message()
				must(x.Send(string(m.From), "back", m.Values))
			}
			return nil
		})
		a.define("main", func(x *actor) any {
			var got []string
			for i := range 20 {
				must(x.Send(x.arg(0), "there", []hostapi.Value{hostapi.Int(int64(i)), hostapi.ListOf(hostapi.String("x"))}))
			}
			for range 20 {
				got = append(got, x.message().Values[0].String())
			}
			return strings.Join(got, " ")
		})
		pid, _ := b.begin("echo")
		if !strings.HasPrefix(pid, "{b#1/"+hostID+"|") {
			t.Errorf("a PID of node b is %s", pid)
		}
		a.gives("0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19", "main", pid)
	}, "a", "b")
}

// 25.5: each row for a node that is connected, the process being dead; and 24.5 for PIDs of
// other lives and of nodes that are not.
func TestRelationsWithTheDead(t *testing.T) {
	onNodes(t, 50, func(c *cluster) {
		a, b := c.houses["a"], c.houses["b"]
		b.define("short", func(*actor) any { return nil })
		a.define("main", func(x *actor) any {
			x.trap()
			dead := x.arg(0)
			out := []any{
				text(x.Send(dead, "x", nil)), text(x.Cancel(dead, time.Second, "r")), text(x.Terminate(dead)),
				text(x.Unlink(dead)), text(x.Unmonitor(dead)), text(x.Monitor(dead)),
			}
			e := x.event()
			out = append(out, kind(e), from(e) == dead, failure(e), text(x.Link(dead)))
			e = x.event()
			return lines(append(out, kind(e), from(e) == dead, failure(e))...)
		})
		dead, ended := b.begin("short")
		ended()
		gone := "process not found: " + dead + " (test:short)"
		want := lines("ok", "ok", "ok", "ok", "ok", "ok", "pid.exit", true, gone, "ok", "pid.link.down", true, gone)
		a.gives(want, "main", dead)
		a.define("others", func(x *actor) any {
			const old, other = "{b#0/test:host|1}", "{c#1/test:host|1}"
			return lines(text(x.Send("{a#0/test:host|1}", "x", nil)), text(x.Send(old, "x", nil)), text(x.Monitor(old)),
				text(x.Send(other, "x", nil)), text(x.Monitor(other)), text(x.Unmonitor(other)))
		})
		want = lines("NotFound: process not found: {a#0/test:host|1}", "NotFound: process not found: {b#0/test:host|1}",
			"NotFound: process not found: {b#0/test:host|1}", "Unavailable: node not connected: c", "Unavailable: node not connected: c", "ok")
		a.gives(want, "others")
		var reasons []core.DeadLetterReason
		a.mu.Lock()
		for _, l := range a.letters {
			reasons = append(reasons, l.Reason)
		}
		a.mu.Unlock()
		if want := []core.DeadLetterReason{core.NoProcess, core.NoProcess, core.NoNode}; !slices.Equal(reasons, want) {
			t.Errorf("dead letters %v, want %v", reasons, want)
		}
	}, "a", "b")
}

// 25.8, 25.9: ends cross nodes, to watchers and along links, over a chain of three.
func TestEndsCrossNodes(t *testing.T) {
	onNodes(t, 100, func(c *cluster) {
		a, b := c.houses["a"], c.houses["b"]
		c.houses["c"].define("last", func(x *actor) any {
			x.message()
			return errors.New("broken")
		})
		b.define("middle", func(x *actor) any {
			must(x.Link(x.arg(0)))
			must(x.Send(x.arg(1), "linked", nil))
			must(x.Reply(x.message(), hostapi.Result{}))
			x.message()
			return nil
		})
		a.define("main", func(x *actor) any {
			x.trap()
			last, middle := x.arg(0), string(x.message().From)
			must(x.Monitor(middle))
			must(x.Link(middle))
			must(x.Monitor(last))
			must1(x.Call(middle, "ready", -1, nil)) // it knows of the above
			must(x.Send(last, "go", nil))
			var got []string
			for range 3 {
				e := x.event()
				who := "last"
				if from(e) == middle {
					who = "middle"
				}
				got = append(got, lines(kind(e), who, failure(e)))
			}
			slices.Sort(got)
			return strings.Join(got, ", ")
		})
		last, _ := c.houses["c"].begin("last")
		main, ended := a.begin("main", last)
		b.begin("middle", last, main)
		const want = "pid.exit last broken, pid.exit middle linked process failed, pid.link.down middle linked process failed"
		if got := ended(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}, "a", "b", "c")
}

// 5.4, 6.4, 25.7: after unlink and unmonitor nothing of the peer is read, however its end
// races with them; and a normal end tells watchers only.
func TestUndoneRelationsAreSilent(t *testing.T) {
	onNodes(t, 200, func(c *cluster) {
		a, b := c.houses["a"], c.houses["b"]
		b.define("peer", func(x *actor) any {
			if x.arg(0) == "fails" {
				return errors.New("broken")
			}
			return nil
		})
		a.define("main", func(x *actor) any {
			x.trap()
			for _, peer := range []string{x.arg(0), x.arg(1)} {
				must(x.Link(peer))
				must(x.Monitor(peer))
			}
			for range c.random.IntN(3) {
				x.sleep(time.Millisecond)
			}
			for _, peer := range []string{x.arg(0), x.arg(1)} {
				must(x.Unlink(peer))
				must(x.Unmonitor(peer))
			}
			x.sleep(10 * time.Millisecond)
			if v, ok := x.poll(x.Events()); ok {
				return "an event: " + kind(v.Record())
			}
			return "ok"
		})
		fails, _ := b.begin("peer", "fails")
		ends, _ := b.begin("peer")
		a.gives("ok", "main", fails, ends)
	}, "a", "b")
}

// 7.1, 7.2, 25.5, 25.10: cancel has its grace on the node of the cancelled, terminate kills.
func TestStopsCrossNodes(t *testing.T) {
	onNodes(t, 50, func(c *cluster) {
		a, b := c.houses["a"], c.houses["b"]
		b.define("stops", func(x *actor) any {
			e := x.event()
			return errors.New(lines(kind(e), from(e) == x.arg(0), e.Get("reason").Str()))
		})
		b.define("stays", func(x *actor) any {
			for {
				x.event()
			}
		})
		a.define("main", func(x *actor) any {
			must(x.Send(x.message().Values[0].Str(), "start", []hostapi.Value{val(x.self())}))
			peers := x.message().Values
			must(x.Monitor(peers[0].Str()))
			must(x.Cancel(peers[0].Str(), time.Minute, "enough"))
			out := []any{failure(x.event())}
			for i, stop := range []func(string) error{
				func(pid string) error { return x.Cancel(pid, time.Millisecond, "now") }, x.Terminate,
			} {
				must(x.Monitor(peers[i+1].Str()))
				must(stop(peers[i+1].Str()))
				out = append(out, failure(x.event()))
			}
			return lines(out...)
		})
		b.define("starter", func(x *actor) any {
			must(x.Send(x.arg(0), "starter", []hostapi.Value{val(x.self())}))
			main := x.message().Values[0].Str()
			var pids []hostapi.Value
			for _, name := range []string{"stops", "stays", "stays"} {
				pid, err := x.Spawn(hostapi.Spawn{ID: "test:" + name, Host: hostID, Args: []hostapi.Value{val(main)}})
				must(err)
				pids = append(pids, val(pid))
			}
			must(x.Send(main, "peers", pids))
			return nil
		})
		main, ended := a.begin("main")
		b.begin("starter", main)
		want := lines("pid.cancel true enough", "process cancelled: grace period expired", "process terminated")
		if got := ended(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}, "a", "b")
}

// 70.1: a call is answered across nodes, by a reply, by the end of who is asked, or since
// there is nobody.
func TestCallsCrossNodes(t *testing.T) {
	onNodes(t, 50, func(c *cluster) {
		a, b := c.houses["a"], c.houses["b"]
		b.define("server", func(x *actor) any {
			m := x.message()
			must(x.Reply(m, hostapi.Result{Value: hostapi.ListOf(m.Values...)}))
			must(x.Reply(x.message(), hostapi.Result{Err: hostapi.Errorf(hostapi.Conflict, "no")}))
			x.message()
			return errors.New("broken")
		})
		a.define("main", func(x *actor) any {
			var out []any
			for i := range 4 {
				v, err := x.Call(x.arg(0), "ask", time.Minute, []hostapi.Value{val(i)})
				if err != nil {
					out = append(out, text(err))
				} else {
					out = append(out, v.String())
				}
			}
			return lines(out...)
		})
		server, _ := b.begin("server")
		want := lines("[0]", "Conflict: no", "Unavailable: process ended before it replied",
			"NotFound: process not found: "+server+" (test:server)")
		a.gives(want, "main", server)
	}, "a", "b")
}

// 23.7, 23.8, 23.9, 25.8: when a node is lost, EXIT comes to all watchers, then LINK_DOWN, a
// call fails, links kill; sends fail until there is a connection again, and then reach the
// same process.
func TestLostNode(t *testing.T) {
	onNodes(t, 100, func(c *cluster) {
		a, b := c.houses["a"], c.houses["b"]
		lost := make(chan struct{})
		b.define("peer", func(x *actor) any {
			for {
				switch m := x.message(); m.Topic {
				case "hello":
					must(x.Send(string(m.From), "seen", nil))
				case "again":
					return nil
				}
			}
		})
		a.define("linked", func(x *actor) any {
			must(x.Link(x.arg(0)))
			must(x.Send(x.arg(1), "linked", nil))
			x.message()
			return nil
		})
		a.define("main", func(x *actor) any {
			x.trap()
			p, q, linked := x.arg(0), x.arg(1), x.message().From
			must(x.Monitor(string(linked)))
			for _, peer := range []string{p, q} {
				must(x.Link(peer))
				must(x.Monitor(peer))
				must(x.Send(peer, "hello", nil))
			}
			x.message()
			x.message()
			close(lost)
			_, err := x.Call(p, "ask", -1, nil)
			out := []any{text(err)}
			for range 5 {
				e := x.event()
				out = append(out, kind(e), failure(e))
			}
			return lines(append(out, text(x.Send(p, "again", nil)))...)
		})
		p, pEnded := b.begin("peer")
		q, _ := b.begin("peer")
		other, otherEnded := b.begin("peer")
		main, ended := a.begin("main", p, q)
		a.begin("linked", p, main)
		if c.sim != nil {
			c.sim.Run()
		}
		<-lost
		c.cut("a", "b", "lost")
		got := ended()
		const exit, down = "pid.exit node down: b", "pid.link.down node down: b"
		failed := "pid.exit linked process failed"
		_, rest, _ := strings.Cut(got, " pid.")
		if !strings.HasPrefix(got, "Unavailable: ") || !strings.HasPrefix("pid."+rest, lines(exit, exit)) || !strings.Contains(got, failed) ||
			strings.Count(got, down) != 2 || !strings.HasSuffix(got, "Unavailable: node not connected: b") {
			t.Errorf("%s", got)
		}
		c.connect("a", "b")
		a.define("again", func(x *actor) any { return text(x.Send(x.arg(0), "again", nil)) })
		a.gives("ok", "again", other)
		if got := otherEnded(); got != "" {
			t.Error(got)
		}
		if got := pEnded(); got != "Internal: linked process failed" { // node a was down for it too
			t.Error(got)
		}
	}, "a", "b")
}
