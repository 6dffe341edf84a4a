package kernel

import (
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// Outdated implements core.Runtime.
func (rt *Runtime) Outdated(sources []string) {
	for _, p := range rt.table.all() {
		p.outdated(sources)
	}
}

// Outdate implements core.Runtime.
func (rt *Runtime) Outdate(pid hostapi.PID) error {
	p, err := rt.ResolveLive(string(pid))
	if err != nil {
		return err
	}
	p.mu.Lock()
	upgradable, id := p.options.Upgradable, p.entry.ID
	p.mu.Unlock()
	if !upgradable {
		return hostapi.Errorf(hostapi.Conflict, "%s has not the option upgradable", pid)
	}
	p.outdated([]string{id})
	return nil
}

// outdated queues the event, or extends the one that is still unread.
func (p *process) outdated(sources []string) {
	now := p.rt.clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.live || p.end != nil || !p.options.Upgradable {
		return
	}
	var mine []string
	for _, id := range sources {
		if id == p.entry.ID || slices.Contains(p.entry.Imports, id) {
			mine = append(mine, id)
		}
	}
	if mine == nil {
		return
	}
	buffer := &p.eventsChannel().buffer
	for i := range buffer.Len() {
		it := buffer.At(i)
		if old := it.value.Ref().(*hostapi.Event); old.Kind == hostapi.EventOutdated {
			// A delivered event is immutable: put another one in its place.
			event := *old
			event.Sources = slices.Clone(old.Sources)
			for _, id := range mine {
				if !slices.Contains(event.Sources, id) {
					event.Sources = append(event.Sources, id)
				}
			}
			it.value = hostapi.Other(&event)
			return
		}
	}
	p.behaviour.Event(p, &hostapi.Event{Kind: hostapi.EventOutdated, At: now, Sources: mine}, nil)
}
