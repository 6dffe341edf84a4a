package kernel

import "github.com/understudy-run/understudy/hostapi"

// A link stands in the link sets of both processes. The two are changed one
// after the other, each under its own lock: a link counts for a process as long
// as the peer is in its own set, and a signal of a peer that is not is ignored.

// Link implements hostapi.Watcher.
func (p *process) Link(dest string) error {
	if err := p.current.call(); err != nil {
		return err
	}
	peer, err := p.rt.ResolveLive(dest)
	if err != nil || peer == p {
		return err
	}
	// Both sides are asked also if this one knows the link: an unlink of the
	// peer may have removed only the other half so far.
	made, _ := p.addLink(peer)
	if _, alive := peer.addLink(p); alive {
		if made && p.rt.observer.everything() {
			p.rt.Emit(LinkMade{p.pid, peer.pid})
		}
		p.noteRelation(TraceLink, peer)
		return nil
	}
	// The peer ended meanwhile: it has signalled the link, or it never saw it.
	p.mu.Lock()
	unseen := p.removeLink(peer)
	p.mu.Unlock()
	if unseen && peer.forgotten() {
		return p.Link(dest)
	}
	if unseen {
		return peer.notFound()
	}
	return nil
}

// addLink adds a peer unless the process has ended; made says that it was not there. What
// is linked while the top level runs is told when that has ended.
func (p *process) addLink(peer *process) (made, alive bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state == ended {
		return false, false
	}
	if p.links.add(peer) {
		p.behaviour.Related(p, peer, linked, true)
		made = p.live
	}
	return made, true
}

// removeLink removes a peer, if it is there. The lock is held.
func (p *process) removeLink(peer *process) (found bool) {
	if found = p.links.remove(peer); found {
		p.behaviour.Related(p, peer, linked, false)
	}
	return found
}

// Unlink implements hostapi.Watcher.
func (p *process) Unlink(dest string) error {
	links := func(q *process) *processSet { return &q.links }
	return p.sever(dest, links, func(peer *process) {
		peer.mu.Lock()
		peer.removeLink(p)
		peer.mu.Unlock()
	}, hostapi.EventLinkDown)
}

// sever removes a relation that stands on both sides, and the unread event that
// tells of its end: it is unlink and unmonitor. mine is the set of the caller
// that holds the peer, theirs the peer's set that holds the caller.
func (p *process) sever(dest string, mine func(*process) *processSet, theirs func(*process), told hostapi.EventKind) error {
	if err := p.current.call(); err != nil {
		return err
	}
	pid, peer, err := p.rt.subject(dest)
	if err != nil {
		return err
	}
	if peer != nil && peer.isAddress() {
		r := monitored
		if told == hostapi.EventLinkDown {
			r = linked
		}
		if led := p.ledTo(peer, r); led != "" {
			return p.sever(string(led), mine, theirs, told)
		}
	}
	p.mu.Lock()
	if peer == nil {
		peer = mine(p).withPID(pid) // dead, and about to tell of its end
	}
	if peer != nil {
		mine(p).remove(peer)
	}
	p.dropEvents(told, pid)
	p.mu.Unlock()
	if peer != nil {
		theirs(peer)
		if told == hostapi.EventLinkDown {
			p.noteRelation(TraceUnlink, peer)
		}
	}
	return nil
}

// subject resolves a destination for sever, which also takes the
// PID of a process that is dead: peer is nil then.
func (rt *Runtime) subject(dest string) (pid hostapi.PID, peer *process, err error) {
	peer, err = rt.resolve(dest)
	if err == nil {
		return peer.pid, peer, nil
	}
	if _, wellFormed := rt.table.find(dest); hostapi.IsPID(dest) && wellFormed {
		return hostapi.PID(dest), nil, nil
	}
	return "", nil, err
}

// linkFailed tells p that a peer has failed (5.6): an event if it traps links,
// else its end. It reports whether p is dead now and must be buried.
func (p *process) linkFailed(e *ending, by *process) (dead bool) {
	told, trapped, dead := p.takeLinkDown(e, by)
	if told && !p.abroad() {
		p.rt.Emit(LinkDown{PID: p.pid, Peer: e.p.pid, Err: e.r.Err, Trapped: trapped})
	}
	return dead
}

// takeLinkDown is linkFailed without the event for the embedding program. told
// reports whether the two were linked.
func (p *process) takeLinkDown(e *ending, by *process) (told, trapped, dead bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state == ended || !p.links.remove(e.p) {
		return false, false, false
	}
	if p.options.TrapLinks {
		if s, ok := p.behaviour.(*standIn); ok {
			s.endOf(e)
			return true, true, false
		}
		p.behaviour.Event(p, &hostapi.Event{Kind: hostapi.EventLinkDown, From: e.p.told(), At: e.at, Result: e.r}, by)
		return true, true, false
	}
	err := e.errLinkFailed()
	p.doomed(doom{err, e.cascade})
	return true, false, p.behaviour.Strike(p, err, false, by)
}

// errLinkFailed is the error of a process that ends because this one failed.
func (e *ending) errLinkFailed() *hostapi.Error {
	err := hostapi.Errorf(hostapi.Internal, "linked process failed")
	err.Details = &hostapi.Map{Entries: []hostapi.Entry{
		hostapi.Field("pid", hostapi.String(string(e.p.told()))),
		hostapi.Field("reason", hostapi.String(e.r.Err.Message)),
		hostapi.Field("first_pid", hostapi.String(string(e.cascade.first.PID))),
		hostapi.Field("first_reason", hostapi.String(e.cascade.first.Result.Err.Message)),
	}}
	return err
}
