// Package simulated is a network between nodes that share a core.Simulation, for tests of
// what happens when it delays, loses, repeats and parts: one seed gives one run.
package simulated

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/understudy-run/understudy/cluster"
	"github.com/understudy-run/understudy/core"
)

// Network is what nodes are connected by. It is used as the simulation is, by one goroutine.
type Network struct {
	// Delay is how long a frame is under way at most; a millisecond if 0.
	Delay time.Duration
	// Lost and Twice say of how many frames in a thousand one is lost, or arrives twice.
	Lost, Twice int

	random *rand.Rand
	ends   map[string]*end    // by the names of nodes
	apart  map[[2]string]bool // from, to
	lanes  map[lane]time.Time // when the last frame of each arrives
}

// lane is one in which frames do not overtake each other.
type lane struct {
	from, to  string
	broadcast bool
}

// New gives a network.
func New(seed uint64) *Network {
	return &Network{
		random: rand.New(rand.NewPCG(seed, 0x6e6574776f726b)),
		ends:   map[string]*end{}, apart: map[[2]string]bool{}, lanes: map[lane]time.Time{},
	}
}

// Driver gives the driver of a node, for one Join. A later one of the same name takes its place.
func (n *Network) Driver(rt *core.Runtime) cluster.Driver { return &end{n: n, rt: rt} }

// Part lets nothing come from one node to another any more, in this direction; what is under
// way is lost too. Join undoes it.
func (n *Network) Part(from, to string) { n.apart[[2]string{from, to}] = true }

// Join undoes Part.
func (n *Network) Join(from, to string) { delete(n.apart, [2]string{from, to}) }

// Kill takes a node off the network: it says nothing any more, and nothing reaches it.
func (n *Network) Kill(name string) {
	if e := n.ends[name]; e != nil {
		e.Close()
	}
}

// end is a node at the network.
type end struct {
	n       *Network
	rt      *core.Runtime
	self    core.Node
	receive func(core.Node, []byte)
	gone    bool
}

// Start implements cluster.Driver.
func (e *end) Start(self core.Node, receive func(core.Node, []byte)) error {
	e.self, e.receive = self, receive
	e.n.ends[self.Name] = e
	return nil
}

// Send implements cluster.Driver.
func (e *end) Send(to core.Node, frame []byte) {
	if x := e.n.ends[to.Name]; x != nil && x.self == to {
		e.carry(x, frame, false)
	}
}

// Broadcast implements cluster.Driver.
func (e *end) Broadcast(frame []byte) {
	names := make([]string, 0, len(e.n.ends))
	for name := range e.n.ends {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if name != e.self.Name {
			e.carry(e.n.ends[name], frame, true)
		}
	}
}

// Close implements cluster.Driver.
func (e *end) Close() {
	e.gone = true
	if e.n.ends[e.self.Name] == e {
		delete(e.n.ends, e.self.Name)
	}
}

func (e *end) carry(to *end, frame []byte, broadcast bool) {
	n := e.n
	if e.gone || to.gone || n.random.IntN(1000) < n.Lost {
		return
	}
	times := 1
	if n.random.IntN(1000) < n.Twice {
		times = 2
	}
	frame = slices.Clone(frame)
	l := lane{e.self.Name, to.self.Name, broadcast}
	for range times {
		delay := n.Delay
		if delay == 0 {
			delay = time.Millisecond
		}
		now := e.rt.Now()
		at := now.Add(time.Duration(n.random.Int64N(int64(delay)) + 1))
		if last := n.lanes[l]; !at.After(last) {
			at = last.Add(1)
		}
		n.lanes[l] = at
		to.rt.AfterFunc(at.Sub(now), func() {
			if !to.gone && !n.apart[[2]string{l.from, l.to}] {
				to.receive(e.self, frame)
			}
		})
	}
}
