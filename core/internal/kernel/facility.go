package kernel

// Facility implements hostapi.Facilities. What acts in the name of a process comes last.
func (p *process) Facility(accept func(any) bool) {
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
