package measure

import (
	"math/bits"
	"sync/atomic"
	"time"
)

// Histogram counts durations by their length. The zero value is empty. Its methods are safe
// for concurrent use, and do not wait.
type Histogram struct {
	counts [len(Bounds) + 1]atomic.Uint64
	sum    atomic.Int64
}

// Bounds are the longest durations of all buckets but the last, which has no bound: from
// a microsecond, each four times as long as the one before.
var Bounds = [...]time.Duration{
	1 * time.Microsecond, 4 * time.Microsecond, 16 * time.Microsecond, 64 * time.Microsecond,
	256 * time.Microsecond, 1024 * time.Microsecond, 4096 * time.Microsecond, 16384 * time.Microsecond,
	65536 * time.Microsecond, 262144 * time.Microsecond, 1048576 * time.Microsecond,
	4194304 * time.Microsecond, 16777216 * time.Microsecond, 67108864 * time.Microsecond,
}

// Observe counts a duration. One below 0, as of a clock that was set back, is 0.
func (h *Histogram) Observe(d time.Duration) {
	d = max(d, 0)
	h.counts[bucket(d)].Add(1)
	h.sum.Add(int64(d))
}

// bucket gives the first that a duration fits into.
func bucket(d time.Duration) int {
	if d == 0 {
		return 0
	}
	// One bucket for two bits of the whole microseconds that are below it.
	return min((bits.Len64(uint64((d-1)/time.Microsecond))+1)/2, len(Bounds))
}

// Snapshot is what a Histogram holds at one moment.
type Snapshot struct {
	Counts [len(Bounds) + 1]uint64 // by bucket
	Sum    time.Duration
}

// Snapshot gives what the histogram holds.
func (h *Histogram) Snapshot() Snapshot {
	var s Snapshot
	for i := range h.counts {
		s.Counts[i] = h.counts[i].Load()
	}
	s.Sum = time.Duration(h.sum.Load())
	return s
}

// Count is how many durations were counted.
func (s Snapshot) Count() uint64 {
	var n uint64
	for _, c := range s.Counts {
		n += c
	}
	return n
}
