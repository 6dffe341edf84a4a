package kernel

import (
	"context"
	"log/slog"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// eventLog writes the log. What happens in the runtime is logged as the record
// of its event, by logEvent alone.
type eventLog struct {
	*slog.Logger
	letters  *burst[DeadLetterReason]
	failures *burst[string] // by entry
}

// How many records a second are logged one by one (17.5, 2.25).
const (
	letterRate  = 10
	failureRate = 500
)

func newEventLog(l *slog.Logger) eventLog {
	return eventLog{
		Logger: l,
		letters: &burst[DeadLetterReason]{rate: letterRate, tell: func(reason DeadLetterReason, n int) {
			l.Warn("dead letters not logged", "reason", reason, "count", n)
		}},
		failures: &burst[string]{rate: failureRate, tell: func(entry string, n int) {
			l.Error("failures not logged", "entry", entry, "count", n)
		}},
	}
}

// flush logs the counts of what was not logged one by one.
func (l eventLog) flush() {
	l.letters.flush()
	l.failures.flush()
}

// verbose reports whether what happens all the time is logged.
func (l eventLog) verbose() bool { return l.Enabled(context.Background(), slog.LevelDebug) }

// logEvent writes the record of an event.
func (rt *Runtime) logEvent(e RuntimeEvent) {
	l := rt.log
	switch e := e.(type) {
	case ProcessStarted:
		l.Debug("process started", "entry", e.Entry, "pid", e.PID)
	case EndReport:
		l.logEnd(e, rt.clock.Now())
	case LinkDown:
		l.Debug("link down", "pid", e.PID, "peer", e.Peer, "trapped", e.Trapped, "error", e.Err.Error())
	case DeadLetter:
		if l.letters.admit(rt.clock.Now(), e.Reason) {
			l.logLetter(e)
		}
	case LongMailbox:
		l.Warn("mailbox is long", "pid", e.PID, "entry", e.Entry, "unread", e.Unread)
	case LongSlice:
		attrs := present([]any{"pid", e.PID, "entry", e.Entry}, "steps", e.Steps)
		attrs = present(attrs, "function", e.Function)
		l.Warn("process holds its worker for long", present(attrs, "took", e.Took)...)
	case GraceExpired:
		l.Warn("process did not stop in time and is killed", "pid", e.PID, "entry", e.Entry)
	case OutsideStuck:
		l.Warn("process has ended, but not what it does outside", "pid", e.PID, "entry", e.Entry)
	case ServiceChange:
		l.logService(e)
	case SupervisorRestart:
		l.Warn("child ended, to be restarted", "supervisor", e.Supervisor, "entry", e.Entry, "child", e.Child,
			"reason", e.Reason, "restarts", e.Restarts, "intensity", e.Intensity)
	}
}

// mostDetails is how many bytes of details are worth a place in the log.
const mostDetails = 4096

// logEnd writes the record of clause 2.25.
func (l eventLog) logEnd(r EndReport, now time.Time) {
	e := r.Result.Err
	if e == nil {
		l.Debug("process exited", "entry", r.Entry, "pid", r.PID)
		return
	}
	level := slog.LevelError
	switch {
	case r.Stopped:
		level = slog.LevelDebug
	case e.Kind == hostapi.Canceled:
		level = slog.LevelInfo
	}
	if !l.Enabled(context.Background(), level) || !r.Stopped && !l.failures.admit(now, r.Entry) {
		return
	}
	attrs := []any{"entry", r.Entry, "pid", r.PID, "kind", string(e.Kind), "message", e.Error()}
	if d := hostapi.Wrap(e.Details); e.Details != nil && payloadBytes([]hostapi.Value{d}) < mostDetails {
		attrs = append(attrs, "details", d.String())
	}
	if len(r.Names) > 0 {
		attrs = append(attrs, "names", r.Names)
	}
	attrs = present(attrs, "engine", r.Engine)
	attrs = present(attrs, "topic", r.LastTopic)
	attrs = present(attrs, "unread", r.Unread)
	attrs = present(attrs, "links", r.Links)
	attrs = present(attrs, "watchers", r.Watchers)
	if len(r.History) > 0 {
		attrs = append(attrs, "history", r.history())
	}
	attrs = present(attrs, "stack", e.Stack)
	l.Log(context.Background(), level, "process failed", attrs...)
}

// present adds an attribute unless it says nothing: an empty text, the number 0.
func present[T comparable](attrs []any, name string, v T) []any {
	var nothing T
	if v == nothing {
		return attrs
	}
	return append(attrs, name, v)
}

// logLetter writes the record of a dead letter (17.5).
func (l eventLog) logLetter(d DeadLetter) {
	attrs := []any{"reason", d.Reason, "to", d.To}
	attrs = present(attrs, "from", d.From)
	l.Warn("dead letter", append(attrs, "topic", d.Topic)...)
}

// logService writes a change of a service (15.6, 15.10, 15.12).
func (l eventLog) logService(c ServiceChange) {
	level, message := slog.LevelDebug, "entry "+c.State.String()
	attrs := []any{"entry", c.Service}
	switch c.State {
	case ServiceRunning:
		attrs = append(attrs, "pid", c.PID)
	case ServiceWaiting:
		level, message = slog.LevelWarn, "entry failed, to be restarted"
		attrs = append(attrs, "restart", c.Restarts, "delay", c.Delay)
	case ServiceFailed:
		level, message = slog.LevelError, "entry failed for good"
		attrs = append(attrs, "restarts", c.Restarts)
	}
	if c.Err != nil {
		attrs = append(attrs, "kind", string(c.Err.Kind), "error", c.Err.Error())
		if c.NotStarted && c.Err.Stack != "" {
			attrs = append(attrs, "stack", c.Err.Stack)
		}
	}
	l.Log(context.Background(), level, message, attrs...)
}
