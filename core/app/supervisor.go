package app

import "github.com/understudy-run/understudy/core/spec"

// Supervisor is a process.supervisor entry (section 16).
type Supervisor struct {
	Header
	// Spec is complete. Its Host is by clause 14.14; ids in it are full.
	Spec spec.Supervisor
	// Lifecycle is complete with defaults.
	Lifecycle Lifecycle

	hostRef reference
	nested  []string // ids of the supervisor entries below it, as written
}

// Life gives the lifecycle.
func (s *Supervisor) Life() *Lifecycle { return &s.Lifecycle }

// decodeSupervisor leaves the specification to the linker.
func decodeSupervisor(head *Header) *Supervisor {
	o := head.object(append(spec.SupervisorFields(), "lifecycle")...)
	s := &Supervisor{Header: *head, hostRef: o.reference("host")}
	s.read(spec.Decoder{}, func(f spec.Fields) { s.Lifecycle = s.lifecycle(f) }, "lifecycle")
	return s
}

// links finds the entries that a supervisor refers to. It reports those that it
// does not find itself.
type links struct {
	*loader
	s    *Supervisor
	refs map[edge]reference // to nested supervisors
}

func (k *links) reference(at spec.Path) reference {
	return reference{locate(k.s.node, at), at.String()}
}

// Host implements spec.Entries.
func (k *links) Host(at spec.Path, _ string) (string, error) {
	if host, ok := lookup[*Host](k.loader, &k.s.Header, k.reference(at), "host"); ok {
		return host.ID, nil
	}
	return "", errReported
}

// Process implements spec.Entries.
func (k *links) Process(at spec.Path, _ string) (spec.Process, error) {
	if p, ok := lookup[*Process](k.loader, &k.s.Header, k.reference(at), "process"); ok {
		return spec.Process{ID: p.ID, Host: p.OwnHost(), Input: p.Input}, nil
	}
	return spec.Process{}, errReported
}

// Supervisor implements spec.Entries.
func (k *links) Supervisor(at spec.Path, _ string) (string, *spec.Supervisor, error) {
	ref := k.reference(at)
	nested, ok := lookup[*Supervisor](k.loader, &k.s.Header, ref, "supervisor")
	if !ok {
		return "", nil, errReported
	}
	k.s.nested = append(k.s.nested, nested.ID)
	k.refs[edge{k.s.ID, nested.ID}] = ref
	return nested.ID, &nested.Spec, nil
}
