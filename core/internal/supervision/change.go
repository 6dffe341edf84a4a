package supervision

import (
	"reflect"
	"slices"

	"github.com/understudy-run/understudy/core/internal/container"
	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// Change implements core.Runtime.ChangeSupervisor.
func Change(rt *kernel.Runtime, id string, to spec.Supervisor) {
	Define(rt, id, to)
	for _, p := range rt.Which(supervises) {
		if p.EntryID() == id {
			p.Behaviour().(*supervisor).push(renewal{}, nil)
		}
	}
}

// renewal lets a supervisor take over what its entry says now.
type renewal struct{}

func (renewal) handle(s *supervisor) *hostapi.Result {
	if to := s.renewed(); to != nil {
		return (&change{to}).handle(s)
	}
	return nil
}

// renewed gives the specification of the entry, if it is another than that of
// the supervisor.
func (s *supervisor) renewed() *spec.Supervisor {
	to, err := defined(s.rt, s.p.EntryID())
	if err != nil || to == s.spec {
		return nil // made in place, or up to date
	}
	return to
}

// change is a new specification for a supervisor that runs.
type change struct{ spec *spec.Supervisor }

func (c *change) handle(s *supervisor) *hostapi.Result {
	if s.simple() != (c.spec.Strategy == spec.SimpleOneForOne) {
		return nil // its children would be of another kind: it takes a new start
	}
	if s.spec.Strategy != c.spec.Strategy {
		s.group = nil // those that wait are started, but no longer as a group
	}
	s.show(func() { s.spec = c.spec })
	if s.simple() {
		template := &c.spec.Children[0]
		for x := range s.children.All() {
			s.become(x, template)
			x.args = slices.Concat(template.Input, x.extra)
		}
		return nil
	}
	old, children := s.children, container.Ordered[string, *child]{}
	for i := range c.spec.Children {
		to := &c.spec.Children[i]
		x := old.Find(to.ID)
		if x == nil {
			x = &child{spec: to}
		} else {
			s.become(x, to)
		}
		x.args = to.Input
		x.key = to.ID
		children.Add(x.key, x)
	}
	for x := range old.All() {
		if children.Find(x.key) == nil {
			children.Add(x.key, x)
		}
	}
	s.show(func() { s.children = children })
	return nil
}

// become gives a child another specification, for its next start. A nested
// supervisor that is written in place and runs takes over its own.
func (s *supervisor) become(c *child, to *spec.Child) {
	before := c.spec
	s.show(func() { c.spec = to })
	if c.inst == nil || to.Supervisor == nil || to.SupervisorID != "" ||
		before.SupervisorID != "" || reflect.DeepEqual(before.Supervisor, to.Supervisor) {
		return
	}
	if nested, ok := c.inst.p.Behaviour().(*supervisor); ok {
		nested.push(&change{to.Supervisor}, nil)
	}
}
