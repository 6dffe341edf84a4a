package kernel

// Facility implements hostapi.Facilities. What is there for this process alone comes
// first, what acts in the name of a process last.
func (p *process) Facility(accept func(any) bool) {
	p.mu.Lock()
	launched, _ := p.creator.(*Program)
	p.mu.Unlock()
	if launched != nil {
		for _, f := range launched.Facilities {
			if accept(f) {
				return
			}
		}
	}
	for _, f := range p.rt.facilities {
		if accept(f) {
			return
		}
	}
	for _, of := range p.rt.own {
		if accept(of(p)) {
			return
		}
	}
}
