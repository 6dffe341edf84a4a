package conformance

import (
	"slices"

	"github.com/understudy-run/understudy/core"
	corespec "github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// openGroups puts the opened scope into the slot g.
func openGroups(id string) Code { return Let("g", Call("pg.open", id)) }

// groups calls a method of the scope opened by openGroups.
func groups(method string, args ...any) Code { return Method(Get("g"), method, args...) }

// joining opens the stage's scope and joins groups, one after the other.
func joining(names ...any) Code {
	codes := []any{openGroups(Scope)}
	for _, name := range names {
		codes = append(codes, groups("join", name))
	}
	return Seq(codes...)
}

// members starts n actors that have opened the stage's scope.
func members(s *Stage, n int) []*Actor {
	actors := s.Actors(n)
	for _, a := range actors {
		a.Do(openGroups(Scope))
	}
	return actors
}

// groupCases are those of section 18 on members and broadcasts.
func groupCases() []Case {
	notMember := Fails(hostapi.Invalid, "not a member")
	return []Case{
		{
			Name:    "group/open",
			Claim:   "open gives an object for a started scope; the empty id is INVALID, an unknown scope and one that is not started NOT_FOUND.",
			Clauses: "18.2, 0.12",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				noScope := Fails(hostapi.NotFound, "scope not found")
				a.Gives(Call("pg.open", ""), nil, Fails(hostapi.Invalid, ""))
				a.Gives(Call("pg.open", "app:none"), nil, noScope)
				a.Gives(Call("pg.open", Host), nil, noScope)
				a.Throws(Call("pg.open"), Fails(hostapi.Invalid, ""))
				a.Throws(Call("pg.open", 5), Fails(hostapi.Invalid, ""))
				s.DefineScope(core.ScopeOptions{ID: "app:later"})
				a.Gives(Call("pg.open", "app:later"), nil, noScope)
				s.Scope(core.ScopeOptions{ID: "app:later"})
				a.Do(Bind(Call("pg.open", "app:later"), "g", "err"))
				a.Gives(Values(Get("err"), groups("join", "a"), Text(Get("g"))), nil, true,
					Where("a text", func(v hostapi.Value) bool { return v.Type() == hostapi.TypeString }))
			},
		},
		{
			Name:    "group/scopes_are_apart",
			Claim:   "Groups of one scope are not seen through another, even under the same name.",
			Clauses: "18.1, 18.2, 18.3",
			Scenario: func(s *Stage) {
				s.Scope(core.ScopeOptions{ID: "app:other"})
				a, b := s.Actor(), s.Actor()
				a.Do(joining("x"))
				b.Do(openGroups("app:other"), groups("join", "x"), groups("join", "y"))
				a.Gives(Values(groups("get_members", "x"), groups("which_groups")), []any{a.PID}, []any{"x"})
				b.Gives(Values(groups("get_members", "x"), groups("which_groups")), []any{b.PID}, []any{"x", "y"})
				a.Gives(groups("broadcast", "x", "t", 1), true)
				a.Gives(Data(), 1)
				b.Gives(Poll(Call("process.inbox")), "empty")
			},
		},
		{
			Name:    "group/join_and_leave",
			Claim:   "join and leave take one name or a list; a group lists its members in join order and exists while it has some.",
			Clauses: "18.3",
			Scenario: func(s *Stage) {
				m := members(s, 3)
				a, b, c := m[0], m[1], m[2]
				a.Gives(groups("get_members", "x"), []any{}, nil)
				a.Gives(groups("which_groups"), []any{}, nil)
				c.Gives(groups("join", "y"), true, nil)
				a.Gives(groups("join", List("y", "x")), true, nil)
				b.Gives(groups("join", "y"), true, nil)
				b.Gives(groups("join", List()), true, nil)
				b.Gives(groups("get_members", "y"), []any{c.PID, a.PID, b.PID}, nil)
				b.Gives(groups("get_members", "x"), []any{a.PID}, nil)
				// One of several names is enough for leave.
				c.Gives(groups("leave", List("x", "y")), true, nil)
				c.Gives(groups("leave", List("x", "y")), nil, notMember)
				c.Gives(groups("leave", "none"), nil, notMember)
				b.Gives(groups("get_members", "y"), []any{a.PID, b.PID}, nil)
				a.Gives(groups("leave", List("x", "y")), true, nil)
				b.Gives(groups("which_groups"), []any{"y"}, nil)
				b.Gives(groups("leave", "y"), true, nil)
				b.Gives(groups("which_groups"), []any{}, nil)
			},
		},
		{
			Name:    "group/which_groups_sorted",
			Claim:   "which_groups gives the names of all groups that have members, sorted.",
			Clauses: "18.3",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(joining("m", "b", "z"))
				b.Do(joining("n", "a", "m"))
				a.Gives(groups("which_groups"), []any{"a", "b", "m", "n", "z"})
			},
		},
		{
			Name:    "group/multiplicity",
			Claim:   "A process may join a group several times, is listed as often, and has to leave it as often.",
			Clauses: "18.3, 18.4",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(joining("x"))
				b.Do(joining("x"))
				a.Gives(groups("join", List("x", "x")), true)
				b.Gives(groups("get_members", "x"), []any{a.PID, b.PID, a.PID, a.PID})
				a.Gives(groups("leave", "x"), true)
				a.Gives(groups("leave", "x"), true)
				b.Gives(groups("leave", "x"), true)
				b.Gives(groups("leave", "x"), nil, notMember)
				b.Gives(groups("get_members", "x"), []any{a.PID})
				a.Gives(groups("leave", "x"), true)
				a.Gives(groups("leave", "x"), nil, notMember)
				b.Gives(groups("get_members", "x"), []any{})
			},
		},
		{
			Name:    "group/limits",
			Claim:   "Over max_groups or max_members_per_group join is UNAVAILABLE and joins none of the groups; memberships count.",
			Clauses: "18.1, 18.3",
			Scenario: func(s *Stage) {
				s.Scope(core.ScopeOptions{ID: "app:limited", MaxGroups: 2, MaxMembers: 3})
				a, b := s.Actor(), s.Actor()
				for _, m := range []*Actor{a, b} {
					m.Do(openGroups("app:limited"))
				}
				limit := Fails(hostapi.Unavailable, "group limit exceeded")
				a.Gives(groups("join", List("x", "x")), true)
				b.Gives(groups("join", List("x", "x")), nil, limit)
				b.Gives(groups("join", "x"), true)
				a.Gives(groups("join", "x"), nil, limit)
				b.Gives(groups("join", List("y", "x")), nil, limit)
				b.Gives(groups("join", List("y", "z")), nil, limit)
				a.Gives(Values(groups("which_groups"), groups("get_members", "x")), []any{"x"}, []any{a.PID, a.PID, b.PID})
				// What is left or ended makes room.
				a.Gives(groups("join", "y"), true)
				a.Gives(groups("join", "z"), nil, limit)
				a.Gives(groups("leave", "y"), true)
				a.Gives(groups("join", "z"), true)
				b.Do(Call("process.monitor", a.PID))
				a.Finish()
				b.Gives(Event(), exits(a.PID, nil))
				b.Gives(groups("join", List("x", "x", "y")), true)
				b.Gives(Values(groups("which_groups"), groups("get_members", "x")), []any{"x", "y"}, []any{b.PID, b.PID, b.PID})
			},
		},
		{
			Name:    "group/arguments",
			Claim:   "The empty name is INVALID, and so are the topics and payloads that send refuses; a wrong type raises.",
			Clauses: "18.3, 3.4, 0.9",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(openGroups(Scope))
				empty, invalid := Fails(hostapi.Invalid, "group name cannot be empty"), Fails(hostapi.Invalid, "")
				for _, method := range []string{"join", "leave", "get_members", "get_local_members"} {
					a.Gives(groups(method, ""), nil, empty)
					a.Throws(groups(method, 5), invalid)
					a.Throws(groups(method), invalid)
				}
				for _, method := range []string{"join", "leave"} {
					a.Gives(groups(method, List("a", "")), nil, empty)
					a.Throws(groups(method, List("a", 5)), invalid)
				}
				for _, method := range []string{"broadcast", "broadcast_local"} {
					a.Gives(groups(method, "", "t"), nil, empty)
					a.Gives(groups(method, "a", ""), nil, Fails(hostapi.Invalid, "topic cannot be empty"))
					a.Gives(groups(method, "a", "@t"), nil, Fails(hostapi.Invalid, "cannot send to @ topics"))
					a.Gives(groups(method, "a", "t", Function(1)), nil, Fails(hostapi.Invalid, "cannot send"))
					a.Throws(groups(method, 5, "t"), invalid)
					a.Throws(groups(method, "a", 5), invalid)
					a.Throws(groups(method, "a"), invalid)
				}
				a.Gives(groups("monitor", ""), nil, nil, empty)
				a.Throws(groups("monitor", 5), invalid)
				a.Gives(groups("which_groups"), []any{})
			},
		},
		{
			Name:    "group/broadcast",
			Claim:   "broadcast sends one message to each member process, once however often it joined, the caller included if it is a member.",
			Clauses: "18.3",
			Scenario: func(s *Stage) {
				m := members(s, 3)
				a, b, c := m[0], m[1], m[2]
				a.Do(groups("join", List("x", "x")))
				b.Do(groups("join", List("x", "y", "x")))
				a.Gives(groups("broadcast", "x", "hello", 1, "two"), true, nil)
				c.Gives(groups("broadcast", "x", "bare"), true, nil)
				for _, member := range []*Actor{a, b} {
					member.Do(Let("m", Message()))
					member.Gives(Values(Method(Get("m"), "topic"), Method(Get("m"), "from"), Method(Method(Get("m"), "payload"), "data")),
						"hello", a.PID, []any{1, "two"})
					member.Do(Let("m", Message()))
					member.Gives(Values(Method(Get("m"), "topic"), Method(Get("m"), "from"), Method(Method(Get("m"), "payload"), "data")),
						"bare", c.PID, nil)
				}
				c.Gives(groups("broadcast", "none", "t", 1), true, nil)
				b.Do(groups("leave", "x"))
				a.Do(groups("leave", List("x", "x")))
				a.Gives(groups("broadcast", "x", "last"), true, nil)
				b.Gives(Method(Message(), "topic"), "last")
				for _, each := range m {
					each.Gives(Poll(Call("process.inbox")), "empty")
				}
			},
		},
		{
			Name:    "group/broadcast_to_a_full_mailbox",
			Claim:   "A full mailbox makes a dead letter by its policy and does not stop the broadcast, which gives true.",
			Clauses: "18.3, 17.2, 17.4",
			Scenario: func(s *Stage) {
				for overflow, kept := range map[corespec.Overflow]int{corespec.FailSender: 1, corespec.DropNew: 1, corespec.DropOld: 2} {
					s.Entry("app:small", core.Entry{Mailbox: core.Mailbox{Limit: 1, Overflow: overflow}})
					a, b := s.Actor(), s.Actor()
					before := len(s.Reports("joined"))
					small := s.Start("app:small", Seq(joining("x"), Report("joined", 1), Event(), Data()))
					s.AwaitReports("joined", before+1)
					b.Do(joining("x"))
					a.Do(joining("x"))
					letters := len(s.Letters())
					a.Gives(groups("broadcast", "x", "t", 1), true, nil)
					a.Gives(groups("broadcast", "x", "t", 2), true, nil)
					for _, member := range []*Actor{a, b} {
						member.Gives(Values(Data(), Data()), 1, 2)
					}
					full := s.Letters()[letters:]
					s.True(len(full) == 1 && full[0].Reason == core.MailboxFull && full[0].Payloads[0].Int() == int64(3-kept),
						"overflow %v: dead letters %v, want one for the message that was dropped", overflow, full)
					a.Do(Call("process.cancel", small.PID))
					s.Exits(small.PID, kept)
					a.Finish()
					b.Finish()
					s.End(a.PID)
					s.End(b.PID)
				}
			},
		},
		{
			Name:    "group/broadcast_order",
			Claim:   "Broadcasts of one sender reach each member in order, together with what it sends otherwise.",
			Clauses: "18.9, 3.21",
			Scenario: func(s *Stage) {
				m := members(s, 4)
				for _, member := range m[2:] {
					member.Do(groups("join", "x"))
				}
				var commands []*Command
				for sender, a := range m[:2] {
					var codes []any
					for i := range 4 {
						codes = append(codes, groups("broadcast", "x", "t", sender, i), Send(m[2].PID, "t", sender, i+10))
					}
					commands = append(commands, a.Begin(Seq(codes...)))
				}
				for _, c := range commands {
					c.Wait()
				}
				for i, want := range [][]int64{{0, 10, 1, 11, 2, 12, 3, 13}, {0, 1, 2, 3}} {
					var got [2][]int64
					for range 2 * len(want) {
						message := m[2+i].Do(Data()).First().List().Items
						sender := message[0].Int()
						got[sender] = append(got[sender], message[1].Int())
					}
					for sender := range got {
						s.True(slices.Equal(got[sender], want), "sender %d: the messages came as %d, want %d", sender, got[sender], want)
					}
				}
			},
		},
		{
			Name:    "group/names_without_local",
			Claim:   "get_local_members, which_local_groups and broadcast_local do what the methods without local do.",
			Clauses: "18.5",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(joining("y", "x"))
				b.Do(joining("x", "x"))
				a.Gives(groups("get_local_members", "x"), []any{a.PID, b.PID, b.PID}, nil)
				a.Gives(groups("get_local_members", "none"), []any{}, nil)
				a.Gives(groups("which_local_groups"), []any{"x", "y"}, nil)
				a.Gives(groups("broadcast_local", "x", "t", 1), true, nil)
				a.Gives(groups("broadcast_local", "none", "t", 1), true, nil)
				for _, member := range []*Actor{a, b} {
					member.Gives(Data(), 1)
					member.Gives(Poll(Call("process.inbox")), "empty")
				}
			},
		},
		{
			Name:    "group/gone_before_exit",
			Claim:   "The end of a process, of whatever kind, removes all its memberships before EXIT and LINK_DOWN are seen.",
			Clauses: "18.4, 2.23",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(openGroups(Scope), trap(true), groups("join", "z"))
				left := Values(groups("get_members", "x"), groups("get_members", "z"), groups("which_groups"))
				for _, row := range []struct {
					spawn string
					end   func(*Actor)
				}{
					{"spawn_monitored", func(b *Actor) { b.Finish(1) }},
					{"spawn_monitored", func(b *Actor) { b.Fail("x") }},
					{"spawn_monitored", func(b *Actor) { b.Begin(Throw("y")) }},
					{"spawn_monitored", func(b *Actor) { b.Begin(Call("process.terminate", Self())) }},
					{"spawn_linked", func(b *Actor) { b.Fail("x") }},
				} {
					b := a.Spawns(row.spawn)
					b.Do(joining("x", "y", "z", "x"))
					a.Gives(groups("get_members", "z"), []any{a.PID, b.PID})
					seen := a.Begin(Seq(Event(), left))
					row.end(b)
					seen.Gives([]any{}, []any{a.PID}, []any{"z"})
				}
			},
		},
		{
			Name:    "group/upgrade_keeps_memberships",
			Claim:   "An upgrade keeps all memberships, unnoticed by subscribers; the new code opens the scope anew.",
			Clauses: "18.4, 13.12, 13.13",
			Scenario: func(s *Stage) {
				m := members(s, 2)
				a, b := m[0], m[1]
				b.Do(groups("join", List("x", "y", "x")))
				a.Do(watching(groups("monitor", "x")))
				b.Gives(Call("process.upgrade", "app:none"), nil, Fails(hostapi.NotFound, ""))
				b.Gives(groups("get_members", "x"), []any{b.PID, b.PID})
				b.Begin(Call("process.upgrade", Lead, Quote(Seq(openGroups(Scope), Report("new", 1), Serve()))))
				s.AwaitReports("new", 1)
				b.Gives(Values(groups("which_groups"), groups("get_members", "x")), []any{"x", "y"}, []any{b.PID, b.PID})
				a.Gives(Poll(Get("ch")), "empty")
				a.Gives(groups("broadcast", "x", "t", 1), true)
				b.Gives(Data(), 1)
				b.Gives(groups("leave", List("x", "x", "y")), true)
				b.Gives(groups("leave", "x"), nil, Fails(hostapi.Invalid, "not a member"))
				a.Gives(groups("which_groups"), []any{})
			},
		},
		{
			Name:    "group/release",
			Claim:   "release ends the object and its subscriptions, not the memberships nor other objects, and may be repeated.",
			Clauses: "18.3",
			Scenario: func(s *Stage) {
				m := members(s, 2)
				a, b := m[0], m[1]
				a.Do(groups("join", "x"), watching(groups("monitor", "x")), Let("old", Get("g")), Let("old sub", Get("sub")), Let("old ch", Get("ch")),
					openGroups(Scope), watching(groups("monitor", "x")))
				a.Do(Go(Report("woken", Receive(Get("old ch")))))
				a.Gives(Method(Get("old"), "release"), true)
				a.Gives(Method(Get("old"), "release"), true)
				s.Same("a waiting receive", s.AwaitReports("woken", 1)[0], nil, false)
				released := Fails(hostapi.Invalid, "group released")
				for _, method := range []string{"join", "leave", "get_members", "get_local_members"} {
					a.Gives(Method(Get("old"), method, "x"), nil, released)
				}
				for _, method := range []string{"broadcast", "broadcast_local"} {
					a.Gives(Method(Get("old"), method, "x", "t"), nil, released)
				}
				for _, method := range []string{"which_groups", "which_local_groups"} {
					a.Gives(Method(Get("old"), method), nil, released)
				}
				a.Gives(Method(Get("old"), "monitor", "x"), nil, nil, released)
				a.Gives(Method(Get("old"), "events"), nil, nil, released)
				a.Gives(Method(Get("old sub"), "close"), true)
				b.Do(groups("join", "x"))
				a.Gives(Receive(Get("old ch")), nil, false)
				a.Gives(Receive(Get("ch")), joined("x", b.PID), true)
				a.Gives(groups("get_members", "x"), []any{a.PID, b.PID})
			},
		},
	}
}
