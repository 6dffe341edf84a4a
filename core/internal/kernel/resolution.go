package kernel

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// A relation to an address `@node/name` (25.6) stands first with the stand-in of the address,
// until the node tells by a frameResolved whom it has found under the name: then it moves to the
// stand-in of that process. Those of addresses are told of nothing that is undone before.

// asking is a relation of a process to an address.
type asking struct {
	by *process
	r  relation
}

// isAddress reports whether a text is an address.
func isAddress(text string) bool { return strings.HasPrefix(text, "@") }

// isAddress reports whether the process stands in for an address instead of a process.
func (p *process) isAddress() bool { return isAddress(string(p.pid)) }

// told is the PID in events about the process: "" of an address, whose process is not known.
func (p *process) told() hostapi.PID {
	if p.isAddress() {
		return ""
	}
	return p.pid
}

// resolved tells the other node whom it has related by an address, nil: there is none. From now
// on that is meant.
func (p *Peer) resolved(f *frame, r relation, to *process) {
	found := &frame{kind: frameResolved, to: f.to, text: f.from, number: uint64(r)}
	if to == nil || !to.isLive() {
		found.result.Err = hostapi.AsError(p.rt.errUnresolved(strings.TrimPrefix(f.to, "@"+p.rt.node.Name+"/")))
	} else {
		found.from, f.to = string(to.pid), string(to.pid)
	}
	p.tell(found)
}

// lead moves a relation from an address to the process that has the name.
func (p *Peer) lead(f *frame) {
	asker, _ := p.rt.table.find(f.text)
	address := p.known(hostapi.PID(f.to))
	r := relation(f.number)
	wanted := asker != nil && address != nil && asker.leave(address, r)
	if f.result.Err != nil {
		if wanted {
			p.unresolved(asker, address, r, &f.result)
		}
		return
	}
	undo := frameUnmonitor
	if r == linked {
		undo = frameUnlink
	}
	if !wanted {
		if asker == nil || !asker.holds(p.known(hostapi.PID(f.from)), r) {
			p.tell(&frame{kind: undo, to: f.from, from: f.text})
		}
		return
	}
	to := p.standIn(hostapi.PID(f.from))
	address.mu.Lock()
	b := address.behaviour.(*standIn)
	if b.led == nil {
		b.led = make(map[asking]hostapi.PID)
	}
	b.led[asking{asker, r}] = to.pid
	address.mu.Unlock()
	asker.mu.Lock()
	if alive := asker.state != ended; alive {
		asker.relations(r).add(to)
	} else {
		wanted = false
	}
	asker.mu.Unlock()
	if !wanted { // it has told of its end what it is linked to
		p.tell(&frame{kind: undo, to: f.from, from: f.text})
		return
	}
	to.mu.Lock()
	if r == linked {
		to.links.add(asker)
	} else {
		to.watchers.add(asker)
	}
	to.mu.Unlock()
}

// relations gives the set of those to whom the process has a relation. The lock is held.
func (p *process) relations(r relation) *processSet {
	if r == linked {
		return &p.links
	}
	return &p.watching
}

// holds reports whether the process has a relation to another, nil: to nobody.
func (p *process) holds(to *process, r relation) bool {
	if to == nil {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.relations(r).has(to)
}

// leave takes the process out of a relation to an address, and reports whether it had that.
func (p *process) leave(address *process, r relation) bool {
	p.mu.Lock()
	had := p.relations(r).has(address)
	if had && r == linked {
		p.links.remove(address)
	} else if had {
		p.watching.remove(address)
	}
	p.mu.Unlock()
	address.mu.Lock()
	defer address.mu.Unlock()
	if r == linked {
		address.links.remove(p)
	} else {
		address.watchers.remove(p)
	}
	return had
}

// unresolved tells a process that nobody has the name.
func (p *Peer) unresolved(asker, address *process, r relation, result *hostapi.Result) {
	e := &ending{p: address, r: result, at: p.rt.clock.Now(), live: true, links: []*process{asker}}
	e.report = EndReport{Result: *result}
	asker.mu.Lock()
	asker.relations(r).add(address)
	asker.mu.Unlock()
	if r == monitored {
		asker.exited(e, nil)
		return
	}
	e.belong()
	var killed []*process
	e.tellLinks(&killed)
	for _, q := range killed {
		p.rt.bury(q, nil)
	}
}

// ledTo gives whom the process was led to by an address, "" if to nobody, and forgets it.
func (p *process) ledTo(address *process, r relation) hostapi.PID {
	address.mu.Lock()
	defer address.mu.Unlock()
	led := address.behaviour.(*standIn).led
	pid := led[asking{p, r}]
	delete(led, asking{p, r})
	return pid
}

// prune forgets those who have ended. The lock of the stand-in is not held.
func (s *standIn) prune(p *process) {
	p.mu.Lock()
	var askers []asking
	for a := range s.led {
		askers = append(askers, a)
	}
	p.mu.Unlock()
	for _, a := range askers {
		if a.by.ending() {
			p.mu.Lock()
			delete(s.led, a)
			p.mu.Unlock()
		}
	}
}
