package kernel

import (
	"cmp"
	"maps"
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// Hosting is what is known of a host of a node.
type Hosting struct {
	Host      string
	Processes int // live, or being created
	Most      int // processes at most
}

// Hosting gives the hosts of this node that accept processes, by their ids.
func (rt *Runtime) Hosting() []Hosting {
	rt.catalog.mu.RLock()
	hosts := slices.Collect(maps.Values(rt.catalog.hosts))
	rt.catalog.mu.RUnlock()
	var list []Hosting
	for _, h := range hosts {
		h.mu.Lock()
		if h.state == hostRunning && h.options.ID != programHost {
			list = append(list, Hosting{h.options.ID, h.live, h.options.MaxProcesses})
		}
		h.mu.Unlock()
	}
	slices.SortFunc(list, func(a, b Hosting) int { return cmp.Compare(a.Host, b.Host) })
	return list
}

// Hosting gives the hosts of the other node that accept processes, as far as it has told.
func (p *Peer) Hosting() []Hosting {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := make([]Hosting, 0, len(p.hosting))
	for _, h := range p.hosting {
		list = append(list, h)
	}
	slices.SortFunc(list, func(a, b Hosting) int { return cmp.Compare(a.Host, b.Host) })
	return list
}

// TellHosts tells the other node which hosts there are and how full they are, unless it knows.
// Connect and the start and stop of hosts do so too; who carries the frames calls it now and
// then, as with each heartbeat.
func (p *Peer) TellHosts() {
	list := p.rt.Hosting()
	p.mu.Lock()
	same := p.toldHosts && slices.Equal(list, p.told)
	p.told, p.toldHosts = list, true
	p.mu.Unlock()
	if same {
		return
	}
	f := &frame{kind: frameHosts}
	for _, h := range list {
		f.values = append(f.values, hostapi.ListOf(hostapi.String(h.Host), hostapi.Int(int64(h.Processes)), hostapi.Int(int64(h.Most))))
	}
	p.tell(f)
}

// hostsChanged tells all nodes.
func (rt *Runtime) hostsChanged() {
	for _, p := range rt.peers.all() {
		p.TellHosts()
	}
}

// told takes what the other node tells of its hosts.
func (p *Peer) learnHosts(f *frame) error {
	hosting := make(map[string]Hosting, len(f.values))
	for _, v := range f.values {
		l := v.List()
		if l == nil || len(l.Items) != 3 || l.Items[0].Type() != hostapi.TypeString || l.Items[1].Type() != hostapi.TypeInt || l.Items[2].Type() != hostapi.TypeInt {
			return errProtocol()
		}
		h := Hosting{l.Items[0].Str(), int(l.Items[1].Int()), int(l.Items[2].Int())}
		hosting[h.Host] = h
	}
	p.mu.Lock()
	p.hosting = hosting
	p.mu.Unlock()
	return nil
}

// anywhere chooses the node for a process on a host that several may have: the one with the
// fewest processes on it, full ones and that to be avoided last. What was chosen since a node
// has told counts.
func (rt *Runtime) anywhere(host, avoid string) (*Peer, error) {
	type choice struct {
		peer *Peer
		last int // 1: it is to be avoided, 2: full
		Hosting
	}
	var best *choice
	consider := func(peer *Peer, node string, h Hosting) {
		c := &choice{peer: peer, Hosting: h}
		if node == avoid {
			c.last = 1
		}
		if h.Processes >= h.Most {
			c.last += 2
		}
		if best == nil || c.last < best.last || c.last == best.last && c.Processes < best.Processes {
			best = c
		}
	}
	for _, h := range rt.Hosting() {
		if h.Host == host {
			consider(nil, rt.node.Name, h)
		}
	}
	for _, p := range rt.peers.all() {
		p.mu.Lock()
		h, ok := p.hosting[host]
		p.mu.Unlock()
		if ok {
			consider(p, p.node.Name, h)
		}
	}
	switch {
	case best == nil:
		return nil, hostapi.Errorf(hostapi.Unavailable, "no node runs host %s", host).With("host_id", hostapi.String(host))
	case best.peer != nil:
		best.peer.mu.Lock()
		if h, ok := best.peer.hosting[host]; ok {
			h.Processes++
			best.peer.hosting[host] = h
		}
		best.peer.mu.Unlock()
	}
	return best.peer, nil
}
