package understudycli

import (
	"os"
	"runtime/debug"
)

// collectorPercent is what may be added to the heap between two runs of Go's
// garbage collector, as a part of what is in use. A run marks the interpreters of
// all processes, and everybody waits longer meanwhile: with 10,000 of them some
// 20 ms at times. Go's own 100 is for programs that nobody granted an amount of
// memory; this one keeps to a limit.
const collectorPercent = 300

// tuneCollector makes the garbage collector run less often, unless the
// environment tunes it. It gives the ballast, which is to be kept.
//
// The ballast is memory that is never touched, so it takes no room but in the
// books of the collector. That would run whenever the few megabytes of a small app
// have grown to some more, a hundred times a second, only to find little.
func tuneCollector() (ballast []byte) {
	if !collectorTuned() {
		debug.SetGCPercent(collectorPercent)
	}
	return make([]byte, ballastBytes())
}

// ballastBytes is the size of the ballast, 0 if there is none.
func ballastBytes() int64 {
	if collectorTuned() {
		return 0
	}
	return 16 << 20
}

// collectorTuned reports whether the environment tunes the collector.
func collectorTuned() bool { return os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" }
