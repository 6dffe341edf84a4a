package schedule

// TimeSlice is the number of interpreter steps after which a process is
// preempted: some tenths of a millisecond.
const TimeSlice = 20000

// CallSteps is what a call of the runtime costs of a time slice, and of fuel where
// that is limited, in interpreter steps (17.10). It keeps processes preemptible that
// do nothing but call.
const CallSteps = 10

// Scheduler decides which process runs next. The zero Options use workers on
// goroutines; a Simulation runs one process at a time in an order drawn from a
// seed.
type Scheduler interface {
	// NewQueue makes the run queue of one host, whose processes run on at most
	// the given number of workers at the same time.
	NewQueue(host string, workers int) Queue
}

// Queue is the run queue of one host. Safe for concurrent use.
type Queue interface {
	// Ready says that r can run. It is called once for each time r becomes
	// runnable, with locks held: it must not call r. from is the worker of this
	// queue that is running the caller and will look for work once the process
	// it runs gives up, -1 if there is none.
	Ready(r Runnable, from int)
	// Busy says that the process on that worker has used up a portion of its
	// slice, so that what the worker has put aside may go to idle workers.
	Busy(worker int)
	// Close stops the workers and returns when they have stopped. Nothing is
	// runnable any more. It may be called several times, also at once.
	Close()
}

// Runnable is a process as the scheduler sees it.
type Runnable interface {
	// Step runs the process on the given worker until it waits, ends, or has
	// executed about slice interpreter steps. Workers are numbered from 0 up to
	// their number in NewQueue less one; each runs one process at a time. It
	// reports whether the process
	// was preempted: the scheduler then runs it again after others.
	Step(worker, slice int) (preempted bool)
}
