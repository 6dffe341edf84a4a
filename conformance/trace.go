package conformance

import (
	"fmt"
	"slices"
	"strings"
	"sync"
)

// trace keeps the last events of a schedule: steps taken, commands, reports,
// ends. A nil trace keeps nothing. Text is made of them when it is asked for, which
// is seldom: what is noted must not change.
type trace struct {
	mu     sync.Mutex
	events []event
	count  int
	last   string // what runs
	over   bool
}

type event struct {
	count        int
	kind, format string
	args         []any
	slices       int // of a step: how many in a row
}

// traceLength is how many events are shown.
const traceLength = 60

func (t *trace) note(kind, format string, args ...any) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = ""
	t.add(kind, format, args...)
}

// add is called with the lock held.
func (t *trace) add(kind, format string, args ...any) {
	if t.over {
		return
	}
	t.count++
	t.events = append(t.events, event{t.count, kind, format, args, 1})
	if len(t.events) > 2*traceLength {
		t.events = slices.Clone(t.events[traceLength:])
	}
}

// ran notes a step of a process; several in a row make one line.
func (t *trace) ran(who string) {
	if t == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	if t.last == who {
		t.events[len(t.events)-1].slices++
		return
	}
	t.last = who
	t.add("run     ", "%s", who)
}

// stop ends the trace: what follows is only the shutdown.
func (t *trace) stop() {
	if t != nil {
		t.mu.Lock()
		t.over = true
		t.mu.Unlock()
	}
}

// text gives the last events, one a line.
func (t *trace) text() string {
	if t == nil {
		return ""
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var lines []string
	for _, e := range t.events[max(0, len(t.events)-traceLength):] {
		line := fmt.Sprintf("%5d %s%s", e.count, e.kind, fmt.Sprintf(e.format, e.args...))
		if e.slices > 1 {
			line += fmt.Sprintf(", %d slices", e.slices)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
