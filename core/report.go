package core

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// EndReport describes a process that has ended: for a failure, a crash report.
type EndReport struct {
	PID       hostapi.PID
	Entry     string
	Engine    string
	Names     []string
	Result    hostapi.Result
	Lifetime  time.Duration
	LastTopic string // of the message read last; "" if none was
	Unread    int    // messages left in the mailbox
	Links     int
	Watchers  int
	Steps     int64 // interpreter steps executed
}

// crashReport describes the end of a process. The lock is held.
func (p *process) crashReport(r *hostapi.Result) EndReport {
	return EndReport{
		PID:       p.pid,
		Entry:     p.entry.ID,
		Engine:    p.entry.Engine,
		Names:     p.names,
		Result:    *r,
		Lifetime:  p.rt.clock.Now().Sub(p.started),
		LastTopic: p.topic,
		Unread:    p.unread,
		Links:     len(p.links.items),
		Watchers:  len(p.watchers.items),
		Steps:     p.steps,
	}
}

// String gives the report as a readable block.
func (r EndReport) String() string {
	if r.Result.Err == nil {
		return fmt.Sprintf("process %s (%s) exited normally", r.PID, r.Entry)
	}
	e := r.Result.Err
	text := fmt.Sprintf("process %s (%s) failed: %s: %s\n", r.PID, r.Entry, e.Kind, e.Error())
	if len(r.Names) > 0 {
		text += fmt.Sprintf("  names:    %v\n", r.Names)
	}
	if r.Engine != "" {
		text += fmt.Sprintf("  engine:   %s\n", r.Engine)
	}
	text += fmt.Sprintf("  lived:    %s, %d steps\n", r.Lifetime, r.Steps)
	text += fmt.Sprintf("  mailbox:  %d unread, last topic read %q\n", r.Unread, r.LastTopic)
	text += fmt.Sprintf("  links:    %d, watched by %d\n", r.Links, r.Watchers)
	if e.Stack != "" {
		text += "  stack:\n" + indent(e.Stack, "    ")
	}
	return text
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(text, "\n", "\n"+by)
}

// endLog writes the records of clause 2.25.
type endLog struct{ *slog.Logger }

func (l *endLog) logEnd(r EndReport) {
	e := r.Result.Err
	if e == nil {
		l.Debug("process exited", "entry", r.Entry, "pid", r.PID)
		return
	}
	level := slog.LevelError
	if e.Kind == hostapi.Canceled {
		level = slog.LevelInfo
	}
	attrs := []any{"entry", r.Entry, "pid", r.PID, "kind", string(e.Kind), "message", e.Error()}
	if len(r.Names) > 0 {
		attrs = append(attrs, "names", r.Names)
	}
	attrs = append(attrs, "engine", r.Engine, "topic", r.LastTopic, "unread", r.Unread,
		"links", r.Links, "watchers", r.Watchers)
	if e.Stack != "" {
		attrs = append(attrs, "stack", e.Stack)
	}
	l.Log(context.Background(), level, "process failed", attrs...)
}
