package conformance_test

import (
	"slices"
	"time"

	"github.com/understudy-run/understudy/conformance"
	"github.com/understudy-run/understudy/hostapi"
)

// groupMutants are wrong cores whose process groups are faulty.
func groupMutants() []mutant {
	simple := func(name, caught string, change func(g *groupHooks)) mutant {
		return core(name, caught, func(p hostapi.Process) hostapi.Process {
			return hooks{Process: grouper{p, func(g hostapi.Groups) hostapi.Groups {
				h := &groupHooks{Groups: g, p: p}
				change(h)
				return h
			}}}
		})
	}
	// each sends to each PID of a list.
	each := func(g *groupHooks, to func([]hostapi.PID) []hostapi.PID) {
		g.broadcast = func(name, topic string, payloads []hostapi.Value) error {
			members, err := g.Groups.Members(name)
			if err != nil {
				return err
			}
			for _, pid := range to(members) {
				if err := g.p.Send(string(pid), topic, payloads); err != nil {
					return err
				}
			}
			return nil
		}
	}
	// channels changes the channels of subscriptions.
	channels := func(name, caught string, change func(hostapi.Value) hostapi.Value) mutant {
		return simple(name, caught, func(g *groupHooks) {
			g.subscribed = func(s hostapi.Subscription) hostapi.Subscription {
				d := &disguised{Channel: s.Channel()}
				d.receive = func() (hostapi.Value, bool, error) {
					v, ok, err := d.Channel.Receive()
					if ok {
						v = change(v)
					}
					return v, ok, err
				}
				return &faultySubscription{Subscription: s, channel: d}
			}
		})
	}
	closes := func(name, caught string, flush bool) mutant {
		return simple(name, caught, func(g *groupHooks) {
			g.subscribed = func(s hostapi.Subscription) hostapi.Subscription {
				return &faultySubscription{Subscription: s, channel: s.Channel(), flush: &flush}
			}
		})
	}
	return []mutant{
		simple("leave ends all memberships of the group", "group/multiplicity", func(g *groupHooks) {
			g.leave = func(names []string) error {
				err := g.Groups.Leave(names)
				for again := err; again == nil && len(names) > 0; {
					again = g.Groups.Leave(names)
				}
				return err
			}
		}),
		simple("leave wants to have been in every group", "group/join_and_leave", func(g *groupHooks) {
			g.leave = func(names []string) error {
				for _, name := range names {
					if err := g.Groups.Leave([]string{name}); err != nil {
						return err
					}
				}
				return nil
			}
		}),
		simple("to join again does nothing", "group/multiplicity", func(g *groupHooks) {
			g.join = func(names []string) error {
				return g.Groups.Join(slices.DeleteFunc(slices.Clone(names), func(name string) bool {
					members, _ := g.Groups.Members(name)
					return slices.Contains(members, g.p.PID())
				}))
			}
		}),
		simple("join joins what is within the limits", "group/limits", func(g *groupHooks) {
			g.join = func(names []string) error {
				for _, name := range names {
					if err := g.Groups.Join([]string{name}); err != nil {
						return err
					}
				}
				return nil
			}
		}),
		simple("members come in the reverse order", "group/join_and_leave", func(g *groupHooks) {
			g.members = func(name string) ([]hostapi.PID, error) {
				members, err := g.Groups.Members(name)
				slices.Reverse(members)
				return members, err
			}
		}),
		simple("which_groups is not sorted", "group/which_groups_sorted", func(g *groupHooks) {
			g.names = func() ([]string, error) {
				names, err := g.Groups.Names()
				slices.Reverse(names)
				return names, err
			}
		}),
		simple("members are not removed before EXIT", "group/gone_before_exit", func(g *groupHooks) {
			known := make(map[string][]hostapi.PID)
			g.members = func(name string) ([]hostapi.PID, error) {
				members, err := g.Groups.Members(name)
				for _, pid := range known[name] {
					if !slices.Contains(members, pid) {
						members = append(members, pid)
					}
				}
				known[name] = members
				return members, err
			}
		}),
		simple("who joined twice gets two messages", "group/broadcast", func(g *groupHooks) {
			each(g, func(members []hostapi.PID) []hostapi.PID { return members })
		}),
		simple("broadcast leaves the caller out", "group/broadcast", func(g *groupHooks) {
			each(g, func(members []hostapi.PID) []hostapi.PID {
				return slices.DeleteFunc(once(members), func(pid hostapi.PID) bool { return pid == g.p.PID() })
			})
		}),
		simple("a full mailbox stops the broadcast", "group/broadcast_to_a_full_mailbox", func(g *groupHooks) { each(g, once) }),
		simple("broadcasts overtake each other", "group/broadcast_order", func(g *groupHooks) {
			var topic string
			var held []hostapi.Value
			g.broadcast = func(name, t string, payloads []hostapi.Value) error {
				if held == nil {
					topic, held = t, payloads
					return nil
				}
				if err := g.Groups.Broadcast(name, t, payloads); err != nil {
					return err
				}
				payloads, held = held, nil
				return g.Groups.Broadcast(name, topic, payloads)
			}
		}),
		simple("a change between members and records is lost", "group/nothing_between_members_and_records", func(g *groupHooks) {
			g.monitor = func(name string) (hostapi.Subscription, []hostapi.PID, error) {
				members, err := g.Groups.Members(name)
				if err != nil {
					return nil, nil, err
				}
				if err := g.p.Sleep(time.Millisecond); err != nil {
					return nil, nil, err
				}
				sub, _, err := g.Groups.Monitor(name)
				return sub, members, err
			}
		}),
		simple("a change is both in members and told", "group/nothing_between_members_and_records", func(g *groupHooks) {
			g.monitor = func(name string) (hostapi.Subscription, []hostapi.PID, error) {
				sub, _, err := g.Groups.Monitor(name)
				if err != nil {
					return nil, nil, err
				}
				if err := g.p.Sleep(time.Millisecond); err != nil {
					return nil, nil, err
				}
				members, err := g.Groups.Members(name)
				return sub, members, err
			}
		}),
		simple("monitor tells of all groups", "group/monitor", func(g *groupHooks) {
			g.monitor = func(name string) (hostapi.Subscription, []hostapi.PID, error) {
				sub, _, err := g.Groups.MonitorAll()
				if err != nil {
					return nil, nil, err
				}
				members, err := g.Groups.Members(name)
				return sub, members, err
			}
		}),
		channels("an end is told as one membership", "group/end_is_one_record", func(v hostapi.Value) hostapi.Value {
			r := v.Record()
			first := hostapi.PID(r.Get("data").Map().Get("PIDs").List().Items[0].Str())
			return hostapi.Wrap(hostapi.GroupEvent(r.Get("path").Str(), r.Get("kind").Str() == "member.joined", first))
		}),
		channels("a leave is told as a join", "group/events", func(v hostapi.Value) hostapi.Value {
			r := v.Record()
			var pids []hostapi.PID
			for _, pid := range r.Get("data").Map().Get("PIDs").List().Items {
				pids = append(pids, hostapi.PID(pid.Str()))
			}
			return hostapi.Wrap(hostapi.GroupEvent(r.Get("path").Str(), true, pids...))
		}),
		closes("close keeps the records", "group/close", true),
		closes("close with flush drops the records", "group/close_with_flush", false),
		simple("release leaves the groups", "group/release", func(g *groupHooks) {
			g.release = func() error { leaveAll(g.Groups); return g.Groups.Release() }
		}),
		simple("release does nothing", "group/release", func(g *groupHooks) {
			g.release = func() error { return nil }
		}),
		core("upgrade leaves the groups", "group/upgrade_keeps_memberships", func(p hostapi.Process) hostapi.Process {
			return hooks{Process: p, upgrade: func(id string, args []hostapi.Value) error {
				g, err := grouperOf(p).OpenScope(conformance.Scope)
				if err != nil {
					return err
				}
				leaveAll(g)
				return p.Upgrade(id, args)
			}}
		}),
		core("all scopes are one", "group/scopes_are_apart", func(p hostapi.Process) hostapi.Process {
			return grouper{oneScope{p}, func(g hostapi.Groups) hostapi.Groups { return g }}
		}),
	}
}

