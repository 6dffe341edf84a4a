package core

import "github.com/understudy-run/understudy/hostapi"

// Send implements hostapi.Messenger.
func (p *process) Send(dest, topic string, payloads []hostapi.Value) error {
	if err := p.current.call(); err != nil {
		return err
	}
	return p.rt.send(p, dest, topic, payloads)
}

// send delivers one message. from is the sender, nil for the embedding program.
func (rt *Runtime) send(from *process, dest, topic string, payloads []hostapi.Value) error {
	if err := hostapi.CheckTopic(topic, "send"); err != nil {
		return err
	}
	m := &hostapi.Message{Topic: topic, Values: payloads}
	if from != nil {
		m.From = from.pid
	}
	if from != nil && from.sentTo != nil && string(from.sentTo.pid) == dest {
		// Who has ended meanwhile is not found: deliver knows.
		return from.sentTo.behaviour.message(from.sentTo, m, from)
	}
	if from == nil {
		return rt.post(dest, m)
	}
	to, err := rt.resolve(dest)
	if err != nil {
		rt.deadLetter(NoProcess, dest, m)
		return err
	}
	if hostapi.IsPID(dest) {
		from.sentTo = to
	}
	return to.behaviour.message(to, m, from)
}

// post delivers a message that no running process sends.
func (rt *Runtime) post(dest string, m *hostapi.Message) error {
	to, err := rt.resolve(dest)
	if err != nil {
		rt.deadLetter(NoProcess, dest, m)
		return err
	}
	return to.behaviour.message(to, m, nil)
}

func errNotFound() error { return hostapi.Errorf(hostapi.NotFound, "process not found") }

// resolve finds the process that a destination names: a PID or a registered
// name (3.5). The process may end at any moment, and may still be loading.
func (rt *Runtime) resolve(dest string) (*process, error) {
	if !hostapi.IsPID(dest) {
		if p := rt.names.lookup(dest); p != nil {
			return p, nil
		}
		return nil, errUnresolved(dest)
	}
	p, wellFormed := rt.table.find(dest)
	switch {
	case !wellFormed:
		return nil, errUnresolved(dest)
	case p == nil:
		return nil, errNotFound()
	}
	return p, nil
}

// resolveLive is resolve for everything but send: a process that is still being
// created is not found (2.7).
func (rt *Runtime) resolveLive(dest string) (*process, error) {
	p, err := rt.resolve(dest)
	if err == nil && !p.isLive() {
		return nil, errNotFound()
	}
	return p, err
}

func (p *process) isLive() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.live && p.end == nil
}

// ending reports whether the end of the process is decided.
func (p *process) ending() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.end != nil
}

func errUnresolved(dest string) error {
	return hostapi.Errorf(hostapi.NotFound, "process not found: could not resolve '%s' as PID or registered name", dest)
}
