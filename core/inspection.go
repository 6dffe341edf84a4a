package core

import (
	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/internal/supervision"
	"github.com/understudy-run/understudy/hostapi"
)

// What is seen of a running runtime by who looks into it (section 63).
type (
	Inspection     = kernel.Inspection
	Brief          = kernel.Brief
	HostView       = kernel.HostView
	ServiceView    = supervision.ServiceView
	SupervisorView = supervision.SupervisorView
	ChildView      = supervision.ChildView
)

// Inspect gives what is known of a process that is live; false if there is none. The
// process is stopped for no longer than it takes to copy that. Safe for concurrent use.
func (rt *Runtime) Inspect(pid hostapi.PID) (Inspection, bool) { return rt.kernel.Inspect(pid) }

// Survey gives what is known of all live processes, oldest first, each as it was when its
// turn came: none is stopped for longer than it takes to copy that. Safe for concurrent use.
func (rt *Runtime) Survey() []Brief { return rt.kernel.Survey() }

// Hosts gives the hosts that are known, by id. Safe for concurrent use.
func (rt *Runtime) Hosts() []HostView { return rt.kernel.Hosts() }

// Supervised gives the children of a supervisor, in start order, as they are now, also
// while it is at work on them; false if there is no such supervisor. Safe for concurrent
// use.
func (rt *Runtime) Supervised(pid hostapi.PID) (SupervisorView, bool) {
	return supervision.View(rt.kernel, pid)
}

// Services gives the services that were started and not stopped, in the order of their
// start. Safe for concurrent use.
func (rt *Runtime) Services() []ServiceView { return rt.services.View() }

// Observe lets tell be told what happens from now on, in the manner of Options.OnEvent and
// beside it. all asks also for what happens all the time, starts, normal ends and
// operations outside among it, which costs each of them something; otherwise those may be
// left out. After stop, what is being told on another goroutine may still arrive. Safe for
// concurrent use.
func (rt *Runtime) Observe(all bool, tell func(RuntimeEvent)) (stop func()) {
	return rt.kernel.Observe(all, tell)
}

// ConcealedValue gives a payload without what is concealed.
func (rt *Runtime) ConcealedValue(v hostapi.Value) hostapi.Value { return rt.kernel.ConcealedValue(v) }
