package cluster

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// Options of Join. All nodes of a cluster must have the same, but for OnEvent.
type Options struct {
	Name      string        // of the cluster; nodes of others are left alone; "understudy" if ""
	Driver    Driver        // required
	Heartbeat time.Duration // between heartbeats (23.4); 1s if 0
	DownAfter time.Duration // without contact a node is down; 5s if 0, at least three heartbeats
	// OnEvent is told of nodes that are up and down. It must not block, and may call the
	// methods of the runtime that do not wait.
	OnEvent func(Event)
}

// Event is what has become of a node: for one life of it up and down alternate, up first.
type Event struct {
	Node   core.Node
	Up     bool
	Reason string // of a down: "left", "restarted" or "lost" (23.6)
}

// Cluster is the nodes that a runtime is connected with. Its methods are safe for
// concurrent use.
type Cluster struct {
	rt   *core.Runtime
	self core.Node
	o    Options

	mu    sync.Mutex
	peers map[string]*peer // by name
	beats uint64           // sent
	times [64]time.Time    // when the last of them were sent
	stop  func() bool      // of the next heartbeat
	gone  bool             // Leave was called
	drawn uint64           // connections that were numbered
}

// NewIncarnation gives one that comes after all that were given before, for core.Node.
func NewIncarnation(now time.Time) string { return strconv.FormatInt(now.UnixNano(), 36) }

// Join begins to connect a runtime, whose core.Options.Node must be set, with the others of a
// cluster. The error is Invalid for options that make no sense, or that of the driver.
func Join(rt *core.Runtime, self core.Node, o Options) (*Cluster, error) {
	if o.Name == "" {
		o.Name = DefaultName
	}
	if o.Heartbeat == 0 {
		o.Heartbeat = DefaultHeartbeat
	}
	if o.DownAfter == 0 {
		o.DownAfter = DefaultDownAfter
	}
	switch {
	case o.Driver == nil:
		return nil, hostapi.Errorf(hostapi.Invalid, "a driver is required")
	case self.Name == "" || self.Incarnation == "":
		return nil, hostapi.Errorf(hostapi.Invalid, "not a node")
	case o.Heartbeat < 0 || o.DownAfter < 3*o.Heartbeat:
		return nil, hostapi.Errorf(hostapi.Invalid, "down_after must be at least three heartbeats")
	}
	c := &Cluster{rt: rt, self: self, o: o, peers: make(map[string]*peer)}
	if err := o.Driver.Start(self, c.receive); err != nil {
		return nil, err
	}
	c.beat()
	return c, nil
}

// Nodes gives the names of the nodes that are up, sorted, without the own.
func (c *Cluster) Nodes() []string {
	var names []string
	for _, p := range c.all() {
		if p.isUp() {
			names = append(names, p.name)
		}
	}
	slices.Sort(names)
	return names
}

// Leave tells the others that this node has left, and ends all connections.
func (c *Cluster) Leave() {
	c.mu.Lock()
	again := c.gone
	c.gone = true
	stop := c.stop
	c.mu.Unlock()
	if again {
		return
	}
	if stop != nil {
		stop()
	}
	for _, p := range c.all() {
		p.down("left", true)
	}
	c.o.Driver.Close()
}

// all gives the peers in the order of their names.
func (c *Cluster) all() []*peer {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]*peer, 0, len(c.peers))
	for _, p := range c.peers {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *peer) int { return strings.Compare(a.name, b.name) })
	return list
}

// peer finds a node by its name.
func (c *Cluster) peer(name string) *peer {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gone {
		return nil
	}
	p := c.peers[name]
	if p == nil {
		p = &peer{c: c, name: name}
		c.peers[name] = p
	}
	return p
}

// number numbers a connection: none is the same as one of an earlier life.
func (c *Cluster) number() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.drawn++
	return c.drawn<<32 | c.rt.NextSeed()>>33
}

// beat sends a heartbeat, looks after the peers, and does so again after a while.
func (c *Cluster) beat() {
	now := c.rt.Now()
	c.mu.Lock()
	if c.gone {
		c.mu.Unlock()
		return
	}
	c.beats++
	n := c.beats
	c.times[n%uint64(len(c.times))] = now
	c.stop = c.rt.AfterFunc(c.o.Heartbeat, c.beat)
	c.mu.Unlock()
	f := frame{kind: beat, number: n}
	for _, p := range c.all() {
		if h, ok := p.look(now); ok {
			f.heard = append(f.heard, h)
		}
	}
	c.o.Driver.Broadcast(f.append(nil))
}

// sentAt gives when a heartbeat was sent; false if that is too long ago to be known.
func (c *Cluster) sentAt(n uint64) (time.Time, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n == 0 || n > c.beats || c.beats-n >= uint64(len(c.times)) {
		return time.Time{}, false
	}
	return c.times[n%uint64(len(c.times))], true
}

// receive takes a frame from the driver.
func (c *Cluster) receive(from core.Node, b []byte) {
	f, ok := read(b)
	if !ok || from.Name == c.self.Name {
		return
	}
	p := c.peer(from.Name)
	if p == nil {
		return
	}
	if f.kind == beat {
		p.heardBeat(from, f)
		return
	}
	p.receive(from, f)
}

func (c *Cluster) tell(e Event) {
	if c.o.OnEvent != nil {
		c.o.OnEvent(e)
	}
}
