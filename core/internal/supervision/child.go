package supervision

import (
	"time"

	"github.com/understudy-run/understudy/core/internal/container"
	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// child is one child of a supervisor: running, if it has an instance; about to
// be restarted, if a restart is pending; else stopped. It belongs to the
// supervisor's task, which changes by show what a SupervisorView tells.
type child struct {
	key      string // in the list of children: the id or, in a simple_one_for_one, last
	spec     *spec.Child
	args     []hostapi.Value // of the process
	extra    []hostapi.Value // those of them that start_child has appended to the template's
	inst     *instance
	pending  *restart         // changed by plan
	last     hostapi.PID      // of the instance that runs or ran last
	since    time.Time        // when that was live
	starts   int              // how often it has become live
	attempts int              // restarts in a row
	history  []kernel.Failure // likewise
}

// instance is one process of a child.
type instance struct {
	keeper *supervisor
	child  *child
	p      *kernel.Process

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
	if s.spec.Strategy == spec.SimpleOneForOne {
		return nil
	}
	for i := range s.spec.Children {
		c := &s.spec.Children[i]
		s.add(&child{spec: c, args: c.Input})
	}
	for c := range s.children.All() {
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
	var plays kernel.Role
	spawn := hostapi.Spawn{ID: c.spec.Process, Host: c.spec.Host, Args: c.args, Name: c.spec.Name, Named: c.spec.Name != ""}
	if nested := c.spec.Supervisor; nested != nil {
		id := c.spec.SupervisorID
		if id == "" {
			id = s.p.EntryID() + "/" + c.spec.ID
		} else if newest, err := defined(s.rt, id); err == nil {
			nested = newest // it may have been defined anew
		}
		plays = supervising{nested}
		spawn.ID, spawn.Host = id, nested.Host
	}
	if spawn.Host == "" {
		spawn.Host = s.p.HostID()
	}
	p, err := s.rt.Create(&kernel.Creation{Spawn: spawn, Plays: plays, Parent: s.p, Creator: inst, History: c.history}, func(p *kernel.Process) {
		inst.p = p
		s.mu.Lock()
		s.alive.Add(inst, inst)
		s.mu.Unlock()
	})
	if err != nil {
		return err
	}
	s.until(func() bool { return inst.phase != instanceLoading || s.cause != nil })
	if s.phase(inst) == instanceLoading {
		p.Kill(errTerminated(), s.p)
		s.until(func() bool { return inst.phase != instanceLoading })
	}
	if s.phase(inst) == instanceFailed {
		return inst.err
	}
	s.show(func() {
		c.inst = inst
		c.last, c.since = p.PID(), s.rt.Now()
		if c.starts++; s.simple() {
			s.children.Rename(c.key, string(c.last))
			c.key = string(c.last)
		}
	})
	s.plan(c, nil)
	return nil
}

func (s *supervisor) phase(inst *instance) phase {
	s.mu.Lock()
	defer s.mu.Unlock()
	return inst.phase
}

// Live implements kernel.Creator.
func (i *instance) Live(_, by *kernel.Process) bool {
	i.enter(instanceLive, nil, by)
	return true
}

// Failed implements kernel.Creator.
func (i *instance) Failed(_ *kernel.Process, err error, by *kernel.Process) {
	i.enter(instanceFailed, err, by)
}

// Ended implements kernel.Creator.
func (i *instance) Ended(_ *kernel.Process, r *hostapi.Result, by *kernel.Process) {
	i.result = *r
	i.keeper.push(i, by)
}

// Buried implements kernel.Creator. Only now the supervisor goes on, so that its own end
// is not seen before others have seen that of its child (4.6).
func (i *instance) Buried(_ *kernel.Process, _ *hostapi.Result, by *kernel.Process) {
	i.enter(instanceEnded, nil, by)
}

// Stopper implements kernel.Creator: a supervisor stops its children itself.
func (i *instance) Stopper() *kernel.Process { return i.keeper.p }

// enter notes a new phase of an instance, and lets the supervisor look at it.
func (i *instance) enter(to phase, err error, by *kernel.Process) {
	s := i.keeper
	s.mu.Lock()
	i.phase, i.err = to, err
	if i.gone() {
		s.alive.Remove(i)
	}
	s.mu.Unlock()
	s.wake(by)
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
	s.show(func() { c.inst = nil })
	inst.settled = true
	switch shutdown := c.spec.Shutdown; {
	case shutdown.Brutal || s.killedHard():
		s.kill(inst)
	case shutdown.Infinity:
		_ = inst.cancel(-1) // one that has just ended needs none
	default:
		_ = inst.cancel(shutdown.Timeout)
	}
	return inst
}

// cancel asks an instance to stop, within grace unless that is negative.
func (i *instance) cancel(grace time.Duration) error {
	return i.p.Shut(i.keeper.p, grace)
}

func (s *supervisor) kill(inst *instance) {
	inst.killed = true
	inst.p.Kill(errTerminated(), s.p)
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
	s.mu.Lock()
	s.awaited = inst
	s.mu.Unlock()
}

// stopAll stops all children in reverse order, those of a simple_one_for_one all
// at once (16.5).
func (s *supervisor) stopAll() {
	for c := range s.children.All() {
		s.drop(c)
	}
	var asked []*instance
	for c := range s.children.Backward() {
		switch {
		case c.inst == nil:
		case s.simple():
			asked = append(asked, s.ask(c))
		default:
			s.stop(c)
		}
	}
	for _, inst := range asked {
		s.await(inst)
	}
	s.show(func() { s.children = container.Ordered[string, *child]{} })
}

// add puts a child at the end of the list. One of a simple_one_for_one gets its
// key when it starts.
func (s *supervisor) add(c *child) {
	s.show(func() {
		c.key = c.spec.ID
		s.children.Add(c.key, c)
	})
}

// remove takes a child out of the list, with its specification.
func (s *supervisor) remove(c *child) {
	if s.children.Find(c.key) == c {
		s.show(func() { s.children.Remove(c.key) })
	}
}
