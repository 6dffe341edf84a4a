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

// None is an effort that nobody makes: for what works without a call.
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

// InPieces has a text worked on in pieces of a multiple of 3 and of 4 bytes, each as
// work.
func (e *Effort) InPieces(text string, work func(piece string) error) error {
	for {
		n := min(len(text), 3*portion)
		if err := e.Work(n); err != nil {
			return err
		}
		if err := work(text[:n]); err != nil {
			return err
		}
		if text = text[n:]; text == "" {
			return nil
		}
	}
}

// Room gives room for a text of n bytes that is going to be made, and holds it. The
// error is ErrKilled.
func (e *Effort) Room(n int) ([]byte, error) {
	if n >= 1<<20 {
		if err := e.task.Reserve(int64(n)); err != nil {
			return nil, err
		}
	}
	if err := e.Hold(n); err != nil {
		return nil, err
	}
	return make([]byte, 0, n), nil
}

// Give ends a call with the text it made.
func (e *Effort) Give(c hostapi.Call, text []byte, err error) error {
	if left := e.Release(); err == nil {
		err = left
	}
	return hostapi.Give(c, hostapi.String(string(text)), err)
}
