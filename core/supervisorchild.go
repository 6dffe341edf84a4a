package core

import (
	"slices"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// child is one child of a supervisor: running, if it has an instance; about to
// be restarted, if a restart is pending; else stopped. It belongs to the
// supervisor's task.
type child struct {
	spec     *ChildSpec
	args     []hostapi.Value // of the process
	extra    []hostapi.Value // those of them that start_child has appended to the template's
	inst     *instance
	pending  *restart
	last     hostapi.PID // of the instance that runs or ran last
	since    time.Time   // when that was live
	attempts int         // restarts in a row
	history  []Failure   // likewise
}

// instance is one process of a child.
type instance struct {
	keeper *supervisor
	child  *child
	p      *process

	// Guarded by the lock of the supervisor.
	phase  phase
	result hostapi.Result // of one that ended
	err    error          // of one that could not be started

	// Of the supervisor's task.
	settled bool // its end was or will be dealt with by whoever stops it
	killed  bool
}

type phase uint8

const (
	instanceLoading phase = iota
	instanceLive
	instanceEnded
	instanceFailed // was never live
)

// gone reports whether nothing is left of it. The supervisor's lock is held.
func (i *instance) gone() bool { return i.phase >= instanceEnded }

func errTerminated() *hostapi.Error {
	return hostapi.Errorf(hostapi.Canceled, "process terminated")
}

// startAll starts the children in list order (16.4). A result is the failure of
// the supervisor.
func (s *supervisor) startAll() *hostapi.Result {
	if s.spec.Strategy == SimpleOneForOne {
		return nil
	}
	for i := range s.spec.Children {
		spec := &s.spec.Children[i]
		s.children = append(s.children, &child{spec: spec, args: spec.Input})
	}
	for _, c := range s.children {
		err := s.start(c)
		switch {
		case s.killed():
			return nil
		case err != nil:
			return &hostapi.Result{Err: errFailedToStart(c.spec.ID, err)}
		}
	}
	return nil
}

func errFailedToStart(child string, cause error) *hostapi.Error {
	reason := hostapi.AsError(cause).Error()
	return hostapi.Errorf(hostapi.Internal, "failed to start child %s: %s", child, reason).
		With("child", hostapi.String(child)).With("reason", hostapi.String(reason))
}

// start starts a child that has no instance, and returns when it is live. If the
// supervisor is killed meanwhile, the start is abandoned.
func (s *supervisor) start(c *child) error {
	s.pause()
	if s.killed() {
		return errShuttingDown()
	}
	inst := &instance{keeper: s, child: c}
	spawn := hostapi.Spawn{Host: c.spec.Host, Args: c.args, Name: c.spec.Name, Named: c.spec.Name != ""}
	var find finder
	if nested := c.spec.Supervisor; nested != nil {
		id := c.spec.SupervisorID
		if id == "" {
			id = s.p.entry.ID + "/" + c.spec.ID
		} else if e, err := s.p.rt.catalog.supervisor(id); err == nil {
			nested = e.supervisor // it may have been defined anew
		}
		find = supervising(id, nested)
		spawn.Host = nested.Host
	} else {
		find = s.p.rt.catalog.process(c.spec.Process)
	}
	if spawn.Host == "" {
		spawn.Host = s.p.host.options.ID
	}
	p, err := s.p.rt.createFrom(find, spawn, s.p, func(p *process) {
		inst.p = p
		p.ward = inst
		if c.history != nil {
			p.rarely().history = c.history
		}
		p.onLoad = inst.loaded
		s.p.mu.Lock()
		s.alive = append(s.alive, inst)
		s.p.mu.Unlock()
	})
	if err != nil {
		return err
	}
	p.launch(s.p)
	s.until(func() bool { return inst.phase != instanceLoading || s.cause != nil })
	if s.phase(inst) == instanceLoading {
		p.kill(errTerminated(), s.p)
		s.until(func() bool { return inst.phase != instanceLoading })
	}
	if s.phase(inst) == instanceFailed {
		return inst.err
	}
	c.inst, c.pending = inst, nil
	c.last, c.since = p.pid, s.p.rt.clock.Now()
	return nil
}

func (s *supervisor) phase(inst *instance) phase {
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	return inst.phase
}

// loaded is told that an instance is live or could not be started.
func (i *instance) loaded(err error, by *process) {
	s := i.keeper
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	i.phase = instanceLive
	if err != nil {
		i.phase, i.err = instanceFailed, err
		s.unlist(i)
	}
	s.wake(by)
}

// ended is told that an instance that was live has ended, before its watchers
// are: whoever sees the EXIT finds that the supervisor knows of it.
func (i *instance) ended(r hostapi.Result, by *process) {
	i.result = r
	i.keeper.push(i, by)
}

// buried is told that the watchers of an instance know of its end. Only then
// the supervisor goes on, so that its own end is not seen before (4.6).
func (i *instance) buried(by *process) {
	s := i.keeper
	s.p.mu.Lock()
	defer s.p.mu.Unlock()
	i.phase = instanceEnded
	s.unlist(i)
	s.wake(by)
}

// unlist takes an instance that is gone out of those alive. The lock is held.
func (s *supervisor) unlist(inst *instance) {
	if i := slices.Index(s.alive, inst); i >= 0 {
		s.alive = slices.Delete(s.alive, i, i+1)
	}
}

// stop stops a running child by its shutdown and returns when it is gone (16.5).
func (s *supervisor) stop(c *child) {
	inst := s.ask(c)
	s.await(inst)
}

// ask asks the instance of a running child to stop, which the child then no
// longer has.
func (s *supervisor) ask(c *child) *instance {
	s.pause()
	inst := c.inst
	c.inst = nil
	inst.settled = true
	switch shutdown := c.spec.Shutdown; {
	case shutdown.Brutal || s.killedHard():
		s.kill(inst)
	case shutdown.Infinity:
		_ = inst.p.cancel(s.p, -1, shutdownReason) // one that has just ended needs none
	default:
		_ = inst.p.cancel(s.p, shutdown.Timeout, shutdownReason)
	}
	return inst
}

func (s *supervisor) kill(inst *instance) {
	inst.killed = true
	inst.p.kill(errTerminated(), s.p)
}

// await waits until an instance that was asked to stop is gone. If the
// supervisor is killed meanwhile, it does not wait for the child's own time.
func (s *supervisor) await(inst *instance) {
	s.stopping(inst)
	s.until(func() bool { return inst.gone() || s.hard && !inst.killed })
	if s.phase(inst) < instanceEnded {
		s.kill(inst)
		s.until(inst.gone)
	}
	s.stopping(nil)
}

// stopping notes whom the supervisor waits for, for people who ask.
func (s *supervisor) stopping(inst *instance) {
	s.p.mu.Lock()
	s.stops = inst
	s.p.mu.Unlock()
}

// stopAll stops all children in reverse order, those of a simple_one_for_one all
// at once (16.5).
func (s *supervisor) stopAll() {
	for _, c := range s.children {
		s.drop(c)
	}
	var asked []*instance
	for _, c := range slices.Backward(s.children) {
		switch {
		case c.inst == nil:
		case s.spec.Strategy == SimpleOneForOne:
			asked = append(asked, s.ask(c))
		default:
			s.stop(c)
		}
	}
	for _, inst := range asked {
		s.await(inst)
	}
	s.children = nil
}

// remove takes a child out of the list, with its specification.
func (s *supervisor) remove(c *child) {
	if i := slices.Index(s.children, c); i >= 0 {
		s.children = slices.Delete(s.children, i, i+1)
	}
}
