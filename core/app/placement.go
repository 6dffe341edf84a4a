package app

// place chooses the hosts of processes, services and supervisors by clause
// 14.14.
func (l *loader) place() {
	var sole *Host
	if hosts := l.app.Hosts(); len(hosts) == 1 {
		sole = hosts[0]
	}
	for _, e := range l.all {
		switch e := e.(type) {
		case *Process:
			e.Host = l.hostOf(e, sole, hostChoice{&e.Header, e.hostRef}, hostChoice{&e.Header, e.defaultHost})
		case *Service:
			choices := []hostChoice{{&e.Header, e.hostRef}, {&e.Header, e.defaultHost}}
			if p, ok := l.app.Lookup(e.Process).(*Process); ok {
				choices = []hostChoice{choices[0], {&p.Header, p.hostRef}, choices[1], {&p.Header, p.defaultHost}}
			}
			e.Host = l.hostOf(e, sole, choices...)
		case *Supervisor:
			e.Spec.Host = l.hostOf(e, sole, hostChoice{&e.Header, e.Spec.hostRef}, hostChoice{&e.Header, e.defaultHost})
		}
	}
}

// hostChoice is a host that an entry names; it counts if it is given.
type hostChoice struct {
	by  *Header
	ref reference
}

// hostOf takes the first choice that is given, else the only host of the app.
// An entry that the runtime may start needs one.
func (l *loader) hostOf(e Startable, sole *Host, choices ...hostChoice) string {
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
	if e.Life().AutoStart || l.required[h.ID] {
		if n := len(l.app.Hosts()); n > 0 {
			h.reporter.errorf(h.node, "host is required: the app has %d hosts, and the field host names none", n)
		} else {
			h.reporter.errorf(h.node, "host is required: the app has no entry of kind %s", KindHost)
		}
	}
	return ""
}

// linkSupervisors resolves what the children of supervisors run, and reports
// entries that nest in a cycle (16.3).
func (l *loader) linkSupervisors() {
	refs := map[edge]reference{}
	for _, s := range only[*Supervisor](l.all) {
		l.linkChildren(s, &s.Spec, refs)
	}
	for _, cycle := range cycles(l.app.Supervisors(), func(s *Supervisor) []string { return s.nested }) {
		h := l.app.Lookup(cycle[0]).Head()
		h.reporter.errorf(refs[edge{cycle[0], cycle[1]}].node, "supervisor cycle: %s", joinCycle(cycle))
	}
}

func (l *loader) linkChildren(s *Supervisor, spec *SupervisorSpec, refs map[edge]reference) {
	for i := range spec.Children {
		c := &spec.Children[i]
		switch {
		case c.Spec != nil:
			c.Spec.Host = spec.Host
			if host, ok := lookup[*Host](l, &s.Header, c.Spec.hostRef, "host"); ok {
				c.Spec.Host = host.ID
			}
			l.linkChildren(s, c.Spec, refs)
		case c.supervisorRef.given():
			if nested, ok := lookup[*Supervisor](l, &s.Header, c.supervisorRef, "supervisor"); ok {
				c.Supervisor, c.Spec = nested.ID, &nested.Spec
				s.nested = append(s.nested, nested.ID)
				refs[edge{s.ID, nested.ID}] = c.supervisorRef
			}
		}
		l.linkChildProcess(s, spec, c)
	}
}

func (l *loader) linkChildProcess(s *Supervisor, spec *SupervisorSpec, c *Child) {
	if c.hostRef.given() {
		if host, ok := lookup[*Host](l, &s.Header, c.hostRef, "host"); ok {
			c.Host = host.ID
		}
	}
	p, ok := lookup[*Process](l, &s.Header, c.processRef, "process")
	if !ok {
		return
	}
	c.Process = p.ID
	if !c.inputGiven {
		c.Input = p.Input
	}
	if c.hostRef.given() {
		return
	}
	c.Host = spec.Host
	if p.hostRef.given() {
		// place has found and reported it.
		c.Host = p.Host
	}
}
