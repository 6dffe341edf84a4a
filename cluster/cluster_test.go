package cluster_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/cluster"
	"github.com/understudy-run/understudy/cluster/simulated"
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/engines/native"
	"github.com/understudy-run/understudy/hostapi"
)

// town is some nodes on one simulation and one network.
type town struct {
	t     *testing.T
	sim   *core.Simulation
	net   *simulated.Network
	nodes map[string]*inhabitant
	seed  uint64
	lives int
}

// inhabitant is one life of a node.
type inhabitant struct {
	*core.Runtime
	*cluster.Cluster
	node   core.Node
	events []string
	// up is who is up, by its events.
	up map[core.Node]bool
}

func settle(t *testing.T, seed uint64, names ...string) *town {
	w := &town{t: t, sim: core.NewSimulation(seed), net: simulated.New(seed), nodes: map[string]*inhabitant{}, seed: seed}
	for _, name := range names {
		w.start(name)
	}
	return w
}

// start starts a node, or its next life.
func (w *town) start(name string) *inhabitant {
	w.t.Helper()
	w.lives++
	self := core.Node{Name: name, Incarnation: strconv.Itoa(w.lives)}
	n := &inhabitant{node: self, up: map[core.Node]bool{}}
	n.Runtime = core.New(core.Options{Scheduler: w.sim, Seed: w.seed + uint64(w.lives), Node: self, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	must(w.t, n.DefineHost(core.HostOptions{ID: "town:host"}))
	must(w.t, n.StartHost("town:host"))
	c, err := cluster.Join(n.Runtime, self, cluster.Options{Driver: w.net.Driver(n.Runtime), OnEvent: func(e cluster.Event) {
		if e.Up == n.up[e.Node] {
			w.t.Errorf("%s is told twice that %s is up: %t", self, e.Node, e.Up)
		}
		n.up[e.Node] = e.Up
		if e.Up {
			n.events = append(n.events, "up "+e.Node.Name)
		} else {
			n.events = append(n.events, "down "+e.Node.Name+" "+e.Reason)
		}
	}})
	must(w.t, err)
	n.Cluster = c
	w.nodes[name] = n
	return n
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (w *town) close() {
	for _, n := range w.nodes {
		n.Leave()
	}
	for _, n := range w.nodes {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		must(w.t, n.Shutdown(ctx, 0))
		cancel()
	}
}

// agree reports whether every node is connected with every other.
func (w *town) agree() bool {
	for _, n := range w.nodes {
		if len(n.Nodes()) != len(w.nodes)-1 {
			return false
		}
	}
	return true
}

// run starts an actor on a node.
func (n *inhabitant) run(t *testing.T, name string, body func(p hostapi.Process, t hostapi.Task) (string, error)) (hostapi.PID, *string) {
	t.Helper()
	out := new(string)
	must(t, n.Define(core.Entry{ID: "town:" + name, Program: native.Program(func(t hostapi.Task, _ []hostapi.Value) ([]hostapi.Value, error) {
		s, err := body(t.Process(), t)
		*out = s
		return nil, err
	})}))
	pid, err := n.Start(t.Context(), hostapi.Spawn{ID: "town:" + name, Host: "town:host"}, nil)
	must(t, err)
	return pid, out
}

// 23.2: nodes find each other, whatever the network loses, delays and repeats.
func TestNodesFindEachOther(t *testing.T) {
	for seed := range uint64(30) {
		w := settle(t, seed+1, "a", "b", "c")
		w.net.Lost, w.net.Twice, w.net.Delay = 200, 200, 200*time.Millisecond
		for range 300 { // one that was found may be lost again, of which each frame in five is
			if w.sim.RunFor(time.Second); w.agree() {
				break
			}
		}
		if !w.agree() {
			t.Fatalf("seed %d: %v %v %v", seed+1, w.nodes["a"].Nodes(), w.nodes["b"].Nodes(), w.nodes["c"].Nodes())
		}
		w.close()
	}
}

// 24.7: while a connection lasts, all arrives, once and in order, though frames are lost and
// repeated; large messages too.
func TestAllArrivesInOrder(t *testing.T) {
	for seed := range uint64(20) {
		w := settle(t, seed+1, "a", "b")
		w.net.Lost, w.net.Twice, w.net.Delay = 50, 50, 20*time.Millisecond
		w.sim.RunFor(5 * time.Second)
		const n = 300
		large := strings.Repeat("x", 700_000)
		to, got := w.nodes["b"].run(t, "receiver", func(p hostapi.Process, _ hostapi.Task) (string, error) {
			for i := range int64(n) {
				v, _, err := p.Inbox().Receive()
				if err != nil {
					return "", err
				}
				values := v.Message().Values
				if values[0].Int() != i || i%100 == 0 && values[1].Str() != large {
					return fmt.Sprintf("%d came in place of %d", values[0].Int(), i), nil
				}
			}
			return "all", nil
		})
		w.nodes["a"].run(t, "sender", func(p hostapi.Process, _ hostapi.Task) (string, error) {
			for i := range int64(n) {
				text := ""
				if i%100 == 0 {
					text = large
				}
				if err := p.Send(string(to), "n", []hostapi.Value{hostapi.Int(i), hostapi.String(text)}); err != nil {
					return "", err
				}
			}
			return "", nil
		})
		w.sim.RunFor(2 * time.Minute)
		if *got != "all" || len(w.nodes["a"].events) != 1 {
			t.Fatalf("seed %d: %q, %v", seed+1, *got, w.nodes["a"].events)
		}
		w.close()
	}
}

// 23.4, 23.5, 23.8, 31.10: who is killed is down after DownAfter, who leaves at once; a
// restart is one, a partition ends by itself, also of one direction.
func TestNodesGoDown(t *testing.T) {
	w := settle(t, 1, "a", "b", "c")
	w.sim.RunFor(5 * time.Second)
	a := w.nodes["a"]
	expect := func(what string, want ...string) {
		t.Helper()
		slices.Sort(a.events)
		if !slices.Equal(a.events, want) {
			t.Errorf("%s: %v, want %v", what, a.events, want)
		}
		a.events = nil
	}
	expect("at the beginning", "up b", "up c")
	w.net.Kill("b")
	w.sim.RunFor(4 * time.Second)
	expect("shortly after a kill")
	w.sim.RunFor(3 * time.Second)
	expect("after DownAfter", "down b lost")
	w.start("b")
	w.sim.RunFor(5 * time.Second)
	expect("when it is back", "up b")
	w.net.Kill("b")
	w.start("b")
	w.sim.RunFor(5 * time.Second)
	expect("a quick restart", "down b restarted", "up b")
	w.net.Part("a", "c")
	w.sim.RunFor(8 * time.Second)
	expect("one direction is cut", "down c lost")
	w.net.Join("a", "c")
	w.sim.RunFor(8 * time.Second)
	expect("and healed", "up c")
	w.net.Part("a", "c")
	w.net.Part("c", "a")
	w.sim.RunFor(3 * time.Second)
	w.net.Join("a", "c")
	w.net.Join("c", "a")
	w.sim.RunFor(8 * time.Second)
	expect("a cut of three seconds")
	w.nodes["c"].Leave()
	w.sim.RunFor(time.Second)
	expect("it leaves", "down c left")
	must(t, w.nodes["c"].Shutdown(t.Context(), 0))
	delete(w.nodes, "c")
	w.close()
}

// 24.7, 25.8, 33.7: under random partitions and restarts what arrives is a beginning of what
// was sent in a connection, each monitor tells exactly once, and afterwards all are connected.
func TestPartitions(t *testing.T) {
	for seed := range uint64(60) {
		w := settle(t, seed+1, "a", "b", "c")
		random := rand.New(rand.NewPCG(seed, 4))
		w.net.Lost, w.net.Twice, w.net.Delay = random.IntN(100), random.IntN(100), time.Duration(1+random.IntN(100))*time.Millisecond
		if seed%3 == 0 { // what belongs to a connection that has ended still comes
			w.net.Delay = time.Duration(1+random.IntN(4000)) * time.Millisecond
		}
		w.sim.RunFor(5 * time.Second)
		// Each node has a receiver, to which each other sends numbers that count on while they
		// arrive; a gap is only legal after an error or an EXIT, when it begins a new series.
		receivers := map[string]hostapi.PID{}
		for name, n := range w.nodes {
			receivers[name], _ = n.run(t, "receiver", func(p hostapi.Process, _ hostapi.Task) (string, error) {
				next := map[string]int64{}
				for {
					v, _, err := p.Inbox().Receive()
					if err != nil {
						return "", err
					}
					m := v.Message()
					series, i := string(m.From)+" "+m.Values[0].String(), m.Values[1].Int()
					if i != next[series] {
						t.Errorf("seed %d: %s: %d came in place of %d", seed+1, series, i, next[series])
					}
					next[series] = i + 1
				}
			})
		}
		for name, n := range w.nodes {
			for other, to := range receivers {
				if other == name {
					continue
				}
				n.run(t, "sender-"+other, func(p hostapi.Process, _ hostapi.Task) (string, error) {
					watched := false
					for series := int64(0); ; series++ {
						for i := int64(0); ; i++ {
							if !watched {
								watched = p.Monitor(string(to)) == nil
							}
							if err := p.Send(string(to), "n", []hostapi.Value{hostapi.Int(series), hostapi.Int(i)}); err != nil {
								if err := p.Sleep(time.Second); err != nil {
									return "", err
								}
								break
							}
							if err := p.Sleep(100 * time.Millisecond); err != nil {
								return "", err
							}
							exits := 0
							for {
								s, err := p.Select([]*hostapi.Case{{Channel: p.Events()}}, false)
								if err != nil {
									return "", err
								}
								if s.Index != 0 {
									break
								}
								if s.Value.Record().Get("kind").Str() == string(hostapi.EventExit) {
									exits++
								}
							}
							if exits > 1 {
								t.Errorf("seed %d: %d EXITs of one monitor", seed+1, exits)
							}
							if exits > 0 {
								watched = false
								break
							}
						}
					}
				})
			}
		}
		names := []string{"a", "b", "c"}
		for range 10 {
			from, to := names[random.IntN(3)], names[random.IntN(3)]
			if from != to {
				w.net.Part(from, to)
				if random.IntN(2) == 0 {
					w.net.Part(to, from)
				}
			}
			w.sim.RunFor(time.Duration(random.IntN(12_000)) * time.Millisecond)
			if random.IntN(2) == 0 {
				w.net.Join(from, to)
				w.net.Join(to, from)
			}
		}
		for _, from := range names {
			for _, to := range names {
				w.net.Join(from, to)
			}
		}
		w.net.Lost, w.net.Twice, w.net.Delay = 0, 0, 0
		w.sim.RunFor(20 * time.Second)
		if !w.agree() {
			t.Errorf("seed %d: %v %v %v", seed+1, w.nodes["a"].Nodes(), w.nodes["b"].Nodes(), w.nodes["c"].Nodes())
		}
		w.close()
		if t.Failed() {
			return
		}
	}
}
