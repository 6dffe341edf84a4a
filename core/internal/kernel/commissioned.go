package kernel

import (
	"maps"
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// commissioned is the creator of a process that another node has asked for, and tells it what
// becomes of that.
type commissioned struct {
	peer   *Peer
	number uint64
	wants  wish
}

// spawned makes the process that a frameSpawn asks for.
func (p *Peer) spawned(f *frame) error {
	c, wants, ok := creationOf(f)
	if !ok {
		return errProtocol()
	}
	cr := &commissioned{peer: p, number: f.number, wants: wants}
	c.Creator = cr
	if f.from != "" {
		c.Parent = p.standIn(hostapi.PID(f.from))
	}
	if wants&wantsRole != 0 {
		if c.Plays = p.rt.RoleOf(c.ID); c.Plays == nil {
			cr.Failed(nil, hostapi.Errorf(hostapi.NotFound, "unknown supervisor entry: %s", c.ID).With("id", hostapi.String(c.ID)), nil)
			return nil
		}
	}
	_, err := p.rt.Create(c, func(child *process) {
		if parent := c.Parent; parent != nil {
			parent.mu.Lock()
			if c.Link {
				parent.links.add(child)
				child.links.add(parent)
			}
			if c.Monitor {
				parent.watching.add(child)
				child.watchers.add(parent)
			}
			parent.mu.Unlock()
		}
		p.mu.Lock()
		if p.unborn == nil {
			p.unborn = make(map[uint64]*process)
		}
		p.unborn[f.number] = child
		p.mu.Unlock()
	})
	if err != nil {
		cr.Failed(nil, err, nil)
	}
	return nil
}

// creationOf reads what a frameSpawn asks for; false if that makes no sense.
func creationOf(f *frame) (c *Creation, wants wish, ok bool) {
	if len(f.values) != 5 || f.values[0].Type() != hostapi.TypeInt || f.values[1].Type() != hostapi.TypeString ||
		f.values[2].List() == nil || f.values[3].List() == nil || f.values[4].List() == nil {
		return nil, 0, false
	}
	wants = wish(f.values[0].Int())
	c = &Creation{}
	c.ID, c.Host, c.Name, c.Args = f.text, f.to, f.values[1].Str(), f.values[2].List().Items
	c.Link, c.Monitor, c.Named = wants&wantsLink != 0, wants&wantsMonitor != 0, wants&wantsName != 0
	if (c.Link || c.Monitor) && f.from == "" || len(c.Host) > 0 && c.Host[0] == '@' {
		return nil, 0, false
	}
	carried := f.values[3].List().Items
	if len(carried)%2 != 0 {
		return nil, 0, false
	}
	for i := 0; i < len(carried); i += 2 {
		if carried[i].Type() != hostapi.TypeString {
			return nil, 0, false
		}
		c.Context = append(c.Context, hostapi.Entry{Key: carried[i], Value: carried[i+1]})
	}
	for _, v := range f.values[4].List().Items {
		if v.List() == nil || len(v.List().Items) == 0 || v.List().Items[0].Type() != hostapi.TypeString {
			return nil, 0, false
		}
		m := v.List().Items
		c.Messages = append(c.Messages, hostapi.Outgoing{Topic: m[0].Str(), Payloads: m[1:]})
	}
	return c, wants, true
}

func (c *commissioned) tell(fate string, child *process, r hostapi.Result) {
	f := &frame{kind: frameFate, number: c.number, text: fate, result: r}
	if child != nil {
		f.from = string(child.pid)
	}
	c.peer.tell(f)
}

// Live implements Creator. From now on the process goes on without the connection, unless a
// supervisor wants it.
func (c *commissioned) Live(p, _ *process) (further bool) {
	kept := c.wants&wantsKept != 0
	c.peer.mu.Lock()
	delete(c.peer.unborn, c.number)
	lost := c.peer.lost
	if kept && !lost {
		if c.peer.kept == nil {
			c.peer.kept = make(map[uint64]*process)
		}
		c.peer.kept[c.number] = p
	}
	c.peer.mu.Unlock()
	if kept && lost {
		p.Kill(errSupervisorsNodeDown(c.peer.node.Name), nil)
	}
	c.tell(fateLive, p, hostapi.Result{})
	return c.wants&wantsEnd != 0
}

// Failed implements Creator. The error says where.
func (c *commissioned) Failed(_ *process, err error, _ *process) {
	c.peer.mu.Lock()
	delete(c.peer.unborn, c.number)
	c.peer.mu.Unlock()
	c.tell(fateFailed, nil, hostapi.Result{Err: hostapi.AsError(err).With("node", hostapi.String(c.peer.rt.node.Name))})
}

// Ended implements Creator.
func (c *commissioned) Ended(p *process, r *hostapi.Result, _ *process) {
	c.peer.mu.Lock()
	delete(c.peer.kept, c.number)
	c.peer.mu.Unlock()
	fate := fateEnded
	if g, ok := p.behaviour.(interface{ GaveUp(*hostapi.Error) bool }); ok && g.GaveUp(r.Err) {
		fate = fateGaveUp
	}
	c.tell(fate, p, *r)
}

// Buried implements Creator.
func (c *commissioned) Buried(p *process, r *hostapi.Result, _ *process) { c.tell(fateBuried, p, *r) }

// Stopper implements Creator: the runtime stops the process when it shuts down, since who wants
// it is elsewhere.
func (c *commissioned) Stopper() *process { return nil }

// abandoned ends the creation of a process that its node does not want any more.
func (p *Peer) abandoned(number uint64) {
	p.mu.Lock()
	child := p.unborn[number]
	p.mu.Unlock()
	if child == nil {
		return
	}
	if dead, _ := child.abandon(errAbandoned(), nil); dead {
		p.rt.bury(child, nil)
	}
}

// orphans ends what does not outlive the connection: processes that are not yet live (25.3),
// and those that supervisors of the other node have made (28.5).
func (p *Peer) orphans(r *hostapi.Result) {
	p.mu.Lock()
	unborn, kept := p.unborn, p.kept
	p.unborn, p.kept, p.lost = nil, nil, true
	p.mu.Unlock()
	for _, n := range slices.Sorted(maps.Keys(unborn)) {
		if dead, _ := unborn[n].abandon(r.Err, nil); dead {
			p.rt.bury(unborn[n], nil)
		}
	}
	for _, n := range slices.Sorted(maps.Keys(kept)) {
		kept[n].Kill(errSupervisorsNodeDown(p.node.Name), nil)
	}
}

func errSupervisorsNodeDown(node string) *hostapi.Error {
	return hostapi.Errorf(hostapi.Canceled, "supervisor's node down: %s", node)
}
