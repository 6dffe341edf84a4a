package app

import "github.com/understudy-run/understudy/core/spec"

// place chooses the hosts of processes, services and supervisors by clause
// 14.14.
func (l *loader) place() {
	sole := l.sole()
	for _, e := range l.all {
		switch e := e.(type) {
		case *Process:
			e.Host = l.hostOf(e, l.starts(e), sole, hostChoice{&e.Header, e.hostRef}, hostChoice{&e.Header, e.defaultHost})
		case *Service:
			choices := []hostChoice{{&e.Header, e.hostRef}, {&e.Header, e.defaultHost}}
			if p, ok := l.app.Lookup(e.Process).(*Process); ok {
				choices = []hostChoice{choices[0], {&p.Header, p.hostRef}, choices[1], {&p.Header, p.defaultHost}}
			}
			e.Host = l.hostOf(e, l.starts(e), sole, choices...)
		case *Supervisor:
			e.Spec.Host = l.hostOf(e, l.starts(e), sole, hostChoice{&e.Header, e.hostRef}, hostChoice{&e.Header, e.defaultHost})
		}
	}
}

// hostChoice is a host that an entry names; it counts if it is given.
type hostChoice struct {
	by  *Header
	ref reference
}

// sole gives the host of an app that has only one.
func (l *loader) sole() *Host {
	if hosts := l.app.Hosts(); len(hosts) == 1 {
		return hosts[0]
	}
	return nil
}

// starts reports whether the runtime may start an entry.
func (l *loader) starts(e Startable) bool { return e.Life().AutoStart || l.required[e.Head().ID] }

// hostOf takes the first choice that is given, else the only host of the app. needed
// says that the entry cannot do without, as one that the runtime may start.
func (l *loader) hostOf(e Entry, needed bool, sole *Host, choices ...hostChoice) string {
	for _, c := range choices {
		if c.ref.given() {
			if host, ok := lookup[*Host](l, c.by, c.ref, "host"); ok {
				return host.ID
			}
			return ""
		}
	}
	if sole != nil {
		return sole.ID
	}
	h := e.Head()
	if needed {
		if n := len(l.app.Hosts()); n > 0 {
			h.reporter.errorf(h.node, "host is required: the app has %d hosts, and the field host names none", n)
		} else {
			h.reporter.errorf(h.node, "host is required: the app has no entry of kind %s", KindHost)
		}
	}
	return ""
}

// linkSupervisors reads the specifications of supervisors, and reports
// entries that nest in a cycle (16.3).
func (l *loader) linkSupervisors() {
	refs := map[edge]reference{}
	for _, s := range only[*Supervisor](l.all) {
		host := s.Spec.Host // that place has chosen
		s.read(spec.Decoder{Entries: &links{l, s, refs}}, func(f spec.Fields) { s.Spec = *f.Supervisor(host) }, spec.SupervisorFields()...)
	}
	for _, cycle := range cycles(l.app.Supervisors(), func(s *Supervisor) []string { return s.nested }) {
		h := l.app.Lookup(cycle[0]).Head()
		h.reporter.errorf(refs[edge{cycle[0], cycle[1]}].node, "supervisor cycle: %s", joinCycle(cycle))
	}
}
