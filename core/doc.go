// Package core runs supervised actors: processes with a mailbox, links,
// monitors, names and timers, on hosts of N workers. It knows no language; what
// a process executes comes from an engine, through package hostapi.
//
// A Runtime is made by New, gets hosts by DefineHost and StartHost and process
// entries by Define, and starts processes by Launch, Start and Exec; processes
// start further ones by themselves. Shutdown ends it.
//
// # Data flow
//
// A process is a set of tasks, each on a Go coroutine of its own, of which at
// most one runs. A worker takes a process from the run queue of its host and
// calls Step, which resumes one runnable task after the other until none is
// left or the time slice is over. A call of the host API runs on the task's
// coroutine. If it has to wait it registers a waiter and parks the coroutine;
// whoever completes the wait (a sender, a timer, the end of a process) puts the
// task into the process's queue and the process into its host's.
//
// # Locks
//
// Each process has one lock; it guards the mailbox, channels, links, monitors
// and the state of its tasks. No code holds two of them. The locks of timers
// and run queues may be taken while a process's lock is held; those of names
// and of a scope of process groups are taken before it, and never together.
// Interpreters run without any lock.
//
// # Time and order
//
// Clock and Scheduler are interfaces. The defaults are the wall clock and
// workers on goroutines with work stealing. A Simulation is both: a virtual
// clock and an order drawn from a seed, for tests that explore many schedules
// and take no real time. Runtime.Waiting says who waits for what, for a look at a
// runtime in which nothing happens any more.
package core
