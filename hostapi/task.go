package hostapi

import "time"

// Task is one coroutine of a process as the runtime schedules it: main, or one
// started by coroutine.spawn. The core implements it; engines and modules call
// it, on the task's own goroutine only.
type Task interface {
	// Begin tells the core the instance that Program.Load makes, before any code of the
	// script runs: an engine calls it whose instances are Locators. Without it nobody
	// knows where a top level stands that does not end.
	Begin(Instance)
	// Tick reports that the script has executed about n more interpreter steps.
	// Engines call it at least every 5000 steps. The core charges fuel, may
	// park the task to let other processes run, and returns ErrKilled if the
	// task must end.
	Tick(n int) error
	// Pause is Tick for work that the script did not ask for, such as counting
	// what the process holds: n steps are taken from the time slice, and cost no
	// fuel. No other task of the process runs meanwhile. Without real time it only
	// says whether the task must end.
	Pause(n int) error
	// RealTime reports whether the process runs by the wall clock. If not, its
	// schedule is drawn from a seed and must repeat: then neither the time that
	// things take nor the garbage collector may decide when an engine calls Tick.
	RealTime() bool
	// Grow charges n bytes (or gives them back, if negative) against the
	// memory limit of the process. Engines call it before they allocate for a
	// script. It returns ErrKilled if the limit is exceeded: the process then
	// fails (clause 17.11).
	Grow(n int64) error
	// Reserve says that about n bytes are going to be allocated in one piece, and
	// charges nothing. Engines call it before a large piece, from 1 MiB on: if it
	// would carry Go's heap to where everybody has to help the garbage collector,
	// that runs before, while other processes do. No other task of the process runs
	// meanwhile. It returns ErrKilled if the task must end.
	Reserve(n int64) error
	// MemoryLimit is the memory limit of the process in bytes, 0 if it has none:
	// for engines that charge what they count from time to time.
	MemoryLimit() int64
	// Loading reports whether the top level of the process still runs.
	Loading() bool
	// AddCoroutine counts a manual coroutine of the script against
	// max_coroutines; the error is an *Error of kind RateLimited.
	// RemoveCoroutine takes it off again, when it has ended or is garbage.
	AddCoroutine() error
	RemoveCoroutine()
	// Fault reports that the engine or a module failed in a way that is no
	// error of the script, such as a recovered panic with its Go stack. The
	// process fails with Internal "internal error"; Fault returns ErrKilled.
	Fault(cause any, stack []byte) error
	// Turn counts how often the process was given a worker; Held says that a function
	// took so long on one and the same: all others of that worker have waited for it
	// (40.18). Invoke calls both.
	Turn() int
	Held(function string, took time.Duration)
	// Substitute may carry out what scripts call in place of the functions that they name;
	// nil in all runtimes but those of tests (60.16). Invoke asks it for functions that are
	// not Prompt.
	Substitute() Substitute
	// PayloadLimits bound what a call of this process may send.
	PayloadLimits() PayloadLimits
	// Coroutine is the handle of this task.
	Coroutine() Coroutine
	// Process is the process the task belongs to.
	Process() Process
}

// Substitute carries out a call in place of f, as Func.Run does, if done. It is called on
// the goroutine of the task; the arguments are checked.
type Substitute func(f *Func, c Call) (done bool, err error)

// Coroutine is the handle of a task. Engines show it as a value of their
// language's coroutine type, if there is one.
type Coroutine interface {
	Object
	// Status is "running", "suspended", or "dead".
	Status() string
	// Discard ends the coroutine where it stands, as a kill does, and the process goes
	// on: nothing of its code runs any more, what it waits for is let go. It returns at
	// once, and may be called from any goroutine; of a coroutine that has ended it does
	// nothing. Who runs what people type ends an input by it (61.7).
	Discard()
}

// CoroutineType is the type of the handle that coroutine.spawn gives.
var CoroutineType = &ObjectType{
	Name:     "coroutine",
	Doc:      "A coroutine of the process, started by coroutine.spawn. It serves for identity and printing.",
	Hashable: true,
}
