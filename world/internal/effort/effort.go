// Package effort has long calls of module functions take turns with others, and what
// they hold meanwhile charged (20.5, 40.7).
package effort

import "github.com/understudy-run/understudy/hostapi"

const (
	bytesPerStep = 16       // that are read or written and count as a step
	portion      = 16 << 10 // bytes after which others may have their turn
	piece        = 64 << 10 // bytes that are charged at once
)

// Effort is what one call of a function works and holds. Its functions are called on the
// goroutine of the task.
type Effort struct {
	task          hostapi.Task
	done          int // bytes of work not yet reported
	held, charged int64
}

// Of gives the effort of a call that has done nothing yet.
func Of(c hostapi.Call) Effort { return Effort{task: c.Task()} }

// None is an effort that nobody makes, for tests of what works without a call.
func None() Effort { return Effort{task: idle{}} }

type idle struct{ hostapi.Task }

func (idle) Tick(int) error   { return nil }
func (idle) Grow(int64) error { return nil }

// Work says that n more bytes were read or written, and parks the task if it is time.
// The error is ErrKilled.
func (e *Effort) Work(n int) error {
	if e.done += n; e.done < portion {
		return nil
	}
	steps := e.done / bytesPerStep
	e.done = 0
	return e.task.Tick(steps)
}

// Hold says that n more bytes are held until Release. The error is ErrKilled.
func (e *Effort) Hold(n int) error {
	if e.held += int64(n); e.held-e.charged < piece {
		return nil
	}
	n = int(e.held - e.charged)
	e.charged = e.held
	return e.task.Grow(int64(n))
}

// Release ends the effort: what was held is given back, or belongs to the script from
// now on, whose engine charges it; the rest of the work is reported.
func (e *Effort) Release() error {
	if e.charged > 0 {
		_ = e.task.Grow(-e.charged) // giving back cannot fail
	}
	e.held, e.charged = 0, 0
	if steps := e.done / bytesPerStep; steps > 0 {
		e.done = 0
		return e.task.Tick(steps)
	}
	return nil
}
