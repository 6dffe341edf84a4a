package kernel

import "slices"

// witness keeps something of a process: a name, a membership. Its methods are called
// with no lock held.
type witness interface {
	// departed is told that the PID is dead, before anybody else hears of the end
	// (2.23 c). had is what the process had.
	departed(p *process, had seldom, by *process)
	// replaced is told that an upgrade has replaced the code of the process, which
	// is about to run on this goroutine (13.13).
	replaced(p *process)
}

// witnessedBy lets a witness be told of the end of the process. The lock is held.
func (s *seldom) witnessedBy(w witness) {
	if !slices.Contains(s.witnesses, w) {
		s.witnesses = append(s.witnesses, w)
	}
}
