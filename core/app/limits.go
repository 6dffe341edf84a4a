package app

import (
	"fmt"

	"github.com/understudy-run/understudy/hostapi"
)

// Limits are the budgets of a process, or a host's defaults for its processes
// (17.7, 17.8). A zero field is not written, so that the host's value and then
// the default of clause 17.8 hold; -1 stands for a written 0, which is no limit
// whatever the host says.
type Limits struct {
	MaxCoroutines  int                   // ≥ 1
	Payload        hostapi.PayloadLimits // depth 1 to 1000, size ≥ 1 KiB
	Fuel           int64                 // fuel.total
	FuelPerMessage int64                 // fuel.per_message
	Memory         int64                 // bytes, ≥ 1 MiB
}

func (o *object) limits() Limits {
	limits := o.child("limits", "max_coroutines", "payload_depth", "payload_size", "fuel", "memory")
	fuel := limits.child("fuel", "total", "per_message")
	l := Limits{
		MaxCoroutines:  limits.count("max_coroutines", positive, 0),
		Fuel:           fuel.budget("total"),
		FuelPerMessage: fuel.budget("per_message"),
	}
	const deepest = 1000
	l.Payload.Depth = limits.count("payload_depth", bounds{1, deepest, fmt.Sprintf("must be from 1 to %d", deepest)}, 0)
	size, _ := limits.size("payload_size", 1<<10)
	l.Payload.Size = int(size)
	l.Memory, _ = limits.size("memory", 1<<20)
	return l
}

// budget gives a field whose 0 means no limit.
func (o *object) budget(name string) int64 {
	i, ok := o.integer(name, notNegative)
	if ok && i == 0 {
		return -1
	}
	return i
}
