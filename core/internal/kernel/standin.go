package kernel

import (
	"github.com/understudy-run/understudy/hostapi"
)

// standIn is the behaviour of a process that stands in for one of another node: it passes
// on what it is told. So links, monitors and what follows from them need no rule of their
// own: the stand-in of a process that has ended, or whose node is lost, is buried, and
// tells everybody. Nothing of it ever runs, and it stands in no table.
type standIn struct {
	peer *Peer
	idle bool // nothing led to it when the peer last looked; guarded by the lock of the peer
	gone bool // the peer has forgotten it; guarded by the lock of the process

	led        map[asking]hostapi.PID // of an address: to whom; guarded by the lock of the process
	commission *commission            // of one that has no PID yet, since its process is being made
	gaveUp     bool                   // a supervisor that has ended by 16.12
}

// abroad reports whether the process stands in for one of another node.
func (p *process) abroad() bool {
	_, ok := p.behaviour.(*standIn)
	return ok
}

// forgotten reports whether it is a stand-in that was not needed any more: another is to
// be found.
func (p *process) forgotten() bool {
	s, ok := p.behaviour.(*standIn)
	if !ok {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return s.gone
}

// Run implements Behaviour: there is nothing to run.
func (*standIn) Run(*process, *task, []hostapi.Value) *hostapi.Result { return nil }

// Created implements Behaviour.
func (*standIn) Created(*process) {}

// Trusted implements Behaviour.
func (*standIn) Trusted() bool { return false }

// Stops implements Behaviour.
func (*standIn) Stops() *process { return nil }

// Message implements Behaviour (24.5, 24.6).
func (s *standIn) Message(p *process, m *hostapi.Message, by *process) error {
	if s.over() { // a sender may remember it from an earlier connection
		to, err := p.rt.resolve(string(p.pid))
		if err != nil {
			p.rt.Emit(DeadLetter{NoNode, string(p.pid), m.From, m.Topic, m.Values, ""})
			return err
		}
		return to.behaviour.Message(to, m, by)
	}
	f := &frame{kind: frameMessage, to: string(p.pid), from: string(m.From), text: m.Topic, values: m.Values}
	switch q := m.Request.(type) {
	case nil:
	case *question:
		p.mu.Lock()
		f.number = s.peer.number()
		q.far = f.number
		p.requested(q)
		p.mu.Unlock()
	default:
		return hostapi.Errorf(hostapi.Invalid, "a process of another node cannot be entrusted with this")
	}
	return s.peer.send(f)
}

func (s *standIn) over() bool {
	s.peer.out.Lock()
	defer s.peer.out.Unlock()
	return s.peer.over
}

// Event implements Behaviour: nobody tells one of any but of ends.
func (*standIn) Event(*process, *hostapi.Event, *process) {}

// endOf tells of the end of a process of this node, that the process watched or was linked to, and
// what was the first of its cascade. The lock of the stand-in is held.
func (s *standIn) endOf(e *ending) {
	f := &frame{kind: frameEnd, from: string(e.p.pid), at: e.at, result: *e.r}
	if c := e.cascade; c != nil && c.first.PID != e.p.pid {
		f.to, f.text = string(c.first.PID), c.first.Result.Err.Message
	}
	s.peer.tell(f)
}

// Cancel implements Behaviour (25.5).
func (s *standIn) Cancel(p *process, c cancellation) error {
	f := &frame{kind: frameCancel, to: string(p.pid), grace: c.grace, text: c.reason}
	if c.by != nil {
		f.from = string(c.by.pid)
	}
	if c.stop {
		f.number = 1
	}
	s.peer.tell(f)
	return nil
}

// Strike implements Behaviour: it is terminated (25.10), since links never kill a stand-in. One
// that is being made is abandoned.
func (s *standIn) Strike(p *process, _ *hostapi.Error, hard bool, by *process) (dead bool) {
	if s.commission != nil {
		s.peer.abandonCommission(s.commission)
		return false
	}
	if hard {
		f := &frame{kind: frameTerminate, to: string(p.pid)}
		if by != nil {
			f.from = string(by.pid)
		}
		s.peer.tell(f)
	}
	return false
}

// Related implements Behaviour: a process of this node was linked to it, or watches it.
func (s *standIn) Related(p, peer *process, r relation, on bool) {
	if p.isAddress() && !on {
		return // it is undone once it is known to whom it leads
	}
	kind := frameLink
	switch {
	case r == linked && !on:
		kind = frameUnlink
	case r == monitored && on:
		kind = frameMonitor
	case r == monitored:
		kind = frameUnmonitor
	}
	s.peer.tell(&frame{kind: kind, to: string(p.pid), from: string(peer.pid)})
}

// withdrawStandIn takes a stand-in out of all relations, whose other ends are yet to be told.
func (rt *Runtime) withdrawStandIn(s *process, r *hostapi.Result) *ending {
	e := &ending{p: s, r: r, at: rt.clock.Now(), live: true}
	e.report = EndReport{PID: s.pid, Result: *r}
	s.mu.Lock()
	s.state, s.end = ended, r
	watching := s.watching.items
	e.watchers, e.links, e.talk = s.watchers.items, s.links.items, s.talks()
	s.watchers, s.watching, s.links, s.seldom = processSet{}, processSet{}, processSet{}, nil
	s.mu.Unlock()
	e.belong()
	for _, q := range watching {
		q.dropWatcher(s)
	}
	return e
}

// tellWatchers tells those who called the process or watch it that it has ended.
func (e *ending) tellWatchers() {
	if e.talk != nil {
		e.talk.tellEnd(e.p, e.r, nil)
	}
	for _, w := range e.watchers {
		w.exited(e, nil)
	}
}

// tellLinks tells those that were linked to it.
func (e *ending) tellLinks(killed *[]*process) {
	for _, q := range e.links {
		if e.r.Err == nil {
			q.forget(e.p)
		} else if q.linkFailed(e, nil) {
			*killed = append(*killed, q)
		}
	}
	e.settle()
}
