package supervision

import (
	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// Define implements core.Runtime.DefineSupervisor.
func Define(rt *kernel.Runtime, id string, s spec.Supervisor) { rt.DefineRole(id, supervising{&s}) }

// Of gives what a process asks of supervisors: a hostapi.Supervision.
func Of(p *kernel.Process) any { return client{p} }

// client is the caller's side of the module supervisor.
type client struct{ p *kernel.Process }

// StartSupervisor implements hostapi.Supervision.
func (c client) StartSupervisor(what hostapi.Value, link bool) (hostapi.PID, error) {
	if err := c.p.EnterToWait(); err != nil {
		return "", err
	}
	id, todo, err := c.entry(what)
	if err != nil {
		return "", err
	}
	s := hostapi.Spawn{ID: id, Host: todo.Host, Link: link}
	if s.Host == "" {
		s.Host = c.p.HostID()
	}
	return c.p.SpawnRole(supervising{todo}, s)
}

// entry gives what a script wants to start: an entry by its id, or a specification.
func (c client) entry(what hostapi.Value) (id string, s *spec.Supervisor, err error) {
	if what.Type() != hostapi.TypeString {
		s, err = supervisorSpec(c.p.Runtime(), what)
		return c.p.EntryID() + "/supervisor", s, err
	}
	s, err = defined(c.p.Runtime(), what.Str())
	return what.Str(), s, err
}

// ask lets a supervisor do something for the running task, which waits for it.
func (c client) ask(sup string, do func(*supervisor) error) error {
	if err := c.p.EnterToWait(); err != nil {
		return err
	}
	to, err := c.p.Runtime().ResolveLive(sup)
	if err != nil {
		return err
	}
	s, ok := to.Behaviour().(*supervisor)
	if !ok {
		return hostapi.Errorf(hostapi.Invalid, "not a supervisor")
	}
	return c.p.Inquire("supervisor", func(q *kernel.Inquiry) error { return s.submit(&request{q, do}, c.p) })
}

// StartChild implements hostapi.Supervision.
func (c client) StartChild(sup string, args []hostapi.Value) (pid hostapi.PID, err error) {
	err = c.ask(sup, func(s *supervisor) (err error) {
		pid, err = s.startChild(args)
		return err
	})
	return pid, err
}

// TerminateChild implements hostapi.Supervision.
func (c client) TerminateChild(sup, id string) error {
	return c.ask(sup, func(s *supervisor) error { return s.terminateChild(id) })
}

// RestartChild implements hostapi.Supervision.
func (c client) RestartChild(sup, id string) (pid hostapi.PID, err error) {
	err = c.ask(sup, func(s *supervisor) (err error) {
		pid, err = s.restartChild(id)
		return err
	})
	return pid, err
}

// DeleteChild implements hostapi.Supervision.
func (c client) DeleteChild(sup, id string) error {
	return c.ask(sup, func(s *supervisor) error { return s.deleteChild(id) })
}

// WhichChildren implements hostapi.Supervision.
func (c client) WhichChildren(sup string) (children []hostapi.ChildInfo, err error) {
	err = c.ask(sup, func(s *supervisor) error {
		children = s.whichChildren()
		return nil
	})
	return children, err
}

// CountChildren implements hostapi.Supervision.
func (c client) CountChildren(sup string) (n hostapi.ChildCount, err error) {
	err = c.ask(sup, func(s *supervisor) error {
		n = s.countChildren()
		return nil
	})
	return n, err
}
