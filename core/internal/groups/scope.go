// Package groups has the process groups of the specification's section 18. It knows the
// kernel as a witness of ends does.
package groups

import (
	"maps"
	"slices"
	"sync"

	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/hostapi"
)

// Options describe a scope of process groups (18.1).
type Options struct {
	ID         string // namespace:name
	MaxGroups  int    // groups that have members, at most; 0: no limit
	MaxMembers int    // memberships of one group, at most; 0: no limit
}

// scope holds process groups that see each other (section 18).
//
// Its lock is taken while no process's lock is held and takes those of members
// and subscribers itself, one at a time: it is held while subscribers are told,
// so that all of them see one order of changes (18.9).
type scope struct {
	options Options

	mu        sync.Mutex
	started   bool
	groups    map[string]*group
	residents map[*kernel.Process]*resident
	monitors  map[string][]*subscription // of one group, in order of subscription
	observers []*subscription            // of all groups, likewise
}

// group is a process group that has members.
type group struct {
	name        string
	first, last *membership // in the order of joining
	size        int         // memberships
}

// membership is one membership of one process in one group.
type membership struct {
	tenure     *tenure
	prev, next *membership
}

// tenure is what one process has in one group: at least one membership, in the
// order of joining.
type tenure struct {
	p           *kernel.Process
	group       *group
	memberships []*membership
}

// resident is what one process has in one scope.
type resident struct {
	tenures       map[string]*tenure // by group
	subscriptions []*subscription
}

// Scopes finds the scopes of a runtime by id. Its lock may be taken while no other is
// held. Safe for concurrent use.
type Scopes struct {
	mu sync.RWMutex
	m  map[string]*scope
}

// Of gives what a process asks for groups: a hostapi.Grouper.
func (c *Scopes) Of(p *kernel.Process) any { return grouper{p, c} }

// Define implements core.Runtime.DefineScope.
func (c *Scopes) Define(o Options) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m[o.ID] != nil {
		return
	}
	if c.m == nil {
		c.m = make(map[string]*scope)
	}
	c.m[o.ID] = &scope{
		options:   o,
		groups:    make(map[string]*group),
		residents: make(map[*kernel.Process]*resident),
		monitors:  make(map[string][]*subscription),
	}
}

// Start implements core.Runtime.StartScope.
func (c *Scopes) Start(id string) error { return c.set(id, true) }

// Stop implements core.Runtime.StopScope.
func (c *Scopes) Stop(id string) error { return c.set(id, false) }

func (c *Scopes) set(id string, started bool) error {
	s := c.find(id)
	if s == nil {
		return errScopeNotFound(id)
	}
	s.mu.Lock()
	s.started = started
	s.mu.Unlock()
	return nil
}

