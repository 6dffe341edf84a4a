// Package pace measures how long the steps of an interpreter take.
//
// An engine reports to the runtime after a number of steps. A few kinds of steps
// take long: they walk over a whole table, or copy all arguments of a call. Many
// of those would hold up all others on the worker, and a kill. So where steps are
// found to take long, the engine reports sooner, and the time counts.
package pace

import "time"

const (
	// slow is what the steps between two reports take where they take long: usual
	// are some hundredths of a millisecond. aim is what they should take then.
	slow = time.Millisecond
	Aim  = 200 * time.Microsecond
	// stepTime is what a step of the time slice stands for.
	stepTime = 15 * time.Nanosecond
	// recovery is by how much reports get rarer at once.
	recovery = 4
	// doubt bounds what is done if it is not known who took the time.
	doubt = 16
)

// Pace is how fast the steps of one process are. Used by its running task only.
type Pace struct {
	usual int // steps between two reports
	every int // now; 0 is usual
	since time.Duration
	left  time.Duration // when the script called the runtime, if it is slow
	away  bool          // it did, and how long that took is not known
	now   func() time.Duration
}

// Clock measures time from now on. Engines have one for all processes.
func Clock() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}

// New makes the Pace of a process whose engine usually reports after so many steps.
// Without real time it is always usual: where a schedule must repeat, time decides
// nothing.
func New(usual int, clock func() time.Duration, realTime bool) Pace {
	if !realTime {
		clock = nil
	}
	return Pace{usual: usual, now: clock}
}

// Repeats reports whether there is no real time: then what a script sees must be the same
// in each run, also the order in which tables are walked.
func (p *Pace) Repeats() bool { return p.now == nil }

// Now gives the time on the clock, always 0 without real time.
func (p *Pace) Now() time.Duration {
	if p.now == nil {
		return 0
	}
	return p.now()
}

// Worth gives the steps of the time slice that it is worth to have taken so long,
// beyond n that were executed.
func Worth(took time.Duration, n int) int { return max(0, int(took/stepTime)-n) }

// Every gives after how many steps the next report is due.
func (p *Pace) Every() int {
	if p.every == 0 {
		return p.usual
	}
	return p.every
}

// Report says that n steps were executed since Begin. It gives the time that they
// took, if that was long, negative if it is not known how much of it they did; and
// the steps of the time slice that it is worth beyond those n.
func (p *Pace) Report(n int) (took time.Duration, pause int) {
	if p.since == 0 || p.now == nil {
		return 0, 0
	}
	took = p.now() - p.since
	if p.every == 0 && took < slow {
		return 0, 0
	}
	if p.away {
		p.every = max(p.usual/doubt, 1)
		return -1, 0
	}
	next := p.Every() * recovery
	if took > 0 {
		next = min(next, int(float64(n)*float64(Aim)/float64(took)))
	}
	if p.every = max(next, 1); next >= p.usual {
		p.every = 0
	}
	return took, Worth(took, n)
}

// Begin says that the process goes on after a report.
func (p *Pace) Begin() {
	if p.now != nil {
		p.since, p.left, p.away = max(p.now(), 1), 0, false
	}
}

// Leave says that the script calls the runtime, where it may have to wait.
func (p *Pace) Leave() {
	if p.every == 0 {
		p.away = true
		return
	}
	p.left = p.now()
}

// Return says that the call has ended. The time that it took is not the script's.
func (p *Pace) Return() {
	if p.left > 0 {
		p.since += p.now() - p.left
		p.left = 0
	}
}
