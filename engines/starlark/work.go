package starlark

import (
	"time"

	"github.com/understudy-run/understudy/engines/internal/pace"
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// work is a native operation of ours that may take long. It is done in pieces,
// between which the task may be parked or killed (clause 20.5). Nothing else of the
// process runs meanwhile (clause 20.4), so what it looks at stays as it is.
type work struct {
	t     *task
	done  int           // units since the last pause
	look  int           // units at the last look at the clock
	since time.Duration // when the work was begun or went on
	err   error         // why an iteration has ended early
	deep  int           // values compared deeper than the interpreter would
}

const (
	unitsPerStep = 8     // of work, about 10 ns each
	unitsPerTick = 20000 // between two ticks
	// unitsPerLook are those between two looks at the clock: a unit takes a hundred
	// times longer where memory is touched for the first time.
	unitsPerLook = 1000
	// large is how many elements, or bytes, are worth doing in pieces.
	large = 4096
	// huge is from how many elements on a list grows in pieces: the interpreter
	// copies it in one step.
	huge = 16 * large
)

// step counts n units of work that is done. If the task is killed it unwinds.
func (w *work) step(n int) {
	if w.done += n; w.done >= w.look+unitsPerLook {
		w.reckon()
	}
}

// reckon pauses if it is time.
//
//go:noinline
func (w *work) reckon() {
	now := w.t.instance.pace.Now()
	if w.since == 0 {
		w.since = now
	}
	took := now - w.since
	if w.done < unitsPerTick && took < pace.Aim {
		w.look = w.done
		return
	}
	w.pause(took)
}

// pause reports the work as steps. What it took beyond them counts as time.
func (w *work) pause(took time.Duration) {
	t := w.t
	slow := pace.Worth(took, w.done/unitsPerStep)
	w.end()
	t.instance.pace.Begin() // what it took is counted here
	tick(&t.thread)
	if slow > 0 && !t.killed && t.Pause(slow) != nil {
		t.kill()
	}
	t.unwind()
	w.since = t.instance.pace.Now()
}

// unwind ends a native operation of a task that was killed, by a panic that ends the
// task: no code of the script runs any more.
func (t *task) unwind() {
	if t.killed {
		panic(hostapi.ErrKilled)
	}
}

// end charges what was done since the last pause.
func (w *work) end() {
	w.t.charge(w.done / unitsPerStep)
	w.done, w.look = 0, 0
}

// reserve says that so many bytes are about to be allocated at once, by a native
// operation that then does its work in pieces or in one step: what it works on is
// not seen to be allocated otherwise (see Ledger).
func (t *task) reserve(bytes int) {
	t.native += uint64(bytes / bytesPerCharge)
	if bytes >= reserveFrom {
		_ = t.resumed(t.Reserve(int64(bytes))) // nothing but a kill
		t.unwind()
	}
}

// reserveFrom is from how many bytes on the runtime is told.
const reserveFrom = 1 << 20

// lengthen makes room for n more elements of a list that a script has, if it is
// huge and may be changed.
func (t *task) lengthen(l *starlark.List, n int) {
	length := l.Len()
	if length < huge || length+n <= room(l).Cap() || l.SetIndex(0, l.Index(0)) != nil {
		return
	}
	w := work{t: t}
	defer w.end()
	*l = *starlark.NewList(w.longer(length, n, func(to []starlark.Value, from int) {
		for i := range to {
			to[i] = l.Index(from + i)
		}
	}))
}

// longer gives a copy of so many elements with room for n more, made in pieces:
// each is filled by what begins at an index.
func (w *work) longer(length, n int, fill func(to []starlark.Value, from int)) []starlark.Value {
	room := length + max(n, length/4)
	w.t.reserve(room * slotBytes)
	out := make([]starlark.Value, length, room)
	for i := 0; i < length; i += piece {
		fill(out[i:min(i+piece, length)], i)
		w.step(piece / 4)
	}
	return out
}

// piece is how many elements are copied at a time.
const piece = 1024
