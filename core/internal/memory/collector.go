package memory

import (
	"runtime"
	"runtime/metrics"
	"sync"
)

// collector runs Go's garbage collector before a large piece of memory is
// allocated. Go itself begins early enough for small pieces. A large one can carry
// the heap to its goal at once; then whoever allocates, of whatever process, has to
// mark for the collector before he gets anything, until it has ended. And what is
// copied while it marks, as where a slice grows, takes ten times longer, in which
// nobody can be stopped.
type collector struct {
	heap    func() heapState
	collect func()

	mu   sync.Mutex
	ends chan struct{} // closed when the collection under way ends; nil if none is
}

// heapState is what the Go runtime says of its heap, in bytes.
type heapState struct {
	used uint64 // garbage included
	live uint64 // after the last collection
	goal uint64 // where the next one must have ended
}

const (
	// largePiece is the size from which a piece is worth a look.
	largePiece = 1 << 20
	// A collection is due if the piece could make Go begin one, which it does after
	// so many percent of what may be allocated until the goal, or later. And so much
	// must have been allocated since the last one, as a part of the goal: this keeps
	// one from following another where most is live.
	earliest   = 70
	worthwhile = 4
)

func newCollector() *collector {
	return &collector{heap: goHeapState, collect: runtime.GC}
}

func goHeapState() heapState {
	samples := [...]metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/live:bytes"},
		{Name: "/gc/heap/goal:bytes"},
	}
	metrics.Read(samples[:])
	return heapState{samples[0].Value.Uint64(), samples[1].Value.Uint64(), samples[2].Value.Uint64()}
}

// due reports whether a collection should come before a piece of n bytes.
func (h heapState) due(n int64) bool {
	begins := h.live + (max(h.goal, h.live)-h.live)*earliest/100
	return h.used+uint64(n) >= begins && h.used > h.live+h.goal/worthwhile
}

// begin starts a collection, if none is under way. It gives a channel that is
// closed at its end.
func (c *collector) begin() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ends == nil {
		ends := make(chan struct{})
		c.ends = ends
		go func() {
			c.collect()
			c.mu.Lock()
			c.ends = nil
			c.mu.Unlock()
			close(ends)
		}()
	}
	return c.ends
}

// Reserve implements kernel.Memory.
func (c *collector) Reserve(n int64) <-chan struct{} {
	if n < largePiece || !c.heap().due(n) {
		return nil
	}
	return c.begin()
}
