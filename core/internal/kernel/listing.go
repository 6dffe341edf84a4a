package kernel

import (
	"cmp"
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// NameView is one registered name.
type NameView struct {
	Name  string
	PID   hostapi.PID
	Entry string
}

// Names implements core.Runtime.
func (rt *Runtime) Names() []NameView {
	type held struct {
		name string
		p    *process
	}
	rt.names.mu.RLock()
	all := make([]held, 0, len(rt.names.m))
	for name, p := range rt.names.m {
		all = append(all, held{name, p})
	}
	rt.names.mu.RUnlock()
	out := make([]NameView, 0, len(all))
	for _, h := range all {
		h.p.mu.Lock()
		if h.p.live && h.p.end == nil {
			out = append(out, NameView{h.name, h.p.pid, h.p.entry.ID})
		}
		h.p.mu.Unlock()
	}
	slices.SortFunc(out, func(a, b NameView) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// EntryView is one entry of which processes are made.
type EntryView struct {
	ID     string
	Engine string // "" for what runs no script
}

// Entries implements core.Runtime.
func (rt *Runtime) Entries() []EntryView {
	c := &rt.catalog
	c.mu.RLock()
	out := make([]EntryView, 0, len(c.entries)+len(c.roles))
	for id, e := range c.entries {
		out = append(out, EntryView{id, e.Engine})
	}
	for id := range c.roles {
		out = append(out, EntryView{ID: id})
	}
	c.mu.RUnlock()
	slices.SortFunc(out, func(a, b EntryView) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// ResourceView is one resource that entries may be granted.
type ResourceView struct {
	ID, Kind string
	Granted  []string // ids of the entries that are granted it
}

// Resources implements core.Runtime.
func (rt *Runtime) Resources() []ResourceView {
	c := &rt.catalog
	c.mu.RLock()
	out := make([]ResourceView, 0, len(c.resources))
	for id, r := range c.resources {
		v := ResourceView{ID: id, Kind: r.kind}
		for _, e := range c.entries {
			for _, g := range e.Resources {
				if g.ID == id {
					v.Granted = append(v.Granted, e.ID)
				}
			}
		}
		slices.Sort(v.Granted)
		out = append(out, v)
	}
	c.mu.RUnlock()
	slices.SortFunc(out, func(a, b ResourceView) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
