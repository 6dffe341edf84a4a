package kernel

import (
	"fmt"

	"github.com/understudy-run/understudy/hostapi"
)

// Receive takes what the other node has posted, a frame at a time, in order. The error is
// Invalid "protocol error": then the connection must be ended. It does not wait.
func (p *Peer) Receive(b []byte) error {
	f, err := readFrame(b)
	if err != nil {
		return err
	}
	p.in.Lock()
	defer p.in.Unlock()
	if p.shut {
		return nil
	}
	switch f.kind {
	case frameMessage, frameMonitor, frameLink, frameUnmonitor, frameUnlink, frameCancel, frameTerminate:
		if f.from != "" && !p.owns(f.from) {
			return errProtocol()
		}
		to := p.addressee(f.to)
		p.arrived(f, to)
	case frameEnd:
		if !p.owns(f.from) {
			return errProtocol()
		}
		p.ended(f)
	case frameSpawn:
		if f.from != "" && !p.owns(f.from) {
			return errProtocol()
		}
		return p.spawned(f)
	case frameResolved:
		if f.result.Err == nil && !p.owns(f.from) || f.number > uint64(monitored) {
			return errProtocol()
		}
		p.lead(f)
	case frameFate:
		if f.text == fateLive && !p.owns(f.from) {
			return errProtocol()
		}
		p.fate(f)
	case frameAbandon:
		p.abandoned(f.number)
	case frameHosts:
		return p.learnHosts(f)
	case frameReply:
		if s := p.known(hostapi.PID(f.from)); s != nil {
			p.replied(s, f)
		}
	}
	return nil
}

// addressee gives the process that something is for: its PID, or an address with a name that
// is looked up now (24.2). nil: there is none.
func (p *Peer) addressee(to string) *process {
	if _, name, ok := splitAddress(to); ok {
		return p.rt.names.lookup(name)
	}
	found, _ := p.rt.table.find(to)
	return found
}

// owns reports whether a PID is one of the node's.
func (p *Peer) owns(pid string) bool {
	node, ok := NodeOf(hostapi.PID(pid))
	return ok && node == p.node
}

// arrived does what another node asks of a process, which is nil if there is none any more.
func (p *Peer) arrived(f *frame, to *process) {
	from := func() *process { return p.standIn(hostapi.PID(f.from)) }
	switch f.kind {
	case frameMessage:
		p.deliver(f, to)
	case frameMonitor:
		if isAddress(f.to) {
			if p.resolved(f, monitored, to); isAddress(f.to) {
				return
			}
		}
		if s := from(); to == nil || !to.isLive() || s.monitor(to) != nil && !to.watchedBy(s) {
			p.refuse(f)
		}
	case frameUnmonitor:
		if s := p.known(hostapi.PID(f.from)); s != nil && to != nil {
			s.mu.Lock()
			s.watching.remove(to)
			s.mu.Unlock()
			to.dropWatcher(s)
		}
	case frameLink:
		if isAddress(f.to) {
			if p.resolved(f, linked, to); isAddress(f.to) {
				return
			}
		}
		if to == nil || !to.isLive() || !p.link(from(), to) {
			p.refuse(f)
		}
	case frameUnlink:
		if s := p.known(hostapi.PID(f.from)); s != nil && to != nil {
			s.mu.Lock()
			s.links.remove(to)
			s.mu.Unlock()
			to.mu.Lock()
			to.removeLink(s)
			to.mu.Unlock()
		}
	case frameCancel:
		if to == nil || !to.isLive() {
			return
		}
		c := cancellation{grace: f.grace, reason: f.text, stop: f.number == 1}
		if f.from != "" {
			c.by = from()
		}
		_ = to.behaviour.Cancel(to, c) // nobody is told that it has ended
	case frameTerminate:
		if to != nil {
			_ = to.terminate(nil) // likewise
		}
	}
}

// link links a stand-in to a process, of which the other node knows; false if that has ended.
func (p *Peer) link(s, to *process) bool {
	s.mu.Lock()
	s.links.add(to)
	s.mu.Unlock()
	if made, alive := to.addLink(s); alive {
		if made && p.rt.observer.everything() {
			p.rt.Emit(LinkMade{s.pid, to.pid})
		}
		return true
	}
	s.mu.Lock()
	s.links.remove(to)
	s.mu.Unlock()
	return false
}

// watchedBy reports whether a process is watched by another.
func (p *process) watchedBy(w *process) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.state != ended && p.watchers.has(w)
}

// refuse tells who wanted to watch or link a process that there is none (25.5).
func (p *Peer) refuse(f *frame) {
	err := hostapi.AsError(errNotFound(hostapi.PID(f.to), p.rt.table.past(f.to)))
	p.tell(&frame{kind: frameEnd, from: f.to, at: p.rt.clock.Now(), result: hostapi.Result{Err: err}})
}

// deliver puts a message into a mailbox. Nobody is told that it cannot: it becomes a dead
// letter here (24.6).
func (p *Peer) deliver(f *frame, to *process) {
	m := p.rt.NewMessage(nil, f.text, f.values)
	m.From = hostapi.PID(f.from)
	if f.number == 0 {
		if to == nil {
			p.rt.undeliverable(f.to, m)
			return
		}
		if err := to.behaviour.Message(to, m, nil); err != nil && hostapi.AsError(err).Kind == hostapi.Unavailable {
			to.deadLetter(MailboxFull, m) // fail_sender: there is none to fail (24.10)
		}
		return
	}
	answer := func(r hostapi.Result) {
		p.tell(&frame{kind: frameReply, from: f.to, number: f.number, result: r})
	}
	if to == nil {
		p.rt.undeliverable(f.to, m)
		answer(hostapi.Result{Err: hostapi.AsError(errNotFound(hostapi.PID(f.to), p.rt.table.past(f.to))).With("sent", hostapi.Bool(false))})
		return
	}
	q := &question{rt: p.rt, to: to, topic: f.text, timeout: -1, done: make(chan struct{}), answered: answer}
	q.message = m
	if err := q.send(nil); err != nil {
		answer(hostapi.Result{Err: hostapi.AsError(err)})
	}
}

// replied settles a call to a process of the other node.
func (p *Peer) replied(s *process, f *frame) {
	var q *question
	s.mu.Lock()
	if t := s.talks(); t != nil {
		for _, open := range t.requests {
			if open.far == f.number {
				q = open
			}
		}
	}
	s.mu.Unlock()
	if q != nil {
		_ = q.reply(f.result, nil) // who does not wait any more has gone
		return
	}
	v := f.result.Value
	if f.result.Err != nil {
		v = hostapi.ErrorOf(f.result.Err)
	}
	p.rt.Emit(DeadLetter{LateReply, fmt.Sprint("call ", f.number), hostapi.PID(f.from), "", []hostapi.Value{v}, ""})
}

// ended buries the stand-in of a process that has ended.
func (p *Peer) ended(f *frame) {
	p.mu.Lock()
	s := p.standIns[hostapi.PID(f.from)]
	delete(p.standIns, hostapi.PID(f.from))
	p.mu.Unlock()
	if s == nil {
		return
	}
	e := p.rt.withdrawStandIn(s, &f.result)
	e.at = f.at
	if e.cascade != nil && f.to != "" {
		e.cascade.first.PID = hostapi.PID(f.to)
		e.cascade.first.Result.Err = &hostapi.Error{Kind: hostapi.Internal, Message: f.text}
	}
	e.tellWatchers()
	var killed []*process
	e.tellLinks(&killed)
	for _, q := range killed {
		p.rt.bury(q, nil)
	}
}
