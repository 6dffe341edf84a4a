package core

import (
	"fmt"
	"math/rand/v2"
	"runtime/debug"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// supervisor is what a process does that has no script (section 16): it starts
// children, restarts them and stops them. Its task handles one thing after the
// other, in order of arrival (16.16); whatever happens meanwhile waits on the
// agenda. Only kills do not wait: they are noted as cause, and every wait of the
// task looks for them.
//
// A kill does not strike the process itself, since no child may outlive it
// (16.6): process.strike and process.kill hand the cause over, the task stops
// the children and ends the process with that cause.
type supervisor struct {
	p      *process
	t      *task
	spec   *SupervisorSpec
	random *rand.Rand

	// Guarded by the lock of p.
	agenda  deque[agendaItem]
	alive   []*instance    // being created or alive, in order of creation
	cause   *hostapi.Error // of the first kill
	hard    bool           // killed: children are terminated instead of asked
	closing bool           // requests are refused
	stops   *instance      // that was asked to stop and is awaited; nil if none is

	// Of the task.
	children []*child       // in start order; the instances of a simple_one_for_one
	restarts []time.Time    // within the last period
	group    *restart       // of a whole group, that is delayed; nil if none is
	asked    *request       // that is being handled
	gaveUp   *hostapi.Error // why the supervisor ended by 16.12
}

// agendaItem is something a supervisor has to deal with.
type agendaItem interface {
	// handle deals with it, on the supervisor's task. A result ends the
	// supervisor, after its children were stopped.
	handle(s *supervisor) *hostapi.Result
}

func newSupervisor(p *process, spec *SupervisorSpec) *supervisor {
	return &supervisor{p: p, spec: spec, random: rand.New(rand.NewPCG(p.seed, 3))}
}

// run is the main task of a supervisor. It returns when no child is left.
func (s *supervisor) run(t *task) (result *hostapi.Result) {
	defer func() {
		if r := recover(); r != nil {
			result = s.fault(r, debug.Stack())
		}
	}()
	s.p.mu.Lock()
	s.t = t
	s.p.mu.Unlock()
	result = s.startAll()
	if result == nil && !s.killed() {
		s.p.goLive()
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
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.cause != nil && (result == nil || result.Err == nil) {
		return &hostapi.Result{Err: s.cause}
	}
	return result
}

// next waits for something to do; nil if the supervisor was killed.
func (s *supervisor) next() agendaItem {
	s.pause()
	s.until(func() bool { return s.cause != nil || s.agenda.len() > 0 })
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	if s.cause != nil {
		return nil
	}
	return s.agenda.popFront()
}

// until parks the task until cond holds. cond is called with the lock held.
func (s *supervisor) until(cond func() bool) {
	s.p.mu.Lock()
	for !cond() {
		s.t.wait.begin("supervise", true)
		if err := s.t.park(); err != nil {
			// The end of a supervisor is decided by its task alone.
			panic(fmt.Sprintf("core: supervisor ended while it waits: %v", err))
		}
		s.p.mu.Lock()
	}
	s.p.mu.Unlock()
}

// pause is a point where other processes may run.
func (s *supervisor) pause() { _ = s.t.call() }

// wake lets the task look again at what it waits for. The lock is held.
func (s *supervisor) wake(by *process) {
	if s.t != nil {
		s.t.wait.complete(-1, hostapi.Value{}, true, nil, by)
	}
}

// push puts something on the agenda.
func (s *supervisor) push(item agendaItem, by *process) {
	s.p.mu.Lock()
	s.agenda.pushBack(item)
	s.wake(by)
	s.p.mu.Unlock()
}

// strike is what a kill does to a supervisor. A hard one terminates the
// children, another one stops them in order. The lock is held.
func (s *supervisor) strike(err *hostapi.Error, hard bool, by *process) {
	if s.p.end != nil {
		return
	}
	if s.cause == nil {
		s.cause = err
	}
	s.hard = s.hard || hard
	s.wake(by)
}

func (s *supervisor) killed() bool {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	return s.cause != nil
}

func (s *supervisor) killedHard() bool {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	return s.hard
}

// notify is told of an event: CANCEL is the only one a supervisor can get. The
// lock is held.
func (s *supervisor) notify(e *hostapi.Event, by *process) {
	if e.Kind == hostapi.EventCancel {
		s.agenda.pushBack(cancelled{})
		s.wake(by)
	}
}

// cancelled is a CANCEL event: the supervisor stops its children and exits
// normally (16.14).
type cancelled struct{}

func (cancelled) handle(*supervisor) *hostapi.Result { return &hostapi.Result{} }

// refuse answers the requests that wait, and lets further ones fail.
func (s *supervisor) refuse() {
	s.p.mu.Lock()
	s.closing = true
	var waiting []*request
	for s.agenda.len() > 0 {
		if r, ok := s.agenda.popFront().(*request); ok {
			waiting = append(waiting, r)
		}
	}
	s.p.mu.Unlock()
	for _, r := range waiting {
		r.answer(errShuttingDown(), s.p)
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
		s.asked.answer(errShuttingDown(), s.p)
	}
	for _, c := range s.children {
		s.drop(c)
	}
	for {
		s.p.mu.Lock()
		n := len(s.alive)
		var last *instance
		if n > 0 {
			last = s.alive[n-1]
		}
		s.p.mu.Unlock()
		if last == nil {
			break
		}
		last.p.kill(errTerminated(), s.p)
		s.until(last.gone)
	}
	err := hostapi.Errorf(hostapi.Internal, "internal error")
	err.Stack = fmt.Sprintf("panic: %v\n%s", cause, stack)
	return &hostapi.Result{Err: err}
}
