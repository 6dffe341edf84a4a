package faketest

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Task is a task of a Process without any limits but those on payloads.
type Task struct {
	process *Process
	loading bool
}

var _ hostapi.Task = (*Task)(nil)

// Tick does nothing.
func (*Task) Tick(int) error { return nil }

// Grow does nothing.
func (*Task) Grow(int64) error { return nil }

// Loading reports whether the top level runs.
func (t *Task) Loading() bool { return t.loading }

// AddCoroutine does nothing.
func (*Task) AddCoroutine() error { return nil }

// RemoveCoroutine does nothing.
func (*Task) RemoveCoroutine() {}

// Fault panics again: no table may fail so.
func (*Task) Fault(cause any, _ []byte) error { panic(cause) }

// MemoryLimit is none.
func (*Task) MemoryLimit() int64 { return 0 }

// RealTime is false.
func (*Task) RealTime() bool { return false }

// Turn is always the same.
func (*Task) Turn() int { return 0 }

// Substitute is none.
func (*Task) Substitute() hostapi.Substitute { return nil }

// Begin does nothing.
func (*Task) Begin(hostapi.Instance) {}

// Held does nothing.
func (*Task) Held(string, time.Duration) {}

// Pause does nothing.
func (*Task) Pause(int) error { return nil }

// Reserve does nothing.
func (*Task) Reserve(int64) error { return nil }

// PayloadLimits are small.
func (*Task) PayloadLimits() hostapi.PayloadLimits {
	return hostapi.PayloadLimits{Depth: 4, Size: 1024}
}

// Coroutine is a new handle.
func (*Task) Coroutine() hostapi.Coroutine { return &Coroutine{} }

// Process is the process.
func (t *Task) Process() hostapi.Process { return t.process }
