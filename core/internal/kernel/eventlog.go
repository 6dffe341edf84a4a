package kernel

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// eventLog writes the log. What happens in the runtime is logged as the record
// of its event, by logEvent alone.
type eventLog struct {
	*slog.Logger
	letters  *burst[DeadLetterReason]
	failures *burst[failure]
	cascades *burst[failure] // of the first of each
	expired  *burst[string]  // by entry
}

// failure is what makes failures equal in the log. Without error it stands for all of
// an entry.
type failure struct {
	level slog.Level
	entry string
	kind  hostapi.Kind
	text  string
}

// ofEntry is the failure without what is particular to it.
func (f failure) ofEntry() failure { return failure{level: f.level, entry: f.entry} }

// How many records a second are logged one by one (17.5, 2.25, 21.6).
const (
	letterRate  = 10
	failureRate = 500
	expiredRate = 10
)

// newEventLog gives the log of a runtime. later is that of the bursts.
func newEventLog(l *slog.Logger, later func(time.Duration, func())) eventLog {
	return eventLog{
		Logger: l,
		letters: &burst[DeadLetterReason]{rate: letterRate, later: later, tell: func(reason DeadLetterReason, n int) {
			l.Warn("dead letters not logged", "reason", reason, "count", n)
		}},
		failures: &burst[failure]{rate: failureRate, each: 1, rest: failure.ofEntry, later: later, tell: func(f failure, n int) {
			if f == f.ofEntry() {
				l.Log(context.Background(), f.level, "failures not logged", "entry", f.entry, "count", n)
				return
			}
			l.Log(context.Background(), f.level, "processes failed likewise", "count", n, "entry", f.entry,
				"kind", string(f.kind), "message", f.text)
		}},
		cascades: &burst[failure]{rate: failureRate, each: 1, rest: failure.ofEntry, later: later, tell: func(f failure, n int) {
			l.Log(context.Background(), f.level, "took linked processes with them likewise", "count", n, "entry", f.entry)
		}},
		expired: &burst[string]{rate: expiredRate, later: later, tell: func(entry string, n int) {
			l.Warn("processes did not stop in time and were killed", "count", n, "entry", entry)
		}},
	}
}

// flush logs the counts of what was not logged one by one.
func (l eventLog) flush() {
	l.letters.flush()
	l.failures.flush()
	l.cascades.flush()
	l.expired.flush()
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
		attrs = present(present(attrs, "function", e.Function), "at", e.At)
		l.Warn("process holds its worker for long", present(attrs, "took", e.Took)...)
	case GraceExpired:
		if l.expired.admit(rt.clock.Now(), e.Entry) {
			l.Warn("process did not stop in time and is killed", present([]any{"pid", e.PID, "entry", e.Entry}, "at", e.At)...)
		}
	case OutsideStuck:
		text := "operation outside does not stop"
		if e.Ended {
			text = "process has ended, but not what it does outside"
		}
		l.Warn(text, append(present([]any{"pid", e.PID, "entry", e.Entry}, "operation", e.Op), "after", e.After)...)
	case OutsideDone:
		attrs := present([]any{"pid", e.PID, "entry", e.Entry, "operation", e.Op.Name}, "resource", e.Op.Resource)
		if e.Err != nil {
			attrs = append(attrs, "error", e.Err.Error())
		}
		l.Debug("operation outside", append(attrs, "took", e.Took)...)
	case Cascade:
		l.logCascade(e, rt.clock.Now())
	case ServiceChange:
		l.logService(e)
	case SupervisorRestart:
		attrs := []any{"supervisor", e.Supervisor, "entry", e.Entry, "child", e.Child,
			"reason", e.Reason, "restarts", e.Restarts, "intensity", e.Intensity}
		attrs = present(attrs, "siblings", e.Siblings)
		l.Warn(again("child ended", e.Repeated), present(attrs, "delay", e.Delay)...)
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
	level := r.level()
	if !l.Enabled(context.Background(), level) || level > slog.LevelDebug && !l.failures.admit(now, r.failure()) {
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
	if len(r.Recorded) > 0 {
		attrs = append(attrs, "events", r.recorded())
	}
	attrs = present(attrs, "stack", e.Trace())
	l.Log(context.Background(), level, "process failed", attrs...)
}

// level is that of the record of a failure. What another record tells is seen with
// those of level debug only (64.4): what a cascade, a shutdown or a supervisor has
// ended, a crash loop from its second crash on, and what whoever started the process
// is told.
func (r EndReport) level() slog.Level {
	switch {
	case r.First != "", r.Stopped, r.Removed, r.Answered, Repeats(r.History, r.Result.Err):
		return slog.LevelDebug
	case r.Result.Err.Kind == hostapi.Canceled:
		return slog.LevelInfo
	}
	return slog.LevelError
}

func (r EndReport) failure() failure {
	return failure{r.level(), r.Entry, r.Result.Err.Kind, r.Result.Err.Error()}
}

// mostEntries is how many entries the record of a cascade names.
const mostEntries = 8

// logCascade writes the record of all that a failure has brought about.
func (l eventLog) logCascade(c Cascade, now time.Time) {
	c.First.Answered = false // of the others nobody is told
	level := c.First.level()
	if !l.Enabled(context.Background(), level) || !l.cascades.admit(now, c.First.failure()) {
		return
	}
	total, kinds := 0, make([]string, len(c.Killed))
	for i, k := range c.Killed {
		total += k.Count
		kinds[i] = fmt.Sprintf("%s x%d", k.Entry, k.Count)
	}
	noun := "processes"
	if total == 1 {
		noun = "process"
	}
	l.Log(context.Background(), level, fmt.Sprintf("took %d linked %s with it: %s", total, noun,
		strings.Join(abridged(kinds, mostEntries), ", ")), "entry", c.First.Entry, "pid", c.First.PID)
}

// again says what has happened to something that is to be restarted.
func again(what string, repeated bool) string {
	if repeated {
		return what + " as before, to be restarted"
	}
	return what + ", to be restarted"
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
	attrs := present([]any{"reason", d.Reason, "to", d.To}, "entry", d.Entry)
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
		level, message = slog.LevelWarn, again("entry failed", c.Repeated)
		attrs = append(attrs, "restart", c.Restarts, "delay", c.Delay)
	case ServiceFailed:
		level, message = slog.LevelError, "entry failed for good"
		attrs = append(attrs, "restarts", c.Restarts)
	}
	if c.Err != nil {
		attrs = append(attrs, "kind", string(c.Err.Kind), "error", c.Err.Error())
		if c.NotStarted && !c.Repeated {
			attrs = present(attrs, "stack", c.Err.Trace())
		}
	}
	l.Log(context.Background(), level, message, attrs...)
}
