package app

import (
	"fmt"
	"math"
	"time"
)

// Supervisor is a process.supervisor entry (section 16).
type Supervisor struct {
	Header
	Spec SupervisorSpec
	// Lifecycle is complete with defaults.
	Lifecycle Lifecycle

	nested []string // ids of the supervisor entries below it, as written
}

// Life gives the lifecycle.
func (s *Supervisor) Life() *Lifecycle { return &s.Lifecycle }

// Strategy says what a child's end does to its siblings (16.7).
type Strategy string

// The strategies. The first is the default.
const (
	OneForOne       Strategy = "one_for_one"
	OneForAll       Strategy = "one_for_all"
	RestForOne      Strategy = "rest_for_one"
	SimpleOneForOne Strategy = "simple_one_for_one"
)

// AutoShutdown says whether a supervisor ends with its significant children
// (16.13).
type AutoShutdown string

// The ways. The first is the default.
const (
	Never          AutoShutdown = "never"
	AnySignificant AutoShutdown = "any_significant"
	AllSignificant AutoShutdown = "all_significant"
)

// SupervisorSpec is the specification of a supervisor (16.1), complete with
// defaults.
type SupervisorSpec struct {
	Strategy        Strategy
	Intensity       int           // restarts within Period; default 1
	Period          time.Duration // > 0; default 5s
	AutoShutdown    AutoShutdown
	Backoff         Backoff       // InitialDelay default 0: restart at once
	StableThreshold time.Duration // of the backoff; default 5s
	// Host is the id of the host of the supervisor: of an entry by clause 14.14,
	// of a nested specification by default that of the one around it. "" is the
	// host of whoever starts the supervisor.
	Host     string
	Children []Child // in start order; one, the template, for SimpleOneForOne
	Position Position

	hostRef reference
}

func specFields() []string {
	return []string{"strategy", "intensity", "period", "auto_shutdown", "backoff", "host", "children"}
}

func decodeSupervisor(head *Header) *Supervisor {
	o := head.object(append(specFields(), "lifecycle")...)
	return &Supervisor{Header: *head, Spec: o.supervisor(), Lifecycle: o.lifecycle()}
}

// supervisor reads a specification. The host is left to the linker.
func (o *object) supervisor() SupervisorSpec {
	backoff := o.child("backoff", "initial_delay", "max_delay", "backoff_factor", "jitter", "stable_threshold")
	s := SupervisorSpec{
		Intensity: o.count("intensity", bounds{0, math.Inf(1), "must be an integer of at least 0"}, 1),
		Backoff:   backoff.backoff(0),
		Position:  o.at(o.node),
		hostRef:   o.reference("host"),
	}
	s.Period, _ = o.duration("period", 1, 5*time.Second)
	s.StableThreshold, _ = backoff.duration("stable_threshold", 0, 5*time.Second)
	s.Strategy, _ = choice(o, "strategy", OneForOne, OneForAll, RestForOne, SimpleOneForOne)
	s.AutoShutdown, _ = choice(o, "auto_shutdown", Never, AnySignificant, AllSignificant)
	template := s.Strategy == SimpleOneForOne
	if template && s.AutoShutdown != Never {
		o.errorf(o.value("auto_shutdown"), "%sauto_shutdown must be never for simple_one_for_one", o.path)
	}
	children, ok := o.list("children")
	if template && len(children) != 1 && (ok || o.value("children") == nil) {
		at := o.node
		if ok {
			at = o.value("children")
		}
		o.errorf(at, "%schildren must be exactly one, the template, for simple_one_for_one", o.path)
	}
	ids := map[string]bool{}
	for i, n := range children {
		path := fmt.Sprintf("%schildren[%d].", o.path, i+1)
		child := o.reporter.object(n, path, "id", "process", "supervisor", "host", "input", "name", "restart", "shutdown", "significant")
		if child == nil {
			continue
		}
		c := child.supervised(template, s.AutoShutdown)
		if c.ID != "" && ids[c.ID] {
			o.errorf(child.value("id"), "%sid must be unique: %q is taken", path, c.ID)
		}
		ids[c.ID] = true
		s.Children = append(s.Children, c)
	}
	return s
}
