package kernel

import (
	"slices"
	"sync"

	"github.com/understudy-run/understudy/hostapi"
)

// names is the registry of section 12. Its lock may be taken while no process's
// lock is held; it takes the holder's lock itself.
type names struct {
	mu sync.RWMutex
	m  map[string]*process
}

// lookup gives the holder of a name, nil if there is none or it is not yet live
// (13.20).
func (n *names) lookup(name string) *process {
	n.mu.RLock()
	p := n.m[name]
	n.mu.RUnlock()
	if p == nil || !p.isLive() {
		return nil
	}
	return p
}

// claim gives p the name, if it is free. A holder whose end is decided holds it
// no longer, though it may not be buried yet: lookup does not find it either.
func (n *names) claim(name string, p *process) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	holder := n.m[name]
	if holder != nil && holder != p && !holder.ending() {
		return hostapi.Errorf(hostapi.AlreadyExists, "name already registered").
			With("pid", hostapi.String(string(holder.pid)))
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.end != nil {
		return errNotFound(p.pid, p.entry.ID)
	}
	if n.m == nil {
		n.m = make(map[string]*process)
	}
	if holder != p {
		n.m[name] = p
		own := p.rarely()
		own.names = append(own.names, name)
		own.witnessedBy(n)
		p.keeps(bytesPerName+int64(len(name)), nil)
	}
	return nil
}

// release frees a name whoever holds it.
func (n *names) release(name string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.m[name]
	if p == nil {
		return false
	}
	delete(n.m, name)
	p.mu.Lock()
	own := p.rarely()
	own.names = slices.DeleteFunc(own.names, func(s string) bool { return s == name })
	p.mu.Unlock()
	return true
}

// Departed frees the names of a process that has ended.
func (n *names) Departed(p *process, had []string, _ *process) {
	n.mu.Lock()
	for _, name := range had {
		if n.m[name] == p {
			delete(n.m, name)
		}
	}
	n.mu.Unlock()
}

// Replaced changes nothing: names survive an upgrade (12.5).
func (n *names) Replaced(*process) {}

// Register implements hostapi.Registrar.
func (p *process) Register(name string, pid hostapi.PID) error {
	if err := p.current.call(); err != nil {
		return err
	}
	if err := hostapi.CheckName(name); err != nil {
		return err
	}
	holder := p
	if pid != "" {
		var wellFormed bool
		holder, wellFormed = p.rt.table.find(string(pid))
		if !wellFormed {
			return hostapi.Errorf(hostapi.Invalid, "invalid pid")
		}
		switch {
		case holder == nil:
			return errNotFound(pid, p.rt.table.past(string(pid)))
		case !holder.isLive():
			return holder.notFound()
		}
	}
	return p.rt.names.claim(name, holder)
}

// Lookup implements hostapi.Registrar.
func (p *process) Lookup(name string) (hostapi.PID, error) {
	if err := p.current.call(); err != nil {
		return "", err
	}
	holder := p.rt.names.lookup(name)
	if holder == nil {
		return "", hostapi.Errorf(hostapi.NotFound, "name not registered: %s", name)
	}
	return holder.pid, nil
}

// Unregister implements hostapi.Registrar.
func (p *process) Unregister(name string) (bool, error) {
	if err := p.current.call(); err != nil {
		return false, err
	}
	return p.rt.names.release(name), nil
}
