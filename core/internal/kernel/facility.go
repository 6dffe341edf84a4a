package kernel

import "sync"

// shared is what modules and services have in common in one runtime.
type shared struct {
	mu sync.Mutex
	m  map[any]any
}

// Shared implements hostapi.Sharer.
func (rt *Runtime) Shared(key any, make func() any) any {
	s := &rt.shared
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.m[key]
	if !ok {
		if v = make(); s.m == nil {
			s.m = map[any]any{}
		}
		s.m[key] = v
	}
	return v
}

// Shared implements hostapi.Sharer.
func (p *process) Shared(key any, make func() any) any { return p.rt.Shared(key, make) }

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
