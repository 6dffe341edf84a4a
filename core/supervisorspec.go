package core

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Strategy says what a child's end does to its siblings (16.7).
type Strategy string

// The strategies.
const (
	OneForOne       Strategy = "one_for_one"
	OneForAll       Strategy = "one_for_all"
	RestForOne      Strategy = "rest_for_one"
	SimpleOneForOne Strategy = "simple_one_for_one"
)

// AutoShutdown says whether a supervisor ends with its significant children
// (16.13).
type AutoShutdown string

// The ways.
const (
	NeverShutdown  AutoShutdown = "never"
	AnySignificant AutoShutdown = "any_significant"
	AllSignificant AutoShutdown = "all_significant"
)

// ChildRestart says after which ends a child is started again (16.8).
type ChildRestart string

// The restart types.
const (
	Permanent ChildRestart = "permanent"
	Transient ChildRestart = "transient"
	Temporary ChildRestart = "temporary"
)

// SupervisorSpec is the specification of a supervisor (16.1). It is complete:
// DefaultSupervisor has the defaults. It must not be changed once it was given
// away.
type SupervisorSpec struct {
	Strategy        Strategy
	Intensity       int           // restarts allowed within Period; ≥ 0
	Period          time.Duration // > 0
	AutoShutdown    AutoShutdown
	Backoff         Backoff
	StableThreshold time.Duration // running this long forgets earlier failures
	Host            string        // "" stands for the host of whoever starts the supervisor
	Children        []ChildSpec   // in start order; one, the template, for SimpleOneForOne
}

// DefaultSupervisor has the defaults of clause 16.1.
var DefaultSupervisor = SupervisorSpec{
	Strategy:        OneForOne,
	Intensity:       1,
	Period:          5 * time.Second,
	AutoShutdown:    NeverShutdown,
	Backoff:         Backoff{MaxDelay: 90 * time.Second, Factor: 2, Jitter: 0.1},
	StableThreshold: 5 * time.Second,
}

// ChildSpec is the specification of a child (16.2), complete with defaults.
type ChildSpec struct {
	ID      string // name within the supervisor; "" for a template
	Process string // id of the process entry to run, "" for a supervisor
	// Supervisor is what a nested supervisor does, nil for a process; SupervisorID
	// is the entry it was taken from, "" if it is written in place.
	Supervisor   *SupervisorSpec
	SupervisorID string
	Host         string          // of the process; "" stands for that of the supervisor
	Input        []hostapi.Value // arguments of the process
	Name         string          // registered for each instance; "" for none
	Restart      ChildRestart
	Shutdown     ChildShutdown
	Significant  bool // counts for AutoShutdown
}

// ChildShutdown says how a child is stopped (16.2). If both flags are false it
// gets CANCEL with Timeout as grace period.
type ChildShutdown struct {
	Brutal   bool // terminated
	Infinity bool // CANCEL without deadline
	Timeout  time.Duration
}

// DefineSupervisor makes a supervisor entry known, or replaces it: supervisors
// started from then on use it. Launch, Start and Spawn start it as they start a
// process entry. Safe for concurrent use.
func (rt *Runtime) DefineSupervisor(id string, spec SupervisorSpec) {
	rt.catalog.defineRole(id, supervising{&spec})
}
