// Package peer holds the workloads of `understudy bench` on other systems
// written in Go: goroutines with channels, and actors of protoactor-go.
package peer

import (
	"fmt"
	"runtime"
	"slices"
	"time"
)

// Result is what one run of a workload gave, in the form of `understudy bench
// --json`.
type Result struct {
	Workload string  `json:"workload"`
	Engine   string  `json:"engine"`
	Unit     string  `json:"unit"`
	Value    float64 `json:"value"`
}

// System is something that can run workloads.
type System struct {
	Name      string
	workloads map[string]func(scale float64) (value float64, unit string)
}

// Systems gives the systems of this package.
func Systems() []System { return []System{goroutines(), protoactor()} }

// Has reports whether the system has a workload.
func (s System) Has(workload string) bool { return s.workloads[workload] != nil }

// Run runs a workload once. scale multiplies the amount of work.
func Run(system, workload string, scale float64) (Result, error) {
	all := Systems()
	i := slices.IndexFunc(all, func(s System) bool { return s.Name == system })
	if i < 0 || !all[i].Has(workload) {
		return Result{}, fmt.Errorf("no workload %s on %q", workload, system)
	}
	value, unit := all[i].workloads[workload](scale)
	return Result{Workload: workload, Engine: system, Unit: unit, Value: value}, nil
}

// perOp gives a workload that runs f for n operations, after a tenth of them to
// warm up, and measures nanoseconds for each.
func perOp(base int, f func(n int)) func(float64) (float64, string) {
	return func(scale float64) (float64, string) {
		n := amount(base, scale)
		f(max(10, n/10))
		runtime.GC()
		start := time.Now()
		f(n)
		return float64(time.Since(start).Nanoseconds()) / float64(n), "ns/op"
	}
}

// memory gives a workload that measures the memory of each of n waiting
// actors, stacks included. f starts n of them, waits until all wait, and gives
// what keeps them alive.
func memory(base int, f func(n int) any) func(float64) (float64, string) {
	return func(scale float64) (float64, string) {
		n := amount(base, scale)
		f(1000)
		before := used()
		alive := f(n)
		each := (used() - before) / float64(n)
		runtime.KeepAlive(alive)
		return each, "B/process"
	}
}

func amount(base int, scale float64) int { return max(1, int(float64(base)*scale)) }

func used() float64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc + m.StackInuse)
}
