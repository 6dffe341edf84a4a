package core

import (
	"reflect"
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// ChangeSupervisor is DefineSupervisor which also lets the running supervisors of
// the entry take over the new specification, as OTP's code_change does (16.19).
// Each does when its turn has come. Safe for concurrent use.
func (rt *Runtime) ChangeSupervisor(id string, spec SupervisorSpec) {
	rt.DefineSupervisor(id, spec)
	for _, p := range rt.table.all() {
		if s, ok := p.behaviour.(*supervisor); ok && p.entry.ID == id {
			s.push(renewal{}, nil)
		}
	}
}

// renewal lets a supervisor take over what its entry says now.
type renewal struct{}

func (renewal) handle(s *supervisor) *hostapi.Result {
	if spec := s.renewed(); spec != nil {
		return (&change{spec}).handle(s)
	}
	return nil
}

// renewed gives the specification of the entry, if it is another than that of
// the supervisor.
func (s *supervisor) renewed() *SupervisorSpec {
	spec, err := s.p.rt.definedSupervisor(s.p.entry.ID)
	if err != nil || spec == s.spec {
		return nil // made in place, or up to date
	}
	return spec
}

// change is a new specification for a supervisor that runs.
type change struct{ spec *SupervisorSpec }

func (c *change) handle(s *supervisor) *hostapi.Result {
	if s.simple() != (c.spec.Strategy == SimpleOneForOne) {
		return nil // its children would be of another kind: it takes a new start
	}
	if s.spec.Strategy != c.spec.Strategy {
		s.group = nil // those that wait are started, but no longer as a group
	}
	s.spec = c.spec
	if s.simple() {
		template := &c.spec.Children[0]
		for x := range s.children.all() {
			x.become(template)
			x.args = slices.Concat(template.Input, x.extra)
		}
		return nil
	}
	old := s.children
	s.children = ordered[string, *child]{}
	for i := range c.spec.Children {
		spec := &c.spec.Children[i]
		x := old.find(spec.ID)
		if x == nil {
			x = &child{spec: spec}
		} else {
			old.remove(x.key)
			x.become(spec)
		}
		x.args = spec.Input
		s.add(x)
	}
	for x := range old.all() {
		s.add(x)
	}
	return nil
}

// become gives a child another specification, for its next start. A nested
// supervisor that is written in place and runs takes over its own.
func (c *child) become(spec *ChildSpec) {
	before := c.spec
	c.spec = spec
	if c.inst == nil || spec.Supervisor == nil || spec.SupervisorID != "" ||
		before.SupervisorID != "" || reflect.DeepEqual(before.Supervisor, spec.Supervisor) {
		return
	}
	if nested, ok := c.inst.p.behaviour.(*supervisor); ok {
		nested.push(&change{spec.Supervisor}, nil)
	}
}
