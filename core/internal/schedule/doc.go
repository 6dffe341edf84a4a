// Package schedule decides what runs when: workers with run queues, Go coroutines that
// are used again, timers and clocks, and the simulation that is both. What it runs it
// knows as Runnable and Body.
package schedule
