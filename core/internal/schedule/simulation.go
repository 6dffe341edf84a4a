package schedule

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Simulation is a scheduler and a clock in one, for tests: it runs one process
// at a time, chooses who is next and where to preempt from its seed, and lets
// the time jump to the next timer when nothing is runnable. The same seed gives
// the same run.
//
// Nothing runs by itself: the goroutine that holds the runtime drives it, by
// Run and RunFor, and by those methods of Runtime that wait. A process that never
// waits holds the time, so they could not return: after MostSlices they panic, and say
// which process that is and where its code stands. Fuel ends it before (17.10).
type Simulation struct {
	seed   uint64
	rng    *rand.Rand
	now    time.Time
	own    simulatedClock
	clocks []*simulatedClock // with an alarm set
	ready  []simulated
	// Trace, if set, is called for every step taken: for showing interleavings.
	Trace func(step int, r Runnable)
	steps int
	// MostSlices is how many slices in a row a process may take without waiting for
	// anything; 0: 250,000, which are some hundred million steps of a script.
	MostSlices int
}

const mostSlices = 250_000

type simulated struct {
	r     Runnable
	queue *simulatedQueue
	taken int // slices in a row
}

// NewSimulation gives a simulation with the given seed. Its clock starts at
// 2020-01-01 00:00:00 UTC.
func NewSimulation(seed uint64) *Simulation {
	return &Simulation{
		seed: seed,
		rng:  rand.New(rand.NewPCG(seed, 0x756e646572737475)),
		now:  time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// Seed is the one it was made with.
func (s *Simulation) Seed() uint64 { return s.seed }

// Now is the virtual time.
func (s *Simulation) Now() time.Time { return s.now }

// SetAlarm implements Clock.
func (s *Simulation) SetAlarm(at time.Time, ring func()) { s.own.set(s, at, ring) }

// NewClock gives a clock of the same virtual time with an alarm of its own, for each of
// several runtimes that share a simulation.
func (s *Simulation) NewClock() Clock { return &simulatedClock{s: s} }

// simulatedClock is one alarm.
type simulatedClock struct {
	s     *Simulation
	alarm time.Time
	ring  func()
}

// Now implements Clock.
func (c *simulatedClock) Now() time.Time { return c.s.now }

// SetAlarm implements Clock.
func (c *simulatedClock) SetAlarm(at time.Time, ring func()) { c.set(c.s, at, ring) }

func (c *simulatedClock) set(s *Simulation, at time.Time, ring func()) {
	was := !c.alarm.IsZero()
	c.alarm, c.ring = at, ring
	switch is := !at.IsZero(); {
	case is && !was:
		s.clocks = append(s.clocks, c)
	case was && !is:
		s.clocks = slices.DeleteFunc(s.clocks, func(o *simulatedClock) bool { return o == c })
	}
}

// NewQueue implements Scheduler. The number of workers is without effect: one
// process runs at a time.
func (s *Simulation) NewQueue(string, int) Queue { return &simulatedQueue{s} }

type simulatedQueue struct{ s *Simulation }

func (q *simulatedQueue) Ready(r Runnable, _ int) {
	q.s.ready = append(q.s.ready, simulated{r: r, queue: q})
}
func (q *simulatedQueue) Busy(int) {}
func (q *simulatedQueue) Close()   {}

// simulatedSlices are the time slices that preempt: at the next call of the runtime, or
// after some or many.
var simulatedSlices = [...]int{1, 1, CallSteps + 1, 3 * CallSteps, 10 * CallSteps, 100 * CallSteps, TimeSlice, TimeSlice}

// step runs one process for one slice; false if none is runnable.
func (s *Simulation) step() bool {
	if len(s.ready) == 0 {
		return false
	}
	i := s.rng.IntN(len(s.ready))
	x := s.ready[i]
	last := len(s.ready) - 1
	s.ready[i] = s.ready[last]
	s.ready[last] = simulated{}
	s.ready = s.ready[:last]
	s.steps++
	if s.Trace != nil {
		s.Trace(s.steps, x.r)
	}
	if x.r.Step(0, simulatedSlices[s.rng.IntN(len(simulatedSlices))]) {
		if x.taken++; x.taken > cmp.Or(s.MostSlices, mostSlices) {
			panic(endless(x))
		}
		s.ready = append(s.ready, x)
	}
	return true
}

// endless says what never waits.
func endless(x simulated) string {
	at := ""
	if l, ok := x.r.(interface{ Line() string }); ok && l.Line() != "" {
		at = " at " + l.Line()
	}
	return fmt.Sprintf("core: in a simulation the time goes on when nothing is runnable, and %v%s has taken %d slices without waiting: "+
		"limit its fuel, or raise Simulation.MostSlices", x.r, at, x.taken)
}

// advance lets the time jump to the next timer, but not beyond limit if that is
// not zero; false if there is none.
func (s *Simulation) advance(limit time.Time) bool {
	if len(s.clocks) == 0 {
		return false
	}
	first := s.clocks[0]
	for _, c := range s.clocks {
		if c.alarm.Before(first.alarm) {
			first = c
		}
	}
	if !limit.IsZero() && first.alarm.After(limit) {
		return false
	}
	if first.alarm.After(s.now) {
		s.now = first.alarm
	}
	ring := first.ring
	first.set(s, time.Time{}, nil)
	ring()
	return true
}

// Drive runs until done reports true; false if nothing is left to run and no timer is
// pending. It is no method, since programs that embed the runtime have the others.
func Drive(s *Simulation, done func() bool) bool { return s.drive(done) }

func (s *Simulation) drive(done func() bool) bool {
	for !done() {
		if !s.step() && !s.advance(time.Time{}) {
			return false
		}
	}
	return true
}

// Run runs until nothing is runnable and no timer is pending.
func (s *Simulation) Run() {
	s.drive(func() bool { return false })
}

// Settle runs until nothing is runnable. The time stands still.
func (s *Simulation) Settle() {
	for s.step() {
	}
}

// RunFor runs for d of virtual time: at its end nothing that was due is left.
func (s *Simulation) RunFor(d time.Duration) {
	limit := s.now.Add(d)
	for s.step() || s.advance(limit) {
	}
	s.now = limit
}
