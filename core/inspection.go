package core

import (
	"context"
	"iter"

	"github.com/understudy-run/understudy/core/internal/groups"
	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/internal/supervision"
	"github.com/understudy-run/understudy/hostapi"
)

// What is seen of a running runtime by who looks into it (section 63).
type (
	Inspection     = kernel.Inspection
	Brief          = kernel.Brief
	Detail         = kernel.Detail
	CoroutineView  = kernel.CoroutineView
	OperationView  = kernel.OperationView
	NameView       = kernel.NameView
	EntryView      = kernel.EntryView
	ResourceView   = kernel.ResourceView
	GroupView      = groups.View
	TraceEvent     = kernel.TraceEvent
	TraceKind      = kernel.TraceKind
	TraceOptions   = kernel.TraceOptions
	ProfileOptions = kernel.ProfileOptions
	ProfileSample  = kernel.ProfileSample
	HostView       = kernel.HostView
	ServiceView    = supervision.ServiceView
	SupervisorView = supervision.SupervisorView
	ChildView      = supervision.ChildView
)

// Inspect gives what is known of a process that is live; false if there is none. The
// process is stopped for no longer than it takes to copy that. Safe for concurrent use.
func (rt *Runtime) Inspect(pid hostapi.PID) (Inspection, bool) { return rt.kernel.Inspect(pid) }

// Detail gives all that is known of a process that is live, and so many of the first
// messages in its mailbox; false if there is none. Of one that runs it is known where its
// code stands when it next gives way, for which Detail waits until ctx is done; so it must
// not be called from code that the process itself runs. Safe for concurrent use.
func (rt *Runtime) Detail(ctx context.Context, pid hostapi.PID, messages int) (Detail, bool) {
	return rt.kernel.Detail(ctx, pid, messages)
}

// Trace lets tell be told what a process does, those of an entry do, or what becomes of
// messages with a topic, from now on until stop: sends, reads, starts, ends, links, timers
// (63.4). tell is called where that happens, on several goroutines at once and with locks
// of the runtime held: it must not block, and must call nothing of the runtime. Safe for
// concurrent use.
func (rt *Runtime) Trace(o TraceOptions, tell func(TraceEvent)) (stop func()) {
	return rt.kernel.Trace(o, tell)
}

// Profile finds out, from now on until stop, where the code of processes spends its time
// (64.3). stop gives that, most first, and may be called several times. While a profile is
// taken a script that computes is slower by some percent. The error is Unavailable if one is
// being taken already. Safe for concurrent use.
func (rt *Runtime) Profile(o ProfileOptions) (stop func() []ProfileSample, err error) {
	return rt.kernel.Profile(o)
}

// Suspend lets a process run no more, once its time slice is over, until Resume. It still
// gets messages and events, its timers run, and it can be killed; what its timers do to it
// waits. The error is NotFound, or Invalid for a supervisor or an address. Safe for
// concurrent use.
func (rt *Runtime) Suspend(pid hostapi.PID) error { return rt.kernel.Suspend(pid) }

// Resume lets a process run again that was suspended; another one is left alone. The error
// is as of Suspend. Safe for concurrent use.
func (rt *Runtime) Resume(pid hostapi.PID) error { return rt.kernel.Resume(pid) }

// Outdate sends OUTDATED to a process, as if the code of its entry had been replaced, so
// that it upgrades itself. The error is NotFound, or Conflict if it has not the option
// upgradable. Safe for concurrent use.
func (rt *Runtime) Outdate(pid hostapi.PID) error { return rt.kernel.Outdate(pid) }

// Operations gives the operations outside that are under way, oldest first. Safe for
// concurrent use.
func (rt *Runtime) Operations() []OperationView { return rt.kernel.Operations() }

// Names gives the names that are registered, sorted. Safe for concurrent use.
func (rt *Runtime) Names() []NameView { return rt.kernel.Names() }

// Entries gives the entries of which processes are made, by id. Safe for concurrent use.
func (rt *Runtime) Entries() []EntryView { return rt.kernel.Entries() }

// Resources gives the resources that are known, by id. Safe for concurrent use.
func (rt *Runtime) Resources() []ResourceView { return rt.kernel.Resources() }

// Groups gives the process groups that have members, by scope and name. Safe for
// concurrent use.
func (rt *Runtime) Groups() []GroupView { return rt.scopes.View() }

// GroupsOf gives the groups of a process, without their members. Safe for concurrent use.
func (rt *Runtime) GroupsOf(pid hostapi.PID) []GroupView {
	p, err := rt.kernel.ResolveLive(string(pid))
	if err != nil || !hostapi.IsPID(string(pid)) {
		return nil
	}
	return rt.scopes.Joined(p)
}

// Survey gives what is known of all live processes, in no order, each as it was when its
// turn came: none is stopped for longer than it takes to copy that. Safe for concurrent use.
func (rt *Runtime) Survey() iter.Seq[Brief] { return rt.kernel.Survey() }

// Hosts gives the hosts that are known, by id. Safe for concurrent use.
func (rt *Runtime) Hosts() []HostView { return rt.kernel.Hosts() }

// Supervisors gives the PIDs of all supervisors, oldest first. Safe for concurrent use.
func (rt *Runtime) Supervisors() []hostapi.PID { return supervision.Supervisors(rt.kernel) }

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

// The kinds of a TraceEvent.
const (
	TraceSend    = kernel.TraceSend    // a message was put into a mailbox
	TraceLost    = kernel.TraceLost    // one that nobody will read, a dead letter
	TraceReceive = kernel.TraceReceive // a message was read
	TraceSpawn   = kernel.TraceSpawn   // a process was made
	TraceExit    = kernel.TraceExit    // it has ended
	TraceLink    = kernel.TraceLink
	TraceUnlink  = kernel.TraceUnlink
	TraceMonitor = kernel.TraceMonitor
	TraceTimer   = kernel.TraceTimer // a timer or ticker of it has fired, or a sleep is over
	TraceNews    = kernel.TraceNews  // it was told an event, as EXIT
)
