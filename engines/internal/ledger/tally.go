package ledger

import (
	"reflect"

	"github.com/understudy-run/understudy/hostapi"
)

// Tally adds up what a census finds, each thing once. The zero value is empty.
// Its tables serve one census after the other. Not safe for concurrent use.
type Tally struct {
	Bytes int64 // found so far, without large strings
	seen  addresses
	large spans

	task    hostapi.Task
	looked  int // values since the last pause
	stopped bool
	held    Stack[hostapi.Value] // see Value
}

const (
	shortString = 64   // not worth a look whether it was seen
	largeString = 4096 // parts of it may be seen too

	// A census pauses after about so many values, and takes for each as many steps
	// of the time slice as take that time: 20000 take some tenths of a millisecond.
	valuesAtOnce  = 512
	stepsPerValue = 6
)

// Begin says which task takes the census. nil is nobody: it goes on without a
// pause.
func (t *Tally) Begin(task hostapi.Task) { t.task = task }

// Look says that n more values were looked at, and lets others have their turn
// from time to time. It reports false if the task was killed meanwhile: then the
// census is to be given up. Nothing of the process runs while it waits, so what
// is walked over stays as it is.
func (t *Tally) Look(n int) bool {
	if t.looked += n; t.looked < valuesAtOnce || t.task == nil {
		return !t.stopped
	}
	return t.pause()
}

func (t *Tally) pause() bool {
	n := t.looked * stepsPerValue
	t.looked = 0
	t.stopped = t.stopped || t.task.Pause(n) != nil
	return !t.stopped
}

// reserve announces a table of the census, which may be large.
func (t *Tally) reserve(bytes int) {
	if t.task != nil {
		t.stopped = t.task.Reserve(int64(bytes)) != nil || t.stopped
	}
}

// Stopped reports whether the task was killed since Begin.
func (t *Tally) Stopped() bool { return t.stopped }

// First reports whether what is at an address is seen for the first time. It is
// false for address 0.
func (t *Tally) First(address uintptr) bool { return t.seen.add(address, t) }

// Text adds the bytes of a string. A short one counts each time, another once;
// what is cut out of a large one shares its memory. It reports whether Bytes has
// grown.
func (t *Tally) Text(s reflect.Value) bool { return t.text(s.Pointer(), s.Len()) }

func (t *Tally) text(address uintptr, n int) bool {
	switch {
	case n < shortString:
	case n >= largeString:
		t.large.add(address, n)
		return false
	case !t.seen.add(address, t):
		return false
	}
	t.Bytes += int64(n)
	return n > 0
}

// Total gives what was found.
func (t *Tally) Total() int64 { return t.Bytes + t.large.union() }

// Clear empties the tally.
func (t *Tally) Clear() {
	t.seen.clear()
	t.large.clear()
	t.held.Clear()
	*t = Tally{seen: t.seen, large: t.large, held: t.held}
}
