// Package enginetest has what the tests of all engines need to run scripts
// without a runtime.
package enginetest

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Task is as much of a task and its process as the tests of an engine need.
type Task struct {
	Output    Process
	Ticks     int // calls of Tick
	Steps     int // reported by them
	KillAt    int // the tick at which the task is killed; 0 never
	Killed    bool
	Limit     int64 // of memory; 0 is no limit
	Used      int64 // memory charged
	Peak      int64 // the most that was
	Large     int   // pieces reserved of 1 MiB and more
	KillLarge bool  // at such a piece
	Manual    int   // manual coroutines counted
	Most      int   // of them allowed; 0 is no limit
	Cause     any   // of a fault
	Stack     string

	loading bool
	handle  coroutine
}

// Process is the process of a Task.
type Process struct {
	hostapi.Process          // nil: what is not overridden is not used
	Lines           []string // printed
	Late            bool     // something was printed after the kill
	task            *Task
}

// Print keeps the line.
func (p *Process) Print(line string) error {
	p.Lines = append(p.Lines, line)
	p.Late = p.Late || p.task.Killed
	return nil
}

// Seed is always the same.
func (p *Process) Seed() uint64 { return 1 }

// PID is always the same.
func (p *Process) PID() hostapi.PID { return "{test|1}" }

type coroutine struct{ hostapi.Handle }

func (*coroutine) ObjectType() *hostapi.ObjectType { return hostapi.CoroutineType }
func (*coroutine) String() string                  { return "coroutine" }
func (*coroutine) Status() string                  { return "running" }
func (*coroutine) Discard()                        {}

// Tick counts, and kills when it is time.
func (t *Task) Tick(n int) error {
	t.Steps += n
	if t.Ticks++; t.Ticks == t.KillAt {
		t.Killed = true
	}
	return t.alive()
}

// RealTime is true.
func (t *Task) RealTime() bool { return true }

// Turn is always the same: the task is never parked.
func (t *Task) Turn() int { return 0 }

// Substitute is none.
func (*Task) Substitute() hostapi.Substitute { return nil }

// Begin does nothing.
func (t *Task) Begin(hostapi.Instance) {}

// Held does nothing.
func (t *Task) Held(string, time.Duration) {}

// Pause counts as a tick does, but no steps.
func (t *Task) Pause(int) error { return t.Tick(0) }

// Reserve counts as Pause does.
func (t *Task) Reserve(n int64) error {
	if n >= 1<<20 {
		t.Large++
		t.Killed = t.Killed || t.KillLarge
	}
	return t.Tick(0)
}

func (t *Task) alive() error {
	if t.Killed {
		return hostapi.ErrKilled
	}
	return nil
}

// Grow charges memory and kills beyond the limit.
func (t *Task) Grow(n int64) error {
	t.Used += n
	t.Peak = max(t.Peak, t.Used)
	if t.Limit > 0 && t.Used > t.Limit {
		t.Killed = true
	}
	return t.alive()
}

// Loading reports whether Load runs.
func (t *Task) Loading() bool { return t.loading }

// AddCoroutine counts a manual coroutine.
func (t *Task) AddCoroutine() error {
	if t.Most > 0 && t.Manual >= t.Most {
		return hostapi.Errorf(hostapi.RateLimited, "max coroutines limit exceeded")
	}
	t.Manual++
	return nil
}

// RemoveCoroutine counts one off.
func (t *Task) RemoveCoroutine() { t.Manual-- }

// Fault keeps the cause and kills.
func (t *Task) Fault(cause any, stack []byte) error {
	t.Cause, t.Stack, t.Killed = cause, string(stack), true
	return hostapi.ErrKilled
}

// MemoryLimit is Limit.
func (t *Task) MemoryLimit() int64 { return t.Limit }

// PayloadLimits are the defaults.
func (t *Task) PayloadLimits() hostapi.PayloadLimits { return hostapi.DefaultPayloadLimits }

// Coroutine is the handle of the task.
func (t *Task) Coroutine() hostapi.Coroutine { return &t.handle }

// Process is the process that prints.
func (t *Task) Process() hostapi.Process {
	t.Output.task = t
	return &t.Output
}
