package conformance

import (
	"fmt"
	"strings"
	"sync"
)

// trace keeps the last events of a schedule: steps taken, commands, reports,
// ends. A nil trace keeps nothing.
type trace struct {
	mu    sync.Mutex
	lines []string
	count int
	last  string // what runs
	times int
	over  bool
}

// traceLength is how many lines are shown.
const traceLength = 60

func (t *trace) note(kind, format string, args ...any) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	t.count++
	t.last = ""
	t.lines = append(t.lines, fmt.Sprintf("%5d %s%s", t.count, kind, fmt.Sprintf(format, args...)))
	if len(t.lines) > 2*traceLength {
		t.lines = append([]string(nil), t.lines[traceLength:]...)
	}
}

// ran notes a step of a process; several in a row make one line.
func (t *trace) ran(who string) {
	if t == nil {
		return
	}
	t.mu.Lock()
	if t.last == who {
		t.times++
		t.lines[len(t.lines)-1] = fmt.Sprintf("%5d run     %s, %d slices", t.count, who, t.times)
		t.mu.Unlock()
		return
	}
	t.mu.Unlock()
	t.note("run     ", "%s", who)
	t.mu.Lock()
	t.last, t.times = who, 1
	t.mu.Unlock()
}

// stop ends the trace: what follows is only the shutdown.
func (t *trace) stop() {
	if t != nil {
		t.mu.Lock()
		t.over = true
		t.mu.Unlock()
	}
}

// text gives the last lines.
func (t *trace) text() string {
	if t == nil {
		return ""
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := t.lines
	if len(lines) > traceLength {
		lines = lines[len(lines)-traceLength:]
	}
	return strings.Join(lines, "\n")
}
