package memory

// crowd is all processes that run the code of one entry. A script that spawns
// without end fills the memory with processes of which each holds little: then
// the crowd is to blame, and whoever adds to it.
type crowd struct {
	members []accounted // oldest first
	recent  int         // of them spawned since the guard watches
	makers  []subject   // that are just spawning one more
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
func (g *memoryGuard) crowd(all []accounted) *crowd {
	crowds := make(map[string]*crowd)
	spawning := make(map[uint64]accounted) // by the child
	var worst *crowd
	for _, p := range all {
		recent := p.Serial > g.newest
		if p.Ending || p.Trusted && !recent {
			continue
		}
		for _, child := range p.Creating {
			spawning[child] = p
		}
		c := crowds[p.Entry]
		if c == nil {
			c = &crowd{}
			crowds[p.Entry] = c
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
		if maker, ok := spawning[p.Serial]; ok && !maker.Trusted {
			worst.makers = append(worst.makers, maker.subject)
		}
	}
	return worst
}

// victims gives those to kill: who adds to the crowd, and of its members the
// younger half, or all that came since the guard watches if that is more. Those
// that were there before, perhaps in good order, come last: unless memory is
// out, since what is left of a crowd may grow faster than it is killed.
func (c *crowd) victims(everybody bool) []subject {
	n := len(c.members)
	from := min(n/2, n-c.recent)
	if everybody {
		from = 0
	}
	list := c.makers
	for _, p := range c.members[from:] {
		list = append(list, p.subject)
	}
	return list
}
