package kernel

import (
	"fmt"

	"github.com/understudy-run/understudy/hostapi"
)

// errand is what Go code has entrusted to a process by a message: it wants to know if
// the process cannot do it any more. It stands in the message, which nobody can reply
// to: who does it tells by other means.
type errand struct {
	p    *process
	all  *errands // of p
	lost func()
}

// errands are those of one process, a witness of its end. They are guarded by its lock.
type errands struct{ open map[*errand]struct{} }

// Entrust implements core.Runtime.
func (rt *Runtime) Entrust(dest hostapi.Dest, what hostapi.Outgoing, lost func()) (release func(), err error) {
	payloads, err := hostapi.CopyPayloads(what.Payloads, hostapi.DefaultPayloadLimits)
	if err != nil {
		return nil, err
	}
	if err := hostapi.CheckTopic(what.Topic, "send"); err != nil {
		return nil, err
	}
	e := &errand{lost: lost}
	m := rt.NewMessage(nil, what.Topic, payloads)
	rt.traced(m, what.Trace)
	m.Request = e
	p, err := rt.whom(dest)
	if err != nil {
		rt.undeliverable(fmt.Sprint(dest), m)
		return nil, err
	}
	// It is there before the message: who gets that may end at once.
	e.p = p
	p.mu.Lock()
	if p.end != nil {
		p.mu.Unlock()
		p.deadLetter(NoProcess, m)
		return nil, errNotFound(p.pid, p.entry.ID)
	}
	own := p.rarely()
	if own.errands == nil {
		own.errands = &errands{open: make(map[*errand]struct{})}
	}
	e.all = own.errands
	e.all.open[e] = struct{}{}
	own.witnessedBy(e.all)
	p.mu.Unlock()
	if err := p.behaviour.Message(p, m, nil); err != nil {
		e.release()
		return nil, err
	}
	return func() { e.release() }, nil
}

// release takes the errand off the process, and reports whether it was open.
func (e *errand) release() bool {
	e.p.mu.Lock()
	defer e.p.mu.Unlock()
	_, open := e.all.open[e]
	delete(e.all.open, e)
	return open
}

// drop says that nobody will read the message.
func (e *errand) drop() {
	if e.release() {
		e.lost()
	}
}

// Reply implements hostapi.Request.
func (*errand) Reply(hostapi.Result) error { return hostapi.ErrNotACall() }

// Departed implements Witness.
func (s *errands) Departed(p *process, _ []string, _ *process) {
	p.mu.Lock()
	open := s.open
	s.open = nil
	p.mu.Unlock()
	for e := range open {
		e.lost()
	}
}

// Replaced changes nothing: an upgrade reads what its predecessor has not, and may know
// the rest.
func (s *errands) Replaced(*process) {}
