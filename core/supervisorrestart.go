package core

import (
	"slices"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// restart is a restart that is to be made: of one child, or of the group of all
// children whose pending it is.
type restart struct {
	timer   timer
	dropped bool
}

// handle makes the restart, whose delay is over.
func (r *restart) handle(s *supervisor) *hostapi.Result {
	if r.dropped {
		return nil
	}
	return s.perform(r)
}

// handle deals with a child that has ended by itself (16.7 to 16.13).
func (i *instance) handle(s *supervisor) *hostapi.Result {
	if i.settled {
		return nil
	}
	s.until(i.gone)
	c := i.child
	c.inst = nil
	failure := i.result.Err
	if nested := i.p.supervisor; nested != nil && nested.gaveUp != nil && failure == nested.gaveUp {
		// It counts as shut down (16.9), but as reason its failure is told.
		if c.spec.Restart == Permanent {
			return s.restart(c, failure)
		}
		return s.over(c)
	}
	if c.spec.Restart == Permanent || c.spec.Restart == Transient && failure != nil {
		return s.restart(c, failure)
	}
	return s.over(c)
}

// over deals with a child that has ended and is not restarted.
func (s *supervisor) over(c *child) *hostapi.Result {
	if c.spec.Restart == Temporary || s.spec.Strategy == SimpleOneForOne {
		s.remove(c)
	}
	if !c.spec.Significant {
		return nil
	}
	switch s.spec.AutoShutdown {
	case AnySignificant:
		return &hostapi.Result{}
	case AllSignificant:
		if !slices.ContainsFunc(s.children, func(c *child) bool {
			return c.spec.Significant && (c.inst != nil || c.pending != nil)
		}) {
			return &hostapi.Result{}
		}
	}
	return nil
}

// restart deals with a child that has ended and is to be restarted. failure is
// nil if it exited normally.
func (s *supervisor) restart(c *child, failure *hostapi.Error) *hostapi.Result {
	if s.p.rt.clock.Now().Sub(c.since) >= s.spec.StableThreshold {
		c.attempts, c.history = 0, nil
	}
	if failure != nil {
		c.history = remember(c.history, s.p.rt.clock.Now(), failure)
	}
	if s.group != nil && slices.Index(s.children, c) >= s.firstOf(s.group) {
		c.pending = s.group // which covers it
		return nil
	}
	reason := "exited normally"
	if failure != nil {
		reason = failure.Error()
	}
	return s.schedule(c, reason, false)
}

// schedule plans the restart that a child needs, and makes it if nothing is
// against it: the intensity (16.10), or a delay. again says that a restart has
// just failed (16.11): what has arrived meanwhile comes first.
func (s *supervisor) schedule(c *child, reason string, again bool) *hostapi.Result {
	if !s.allowed() {
		s.gaveUp = errGaveUp(c, reason)
		return &hostapi.Result{Err: s.gaveUp}
	}
	s.p.rt.emit(SupervisorRestart{s.p.pid, s.p.entry.ID, c.name(), reason, len(s.restarts), s.spec.Intensity})
	c.attempts++
	delay := s.spec.Backoff.Delay(c.attempts, s.random.Float64())
	r := &restart{}
	s.gather(c, r)
	switch {
	case delay > 0:
		r.timer.fire = func(time.Time) { s.push(r, nil) }
		s.p.rt.timers.set(&r.timer, s.p.rt.clock.Now().Add(delay))
	case again:
		s.push(r, s.p)
	default:
		return s.perform(r)
	}
	return nil
}

// allowed counts a restart and reports whether the intensity allows it (16.10).
func (s *supervisor) allowed() bool {
	now := s.p.rt.clock.Now()
	old := 0
	for old < len(s.restarts) && now.Sub(s.restarts[old]) > s.spec.Period {
		old++
	}
	s.restarts = append(s.restarts[old:], now)
	return len(s.restarts) <= s.spec.Intensity
}

// name is how errors and events name a child.
func (c *child) name() string {
	if c.spec.ID == "" {
		return string(c.last)
	}
	return c.spec.ID
}

func errGaveUp(c *child, reason string) *hostapi.Error {
	id := c.name()
	return hostapi.Errorf(hostapi.Internal, "restart intensity exceeded: child %s: %s", id, reason).
		With("child", hostapi.String(id)).With("reason", hostapi.String(reason))
}

// gather makes a restart the pending one of all children it covers, and stops
// those of them that run (16.7).
func (s *supervisor) gather(c *child, r *restart) {
	first := slices.Index(s.children, c)
	switch s.spec.Strategy {
	case OneForAll:
		first = 0
	case RestForOne:
	default:
		c.pending = r
		return
	}
	for _, x := range slices.Backward(slices.Clone(s.children[first:])) {
		if !s.halt(x) {
			continue
		}
		s.drop(x)
		x.pending = r
	}
	s.group = r
}

// halt stops a child of a group, if it runs, and reports whether it is to be
// started again: a temporary one is not, and loses its specification (16.8).
func (s *supervisor) halt(c *child) bool {
	if c.inst == nil {
		return true
	}
	s.stop(c)
	if c.spec.Restart == Temporary {
		s.remove(c)
		return false
	}
	return true
}

// firstOf is the position of the first child that a group restart covers.
func (s *supervisor) firstOf(r *restart) int {
	if s.spec.Strategy == OneForAll {
		return 0
	}
	return slices.IndexFunc(s.children, func(c *child) bool { return c.pending == r })
}

// perform starts the children of a restart again, in list order.
func (s *supervisor) perform(r *restart) *hostapi.Result {
	first := s.firstOf(r)
	if s.group == r {
		// Children started by request meanwhile begin anew with the group.
		for _, c := range slices.Backward(slices.Clone(s.children[first:])) {
			if c.inst != nil && s.halt(c) {
				c.pending = r
			}
		}
	}
	for _, c := range slices.Clone(s.children[first:]) {
		if c.pending != r {
			continue
		}
		if err := s.start(c); err != nil {
			if s.killed() {
				return nil
			}
			return s.schedule(c, hostapi.AsError(err).Error(), true)
		}
	}
	if s.group == r {
		s.group = nil
	}
	return nil
}

// drop takes a child out of the restart it waits for. A restart that no child
// waits for is not made.
func (s *supervisor) drop(c *child) {
	r := c.pending
	if r == nil {
		return
	}
	c.pending = nil
	if slices.ContainsFunc(s.children, func(c *child) bool { return c.pending == r }) {
		return
	}
	r.dropped = true
	s.p.rt.timers.remove(&r.timer)
	if s.group == r {
		s.group = nil
	}
}
