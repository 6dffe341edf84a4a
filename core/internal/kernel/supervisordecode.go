package kernel

import (
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// supervisorSpec reads a specification that a script has given (16.1 to 16.3).
// Its hosts and entries are known to exist.
func (rt *Runtime) supervisorSpec(v hostapi.Value) (*spec.Supervisor, error) {
	d := spec.Decoder{Entries: &rt.catalog}
	s := d.Supervisor(v, "")
	return s, refusal(&d)
}

// childSpec reads the specification of one child of a supervisor that does not
// have a template.
func (rt *Runtime) childSpec(v hostapi.Value, auto spec.AutoShutdown) (*spec.Child, error) {
	d := spec.Decoder{Entries: &rt.catalog}
	c := d.Child(v, auto)
	return c, refusal(&d)
}

// refusal gives the error of a specification: what was found first.
func refusal(d *spec.Decoder) error {
	if len(d.Violations) == 0 {
		return nil
	}
	first := d.Violations[0]
	if first.Err != nil {
		return first.Err
	}
	return hostapi.Errorf(hostapi.Invalid, "invalid supervisor specification: %s", first)
}

// Host implements spec.Entries.
func (c *catalog) Host(_ spec.Path, id string) (string, error) {
	_, err := c.host(id)
	return id, err
}

// Process implements spec.Entries.
func (c *catalog) Process(_ spec.Path, id string) (spec.Process, error) {
	c.mu.RLock()
	e := c.entries[id]
	c.mu.RUnlock()
	if e == nil {
		return spec.Process{}, errUnknownProcess(id)
	}
	return spec.Process{ID: id, Host: e.Host, Input: e.Input}, nil
}

// Supervisor implements spec.Entries.
func (c *catalog) Supervisor(_ spec.Path, id string) (string, *spec.Supervisor, error) {
	if r, ok := c.roleOf(id).(supervising); ok {
		return id, r.spec, nil
	}
	return id, nil, hostapi.Errorf(hostapi.NotFound, "unknown supervisor entry").With("id", hostapi.String(id))
}
