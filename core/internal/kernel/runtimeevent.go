package kernel

import (
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// RuntimeEvent is something that has happened in a runtime, as Options.OnEvent
// is told it and as the log tells it. It is one of the types of this package
// that say so: ProcessStarted, EndReport, LinkMade, LinkDown, DeadLetter, LongMailbox,
// LongSlice, GraceExpired, OutsideDone, OutsideStuck, Cascade, ServiceChange and SupervisorRestart.
// Further ones may be added.
type RuntimeEvent interface{ runtimeEvent() }

// ProcessStarted says that a process is live: its top level has been executed
// (2.4). A creation that fails is no event.
type ProcessStarted struct {
	PID   hostapi.PID
	Entry string
}

// LinkMade says that two processes are linked now (5.1). It is told to a subscriber, not
// logged.
type LinkMade struct {
	PID  hostapi.PID // who has linked the other, or was started linked to it
	Peer hostapi.PID
}

// LinkDown says that a process was told of the failure of a linked one (5.6).
type LinkDown struct {
	PID     hostapi.PID // who is told
	Peer    hostapi.PID // who has failed
	Err     *hostapi.Error
	Trapped bool // it got an event; otherwise it is killed
}

// LongMailbox says that the mailbox of a process has become as long as its
// warn_at (17.1). It comes once for each process.
type LongMailbox struct {
	PID    hostapi.PID
	Entry  string
	Unread int
}

// LongSlice says that a process has executed far more steps than its time slice
// allows before it gave up the worker, or has taken 100 ms: some operation of its
// interpreter that cannot be interrupted is large (20.5), or a function of a module
// does not wait by hostapi.Outside (40.18). It comes once for each process.
type LongSlice struct {
	PID      hostapi.PID
	Entry    string
	Steps    int           // beyond the slice; 15 ns count as one
	Function string        // of a module; "" for an operation of the interpreter
	Took     time.Duration // by the function
	At       string        // file:line where its code was, "" if that is not known
}

// GraceExpired says that a process did not stop in the time that the shutdown,
// or its supervisor, gave it, and is killed (21.6).
type GraceExpired struct {
	PID   hostapi.PID
	Entry string
	At    string // file:line where its code was, "" if that is not known
}

// OutsideDone says that an operation outside the runtime has ended for the process that
// waited for it: with a result, an error, or its timeout. It is told to a subscriber and
// logged at level debug.
type OutsideDone struct {
	PID    hostapi.PID
	Entry  string
	Op     hostapi.Op // as the module describes it
	Took   time.Duration
	Result hostapi.Value // a payload; nil if there is an error
	Err    *hostapi.Error
}

// OutsideStuck says that an operation outside the runtime that was told to stop has not
// returned (40.6), or that the end of a process was told although something of it
// outside has not come to an end (40.9).
type OutsideStuck struct {
	PID   hostapi.PID
	Entry string
	Op    string        // name of the operation, "" if it is a release of what was held
	After time.Duration // that it was given
	Ended bool          // the process has ended
}

// Cascade says that a failure has killed other processes through links, and that the
// last of them has ended (64.4). Each of them has an EndReport too.
type Cascade struct {
	First  EndReport    // of the process whose failure it was
	Killed []EntryCount // the others, the most frequent entry first
}

// EntryCount is a number of processes of one entry.
type EntryCount struct {
	Entry string
	Count int
}

// ServiceChange says that the state of a service has changed (15.12).
type ServiceChange struct {
	Service  string // as named in its options
	State    ServiceState
	PID      hostapi.PID    // of its process, "" if none runs
	Err      *hostapi.Error // that led to the state, nil if none did
	Restarts int            // in a row
	Delay    time.Duration  // before the restart, in state waiting
	// NotStarted says that Err is why no process could be started: there is no
	// EndReport of it.
	NotStarted bool
	// Repeated says that Err is the error of the failure before once more.
	Repeated bool
}

// SupervisorRestart says that a supervisor is about to restart a child, or with
// it a group (16.7). A supervisor that gives up instead fails: its EndReport
// says so.
type SupervisorRestart struct {
	Supervisor hostapi.PID
	Entry      string // of the supervisor
	Child      string // id, for simple_one_for_one the PID that has ended
	Reason     string // why it ended
	Restarts   int    // within the period, this one included
	Intensity  int    // that are allowed
	Delay      time.Duration
	Repeated   bool // the failure of that child before was the same
	Siblings   int  // children that are restarted with it, by the strategy
}

func (ProcessStarted) runtimeEvent()    {}
func (EndReport) runtimeEvent()         {}
func (LinkMade) runtimeEvent()          {}
func (LinkDown) runtimeEvent()          {}
func (DeadLetter) runtimeEvent()        {}
func (LongMailbox) runtimeEvent()       {}
func (LongSlice) runtimeEvent()         {}
func (GraceExpired) runtimeEvent()      {}
func (OutsideDone) runtimeEvent()       {}
func (OutsideStuck) runtimeEvent()      {}
func (Cascade) runtimeEvent()           {}
func (ServiceChange) runtimeEvent()     {}
func (SupervisorRestart) runtimeEvent() {}

// Emit logs an event and tells it to the subscriber. No process's lock is held.
func (rt *Runtime) Emit(e RuntimeEvent) {
	if rt.meter.measuring() {
		rt.meter.note(e)
	}
	rt.logEvent(e)
	if rt.observer.anybody() {
		rt.observer.observe(e)
	}
}

// observed reports whether anybody is told what happens all the time.
func (rt *Runtime) observed() bool { return rt.observer.everything() || rt.log.verbose() }

// emitEnd tells that a process has ended.
func (rt *Runtime) emitEnd(r *EndReport) {
	if r.Result.Err == nil && !rt.observed() {
		return
	}
	// Not by emit: the report would be made an interface for nobody.
	rt.log.logEnd(*r, rt.clock.Now())
	if rt.observer.anybody() {
		rt.observer.observe(*r)
	}
}

// startedEvent tells that a process is live.
func (p *process) startedEvent() {
	if p.rt.meter.measuring() {
		p.entry.meter.started.Add(1)
	}
	if p.rt.observed() {
		p.rt.Emit(ProcessStarted{p.pid, p.entry.ID})
	}
}

// longSlice is by how many steps a time slice may be exceeded before that is an
// event.
const longSlice = 10 * schedule.TimeSlice

// longPause is the same for what only took time, about 100 ms: less may be due to the
// garbage collector, or to other programs on the machine.
const longPause = 300 * schedule.TimeSlice

// sliceExceeded tells that the running process has far exceeded its time slice.
// It runs on the worker, between two tasks.
func (p *process) sliceExceeded(t *task) {
	if !p.exceeded {
		p.exceeded = true
		p.rt.Emit(LongSlice{PID: p.pid, Entry: p.entry.ID, Steps: -p.slice, At: t.line()})
	}
}
