package supervision

import (
	"iter"
	"math"

	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// restart is a restart that is to be made: of one child, or of the group of all
// children whose pending it is.
type restart struct {
	cancel  func() bool // stops the timer, if it waits for one
	dropped bool
	only    *child         // of which it is; nil if of a group
	waiting int            // children whose pending it is
	failed  *hostapi.Error // if set, why the attempt before failed: it is not decided on yet
}

// plan makes r, which may be nil, the pending restart of a child.
func (s *supervisor) plan(c *child, r *restart) {
	if c.pending != nil {
		c.pending.waiting--
	}
	s.show(func() { c.pending = r })
	if r != nil {
		r.waiting++
	}
}

// handle makes the restart, whose delay is over, or decides on another attempt.
func (r *restart) handle(s *supervisor) *hostapi.Result {
	switch {
	case r.dropped:
		return nil
	case r.failed != nil:
		return s.schedule(r.only, r.failed.Error(), false)
	}
	s.perform(r)
	return nil
}

// handle deals with a child that has ended by itself (16.7 to 16.13).
func (i *instance) handle(s *supervisor) *hostapi.Result {
	if i.settled {
		return nil
	}
	s.until(i.gone)
	c := i.child
	s.show(func() { c.inst = nil })
	failure := i.result.Err
	if nested, ok := i.p.Behaviour().(*supervisor); ok && nested.gaveUp != nil && failure == nested.gaveUp {
		// It counts as shut down (16.9), but as reason its failure is told.
		if c.spec.Restart == spec.Permanent {
			return s.restart(c, failure)
		}
		return s.over(c)
	}
	if c.spec.Restart == spec.Permanent || c.spec.Restart == spec.Transient && failure != nil {
		return s.restart(c, failure)
	}
	return s.over(c)
}

// over deals with a child that has ended and is not restarted.
func (s *supervisor) over(c *child) *hostapi.Result {
	if c.spec.Restart == spec.Temporary || s.simple() {
		s.remove(c)
	}
	if !c.spec.Significant {
		return nil
	}
	switch s.spec.AutoShutdown {
	case spec.AnySignificant:
		return &hostapi.Result{}
	case spec.AllSignificant:
		for c := range s.children.All() {
			if c.spec.Significant && (c.inst != nil || c.pending != nil) {
				return nil
			}
		}
		return &hostapi.Result{}
	}
	return nil
}

// restart deals with a child that has ended and is to be restarted. failure is
// nil if it exited normally.
func (s *supervisor) restart(c *child, failure *hostapi.Error) *hostapi.Result {
	if s.rt.Now().Sub(c.since) >= s.spec.StableThreshold {
		s.show(func() { c.attempts, c.history = 0, nil })
	}
	repeated := kernel.Repeats(c.history, failure)
	if failure != nil {
		s.show(func() { c.history = kernel.Remember(c.history, s.rt.Now(), failure) })
	}
	if s.group != nil && s.children.Place(c.key) >= s.firstOf(s.group) {
		s.plan(c, s.group)
		return nil
	}
	reason := "exited normally"
	if failure != nil {
		reason = failure.Error()
	}
	return s.schedule(c, reason, repeated)
}

// schedule plans the restart that a child needs, and makes it if nothing is
// against it: the intensity (16.10), or a delay. repeated says that its failure before
// was the same.
func (s *supervisor) schedule(c *child, reason string, repeated bool) *hostapi.Result {
	if !s.allowed() {
		s.gaveUp = errGaveUp(c, reason)
		return &hostapi.Result{Err: s.gaveUp}
	}
	s.show(func() { c.attempts++ })
	delay := s.spec.Backoff.Delay(c.attempts, s.random.Float64())
	s.rt.Emit(kernel.SupervisorRestart{
		Supervisor: s.p.PID(), Entry: s.p.EntryID(), Child: c.name(), Reason: reason,
		Restarts: len(s.restarts), Intensity: s.spec.Intensity,
		Delay: delay, Repeated: repeated, Siblings: s.siblings(c),
	})
	r := &restart{}
	s.gather(c, r)
	if delay > 0 {
		r.cancel = s.rt.AfterFunc(delay, func() { s.push(r, nil) })
		return nil
	}
	s.perform(r)
	return nil
}

// allowed counts a restart and reports whether the intensity allows it (16.10).
func (s *supervisor) allowed() bool {
	now := s.rt.Now()
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

// covered gives the children of a group that a restart of c covers, last first; nil if it
// covers c alone (16.7).
func (s *supervisor) covered(c *child) iter.Seq[*child] {
	from := uint64(0)
	switch s.spec.Strategy {
	case spec.OneForAll:
	case spec.RestForOne:
		from = s.children.Place(c.key)
	default:
		return nil
	}
	return func(yield func(*child) bool) {
		for x := range s.children.Backward() {
			if s.children.Place(x.key) < from || !yield(x) {
				return
			}
		}
	}
}

// siblings is how many other children a restart of c will stop.
func (s *supervisor) siblings(c *child) (n int) {
	covered := s.covered(c)
	if covered == nil {
		return 0
	}
	for x := range covered {
		if x.inst != nil {
			n++
		}
	}
	return n
}

// gather makes a restart the pending one of all children it covers, and stops
// those of them that run (16.7).
func (s *supervisor) gather(c *child, r *restart) {
	covered := s.covered(c)
	if covered == nil {
		r.only = c
		s.plan(c, r)
		return
	}
	for x := range covered {
		if s.halt(x) {
			s.drop(x)
			s.plan(x, r)
		}
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
	if c.spec.Restart == spec.Temporary {
		s.remove(c)
		return false
	}
	return true
}

// firstOf is the place of the first child that a group restart covers; it covers
// all behind it too.
func (s *supervisor) firstOf(r *restart) uint64 {
	if s.spec.Strategy == spec.OneForAll {
		return 0
	}
	for c := range s.children.All() {
		if c.pending == r {
			return s.children.Place(c.key)
		}
	}
	return math.MaxUint64
}

// perform starts the children of a restart again, in list order, up to the first
// that cannot be started.
func (s *supervisor) perform(r *restart) {
	if r.only != nil {
		s.again(r.only)
		return
	}
	if s.group == r {
		// Children started by request meanwhile begin anew with the group.
		first := s.firstOf(r)
		for c := range s.children.Backward() {
			if c.inst != nil && s.children.Place(c.key) >= first && s.halt(c) {
				s.plan(c, r)
			}
		}
		s.group = nil
	}
	failed := false
	for c := range s.children.All() {
		if c.pending != r {
			continue
		}
		if failed {
			s.plan(c, nil)
		} else {
			failed = !s.again(c)
		}
	}
}

// again starts a child again whose restart is due. If that fails, what has
// arrived meanwhile comes first; then the restart that it needs is another one
// (16.11).
func (s *supervisor) again(c *child) bool {
	err := s.start(c)
	if err == nil {
		return true
	}
	r := &restart{only: c, failed: hostapi.AsError(err)}
	s.plan(c, r)
	s.push(r, s.p)
	return false
}

// drop takes a child out of the restart it waits for. A restart that no child
// waits for is not made.
func (s *supervisor) drop(c *child) {
	r := c.pending
	if r == nil {
		return
	}
	s.plan(c, nil)
	if r.waiting > 0 {
		return
	}
	r.dropped = true
	if r.cancel != nil {
		r.cancel()
	}
	if s.group == r {
		s.group = nil
	}
}
