// Package kernel runs processes: what one is, how messages, links, monitors, names,
// timers and channels work, and what its end is. What a process does it asks its
// behaviour.
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
package kernel
