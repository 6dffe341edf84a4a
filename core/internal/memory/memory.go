// Package memory looks after the memory of the whole program: a guard kills processes
// that fill it, a collector collects garbage before a large piece is allocated. What one
// process may hold is the kernel's affair.
package memory

import (
	"math"
	"runtime/debug"
	"time"

	"github.com/understudy-run/understudy/core/internal/kernel"
)

// New looks after the memory of the program for a runtime. limit is as in
// core.Options.MemoryLimit.
func New(rt *kernel.Runtime, limit int64) kernel.Memory {
	if limit == 0 {
		limit = debug.SetMemoryLimit(-1)
	}
	if limit <= 0 || limit == math.MaxInt64 {
		return unlimited{newCollector()}
	}
	return limited{newCollector(), &memoryGuard{world: watched{rt}, limit: limit, heap: goHeap(), wait: time.Sleep}}
}

type limited struct {
	*collector
	*memoryGuard
}

// Limit implements kernel.Memory.
func (m limited) Limit() int64 { return m.limit }

// Used implements kernel.Memory.
func (m limited) Used() int64 { return goHeap().used() }

type unlimited struct{ *collector }

// Used implements kernel.Memory.
func (unlimited) Used() int64 { return goHeap().used() }

// Limit implements kernel.Memory.
func (unlimited) Limit() int64 { return 0 }

// HostStarted implements kernel.Memory.
func (unlimited) HostStarted() {}

// HostStopped implements kernel.Memory.
func (unlimited) HostStopped() {}

// watched implements world.
type watched struct{ *kernel.Runtime }

func (rt watched) mark() uint64 { return rt.Mark() }

func (rt watched) subjects() []subject {
	all := rt.All()
	list := make([]subject, len(all))
	for i, p := range all {
		list[i] = p
	}
	return list
}

func (rt watched) unwinding() bool { return rt.Unwinding() }

func (rt watched) helpless(limit, used int64) {
	rt.Logger().Error("memory limit near, and no process to blame", "limit", limit, "used", used)
}
