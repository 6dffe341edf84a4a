package kernel

import "time"

// A single instruction of an interpreter can take so much memory that it is short
// before anything is charged: who executes it is not known to hold much. But he
// has not reported a step for a while, as nobody else who runs.

// stuckFor is how long a process must be in one instruction to be blamed.
const stuckFor = 10 * time.Millisecond

// progress is what changes while a process gets on.
type progress struct {
	steps int64
	turns int32
}

// progress gives how far a process is; false if it does not run.
func (p *process) progress() (progress, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return progress{p.steps.Load(), p.turns}, p.state == running && !p.behaviour.trusted()
}

// stuck gives the processes that are in one instruction for long. It waits.
func (g *memoryGuard) stuck(all []*process) []*process {
	before := make(map[*process]progress)
	for _, p := range all {
		if at, runs := p.progress(); runs && !p.dying.Load() {
			before[p] = at
		}
	}
	if len(before) == 0 {
		return nil
	}
	g.wait(stuckFor)
	var list []*process
	for p, was := range before {
		if at, runs := p.progress(); runs && at == was {
			list = append(list, p)
		}
	}
	return list
}

// killStuck kills processes that are in one instruction. They end when that does;
// until then nobody else is killed, since it is they who fill the memory.
func (g *memoryGuard) killStuck(list []*process) {
	g.condemn(list, true, func(i int) int64 { return list[i].memory.Load() })
}
