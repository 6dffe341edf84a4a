package schedule

import (
	"sync"
	"time"
)

// Clock is where a runtime takes the time from. The zero Options use the wall
// clock; a Simulation is a virtual one.
type Clock interface {
	// Now is the current time. It never goes back as far as Sub shows.
	Now() time.Time
	// SetAlarm arranges that ring is called once at or after the given time,
	// on any goroutine but not from within SetAlarm. It replaces the alarm set
	// before; the zero time only clears that. Calls are made one at a time.
	SetAlarm(at time.Time, ring func())
}

// WallClock is the real time.
type WallClock struct {
	mu    sync.Mutex
	timer *time.Timer
}

func (c *WallClock) Now() time.Time { return time.Now() }

func (c *WallClock) SetAlarm(at time.Time, ring func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
	if !at.IsZero() {
		c.timer = time.AfterFunc(time.Until(at), ring)
	}
}

// virtual reports whether a clock is that of a simulation.
func virtual(c Clock) bool {
	switch c.(type) {
	case *Simulation, *simulatedClock:
		return true
	}
	return false
}
