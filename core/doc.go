// Package core runs supervised actors: processes with a mailbox, links,
// monitors, names and timers, on hosts of N workers. It knows no language; what
// a process executes comes from an engine, through package hostapi.
//
// A Runtime is made by New, gets hosts by DefineHost and StartHost and process
// entries by Define, and starts processes by Launch, Start and Exec; processes
// start further ones by themselves. Shutdown ends it.
//
// # Time and order
//
// Clock and Scheduler are interfaces. The defaults are the wall clock and
// workers on goroutines with work stealing. A Simulation is both: a virtual
// clock and an order drawn from a seed, for tests that explore many schedules
// and take no real time. Runtime.Waiting says who waits for what, for a look at a
// runtime in which nothing happens any more.
package core
