package kernel

import "github.com/understudy-run/understudy/hostapi"

// A monitor stands in the watching set of the watcher and in the watchers set of
// the watched process. An EXIT counts only if the watcher still watches.

// Monitor implements hostapi.Watcher.
func (p *process) Monitor(dest string) error {
	if err := p.current.call(); err != nil {
		return err
	}
	peer, err := p.rt.ResolveLive(dest)
	if err != nil {
		return err
	}
	return p.monitor(peer)
}

// monitor lets p be told of the end of a peer.
func (p *process) monitor(peer *process) error {
	if peer == p {
		return nil
	}
	p.mu.Lock()
	known := !p.watching.add(peer)
	p.mu.Unlock()
	if known {
		return hostapi.Errorf(hostapi.AlreadyExists, "already monitoring")
	}
	if peer.addWatcher(p) {
		p.noteRelation(TraceMonitor, peer)
		return nil
	}
	p.mu.Lock()
	p.watching.remove(peer)
	p.mu.Unlock()
	if peer.forgotten() {
		return p.Monitor(string(peer.pid))
	}
	return peer.notFound()
}

// addWatcher adds a watcher unless the process has ended.
func (p *process) addWatcher(w *process) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state == ended {
		return false
	}
	if p.watchers.add(w) {
		p.behaviour.Related(p, w, monitored, true)
	}
	return true
}

// dropWatcher removes a watcher, if it is there.
func (p *process) dropWatcher(w *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.watchers.remove(w) {
		p.behaviour.Related(p, w, monitored, false)
	}
}

// Unmonitor implements hostapi.Watcher.
func (p *process) Unmonitor(dest string) error {
	watching := func(q *process) *processSet { return &q.watching }
	return p.sever(dest, watching, func(peer *process) { peer.dropWatcher(p) }, hostapi.EventExit)
}

// exited tells p that a process it monitors has ended.
func (p *process) exited(e *ending, by *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.state == ended || !p.watching.remove(e.p) {
		return
	}
	if s, ok := p.behaviour.(*standIn); ok {
		s.endOf(e)
		return
	}
	p.behaviour.Event(p, &hostapi.Event{Kind: hostapi.EventExit, From: e.p.told(), At: e.at, Result: e.r}, by)
}
