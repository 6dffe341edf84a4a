// Package supervision has supervisors and services: what keeps processes running. A
// supervisor is a process with a behaviour of its own, a service restarts a process for the
// embedding program.
package supervision

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/understudy-run/understudy/core/internal/container"
	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// supervisor is what a process does that has no script (section 16): it starts
// children, restarts them and stops them. Its task handles one thing after the
// other, in order of arrival (16.16); whatever happens meanwhile waits on the
// agenda. Only kills do not wait: they are noted as cause, and every wait of the
// task looks for them.
//
// A kill does not strike the process itself, since no child may outlive it
// (16.6): strike hands the cause over, the task stops the children and ends the
// process with that cause.
//
// Its lock may be taken while the lock of its process is held, not the other way
// round, and no other lock is taken while it is held.
type supervisor struct {
	kernel.Script // what is as with any other process
	p             *kernel.Process
	rt            *kernel.Runtime
	spec          *spec.Supervisor
	random        *rand.Rand

	mu      sync.Mutex
	agenda  container.Deque[agendaItem]
	alive   container.Ordered[*instance, *instance] // being created or alive
	cause   *hostapi.Error                          // of the first kill
	hard    bool                                    // killed: children are terminated instead of asked
	closing bool                                    // requests are refused
	awaited *instance                               // that was asked to stop; nil if none is

	// Of the task, which changes these and the spec by show.
	children container.Ordered[string, *child] // in start order; the instances of a simple_one_for_one
	restarts []time.Time                       // within the last period
	group    *restart                          // of a whole group, that is delayed; nil if none is
	asked    *request                          // that is being handled
	gaveUp   *hostapi.Error                    // why the supervisor ended by 16.12
}

// supervising is the role of a process that is a supervisor.
type supervising struct{ spec *spec.Supervisor }

// Behave implements kernel.Role.
func (r supervising) Behave(p *kernel.Process) kernel.Behaviour {
	return &supervisor{p: p, rt: p.Runtime(), spec: r.spec, random: rand.New(rand.NewPCG(p.Seed(), 3))}
}

func (s *supervisor) Trusted() bool { return true }

// Created lets it look at its entry, which may have been changed before the change
// could find it in the table.
func (s *supervisor) Created(*kernel.Process) {
	if s.renewed() != nil {
		s.push(renewal{}, nil)
	}
}

// Message gets none through: a supervisor reads no messages (16.15).
func (s *supervisor) Message(p *kernel.Process, m *hostapi.Message, _ *kernel.Process) error {
	return p.Discard(m)
}

// Event is told CANCEL, the only event that a supervisor can get. It stops its
// children and exits normally (16.14).
func (s *supervisor) Event(p *kernel.Process, e *hostapi.Event, by *kernel.Process) {
	if e.Kind == hostapi.EventCancel {
		s.mu.Lock()
		s.agenda.PushBack(cancelled{})
		s.mu.Unlock()
		p.RouseLocked(by)
	}
}

// Strike hands the cause over. A hard one terminates the children, another one
// stops them in order.
func (s *supervisor) Strike(p *kernel.Process, err *hostapi.Error, hard bool, by *kernel.Process) (dead bool) {
	if p.Decided() {
		return false
	}
	s.mu.Lock()
	if s.cause == nil {
		s.cause = err
	}
	s.hard = s.hard || hard
	s.mu.Unlock()
	p.RouseLocked(by)
	return false
}

func (s *supervisor) Stops() *kernel.Process {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.awaited == nil {
		return nil
	}
	return s.awaited.p
}

// agendaItem is something a supervisor has to deal with.
type agendaItem interface {
	// handle deals with it, on the supervisor's task. A result ends the
	// supervisor, after its children were stopped.
	handle(s *supervisor) *hostapi.Result
}

// Run is the main task of a supervisor. It returns when no child is left.
func (s *supervisor) Run(p *kernel.Process, _ *kernel.Task, _ []hostapi.Value) (result *hostapi.Result) {
	defer func() {
		if r := recover(); r != nil {
			result = s.fault(r, debug.Stack())
		}
	}()
	result = s.startAll()
	if result == nil && !s.killed() {
		p.GoLive()
	}
	for result == nil {
		item := s.next()
		if item == nil {
			break
		}
		result = item.handle(s)
	}
	s.refuse()
	s.stopAll()
	return s.outcome(result)
}

// outcome is the end of the supervisor: the first cause counts, but a kill while
// children are stopped after a CANCEL is a failure (16.14).
func (s *supervisor) outcome(result *hostapi.Result) *hostapi.Result {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause != nil && (result == nil || result.Err == nil) {
		return &hostapi.Result{Err: s.cause}
	}
	return result
}

// next waits for something to do; nil if the supervisor was killed.
func (s *supervisor) next() agendaItem {
	s.pause()
	s.until(func() bool { return s.cause != nil || s.agenda.Len() > 0 })
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause != nil {
		return nil
	}
	return s.agenda.PopFront()
}

// until parks the task until cond holds. cond is called with the lock held.
func (s *supervisor) until(cond func() bool) {
	err := s.p.Until("supervise", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return cond()
	})
	if err != nil {
		// The end of a supervisor is decided by its task alone.
		panic(fmt.Sprintf("core: supervisor ended while it waits: %v", err))
	}
}

// pause is a point where other processes may run.
func (s *supervisor) pause() { _ = s.p.Enter() }

// push puts something on the agenda.
func (s *supervisor) push(item agendaItem, by *kernel.Process) {
	s.mu.Lock()
	s.agenda.PushBack(item)
	s.mu.Unlock()
	s.wake(by)
}

// wake lets the task look again at what it waits for.
func (s *supervisor) wake(by *kernel.Process) { s.p.Rouse(by) }

func (s *supervisor) killed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cause != nil
}

func (s *supervisor) killedHard() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hard
}

// cancelled is a CANCEL event.
type cancelled struct{}

func (cancelled) handle(*supervisor) *hostapi.Result { return &hostapi.Result{} }

// refuse answers the requests that wait, and lets further ones fail.
func (s *supervisor) refuse() {
	s.mu.Lock()
	s.closing = true
	var waiting []*request
	for s.agenda.Len() > 0 {
		if r, ok := s.agenda.PopFront().(*request); ok {
			waiting = append(waiting, r)
		}
	}
	s.mu.Unlock()
	for _, r := range waiting {
		r.caller.Answer(errShuttingDown(), s.p)
	}
}

func errShuttingDown() *hostapi.Error {
	return hostapi.Errorf(hostapi.Unavailable, "supervisor is shutting down")
}

// fault ends the supervisor after its own code has failed: nothing it knows of
// its children is relied on any more but which are alive.
func (s *supervisor) fault(cause any, stack []byte) *hostapi.Result {
	s.refuse()
	if s.asked != nil {
		s.asked.caller.Answer(errShuttingDown(), s.p)
	}
	for c := range s.children.All() {
		s.drop(c)
	}
	for last := s.youngest(); last != nil; last = s.youngest() {
		last.p.Kill(errTerminated(), s.p)
		s.until(last.gone)
	}
	return &hostapi.Result{Err: kernel.ErrFault(cause, stack)}
}

// youngest gives the instance alive that was created last, nil if none is.
func (s *supervisor) youngest() *instance {
	s.mu.Lock()
	defer s.mu.Unlock()
	for inst := range s.alive.Backward() {
		return inst
	}
	return nil
}