// once gives each PID of a list once.
func once(pids []hostapi.PID) []hostapi.PID {
	var out []hostapi.PID
	for _, pid := range pids {
		if !slices.Contains(out, pid) {
			out = append(out, pid)
		}
	}
	return out
}

// leaveAll ends all memberships of the process.
func leaveAll(g hostapi.Groups) {
	names, _ := g.Names()
	for _, name := range names {
		for g.Leave([]string{name}) == nil {
		}
	}
}

// grouper changes the groups that a process opens.
type grouper struct {
	hostapi.Process
	change func(hostapi.Groups) hostapi.Groups
}

func (g grouper) OpenScope(id string) (hostapi.Groups, error) {
	groups, err := grouperOf(g.Process).OpenScope(id)
	if err != nil {
		return nil, err
	}
	return g.change(groups), nil
}

// Facility lets the faulty groups be found instead of the right ones.
func (g grouper) Facility(accept func(any) bool) {
	if !accept(g) {
		g.Process.Facility(accept)
	}
}

// grouperOf gives the groups of a process.
func grouperOf(p hostapi.Process) hostapi.Grouper {
	g, _ := hostapi.FacilityOf[hostapi.Grouper](p)
	return g
}

type oneScope struct{ hostapi.Process }

func (o oneScope) Facility(accept func(any) bool) {
	if !accept(o) {
		o.Process.Facility(accept)
	}
}

