package kernel

// crowd is all processes that run the code of one entry. A script that spawns
// without end fills the memory with processes of which each holds little: then
// the crowd is to blame, and whoever adds to it.
type crowd struct {
	members []*process // oldest first
	recent  int        // of them spawned since the guard watches
	makers  []*process // that are just spawning one more
}

const (
	// bytesPerProcess is what a process holds at least, with its interpreter.
	bytesPerProcess = 4 << 10
	// crowdError is how much more it may hold: a crowd that accounts for so much
	// less than what came in use since the guard watches may still be the cause.
	crowdError = 8
	// leastCrowd is the part of the limit that must have come in use at least,
	// or what is spawned in good order while memory is short would be blamed.
	leastCrowd = 1.0 / 32
)

// crowd gives the one that grew most since the guard watches, if it explains
// what came in use since; else nil.
func (g *memoryGuard) crowd(all []*process) *crowd {
	crowds := make(map[string]*crowd)
	spawning := make(map[*process]*process) // by the child
	var worst *crowd
	for _, p := range all {
		recent := p.serial > g.newest
		if p.dying.Load() || p.behaviour.trusted() && !recent {
			continue
		}
		p.mu.Lock()
		entry := p.entry.ID
		for _, child := range p.rare().pending {
			spawning[child] = p
		}
		p.mu.Unlock()
		c := crowds[entry]
		if c == nil {
			c = &crowd{}
			crowds[entry] = c
		}
		c.members = append(c.members, p)
		if recent {
			c.recent++
			if worst == nil || c.recent > worst.recent {
				worst = c
			}
		}
	}
	if worst == nil || int64(worst.recent)*bytesPerProcess*crowdError < max(g.heap.used()-g.before, g.part(leastCrowd)) {
		return nil
	}
	for _, p := range worst.members {
		if maker := spawning[p]; maker != nil && !maker.behaviour.trusted() {
			worst.makers = append(worst.makers, maker)
		}
	}
	return worst
}

// victims gives those to kill: who adds to the crowd, and of its members the
// younger half, or all that came since the guard watches if that is more. Those
// that were there before, perhaps in good order, come last: unless memory is
// out, since what is left of a crowd may grow faster than it is killed.
func (c *crowd) victims(everybody bool) []*process {
	n := len(c.members)
	from := min(n/2, n-c.recent)
	if everybody {
		from = 0
	}
	return append(c.makers, c.members[from:]...)
}
