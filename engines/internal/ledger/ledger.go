// Package ledger decides when an engine counts what a process holds.
//
// The interpreters do not tell what they allocate. So an engine takes a census
// of a process from time to time: it walks over all that the script can reach,
// and charges the difference to the last census against the memory limit
// (clause 17.8). A Ledger says when one is due, such that few are taken: not
// before as much may have been allocated as makes it worth while.
package ledger

import (
	"math"
	"runtime/metrics"
	"sync"
)

// Meter tells how many bytes the Go program has allocated and holds. One serves
// all processes of an engine. Safe for concurrent use.
type Meter struct {
	mu     sync.Mutex
	sample [3]metrics.Sample
	live   int64 // as last read
	before int64 // what it was until it changed to that
}

// reading is what a Meter says.
type reading struct {
	allocated int64 // since the program started
	heap      int64 // taken by objects, garbage included
	live      int64 // by those that the last garbage collection found in use
	before    int64 // by those that an earlier one found, the last whose result was read
}

// NewMeter makes a Meter.
func NewMeter() *Meter {
	m := &Meter{}
	m.sample[0].Name = "/gc/heap/allocs:bytes"
	m.sample[1].Name = "/memory/classes/heap/objects:bytes"
	m.sample[2].Name = "/gc/heap/live:bytes"
	m.read()
	m.before = m.live
	return m
}

// read takes about a microsecond; what a worker of Go's allocator has taken in
// the last moments, less than 1 MiB, may be missing.
func (m *Meter) read() reading {
	m.mu.Lock()
	defer m.mu.Unlock()
	metrics.Read(m.sample[:])
	value := func(i int) int64 { return int64(m.sample[i].Value.Uint64()) }
	if live := value(2); live != m.live {
		m.live, m.before = live, m.live
	}
	return reading{value(0), value(1), m.live, m.before}
}

// Allocated gives the bytes that the program has allocated since it started,
// garbage included.
func (m *Meter) Allocated() int64 { return m.read().allocated }

// BytesPerNanosecond is what an instruction that takes long can allocate, at most.
const BytesPerNanosecond = 4

// When a census is due.
const (
	window        = 1 << 20 // of possible allocations, at least, between two looks at the meter
	leastInterval = 8 << 20 // bytes allocated between two censuses
	mostPatience  = 8
)

// Ledger is what one process was charged by its censuses, and what it may have
// allocated since the last. The zero value is that of a new process. Used by the
// running task only.
type Ledger struct {
	charged   int64 // by the last census
	allocated int64 // since then, at most, up to the last look at the meter
	possible  int64 // since the last look, by the steps executed
	metered   int64 // what the meter said at the last look
	live      int64 // the least that was live in the whole program since the last census
	patience  int64 // doubles with each census that finds no growth
}

// Charged gives the bytes that the last census found.
func (l *Ledger) Charged() int64 { return l.charged }

// Note says that steps were executed which can have allocated the given number
// of bytes, and reports whether a census is due. limit is the memory limit of
// the process, 0 if it has none.
//
// The estimate by steps is far too high for most scripts, and the meter's too
// where other processes run at the same time. The lesser one counts. Both take
// garbage for growth; but no process has grown by more than the whole program
// can have, by the least that was live since the last census. That is trusted
// for a while only: other processes may have shrunk at the same time. A process that
// did not grow for some censuses is not counted again and again near its limit for
// garbage, but when something has outlived a garbage collection,
// and before it could hold three times its limit.
func (l *Ledger) Note(bytes int64, m *Meter, limit int64) (due bool) {
	if l.possible += bytes; l.possible < window {
		return false
	}
	// A look takes as long as hundreds of steps: after the first only if a census may be due.
	if l.metered != 0 && l.allocated+l.possible < l.interval(limit) {
		return false
	}
	return l.due(m.read(), limit)
}

// due takes a look at the meter.
func (l *Ledger) due(now reading, limit int64) bool {
	if l.metered == 0 {
		l.metered = now.allocated - l.possible // the first look: nothing to compare with
	}
	if l.live == 0 {
		// What the process has made so far may itself have brought the last collection about.
		l.live = min(now.live, now.before)
	}
	l.live = min(l.live, now.live)
	l.allocated += min(l.possible, now.allocated-l.metered)
	l.possible, l.metered = 0, now.allocated
	interval := l.interval(limit)
	switch {
	case l.allocated < interval:
		return false
	case l.allocated >= mostPatience*max(leastInterval, l.charged):
	case l.steady() && l.allocated < 2*limit && now.live-l.live < interval/2:
		return false
	case now.heap-l.live < interval:
		return false
	}
	l.live = now.live
	return true
}

// steady reports whether counting the process takes long, and it did not grow for
// some censuses.
func (l *Ledger) steady() bool { return l.charged >= leastInterval && l.patience >= mostPatience/2 }

// interval gives after how many allocated bytes a census is due. A process that
// holds much is counted less often, since that takes longer, and still less
// often if it does not grow; but not so late that it could hold twice its limit.
func (l *Ledger) interval(limit int64) int64 {
	most := int64(math.MaxInt64)
	if limit > 0 {
		most = max(limit-l.charged, limit/8)
	}
	return min(max(leastInterval, l.charged*max(1, l.patience)), max(most, window))
}

// Settle notes the result of a census. It gives the bytes to charge, which are
// negative if the process holds less than before.
func (l *Ledger) Settle(bytes int64) (grown int64) {
	grown = bytes - l.charged
	patience := int64(1)
	if grown <= l.charged/8 {
		patience = min(2*max(1, l.patience), mostPatience)
	}
	*l = Ledger{charged: bytes, metered: l.metered, live: l.live, patience: patience}
	return grown
}
