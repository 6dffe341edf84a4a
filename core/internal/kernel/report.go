package kernel

import (
	"fmt"
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
	Stopped   bool // by the runtime, which it did not keep waiting (71.1)
	Lifetime  time.Duration
	LastTopic string // of the message read last; "" if none was
	Unread    int    // messages left in the mailbox
	Links     int
	Watchers  int   // processes that monitor it
	Watching  int   // processes that it monitors
	Steps     int64 // interpreter steps executed
	// First is whose failure has killed the process through links, however many were
	// between them; "" if it ended otherwise (5.7).
	First hostapi.PID
	// Removed says that the runtime or its supervisor has killed it: at once, or since it
	// did not stop in time.
	Removed bool
	// Answered says that it was started by Runtime.Launch, which tells its end.
	Answered bool
	// History are the failures before it of the service or child that it ran
	// for, since that was last stable: oldest first, at most five.
	History []Failure
	// Recorded are its last events, oldest first, if Options.Flight lets it keep some and it
	// has failed.
	Recorded []TraceEvent
}

// Failure is an earlier failure of a service or child.
type Failure struct {
	At  time.Time
	Err *hostapi.Error
}

// Repeats reports whether a failure is the one before it once more: the beginning of a
// crash loop.
func Repeats(history []Failure, err *hostapi.Error) bool {
	if err == nil || len(history) == 0 {
		return false
	}
	last := history[len(history)-1].Err
	return last.Kind == err.Kind && last.Error() == err.Error()
}

// historyLimit bounds the failures that are kept for a report.
const historyLimit = 5

// Remember gives a history with one more failure. It leaves the old one as it is.
func Remember(history []Failure, at time.Time, err *hostapi.Error) []Failure {
	kept := history[max(0, len(history)+1-historyLimit):]
	return append(kept[:len(kept):len(kept)], Failure{at, err})
}

// crashReport describes the end of a process. few is what few processes have. The lock
// is held.
func (p *process) crashReport(few *seldom, r *hostapi.Result, now time.Time) EndReport {
	recorded := p.rt.recording.Load().landed(p.pid)
	if r.Err == nil {
		recorded = nil
	}
	return EndReport{
		Recorded:  recorded,
		PID:       p.pid,
		Entry:     p.entry.ID,
		Engine:    p.entry.Engine,
		Names:     few.names,
		Result:    *r,
		Stopped:   r.Err != nil && r.Err == few.stop,
		Lifetime:  now.Sub(p.started),
		LastTopic: p.topic,
		Unread:    int(p.unread),
		Links:     len(p.links.items),
		Watchers:  len(p.watchers.items),
		Watching:  len(p.watching.items),
		Steps:     p.steps.Load(),
		History:   few.history,
		Removed:   r.Err != nil && r.Err.Kind == hostapi.Canceled && (few.removed || few.stop != nil),
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
	text += fmt.Sprintf("  links:    %d, watched by %d, watches %d\n", r.Links, r.Watchers, r.Watching)
	if len(r.History) > 0 {
		text += "  failed before:\n" + indent(r.history(), "    ") + "\n"
	}
	if len(r.Recorded) > 0 {
		text += "  last events:\n" + indent(r.recorded(), "    ") + "\n"
	}
	if trace := e.Trace(); trace != "" {
		text += "  stack:\n" + indent(trace, "    ")
	}
	return text
}

// history gives a line for each earlier failure.
func (r EndReport) history() string {
	lines := make([]string, len(r.History))
	for i, f := range r.History {
		lines[i] = fmt.Sprintf("%s %s: %s", f.At.Format("15:04:05.000"), f.Err.Kind, f.Err)
	}
	return strings.Join(lines, "\n")
}

// recorded gives a line for each of the last events.
func (r EndReport) recorded() string {
	lines := make([]string, len(r.Recorded))
	for i, e := range r.Recorded {
		lines[i] = e.At.Format("15:04:05.000") + " " + e.String()
	}
	return strings.Join(lines, "\n")
}

func indent(text, by string) string {
	return by + strings.ReplaceAll(text, "\n", "\n"+by)
}
