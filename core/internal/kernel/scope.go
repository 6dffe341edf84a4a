package kernel

import (
	"maps"
	"slices"
	"sync"

	"github.com/understudy-run/understudy/hostapi"
)

// ScopeOptions describe a scope of process groups (18.1).
type ScopeOptions struct {
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
	options ScopeOptions

	mu        sync.Mutex
	started   bool
	groups    map[string]*group
	residents map[*process]*resident
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
	p           *process
	group       *group
	memberships []*membership
}

// resident is what one process has in one scope.
type resident struct {
	tenures       map[string]*tenure // by group
	subscriptions []*subscription
}

// scopes finds scopes by id. Its lock may be taken while no other is held.
type scopes struct {
	mu sync.RWMutex
	m  map[string]*scope
}

// DefineScope implements core.Runtime.
func (rt *Runtime) DefineScope(o ScopeOptions) {
	rt.Declare(o.ID)
	rt.scopes.mu.Lock()
	defer rt.scopes.mu.Unlock()
	if rt.scopes.m[o.ID] != nil {
		return
	}
	if rt.scopes.m == nil {
		rt.scopes.m = make(map[string]*scope)
	}
	rt.scopes.m[o.ID] = &scope{
		options:   o,
		groups:    make(map[string]*group),
		residents: make(map[*process]*resident),
		monitors:  make(map[string][]*subscription),
	}
}

// StartScope implements core.Runtime.
func (rt *Runtime) StartScope(id string) error { return rt.setScope(id, true) }

// StopScope implements core.Runtime.
func (rt *Runtime) StopScope(id string) error { return rt.setScope(id, false) }

func (rt *Runtime) setScope(id string, started bool) error {
	s := rt.scope(id)
	if s == nil {
		return errScopeNotFound(id)
	}
	s.mu.Lock()
	s.started = started
	s.mu.Unlock()
	return nil
}

// scope gives a scope by id, nil if it is not known.
func (rt *Runtime) scope(id string) *scope {
	rt.scopes.mu.RLock()
	defer rt.scopes.mu.RUnlock()
	return rt.scopes.m[id]
}

func errScopeNotFound(id string) *hostapi.Error {
	return hostapi.Errorf(hostapi.NotFound, "scope not found: %s", id)
}

// resident gives what a process has in the scope, nothing at first. The lock is
// held; p is running, so that it does not end meanwhile.
func (s *scope) resident(p *process) *resident {
	r := s.residents[p]
	if r == nil {
		r = &resident{tenures: make(map[string]*tenure)}
		s.residents[p] = r
		p.mu.Lock()
		p.rarely().witnessedBy(s)
		p.mu.Unlock()
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
func (s *scope) join(p *process, r *resident, name string) {
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
	s.tell(p, name, true, p.pid)
}

// leave ends the last n memberships of a process in one group, at least one and
// at most all. The lock is held.
func (s *scope) leave(r *resident, t *tenure, n int, by *process) {
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
	s.tell(by, g.name, false, slices.Repeat([]hostapi.PID{t.p.pid}, n)...)
}

// members gives the PIDs of a group, once for each membership. The lock is held.
func (s *scope) members(name string) []hostapi.PID {
	g := s.groups[name]
	if g == nil {
		return nil
	}
	pids := make([]hostapi.PID, 0, g.size)
	for m := g.first; m != nil; m = m.next {
		pids = append(pids, m.tenure.p.pid)
	}
	return pids
}

// processes gives the members of a group, each once. The lock is held.
func (s *scope) processes(name string) []*process {
	g := s.groups[name]
	if g == nil {
		return nil
	}
	var out []*process
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
func (s *scope) tell(by *process, name string, joined bool, pids ...hostapi.PID) {
	for _, list := range [...][]*subscription{s.monitors[name], s.observers} {
		for _, sub := range list {
			sub.offer(hostapi.Wrap(hostapi.GroupEvent(name, joined, pids...)), by)
		}
	}
}

// departed removes the memberships and subscriptions of a process that has ended:
// first the latter, since it is not told of its own end.
func (s *scope) departed(p *process, _ seldom, by *process) {
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

// replaced ends the subscriptions of the old code; the memberships stay (13.12,
// 13.13).
func (s *scope) replaced(p *process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsubscribe(s.residents[p])
}
