package groups

import (
	"cmp"
	"maps"
	"slices"

	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/hostapi"
)

// View is one group that has members.
type View struct {
	Scope, Group string
	Members      []hostapi.PID // in the order of joining, once for each membership
}

// View implements core.Runtime.Groups.
func (c *Scopes) View() (out []View) {
	for _, s := range c.all() {
		s.mu.Lock()
		for _, name := range s.names() {
			out = append(out, View{s.options.ID, name, s.members(name)})
		}
		s.mu.Unlock()
	}
	return out
}

// Joined implements core.Runtime.GroupsOf.
func (c *Scopes) Joined(p *kernel.Process) (out []View) {
	for _, s := range c.all() {
		s.mu.Lock()
		if r := s.residents[p]; r != nil {
			for _, name := range slices.Sorted(maps.Keys(r.tenures)) {
				out = append(out, View{Scope: s.options.ID, Group: name})
			}
		}
		s.mu.Unlock()
	}
	return out
}

// all gives the scopes by id.
func (c *Scopes) all() []*scope {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.SortedFunc(maps.Values(c.m), func(a, b *scope) int { return cmp.Compare(a.options.ID, b.options.ID) })
}
