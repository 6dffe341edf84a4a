package starlark

import "github.com/understudy-run/understudy/hostapi"

// work is a native operation of ours that may take long. It is done in pieces,
// between which the task may be parked or killed (clause 20.5). Nothing else of the
// process runs meanwhile (clause 20.4), so what it looks at stays as it is.
type work struct {
	t    *task
	done int   // units since the last pause
	err  error // why an iteration has ended early
}

const (
	unitsPerStep = 8     // of work, about 10 ns each
	unitsPerTick = 20000 // between two ticks
	// large is how many elements, or bytes, are worth doing in pieces.
	large = 4096
)

// step counts n units of work that is done. An error is ErrKilled.
func (w *work) step(n int) error {
	if w.done += n; w.done < unitsPerTick {
		return nil
	}
	return w.pause()
}

// pause reports the work as steps.
func (w *work) pause() error {
	w.end()
	tick(&w.t.thread)
	if w.t.killed {
		return hostapi.ErrKilled
	}
	return nil
}

// end charges what was done since the last pause.
func (w *work) end() {
	w.t.charge(w.done / unitsPerStep)
	w.done = 0
}
