package kernel

import (
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// This file is the caller's side of the module supervisor: it implements
// hostapi.Supervision.

// StartSupervisor implements hostapi.Supervision.
func (p *process) StartSupervisor(what hostapi.Value, link bool) (hostapi.PID, error) {
	t := p.current
	if err := t.call(); err != nil {
		return "", err
	}
	if err := t.mayWait(); err != nil {
		return "", err
	}
	id, todo, err := p.rt.supervisorEntry(what, p.entry.ID)
	if err != nil {
		return "", err
	}
	s := hostapi.Spawn{ID: id, Host: todo.Host, Link: link}
	if s.Host == "" {
		s.Host = p.host.options.ID
	}
	child, err := p.spawnFrom(supervising{todo}, s, nil)
	if err != nil {
		return "", err
	}
	return child.pid, nil
}

// supervisorEntry gives what a script wants to start: an entry by its id, or a
// specification. by is the entry that starts it.
func (rt *Runtime) supervisorEntry(what hostapi.Value, by string) (id string, s *spec.Supervisor, err error) {
	if what.Type() != hostapi.TypeString {
		s, err = rt.supervisorSpec(what)
		return by + "/supervisor", s, err
	}
	return rt.catalog.Supervisor(nil, what.Str())
}

// DefineSupervisor implements core.Runtime.
func (rt *Runtime) DefineSupervisor(id string, s spec.Supervisor) {
	rt.catalog.defineRole(id, supervising{&s})
}

// ask lets a supervisor do something for the running task, which waits for it.
func (p *process) ask(sup string, do func(*supervisor) error) error {
	t := p.current
	if err := t.call(); err != nil {
		return err
	}
	if err := t.mayWait(); err != nil {
		return err
	}
	to, err := p.rt.ResolveLive(sup)
	if err != nil {
		return err
	}
	s, ok := to.behaviour.(*supervisor)
	if !ok {
		return hostapi.Errorf(hostapi.Invalid, "not a supervisor")
	}
	p.mu.Lock()
	t.wait.begin("supervisor", true)
	p.mu.Unlock()
	if err := s.submit(&request{t, do}, p); err != nil {
		p.mu.Lock()
		t.wait.withdraw()
		p.mu.Unlock()
		return err
	}
	p.mu.Lock()
	return t.park()
}

// StartChild implements hostapi.Supervision.
func (p *process) StartChild(sup string, args []hostapi.Value) (pid hostapi.PID, err error) {
	err = p.ask(sup, func(s *supervisor) (err error) {
		pid, err = s.startChild(args)
		return err
	})
	return pid, err
}

// TerminateChild implements hostapi.Supervision.
func (p *process) TerminateChild(sup, id string) error {
	return p.ask(sup, func(s *supervisor) error { return s.terminateChild(id) })
}

// RestartChild implements hostapi.Supervision.
func (p *process) RestartChild(sup, id string) (pid hostapi.PID, err error) {
	err = p.ask(sup, func(s *supervisor) (err error) {
		pid, err = s.restartChild(id)
		return err
	})
	return pid, err
}

// DeleteChild implements hostapi.Supervision.
func (p *process) DeleteChild(sup, id string) error {
	return p.ask(sup, func(s *supervisor) error { return s.deleteChild(id) })
}

// WhichChildren implements hostapi.Supervision.
func (p *process) WhichChildren(sup string) (children []hostapi.ChildInfo, err error) {
	err = p.ask(sup, func(s *supervisor) error {
		children = s.whichChildren()
		return nil
	})
	return children, err
}

// CountChildren implements hostapi.Supervision.
func (p *process) CountChildren(sup string) (n hostapi.ChildCount, err error) {
	err = p.ask(sup, func(s *supervisor) error {
		n = s.countChildren()
		return nil
	})
	return n, err
}
