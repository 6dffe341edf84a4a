package groups

import (
	"slices"

	"github.com/understudy-run/understudy/core/internal/kernel"
	"github.com/understudy-run/understudy/hostapi"
)

// groups implements hostapi.Groups. Its fields belong to the process, whose
// coroutines never run at the same time.
type groups struct {
	p             *kernel.Process
	scope         *scope
	released      bool
	subscriptions []*subscription // not closed
}

// grouper is what a process asks for groups.
type grouper struct {
	p      *kernel.Process
	scopes *Scopes
}

// OpenScope implements hostapi.Grouper.
func (g grouper) OpenScope(id string) (hostapi.Groups, error) {
	if err := g.p.Enter(); err != nil {
		return nil, err
	}
	s := g.scopes.find(id)
	if s == nil {
		return nil, errScopeNotFound(id)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.started {
		return nil, errScopeNotFound(id)
	}
	return &groups{p: g.p, scope: s}, nil
}

// call is what every method but Release begins with.
func (g *groups) call(names ...string) error {
	if err := g.p.Enter(); err != nil {
		return err
	}
	if g.released {
		return hostapi.Errorf(hostapi.Invalid, "group released")
	}
	if slices.Contains(names, "") {
		return hostapi.Errorf(hostapi.Invalid, "group name cannot be empty")
	}
	return nil
}

// Join implements hostapi.Groups.
func (g *groups) Join(names []string) error {
	if err := g.call(names...); err != nil || len(names) == 0 {
		return err
	}
	s := g.scope
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.admits(names); err != nil {
		return err
	}
	r := s.resident(g.p)
	for _, name := range names {
		s.join(g.p, r, name)
	}
	return nil
}

// Leave implements hostapi.Groups.
func (g *groups) Leave(names []string) error {
	if err := g.call(names...); err != nil || len(names) == 0 {
		return err
	}
	s := g.scope
	s.mu.Lock()
	defer s.mu.Unlock()
	left := false
	if r := s.residents[g.p]; r != nil {
		for _, name := range names {
			if t := r.tenures[name]; t != nil {
				s.leave(r, t, 1, g.p)
				left = true
			}
		}
	}
	if !left {
		return hostapi.Errorf(hostapi.Invalid, "not a member")
	}
	return nil
}

// Members implements hostapi.Groups.
func (g *groups) Members(name string) ([]hostapi.PID, error) {
	if err := g.call(name); err != nil {
		return nil, err
	}
	g.scope.mu.Lock()
	defer g.scope.mu.Unlock()
	return g.scope.members(name), nil
}

// Names implements hostapi.Groups.
func (g *groups) Names() ([]string, error) {
	if err := g.call(); err != nil {
		return nil, err
	}
	g.scope.mu.Lock()
	defer g.scope.mu.Unlock()
	return g.scope.names(), nil
}

// Broadcast implements hostapi.Groups. The messages are sent without the
// scope's lock: a member that leaves meanwhile may still get one.
func (g *groups) Broadcast(name, topic string, payloads []hostapi.Value) error {
	if err := g.call(name); err != nil {
		return err
	}
	if err := hostapi.CheckTopic(topic, "send"); err != nil {
		return err
	}
	g.scope.mu.Lock()
	members := g.scope.processes(name)
	g.scope.mu.Unlock()
	for _, to := range members {
		// A message that is refused has become a dead letter (18.3).
		to.Tell(g.p.Runtime().NewMessage(g.p, topic, payloads), g.p)
	}
	return nil
}

// Monitor implements hostapi.Groups.
func (g *groups) Monitor(name string) (hostapi.Subscription, []hostapi.PID, error) {
	if err := g.call(name); err != nil {
		return nil, nil, err
	}
	s := g.scope
	s.mu.Lock()
	defer s.mu.Unlock()
	sub := g.subscribe(name, false)
	s.monitors[name] = append(s.monitors[name], sub)
	return sub, s.members(name), nil
}

// MonitorAll implements hostapi.Groups.
func (g *groups) MonitorAll() (hostapi.Subscription, []hostapi.Group, error) {
	if err := g.call(); err != nil {
		return nil, nil, err
	}
	s := g.scope
	s.mu.Lock()
	defer s.mu.Unlock()
	sub := g.subscribe("", true)
	s.observers = append(s.observers, sub)
	var present []hostapi.Group
	for _, name := range s.names() {
		present = append(present, hostapi.Group{Name: name, Members: s.members(name)})
	}
	return sub, present, nil
}

// subscribe makes a subscription. The lock of the scope is held.
func (g *groups) subscribe(name string, all bool) *subscription {
	sub := &subscription{owner: g, group: name, all: all, stream: g.p.NewStream()}
	g.subscriptions = append(g.subscriptions, sub)
	r := g.scope.resident(g.p)
	r.subscriptions = append(r.subscriptions, sub)
	return sub
}

// Release implements hostapi.Groups.
func (g *groups) Release() error {
	if err := g.p.Enter(); err != nil {
		return err
	}
	g.released = true
	for len(g.subscriptions) > 0 {
		g.subscriptions[0].close(false)
	}
	return nil
}

// subscription implements hostapi.Subscription. It ends with the code that made
// it.
type subscription struct {
	owner  *groups
	group  string
	all    bool // groups
	stream *kernel.Stream
}

// Channel implements hostapi.Subscription.
func (sub *subscription) Channel() hostapi.Channel { return sub.stream.Channel() }

// Close implements hostapi.Subscription.
func (sub *subscription) Close(flush bool) error {
	if err := sub.owner.p.Enter(); err != nil {
		return err
	}
	sub.close(flush)
	return nil
}

// close ends the subscription, if it is not ended, and drops what is unread
// unless flush is set.
func (sub *subscription) close(flush bool) {
	g, s := sub.owner, sub.owner.scope
	same := func(other *subscription) bool { return other == sub }
	g.subscriptions = slices.DeleteFunc(g.subscriptions, same)
	s.mu.Lock()
	s.remove(sub)
	if r := s.residents[g.p]; r != nil {
		r.subscriptions = slices.DeleteFunc(r.subscriptions, same)
	}
	s.mu.Unlock()
	sub.stream.Close(flush)
}
