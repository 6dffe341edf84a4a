package supervision

import (
	"time"

	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// SupervisorView is what is known of a supervisor at one moment. It is the caller's own.
type SupervisorView struct {
	Strategy  spec.Strategy
	Intensity int // restarts allowed within Period
	Period    time.Duration
	Children  []ChildView // in start order
}

// ChildView is what is known of one child.
type ChildView struct {
	ID         string      // "" in a simple_one_for_one
	PID        hostapi.PID // of the process that runs or ran last, "" if none did
	Entry      string      // "" for a supervisor that is written in place
	Supervisor bool
	Restart    spec.Restart
	// State is "running", "starting", "restarting" while a restart is pending or made,
	// "stopping", or "stopped".
	State    string
	Since    time.Time        // when the process became live; zero if none did
	Starts   int              // how often a process of it has become live
	Attempts int              // restarts in a row
	History  []kernel.Failure // since it was last stable: oldest first, at most five
}

// show changes what others see of the supervisor: all that its task changes of that is
// changed here, and read by the task without the lock.
func (s *supervisor) show(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}

// Supervisors implements core.Runtime.
func Supervisors(rt *kernel.Runtime) []hostapi.PID {
	list := rt.Which(supervises)
	out := make([]hostapi.PID, len(list))
	for i, p := range list {
		out[i] = p.PID()
	}
	return out
}

func supervises(b kernel.Behaviour) bool {
	_, ok := b.(*supervisor)
	return ok
}

// View implements core.Runtime.Supervised.
func View(rt *kernel.Runtime, pid hostapi.PID) (SupervisorView, bool) {
	p, err := rt.ResolveLive(string(pid))
	if err != nil {
		return SupervisorView{}, false
	}
	s, ok := p.Behaviour().(*supervisor)
	if !ok {
		return SupervisorView{}, false
	}
	return s.view(), true
}

func (s *supervisor) view() SupervisorView {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := SupervisorView{Strategy: s.spec.Strategy, Intensity: s.spec.Intensity, Period: s.spec.Period}
	under := make(map[*child]*instance) // instances that are no child's at present
	for inst := range s.alive.All() {
		if inst.child.inst != inst {
			under[inst.child] = inst
		}
	}
	for c := range s.children.All() {
		v.Children = append(v.Children, c.view(under[c]))
	}
	return v
}

// view is what is seen of a child; other is an instance of it that is being created or
// stopped, nil if there is none. The supervisor's lock is held.
func (c *child) view(other *instance) ChildView {
	v := ChildView{
		ID: c.spec.ID, PID: c.last, Entry: c.spec.Process, Supervisor: c.spec.Supervisor != nil, Restart: c.spec.Restart,
		Since: c.since, Starts: c.starts, Attempts: c.attempts, History: c.history[:len(c.history):len(c.history)],
	}
	if v.Supervisor {
		v.Entry = c.spec.SupervisorID
	}
	switch {
	case c.inst != nil && c.inst.phase == instanceLive:
		v.State = "running"
	case c.pending != nil:
		v.State = "restarting"
	case other != nil && other.phase == instanceLoading:
		v.State = "starting"
	case other != nil:
		v.State = "stopping"
	case c.inst != nil: // has just ended
		v.State = "stopping"
	default:
		v.State = "stopped"
	}
	return v
}
