package faketest

import "github.com/understudy-run/understudy/hostapi"

// StartSupervisor gives {h|4}.
func (p *Process) StartSupervisor(spec hostapi.Value, link bool) (hostapi.PID, error) {
	return "{h|4}", p.record("start supervisor %s link %v", spec, link)
}

// StartChild gives {h|5}.
func (p *Process) StartChild(sup string, args []hostapi.Value) (hostapi.PID, error) {
	return "{h|5}", p.record("start child of %s %s", sup, List(args))
}

// TerminateChild records its arguments.
func (p *Process) TerminateChild(sup, id string) error {
	return p.record("terminate child of %s %s", sup, id)
}

// RestartChild gives {h|6}.
func (p *Process) RestartChild(sup, id string) (hostapi.PID, error) {
	return "{h|6}", p.record("restart child of %s %s", sup, id)
}

// DeleteChild records its arguments.
func (p *Process) DeleteChild(sup, id string) error {
	return p.record("delete child of %s %s", sup, id)
}

// WhichChildren gives Children.
func (p *Process) WhichChildren(sup string) ([]hostapi.ChildInfo, error) {
	return p.Children, p.record("children of %s", sup)
}

// CountChildren gives Count.
func (p *Process) CountChildren(sup string) (hostapi.ChildCount, error) {
	return p.Count, p.record("count children of %s", sup)
}

// Facility gives the process itself, for groups and supervisors.
func (p *Process) Facility(accept func(any) bool) { accept(p) }
