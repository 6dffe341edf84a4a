package kernel

import "slices"

// Witness keeps something of a process: a name, a membership. Its methods are called
// with no lock held.
type Witness interface {
	// Departed is told that the PID is dead, before anybody else hears of the end
	// (2.23 c). names are those that it had.
	Departed(p *process, names []string, by *process)
	// Replaced is told that an upgrade has replaced the code of the process, which
	// is about to run on this goroutine (13.13).
	Replaced(p *process)
}

// witnessedBy lets a witness be told of the end of the process. The lock is held.
func (s *seldom) witnessedBy(w Witness) {
	if !slices.Contains(s.witnesses, w) {
		s.witnesses = append(s.witnesses, w)
	}
}

// WitnessedBy lets a witness be told of the end of the process, which is running.
func (p *process) WitnessedBy(w Witness) {
	p.mu.Lock()
	p.rarely().witnessedBy(w)
	p.mu.Unlock()
}
