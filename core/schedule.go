package core

import "github.com/understudy-run/understudy/core/internal/schedule"

// What decides who runs next, and where the time comes from; package schedule has the
// rest of it.
type (
	Scheduler  = schedule.Scheduler
	Queue      = schedule.Queue
	Runnable   = schedule.Runnable
	Clock      = schedule.Clock
	Simulation = schedule.Simulation
)

// NewSimulation gives a simulation with the given seed. Its clock starts at
// 2020-01-01 00:00:00 UTC.
func NewSimulation(seed uint64) *Simulation { return schedule.NewSimulation(seed) }