// Members implements core.Runtime.Members.
func (c *Scopes) Members(id, name string) ([]hostapi.PID, error) {
	s := c.find(id)
	if s == nil {
		return nil, errScopeNotFound(id)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.members(name), nil
}

// find gives a scope by id, nil if it is not known.
func (c *Scopes) find(id string) *scope {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.m[id]
}

func errScopeNotFound(id string) *hostapi.Error {
	return hostapi.Errorf(hostapi.NotFound, "scope not found: %s", id)
}

// resident gives what a process has in the scope, nothing at first. The lock is
// held; p is running, so that it does not end meanwhile.
func (s *scope) resident(p *kernel.Process) *resident {
	r := s.residents[p]
	if r == nil {
		r = &resident{tenures: make(map[string]*tenure)}
		s.residents[p] = r
		p.WitnessedBy(s)
	}
	return r
}

// admits checks the limits for further memberships. The lock is held.
func (s *scope) admits(names []string) error {
	further := make(map[string]int, len(names))
	for _, name := range names {
		further[name]++
	}
	groups := len(s.groups)
	for name, n := range further {
		g := s.groups[name]
		if g == nil {
			groups++
		} else {
			n += g.size
		}
		if s.options.MaxMembers > 0 && n > s.options.MaxMembers {
			return errGroupLimit()
		}
	}
	if s.options.MaxGroups > 0 && groups > s.options.MaxGroups {
		return errGroupLimit()
	}
	return nil
}

func errGroupLimit() error { return hostapi.Errorf(hostapi.Unavailable, "group limit exceeded") }

// join adds one membership. The lock is held.
func (s *scope) join(p *kernel.Process, r *resident, name string) {
	g := s.groups[name]
	if g == nil {
		g = &group{name: name}
		s.groups[name] = g
	}
	t := r.tenures[name]
	if t == nil {
		t = &tenure{p: p, group: g}
		r.tenures[name] = t
	}
	m := &membership{tenure: t, prev: g.last}
	if g.last == nil {
		g.first = m
	} else {
		g.last.next = m
	}
	g.last = m
	g.size++
	t.memberships = append(t.memberships, m)
	s.tell(p, name, true, p.PID())
}

// leave ends the last n memberships of a process in one group, at least one and
// at most all. The lock is held.
func (s *scope) leave(r *resident, t *tenure, n int, by *kernel.Process) {
	g := t.group
	keep := len(t.memberships) - n
	for _, m := range t.memberships[keep:] {
		if m.prev == nil {
			g.first = m.next
		} else {
			m.prev.next = m.next
		}
		if m.next == nil {
			g.last = m.prev
		} else {
			m.next.prev = m.prev
		}
		g.size--
	}
	clear(t.memberships[keep:])
	t.memberships = t.memberships[:keep]
	if keep == 0 {
		delete(r.tenures, g.name)
	}
	if g.size == 0 {
		delete(s.groups, g.name)
	}
	s.tell(by, g.name, false, slices.Repeat([]hostapi.PID{t.p.PID()}, n)...)
}

// members gives the PIDs of a group, once for each membership. The lock is held.
func (s *scope) members(name string) []hostapi.PID {
	g := s.groups[name]
	if g == nil {
		return nil
	}
	pids := make([]hostapi.PID, 0, g.size)
	for m := g.first; m != nil; m = m.next {
		pids = append(pids, m.tenure.p.PID())
	}
	return pids
}

// processes gives the members of a group, each once. The lock is held.
func (s *scope) processes(name string) []*kernel.Process {
	g := s.groups[name]
	if g == nil {
		return nil
	}
	var out []*kernel.Process
	for m := g.first; m != nil; m = m.next {
		if m.tenure.memberships[0] == m {
			out = append(out, m.tenure.p)
		}
	}
	return out
}

// names gives the names of all groups, sorted. The lock is held.
func (s *scope) names() []string { return slices.Sorted(maps.Keys(s.groups)) }

// tell tells the subscribers of a change. The lock is held.
func (s *scope) tell(by *kernel.Process, name string, joined bool, pids ...hostapi.PID) {
	for _, list := range [...][]*subscription{s.monitors[name], s.observers} {
		for _, sub := range list {
			sub.stream.Offer(hostapi.Wrap(hostapi.GroupEvent(name, joined, pids...)), by)
		}
	}
}

// Departed removes the memberships and subscriptions of a process that has ended:
// first the latter, since it is not told of its own end.
func (s *scope) Departed(p *kernel.Process, _ []string, by *kernel.Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.residents[p]
	delete(s.residents, p)
	s.unsubscribe(r)
	for _, name := range slices.Sorted(maps.Keys(r.tenures)) {
		t := r.tenures[name]
		s.leave(r, t, len(t.memberships), by)
	}
}

// unsubscribe ends all subscriptions of a process. The lock is held.
func (s *scope) unsubscribe(r *resident) {
	for _, sub := range r.subscriptions {
		s.remove(sub)
	}
	r.subscriptions = nil
}

// remove takes a subscription from those that are told. The lock is held.
func (s *scope) remove(sub *subscription) {
	same := func(other *subscription) bool { return other == sub }
	if sub.all {
		s.observers = slices.DeleteFunc(s.observers, same)
	} else if rest := slices.DeleteFunc(s.monitors[sub.group], same); len(rest) > 0 {
		s.monitors[sub.group] = rest
	} else {
		delete(s.monitors, sub.group)
	}
}

// Replaced ends the subscriptions of the old code; the memberships stay (13.12,
// 13.13).
func (s *scope) Replaced(p *kernel.Process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsubscribe(s.residents[p])
}
