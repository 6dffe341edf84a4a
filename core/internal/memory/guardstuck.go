package memory

import (
	"time"

	"github.com/understudy-run/understudy/core/internal/kernel"
)

// A single instruction of an interpreter can take so much memory that it is short
// before anything is charged: who executes it is not known to hold much. But he
// has not reported a step for a while, as nobody else who runs.

// stuckFor is how long a process must be in one instruction to be blamed.
const stuckFor = 10 * time.Millisecond

// stuck gives the processes that are in one instruction for long. It waits.
func (g *memoryGuard) stuck(all []accounted) []subject {
	before := make(map[subject]kernel.Progress)
	for _, p := range all {
		if at, runs := p.Progress(); runs && !p.Ending {
			before[p.subject] = at
		}
	}
	if len(before) == 0 {
		return nil
	}
	g.wait(stuckFor)
	var list []subject
	for p, was := range before {
		if at, runs := p.Progress(); runs && at == was {
			list = append(list, p)
		}
	}
	return list
}

// killStuck kills processes that are in one instruction. They end when that does;
// until then nobody else is killed, since it is they who fill the memory.
func (g *memoryGuard) killStuck(list []subject) {
	g.condemn(list, true, func(i int) int64 { return list[i].Account().Known })
}