func (o oneScope) OpenScope(string) (hostapi.Groups, error) {
	return grouperOf(o.Process).OpenScope(conformance.Scope)
}

// groupHooks are groups some of whose methods are replaced. A nil hook stands
// for the right behaviour.
type groupHooks struct {
	hostapi.Groups
	p          hostapi.Process
	join       func([]string) error
	leave      func([]string) error
	members    func(string) ([]hostapi.PID, error)
	names      func() ([]string, error)
	broadcast  func(name, topic string, payloads []hostapi.Value) error
	monitor    func(string) (hostapi.Subscription, []hostapi.PID, error)
	release    func() error
	subscribed func(hostapi.Subscription) hostapi.Subscription
}

func (g *groupHooks) Join(names []string) error {
	if g.join != nil {
		return g.join(names)
	}
	return g.Groups.Join(names)
}

func (g *groupHooks) Leave(names []string) error {
	if g.leave != nil {
		return g.leave(names)
	}
	return g.Groups.Leave(names)
}

func (g *groupHooks) Members(name string) ([]hostapi.PID, error) {
	if g.members != nil {
		return g.members(name)
	}
	return g.Groups.Members(name)
}

func (g *groupHooks) Names() ([]string, error) {
	if g.names != nil {
		return g.names()
	}
	return g.Groups.Names()
}

func (g *groupHooks) Broadcast(name, topic string, payloads []hostapi.Value) error {
	if g.broadcast != nil {
		return g.broadcast(name, topic, payloads)
	}
	return g.Groups.Broadcast(name, topic, payloads)
}

func (g *groupHooks) Monitor(name string) (hostapi.Subscription, []hostapi.PID, error) {
	if g.monitor != nil {
		return g.monitor(name)
	}
	s, members, err := g.Groups.Monitor(name)
	if err == nil && g.subscribed != nil {
		s = g.subscribed(s)
	}
	return s, members, err
}

func (g *groupHooks) MonitorAll() (hostapi.Subscription, []hostapi.Group, error) {
	s, groups, err := g.Groups.MonitorAll()
	if err == nil && g.subscribed != nil {
		s = g.subscribed(s)
	}
	return s, groups, err
}

func (g *groupHooks) Release() error {
	if g.release != nil {
		return g.release()
	}
	return g.Groups.Release()
}

// faultySubscription has another channel, and closes as it likes.
type faultySubscription struct {
	hostapi.Subscription
	channel hostapi.Channel
	flush   *bool
}

func (f *faultySubscription) Channel() hostapi.Channel { return f.channel }

func (f *faultySubscription) Close(flush bool) error {
	if f.flush != nil {
		flush = *f.flush
	}
	return f.Subscription.Close(flush)
}
