package supervision

import (
	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// supervisorSpec reads a specification that a script has given (16.1 to 16.3).
// Its hosts and entries are known to exist.
func supervisorSpec(rt *kernel.Runtime, v hostapi.Value) (*spec.Supervisor, error) {
	d := spec.Decoder{Entries: entries{rt}}
	s := d.Supervisor(v, "")
	return s, refusal(&d)
}

// childSpec reads the specification of one child of a supervisor that does not
// have a template.
func childSpec(rt *kernel.Runtime, v hostapi.Value, auto spec.AutoShutdown) (*spec.Child, error) {
	d := spec.Decoder{Entries: entries{rt}}
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

// entries implements spec.Entries.
type entries struct{ rt *kernel.Runtime }

// Host implements spec.Entries.
func (e entries) Host(_ spec.Path, id string) (string, error) { return id, e.rt.HostOf(id) }

// Process implements spec.Entries.
func (e entries) Process(_ spec.Path, id string) (spec.Process, error) { return e.rt.ProcessOf(id) }

// Supervisor implements spec.Entries.
func (e entries) Supervisor(_ spec.Path, id string) (string, *spec.Supervisor, error) {
	s, err := defined(e.rt, id)
	return id, s, err
}

// defined gives the specification of a supervisor entry.
func defined(rt *kernel.Runtime, id string) (*spec.Supervisor, error) {
	if r, ok := rt.RoleOf(id).(supervising); ok {
		return r.spec, nil
	}
	return nil, hostapi.Errorf(hostapi.NotFound, "unknown supervisor entry: %s", id).With("id", hostapi.String(id))
}
