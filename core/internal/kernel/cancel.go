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
	to, err := p.rt.resolveLive(dest)
	if err != nil {
		return err
	}
	if err := to.behaviour.cancel(to, p, grace, reason); err != nil {
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

// askToStop queues a CANCEL event and sets the deadline (7.1, 7.2). by is nil if
// the runtime itself asks.
func (p *process) askToStop(by *process, grace time.Duration, reason string) error {
	now := p.rt.clock.Now()
	event := &hostapi.Event{Kind: hostapi.EventCancel, At: now, Reason: reason}
	if by != nil {
		event.From = by.pid
	}
	if grace >= 0 {
		event.Deadline = now.Add(grace)
	}
	p.mu.Lock()
	if p.end != nil {
		p.mu.Unlock()
		return errNotFound()
	}
	p.behaviour.event(p, event, by)
	if grace > 0 && (p.deadline == nil || event.Deadline.Before(p.deadline.at)) {
		if p.deadline == nil {
			p.deadline = &deadline{p: p}
			p.deadline.Fire = p.deadline.expire
		}
		p.deadline.at, p.deadline.reason = event.Deadline, reason
		p.deadline.forced = byRuntime(by) && reason == shutdownReason
		p.rt.timers.Set(&p.deadline.Timer, event.Deadline)
	}
	p.mu.Unlock()
	if grace == 0 {
		if byRuntime(by) && reason == shutdownReason {
			p.warnOfKill()
		}
		p.kill(errGraceExpired(reason), by)
	}
	return nil
}

// byRuntime reports whether a CANCEL is one of the runtime itself: it has no
// sender, or a supervisor as sender.
func byRuntime(by *process) bool { return by == nil || by.behaviour.trusted() }

// warnOfKill names a process that the shutdown has to kill (21.6).
func (p *process) warnOfKill() {
	p.mu.Lock()
	e := GraceExpired{p.pid, p.entry.ID}
	p.mu.Unlock()
	p.rt.emit(e)
}

func (d *deadline) expire(now time.Time) {
	d.p.mu.Lock()
	due := d.p.deadline == d && !d.at.After(now)
	reason, forced := d.reason, d.forced && d.p.end == nil
	d.p.mu.Unlock()
	if due {
		if forced {
			d.p.warnOfKill()
		}
		d.p.kill(errGraceExpired(reason), nil)
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
		return errNotFound()
	}
	p.kill(hostapi.Errorf(hostapi.Canceled, "process terminated"), by)
	return nil
}
