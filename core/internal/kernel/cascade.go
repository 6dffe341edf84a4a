package kernel

import (
	"slices"
	"strings"
	"sync"

	"github.com/understudy-run/understudy/hostapi"
)

// cascade is what one failure brings about through links: the processes that are
// killed by the link to it, to those, and so on. It is over when the last that it has
// struck has told its own links, so that it can be told as one thing (64.4).
type cascade struct {
	first EndReport

	mu     sync.Mutex
	open   int            // processes that have failed or were struck, and have not told their links yet
	killed map[string]int // by entry
}

// doom is what a process dies of that a cascade has struck, if nothing else comes
// before. The zero value is none.
type doom struct {
	err     *hostapi.Error
	cascade *cascade
}

// doomed notes that a cascade strikes the process. The first one counts, unless the
// process ends otherwise. The lock is held.
func (p *process) doomed(d doom) {
	if few := p.rarely(); p.end == nil && few.doom.cascade == nil {
		few.doom = d
		d.cascade.mu.Lock()
		d.cascade.open++
		d.cascade.mu.Unlock()
	}
}

// fulfilled reports whether the process has died of its doom.
func (e *ending) fulfilled() bool { return e.doom.cascade != nil && e.doom.err == e.r.Err }

// belong finds the cascade that the end of a process belongs to: that which killed
// it, or one of its own, if it has failed and has links.
func (e *ending) belong() {
	switch {
	case e.fulfilled():
		e.cascade = e.doom.cascade
		e.report.First = e.cascade.first.PID
	case e.live && e.r.Err != nil && len(e.links) > 0:
		e.cascade = &cascade{first: e.report, open: 1}
	}
}

// settle is called when the process has told its links: a cascade is told by the last
// process of it.
func (e *ending) settle() {
	if e.doom.cascade != nil && !e.fulfilled() {
		e.leave(e.doom.cascade)
	}
	if e.cascade != nil {
		e.leave(e.cascade)
	}
}

// leave counts a process out of a cascade.
func (e *ending) leave(c *cascade) {
	c.mu.Lock()
	c.open--
	if e.live && e.fulfilled() {
		if c.killed == nil {
			c.killed = make(map[string]int)
		}
		c.killed[e.report.Entry]++
	}
	over := c.open == 0 && len(c.killed) > 0
	c.mu.Unlock()
	if over {
		e.p.rt.Emit(c.event())
	}
}

// event gives a cascade that is over as it is told.
func (c *cascade) event() Cascade {
	e := Cascade{First: c.first}
	for entry, n := range c.killed {
		e.Killed = append(e.Killed, EntryCount{entry, n})
	}
	slices.SortFunc(e.Killed, func(a, b EntryCount) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Entry, b.Entry)
	})
	return e
}
