package kernel

// Facility implements hostapi.Facilities: groups and supervisors are the process's
// own, since their methods act in its name.
func (p *process) Facility(accept func(any) bool) {
	for _, f := range p.rt.facilities {
		if accept(f) {
			return
		}
	}
	accept(p)
}
