package kernel

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/understudy-run/understudy/hostapi"
)

// peers are the nodes that are connected, by name.
type peers struct {
	mu sync.RWMutex
	m  map[string]*Peer
}

func (ps *peers) named(name string) *Peer {
	ps.mu.RLock()
	defer ps.mu.RUnlock()
	return ps.m[name]
}

// all gives them by their names.
func (ps *peers) all() []*Peer {
	ps.mu.RLock()
	defer ps.mu.RUnlock()
	if len(ps.m) == 0 {
		return nil
	}
	list := slices.Collect(maps.Values(ps.m))
	slices.SortFunc(list, func(a, b *Peer) int { return strings.Compare(a.node.Name, b.node.Name) })
	return list
}

// Peer is a connection with another node, from its beginning to its end. Frames that one
// side posts arrive at the other all of them and in order, up to the end of the
// connection: that is for who carries them.
type Peer struct {
	rt   *Runtime
	node Node

	in   sync.Mutex // one frame arrives at a time, and none after the end
	shut bool       // none arrives any more

	out   sync.Mutex
	post  func(frame []byte)
	over  bool   // nothing is posted any more
	calls uint64 // numbers given

	// mu guards the stand-ins. It comes before the locks of processes, out after them.
	mu       sync.Mutex
	standIns map[hostapi.PID]*process
	made     uint64
	sweepAt  int

	// Also guarded by mu.
	commissions map[uint64]*process // what the node was asked for, by number: stand-ins without PID
	unborn      map[uint64]*process // what it has asked for and is not yet live
	kept        map[uint64]*process // what its supervisors have made here
	lost        bool                // the connection has ended
	hosting     map[string]Hosting  // of the node
	told        []Hosting           // to it
	toldHosts   bool
}

// leastSweep is how many stand-ins come at least between two looks for those that are needed
// no more.
const leastSweep = 64

// Connect implements core.Runtime.
func (rt *Runtime) Connect(node Node, post func(frame []byte)) (*Peer, error) {
	p, err := rt.connect(node, post)
	if err != nil {
		return nil, err
	}
	p.TellHosts()
	return p, nil
}

func (rt *Runtime) connect(node Node, post func(frame []byte)) (*Peer, error) {
	if rt.node.Name == "" {
		return nil, hostapi.Errorf(hostapi.Invalid, "not a node")
	}
	if node.Name == rt.node.Name {
		return nil, hostapi.Errorf(hostapi.Invalid, "a node is no peer of itself")
	}
	p := &Peer{rt: rt, node: node, post: post, standIns: make(map[hostapi.PID]*process), sweepAt: leastSweep}
	rt.peers.mu.Lock()
	defer rt.peers.mu.Unlock()
	if rt.peers.m[node.Name] != nil {
		return nil, hostapi.Errorf(hostapi.AlreadyExists, "node connected: %s", node.Name)
	}
	if rt.peers.m == nil {
		rt.peers.m = make(map[string]*Peer)
	}
	rt.peers.m[node.Name] = p
	return p, nil
}

// Node is who is at the other end.
func (p *Peer) Node() Node { return p.node }

// send posts a frame. The error is Unavailable "node not connected", or Invalid for values
// that cannot leave the runtime (1.19). The lock of a process may be held.
func (p *Peer) send(f *frame) error {
	b, err := f.append(nil)
	if err != nil {
		return err
	}
	return p.sendBytes(b)
}

func (p *Peer) sendBytes(b []byte) error {
	p.out.Lock()
	defer p.out.Unlock()
	if p.over {
		return errNotConnected(p.node.Name)
	}
	p.post(b)
	return nil
}

// tell is send for what nobody can be told of: what cannot be told any more is known by the
// end of the connection.
func (p *Peer) tell(f *frame) {
	if err := p.send(f); err != nil && f.result.Err == nil {
		f.result = hostapi.Result{Err: hostapi.AsError(err)} // a result that cannot leave
		_ = p.send(f)
	}
}

// number gives a call its number.
func (p *Peer) number() uint64 {
	p.out.Lock()
	defer p.out.Unlock()
	p.calls++
	return p.calls
}

// standIn finds the stand-in for a process of the node, or makes one.
func (p *Peer) standIn(pid hostapi.PID) *process {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s := p.standIns[pid]; s != nil {
		s.behaviour.(*standIn).idle = false
		return s
	}
	if len(p.standIns) >= p.sweepAt {
		p.sweep()
	}
	p.made++
	s := &process{
		rt: p.rt, pid: pid, serial: p.made, started: p.rt.clock.Now(), entry: unknownEntry,
		live: true, worker: -1, behaviour: &standIn{peer: p},
	}
	s.options.TrapLinks = true // its own node knows whether it traps them
	p.standIns[pid] = s
	return s
}

// unknownEntry is that of all stand-ins: what they run only their node knows.
var unknownEntry = &Entry{}

// known gives the stand-in for a process, nil if there is none.
func (p *Peer) known(pid hostapi.PID) *process {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.standIns[pid]
}

// sweep forgets the stand-ins to which nothing leads: those of which that was so the last
// time too, and nobody has asked since. The lock is held.
func (p *Peer) sweep() {
	needed := 0
	for pid, s := range p.standIns {
		b := s.behaviour.(*standIn)
		b.prune(s)
		s.mu.Lock()
		unrelated := len(b.led) == 0 && len(s.links.items) == 0 && len(s.watchers.items) == 0 && len(s.watching.items) == 0 && s.talks().empty()
		if unrelated && b.idle {
			b.gone = true
			s.state = ended
			delete(p.standIns, pid)
		}
		if b.idle = unrelated; !unrelated {
			needed++
		}
		s.mu.Unlock()
	}
	p.sweepAt = len(p.standIns) + max(leastSweep, needed)
}

// empty reports whether nobody has asked anything.
func (t *talk) empty() bool {
	return t == nil || len(t.asked) == 0 && len(t.requests) == 0 && t.offers.Len() == 0
}

// Down ends the connection: what fails of it fails by 23.9, in the order of 23.7.
func (p *Peer) Down(reason string) {
	p.rt.peers.mu.Lock()
	if p.rt.peers.m[p.node.Name] == p {
		delete(p.rt.peers.m, p.node.Name)
	}
	p.rt.peers.mu.Unlock()
	p.in.Lock()
	p.shut = true
	p.in.Unlock()
	p.out.Lock()
	again := p.over
	p.over = true
	p.out.Unlock()
	if again {
		return
	}
	p.mu.Lock()
	lost := make([]*process, 0, len(p.standIns))
	for _, s := range p.standIns {
		lost = append(lost, s)
	}
	clear(p.standIns)
	p.mu.Unlock()
	slices.SortFunc(lost, func(a, b *process) int { return int(a.serial) - int(b.serial) })
	r := &hostapi.Result{Err: errNodeDown(p.node.Name, reason)}
	buried := p.lostCommissions(r)
	ends := make([]*ending, len(lost))
	for i, s := range lost {
		ends[i] = p.rt.withdrawStandIn(s, r)
	}
	for _, e := range ends {
		e.tellWatchers()
	}
	var killed []*process
	for _, e := range ends {
		e.tellLinks(&killed)
	}
	for _, q := range killed {
		p.rt.bury(q, nil)
	}
	buried()
	p.orphans(r)
}
