package core

import "github.com/understudy-run/understudy/core/measure"

// Measure lets the runtime count and time what happens, from now on until stop is called:
// while anybody wants that. Counters stand still otherwise. Safe for concurrent use.
func (rt *Runtime) Measure() (stop func()) { return rt.kernel.Measure() }

// Measuring reports whether anybody wants that. Safe for concurrent use.
func (rt *Runtime) Measuring() bool { return rt.kernel.Measuring() }

// Measurements gives what was measured, and counts what there is at this moment, by name
// (64.1). Each process is stopped for no longer than it takes to look at it. Safe for
// concurrent use.
func (rt *Runtime) Measurements() []measure.Family { return rt.kernel.Measurements() }

// MeasureAlso adds what source gives to Measurements from now on: for services that
// measure something of their own. source is called on any goroutine, several at once.
// Safe for concurrent use.
func (rt *Runtime) MeasureAlso(source func() []measure.Family) { rt.kernel.MeasureAlso(source) }
