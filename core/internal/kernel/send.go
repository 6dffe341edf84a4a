package kernel

import (
	"fmt"
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// Send implements hostapi.Messenger.
func (p *process) Send(dest, topic string, payloads []hostapi.Value) error {
	if err := p.maySend(topic); err != nil {
		return err
	}
	return p.rt.send(p, dest, p.rt.NewMessage(p, topic, payloads))
}

// SendValue implements hostapi.Messenger.
func (p *process) SendValue(dest, topic string, payload hostapi.Value) error {
	if err := p.maySend(topic); err != nil {
		return err
	}
	m := hostapi.MessageOf(payload)
	p.rt.address(m, p, topic)
	return p.rt.send(p, dest, m)
}

func (p *process) maySend(topic string) error {
	if err := p.current.call(); err != nil {
		return err
	}
	return hostapi.CheckTopic(topic, "send")
}

// send delivers one message of a running process.
func (rt *Runtime) send(from *process, dest string, m *hostapi.Message) error {
	if from.sentTo != nil && string(from.sentTo.pid) == dest {
		// Who has ended meanwhile is not found: deliver knows.
		return from.sentTo.behaviour.Message(from.sentTo, m, from)
	}
	to, err := rt.resolve(dest)
	if err != nil {
		rt.undeliverable(dest, m)
		return err
	}
	if hostapi.IsPID(dest) {
		from.sentTo = to
	}
	return to.behaviour.Message(to, m, from)
}

// post delivers a message that Go code sends.
func (rt *Runtime) post(dest hostapi.Dest, m *hostapi.Message) error {
	to, err := rt.whom(dest)
	if err != nil {
		rt.undeliverable(fmt.Sprint(dest), m)
		return err
	}
	return to.behaviour.Message(to, m, nil)
}

// whom finds the process that Go code addresses, as resolve does for scripts.
func (rt *Runtime) whom(dest hostapi.Dest) (*process, error) {
	if name, ok := dest.(hostapi.Name); ok {
		return rt.named(string(name))
	}
	pid, _ := dest.(hostapi.PID)
	if !hostapi.IsPID(string(pid)) {
		return nil, rt.errUnresolved(string(pid))
	}
	return rt.resolve(string(pid))
}

// named finds the process that has a registered name.
func (rt *Runtime) named(name string) (*process, error) {
	if p := rt.names.lookup(name); p != nil {
		return p, nil
	}
	if strings.HasPrefix(name, "@") {
		return rt.addressed(name)
	}
	return nil, rt.errUnresolved(name)
}

// whomLive is whom for everything but send (2.7).
func (rt *Runtime) whomLive(dest hostapi.Dest) (*process, error) {
	p, err := rt.whom(dest)
	if err == nil && !p.isLive() {
		return nil, p.notFound()
	}
	return p, err
}

// errNotFound says that there is no process of that PID, or none any more, and of which
// entry it was, unless that is "". Like notFound it has a frame of its own: those of the
// calls lie on the stacks of processes that wait.
//
//go:noinline
func errNotFound(pid hostapi.PID, entry string) error {
	if entry == "" {
		return hostapi.Errorf(hostapi.NotFound, "process not found: %s", pid)
	}
	return hostapi.Errorf(hostapi.NotFound, "process not found: %s (%s)", pid, entry)
}

// notFound is errNotFound of a process that has ended or is not yet live. Its lock is not
// held.
//
//go:noinline
func (p *process) notFound() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return errNotFound(p.pid, p.entry.ID)
}

// resolve finds the process that a destination names: a PID or a registered
// name (3.5). The process may end at any moment, and may still be loading.
func (rt *Runtime) resolve(dest string) (*process, error) {
	if !hostapi.IsPID(dest) {
		return rt.named(dest)
	}
	p, wellFormed := rt.table.find(dest)
	switch {
	case !wellFormed:
		return nil, rt.errUnresolved(dest)
	case p == nil && rt.prefix != "":
		return rt.abroadOf(hostapi.PID(dest))
	case p == nil:
		return nil, errNotFound(hostapi.PID(dest), rt.table.past(dest))
	}
	return p, nil
}

// ResolveLive is resolve for everything but send: a process that is still being
// created is not found (2.7).
func (rt *Runtime) ResolveLive(dest string) (*process, error) {
	p, err := rt.resolve(dest)
	if err == nil && !p.isLive() {
		return nil, p.notFound()
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

// errUnresolved says that a destination is neither a PID nor a registered name.
func (rt *Runtime) errUnresolved(dest string) error {
	hint := ""
	if rt.catalog.has(dest) {
		hint = ": it is the id of an entry, of which any number of processes may run"
	}
	return hostapi.Errorf(hostapi.NotFound, "process not found: could not resolve '%s' as PID or registered name%s", dest, hint)
}
