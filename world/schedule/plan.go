// Package schedule is the kind schedule of entries: processes that start, and messages
// that are sent, when it is time (section 49 of docs/spec). Scripts use the module cron.
package schedule

import (
	"time"

	"github.com/understudy-run/understudy/world/cron"
)

// plan says when something is due. Immutable. Its times are of the wall clock: they have
// no monotonic reading, which stands still while a machine sleeps.
type plan struct {
	cron  *cron.Schedule // nil: every
	zone  *time.Location
	every time.Duration
}

// after gives the first time behind t at which it is due; of every those are base, base
// and once the duration, and so on. false: never.
func (p *plan) after(t, base time.Time) (time.Time, bool) {
	if p.cron != nil {
		return p.cron.Next(t, p.zone)
	}
	if t.Before(base) {
		return base, true
	}
	return base.Add(p.every * (t.Sub(base)/p.every + 1)), true
}

// latest gives the last time that is behind since and not behind t at which it was due.
func (p *plan) latest(since, t, base time.Time) (due time.Time, ok bool) {
	// From nearer and nearer to since on, until there is one.
	from := t
	for step := time.Minute; from.After(since); step *= 2 {
		if from = t.Add(-step); from.Before(since) {
			from = since
		}
		for {
			next, is := p.after(from, base)
			if !is || next.After(t) {
				break
			}
			due, ok, from = next, true, next
		}
		if ok {
			return due, true
		}
	}
	return due, ok
}
