package spec

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

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
	NeverShutdown  AutoShutdown = "never"
	AnySignificant AutoShutdown = "any_significant"
	AllSignificant AutoShutdown = "all_significant"
)

// Supervisor is the specification of a supervisor (16.1). It is complete:
// DefaultSupervisor has the defaults. It must not be changed once it was given
// away.
type Supervisor struct {
	Strategy        Strategy
	Intensity       int           // restarts allowed within Period; ≥ 0
	Period          time.Duration // > 0
	AutoShutdown    AutoShutdown
	Backoff         Backoff
	StableThreshold time.Duration // running this long forgets earlier failures
	Host            string        // "" stands for the host of whoever starts the supervisor
	Children        []Child       // in start order; one, the template, for SimpleOneForOne
}

// DefaultSupervisor has the defaults of clause 16.1.
var DefaultSupervisor = Supervisor{
	Strategy:        OneForOne,
	Intensity:       1,
	Period:          5 * time.Second,
	AutoShutdown:    NeverShutdown,
	Backoff:         backoff(0), // restart at once
	StableThreshold: 5 * time.Second,
}

// SupervisorFields gives the names of the fields of a supervisor.
func SupervisorFields() []string {
	return []string{"strategy", "intensity", "period", "auto_shutdown", "backoff", "host", "children"}
}

// Supervisor reads a value as a supervisor.
func (d *Decoder) Supervisor(v hostapi.Value, host string) *Supervisor {
	return d.Fields(v, nil, SupervisorFields()...).Supervisor(host)
}

// Supervisor reads the specification of a supervisor. host is that of one that
// names none. If there are Violations after it, the result is of no use.
func (f Fields) Supervisor(host string) *Supervisor {
	s := DefaultSupervisor
	f.d.supervisor = f.form
	s.Strategy = Choose(f, "strategy", OneForOne, OneForAll, RestForOne, SimpleOneForOne)
	s.Intensity = f.Count("intensity", 0, s.Intensity)
	s.Period = f.Duration("period", 1, s.Period)
	s.AutoShutdown = Choose(f, "auto_shutdown", NeverShutdown, AnySignificant, AllSignificant)
	backoff := f.Map("backoff", "initial_delay", "max_delay", "backoff_factor", "jitter", "stable_threshold")
	s.Backoff = backoff.backoff(s.Backoff)
	s.StableThreshold = backoff.Duration("stable_threshold", 0, s.StableThreshold)
	if s.Host = f.host(); !f.Has("host") {
		s.Host = host
	}
	if f.Describes() {
		f.describeChildren(&s)
		return &s
	}
	template := s.Strategy == SimpleOneForOne
	if template && s.AutoShutdown != NeverShutdown {
		f.Fail("auto_shutdown", "must be never for simple_one_for_one")
	}
	children, ok := f.list("children")
	if template && len(children) != 1 && ok {
		f.Fail("children", "must be exactly one, the template, for simple_one_for_one")
	}
	ids := map[string]bool{}
	for i, v := range children {
		child := f.d.Fields(v, f.path.field("children").element(i+1), childFields[:]...)
		if child.m == nil {
			continue
		}
		c := child.child(&s)
		if c.ID != "" && ids[c.ID] {
			child.Fail("id", "must be unique: %q is taken", c.ID)
		}
		ids[c.ID] = true
		s.Children = append(s.Children, *c)
	}
	return &s
}

// describeChildren notes how children are written, and what the strategy says of them.
func (f Fields) describeChildren(s *Supervisor) {
	for _, child := range f.Items("children", childFields[:]...) {
		child.child(s)
	}
	template, named := Is("strategy", string(SimpleOneForOne)), Given("id")
	f.Rule(Condition{Field: "children", Count: 1}, template)
	f.Rule(NoneBut("auto_shutdown", string(NeverShutdown)), template)
	f.Rule(Each("children", Absent("name")), template)
	f.Rule(Each("children", named), Absent("strategy"))
	f.Rule(Each("children", named), Is("strategy", string(OneForOne), string(OneForAll), string(RestForOne)))
	f.Rule(Each("children", NoneBut("significant", false)), NoneBut("auto_shutdown", string(NeverShutdown)))
}
