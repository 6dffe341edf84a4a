package supervision

import (
	"slices"

	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// request is a call of the module supervisor that waits for the supervisor.
type request struct {
	caller *kernel.Inquiry
	do     func(*supervisor) error
}

// submit puts a request on the agenda.
func (s *supervisor) submit(r *request, by *kernel.Process) error {
	s.mu.Lock()
	if s.closing || s.cause != nil {
		s.mu.Unlock()
		return errShuttingDown()
	}
	s.agenda.PushBack(r)
	s.mu.Unlock()
	s.wake(by)
	return nil
}

// handle carries a request out, unless its caller has ended meanwhile.
func (r *request) handle(s *supervisor) *hostapi.Result {
	if !r.caller.Waits() {
		return nil
	}
	s.asked = r
	err := r.do(s)
	if err != nil && s.killed() {
		err = errShuttingDown()
	}
	s.asked = nil
	r.caller.Answer(err, s.p)
	return nil
}

func (s *supervisor) simple() bool { return s.spec.Strategy == spec.SimpleOneForOne }

// find gives the child that a request names: by its id, or by its PID in a
// simple_one_for_one.
func (s *supervisor) find(id string) (*child, error) {
	if c := s.children.Find(id); c != nil {
		return c, nil
	}
	return nil, hostapi.Errorf(hostapi.NotFound, "child not found: %s", id)
}

// startChild adds a child and starts it; args are the specification, or further
// arguments for the template.
func (s *supervisor) startChild(args []hostapi.Value) (hostapi.PID, error) {
	c, err := s.newChild(args)
	if err != nil {
		return "", err
	}
	s.add(c)
	if err := s.start(c); err != nil {
		s.remove(c)
		return "", err
	}
	return c.last, nil
}

func (s *supervisor) newChild(args []hostapi.Value) (*child, error) {
	if s.simple() {
		template := &s.spec.Children[0]
		if template.Supervisor != nil && len(args) > 0 {
			return nil, hostapi.Errorf(hostapi.Invalid, "a supervisor takes no arguments")
		}
		return &child{spec: template, args: slices.Concat(template.Input, args), extra: args}, nil
	}
	if len(args) != 1 {
		return nil, hostapi.Errorf(hostapi.Invalid, "invalid supervisor specification: start_child takes one child")
	}
	added, err := childSpec(s.rt, args[0], s.spec.AutoShutdown)
	if err != nil {
		return nil, err
	}
	if c, _ := s.find(added.ID); c != nil {
		if c.inst != nil {
			return nil, hostapi.Errorf(hostapi.AlreadyExists, "already started").With("pid", hostapi.String(string(c.last)))
		}
		return nil, hostapi.Errorf(hostapi.AlreadyExists, "already present")
	}
	return &child{spec: added, args: added.Input}, nil
}

func (s *supervisor) terminateChild(id string) error {
	c, err := s.find(id)
	if err != nil {
		return err
	}
	s.drop(c)
	if c.inst != nil {
		s.stop(c)
	}
	if c.spec.Restart == spec.Temporary || s.simple() {
		s.remove(c)
	}
	return nil
}

// stopped gives a child that neither runs nor is about to.
func (s *supervisor) stopped(id string) (*child, error) {
	if s.simple() {
		return nil, hostapi.Errorf(hostapi.Invalid, "not supported by simple_one_for_one")
	}
	c, err := s.find(id)
	switch {
	case err != nil:
		return nil, err
	case c.inst != nil:
		return nil, hostapi.Errorf(hostapi.Conflict, "child is running")
	case c.pending != nil:
		return nil, hostapi.Errorf(hostapi.Conflict, "child is restarting")
	}
	return c, nil
}

func (s *supervisor) restartChild(id string) (hostapi.PID, error) {
	c, err := s.stopped(id)
	if err != nil {
		return "", err
	}
	if err := s.start(c); err != nil {
		return "", err
	}
	return c.last, nil
}

func (s *supervisor) deleteChild(id string) error {
	c, err := s.stopped(id)
	if err == nil {
		s.remove(c)
	}
	return err
}

func (s *supervisor) whichChildren() []hostapi.ChildInfo {
	infos := make([]hostapi.ChildInfo, 0, s.children.Len())
	for c := range s.children.All() {
		info := hostapi.ChildInfo{
			ID: c.spec.ID, Restart: string(c.spec.Restart), Supervisor: c.spec.Supervisor != nil,
			Status: hostapi.ChildStopped,
		}
		switch {
		case c.inst != nil:
			info.Status, info.PID = hostapi.ChildRunning, c.last
		case c.pending != nil:
			info.Status = hostapi.ChildRestarting
		}
		infos = append(infos, info)
	}
	return infos
}

func (s *supervisor) countChildren() hostapi.ChildCount {
	n := hostapi.ChildCount{Specs: s.children.Len()}
	if s.simple() {
		n.Specs = 1
	}
	for c := range s.children.All() {
		if c.inst != nil {
			n.Active++
		}
		if c.spec.Supervisor != nil {
			n.Supervisors++
		} else {
			n.Processes++
		}
	}
	return n
}
