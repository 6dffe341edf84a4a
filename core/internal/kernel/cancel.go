package kernel

import (
	"time"

	"github.com/understudy-run/understudy/core/internal/schedule"
	"github.com/understudy-run/understudy/hostapi"
)

// deadline is the pending end of a cancelled process: the earliest of those its
// cancels have set (7.6).
type deadline struct {
	schedule.Timer
	p      *process
	at     time.Time
	reason string
	forced bool // by the runtime, at shutdown
}

const shutdownReason = "shutdown"

func errGraceExpired(reason string) *hostapi.Error {
	err := hostapi.Errorf(hostapi.Canceled, "process cancelled: grace period expired")
	if reason != "" {
		err = err.With("reason", hostapi.String(reason))
	}
	return err
}

// Cancel implements hostapi.Watcher.
func (p *process) Cancel(dest string, grace time.Duration, reason string) error {
	if err := p.current.call(); err != nil {
		return err
	}
	to, err := p.rt.ResolveLive(dest)
	if err != nil {
		return err
	}
	if err := to.behaviour.Cancel(to, cancellation{by: p, grace: grace, reason: reason}); err != nil {
		return err
	}
	return p.current.alive()
}

// alive gives ErrKilled if the task must end.
func (t *task) alive() error {
	if t.dead() {
		return hostapi.ErrKilled
	}
	return nil
}

// askToStop queues a CANCEL event and sets the deadline (7.1, 7.2), and ends who is
// to stop and only reads messages (71.1).
func (p *process) askToStop(c cancellation) error {
	now := p.rt.clock.Now()
	event := &hostapi.Event{Kind: hostapi.EventCancel, At: now, Reason: c.reason}
	if c.by != nil {
		event.From = c.by.pid
	}
	if c.grace >= 0 {
		event.Deadline = now.Add(c.grace)
	}
	p.mu.Lock()
	if p.end != nil {
		p.mu.Unlock()
		return p.notFound()
	}
	p.behaviour.Event(p, event, c.by)
	if c.grace > 0 {
		p.rarely().dueBy(p, event.Deadline, c)
	}
	dead := c.stop && c.grace != 0 && p.toStop(c.reason)
	p.mu.Unlock()
	if dead {
		p.rt.bury(p, c.by)
	} else if c.grace == 0 {
		if c.forced() {
			p.mu.Lock()
			p.late()
			p.mu.Unlock()
		}
		p.Kill(errGraceExpired(c.reason), c.by)
	}
	return nil
}

// dueBy lets the process be killed at the end of the grace, unless that of an earlier
// request ends before. The lock is held.
func (s *seldom) dueBy(p *process, at time.Time, c cancellation) {
	switch {
	case s.deadline == nil:
		s.deadline = &deadline{p: p}
		s.deadline.Fire = s.deadline.expire
	case !at.Before(s.deadline.at):
		return
	}
	s.deadline.at, s.deadline.reason, s.deadline.forced = at, c.reason, c.forced()
	p.rt.timers.Set(&s.deadline.Timer, at)
}

// forced reports whether a kill at the end of the grace is told: the runtime shuts
// down (21.6).
func (c cancellation) forced() bool { return c.stop && c.reason == shutdownReason }

// late notes that the shutdown has to kill the process, which is told with its end: then
// it is known where its code stood (21.6). The lock is held.
func (p *process) late() {
	if p.end == nil {
		p.rarely().late = true
	}
}

func (d *deadline) expire(now time.Time) {
	d.p.mu.Lock()
	due := d.p.seldom != nil && d.p.seldom.deadline == d && !d.at.After(now)
	reason := d.reason
	if due && d.forced {
		d.p.late()
	}
	d.p.mu.Unlock()
	if due {
		d.p.Kill(errGraceExpired(reason), nil)
	}
}

// Terminate implements hostapi.Watcher.
func (p *process) Terminate(dest string) error {
	if err := p.current.call(); err != nil {
		return err
	}
	to, err := p.rt.resolve(dest)
	if err != nil {
		return err
	}
	if err := to.terminate(p); err != nil {
		return err
	}
	return p.current.alive()
}

// terminate kills the process; one that is ending already ends as it does
// (7.10, 7.11).
func (p *process) terminate(by *process) error {
	p.mu.Lock()
	gone := p.state == ended || !p.live
	p.mu.Unlock()
	if gone {
		return p.notFound()
	}
	p.Kill(hostapi.Errorf(hostapi.Canceled, "process terminated"), by)
	return nil
}
