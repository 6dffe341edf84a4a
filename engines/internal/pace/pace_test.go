package pace

import (
	"testing"
	"time"
)

const usual = 1000

// process is a Pace with a clock that stands still but for what the test says.
type process struct {
	Pace
	clock time.Duration
}

func newProcess() *process {
	p := &process{clock: time.Hour}
	p.Pace = New(usual, func() time.Duration { return p.clock }, true)
	p.Begin()
	return p
}

// run executes as many steps as the Pace says, which take so long each, and gives
// how many and what they are worth.
func (p *process) run(step time.Duration) (n, worth int) {
	n = p.Every()
	p.clock += time.Duration(n) * step
	_, pause := p.Report(n)
	p.Begin()
	return n, n + pause
}

func TestFastStepsAreReportedAsUsual(t *testing.T) {
	p := newProcess()
	for range 100 {
		if n, worth := p.run(50 * time.Nanosecond); n != usual || worth != usual {
			t.Fatalf("%d steps are worth %d", n, worth)
		}
	}
}

func TestSlowStepsAreReportedSooner(t *testing.T) {
	for _, step := range []time.Duration{5 * time.Microsecond, 100 * time.Microsecond, 10 * time.Millisecond} {
		p := newProcess()
		n, worth := p.run(step)
		if took := time.Duration(n) * step; worth != int(took/stepTime) {
			t.Errorf("%d steps of %v are worth %d", n, step, worth)
		}
		for range 10 {
			if n, _ := p.run(step); n > 1 && time.Duration(n)*step > 2*Aim {
				t.Errorf("%d steps of %v at once", n, step)
			}
		}
		for range 10 {
			n, _ = p.run(10 * time.Nanosecond)
		}
		if n != usual {
			t.Errorf("after steps of %v, %d fast ones are reported", step, n)
		}
	}
}

// Waiting is not the script's work, and hides none.
func TestCallsOfTheRuntime(t *testing.T) {
	p := newProcess()
	call := func(took time.Duration) {
		p.Leave()
		p.clock += took
		p.Return()
	}
	call(time.Minute)
	if _, worth := p.run(time.Microsecond); worth != usual {
		t.Errorf("a call is worth %d steps", worth)
	}
	slowest := 0
	for range 10 {
		call(time.Minute)
		n, worth := p.run(time.Millisecond)
		slowest = n
		if max := int(time.Duration(n) * time.Millisecond / stepTime); worth > max {
			t.Errorf("%d steps are worth %d", n, worth)
		}
	}
	if slowest != 1 {
		t.Errorf("%d steps of a millisecond at once", slowest)
	}
}

func TestNewProcessHasNoPast(t *testing.T) {
	p := New(usual, Clock(), true)
	if took, pause := p.Report(usual); took != 0 || pause != 0 {
		t.Errorf("%v, %d steps", took, pause)
	}
}

func TestWithoutClockNothingIsSlow(t *testing.T) {
	p := New(usual, Clock(), false)
	for range 3 {
		p.Begin()
		p.Leave()
		p.Return()
		if took, pause := p.Report(usual); took != 0 || pause != 0 || p.Every() != usual {
			t.Errorf("%v, %d steps, the next report after %d", took, pause, p.Every())
		}
	}
}
