package kernel

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Handling says what becomes of an operation outside the runtime (40.14). The zero
// value performs it: in a simulated run on the goroutine that drives that.
type Handling struct {
	how   how
	after time.Duration
	done  hostapi.Done
	err   error
}

type how uint8

const (
	perform how = iota
	answer
	refuse
)

// Perform has the work done. In a simulated run that is when a virtual time is over,
// drawn from the seed, up to 1 ms: the work must not wait for another process.
func Perform() Handling { return Handling{} }

// Refuse lets the operation fail at once.
func Refuse(err error) Handling { return Handling{how: refuse, err: err} }

// Answer gives the operation a result after a time, and the work is not done.
func Answer(after time.Duration, d hostapi.Done, err error) Handling {
	return Handling{how: answer, after: after, done: d, err: err}
}

// handling decides what becomes of an operation of an entry.
func (rt *Runtime) handling(entry string, op hostapi.Op) Handling {
	switch {
	case rt.outside != nil:
		return rt.outside(entry, op)
	case rt.realTime:
		return Perform()
	}
	return Refuse(hostapi.Errorf(hostapi.Unavailable, "no outside in a simulated run"))
}
