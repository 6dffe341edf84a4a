package conformance

import (
	"fmt"

	"github.com/understudy-run/understudy/hostapi"
)

// trap switches trap_links of the process on or off.
func trap(on bool) Code { return CallWith("process.set_options", fields{"trap_links": on}) }

// linkCases are those of section 5.
func linkCases() []Case {
	cases := []Case{
		{
			Name:    "link/abnormal_exit_kills",
			Claim:   "When a process fails, a linked process that traps no links is killed with the error of 5.7.",
			Clauses: "5.6, 5.7, 5.1",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_linked")
				b.Fail("broken")
				s.Fails(b.PID, failedWith("broken"))
				s.Fails(a.PID, linkKilled(b.PID, "broken"))
			},
		},
		{
			Name:    "link/symmetrical",
			Claim:   "A link works in both directions, whoever made it.",
			Clauses: "5.1, 5.2",
			Scenario: func(s *Stage) {
				for _, failing := range []int{0, 1} {
					pair := []*Actor{s.Actor(), s.Actor()}
					pair[0].Gives(Call("process.link", pair[1].PID), true)
					pair[failing].Fail("x")
					s.Fails(pair[1-failing].PID, linkKilled(pair[failing].PID, "x"))
				}
			},
		},
		{
			Name:    "link/trapped_is_event",
			Claim:   "With trap_links on, a linked failure is a LINK_DOWN event and the process goes on.",
			Clauses: "5.6, 4.1, 4.2, 2.30",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(trap(true))
				b := a.Spawns("spawn_linked")
				b.Fail("broken")
				a.Gives(Event(), linkDown(b.PID, failedWith("broken")))
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "link/normal_exit_is_silent",
			Claim:   "A normal exit drops links silently: peers notice nothing, trapping or not.",
			Clauses: "5.5, 4.3, 2.20",
			Scenario: func(s *Stage) {
				for _, on := range []bool{false, true} {
					a := s.Actor()
					a.Do(trap(on))
					b := a.Spawns("spawn_linked")
					b.Finish("fine")
					s.Exits(b.PID, "fine")
					s.Quiet()
					a.Gives(PollEvent(), "empty")
				}
			},
		},
		{
			Name:    "link/spawn_linked_monitored",
			Claim:   "spawn_linked_monitored tells normal exits by EXIT, and failures by EXIT, then LINK_DOWN.",
			Clauses: "5.5, 4.3, 2.1, 5.11",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(trap(true))
				b := a.Spawns("spawn_linked_monitored")
				b.Finish(7)
				a.Gives(Event(), exits(b.PID, 7))
				a.Gives(PollEvent(), "empty")
				c := a.Spawns("spawn_linked_monitored")
				c.Fail("x")
				a.Gives(Event(), fails(c.PID, failedWith("x")))
				a.Gives(Event(), linkDown(c.PID, failedWith("x")))
			},
		},
		{
			Name:    "link/chain_of_five",
			Claim:   "In a chain of linked processes all fail when one end does, each with the error of its nearest peer and of the first.",
			Clauses: "5.7, 5.12",
			Scenario: func(s *Stage) {
				chain := s.Actors(5)
				for i := range 4 {
					chain[i].Gives(Call("process.link", chain[i+1].PID), true)
				}
				chain[0].Fail("end")
				s.Fails(chain[0].PID, failedWith("end"))
				s.Fails(chain[1].PID, linkKilled(chain[0].PID, "end"))
				for i := 2; i < 5; i++ {
					s.Fails(chain[i].PID, cascaded(chain[i-1].PID, "linked process failed", chain[0].PID, "end"))
				}
			},
		},
		{
			Name:    "link/trapping_node_ends_cascade",
			Claim:   "A trapping process that then returns normally ends the cascade; one that returns nil and a text continues it.",
			Clauses: "5.8",
			Scenario: func(s *Stage) {
				for _, text := range []any{nil, "gave up"} {
					c := s.Actors(3)
					c[1].Do(trap(true), Call("process.link", c[0].PID), Call("process.link", c[2].PID))
					c[0].Fail("first")
					c[1].Gives(Event(), linkDown(c[0].PID, failedWith("first")))
					c[1].Finish(nil, text)
					if text == nil {
						s.Exits(c[1].PID, nil)
						s.Quiet()
						c[2].Gives(Values(1), 1)
					} else {
						s.Fails(c[2].PID, linkKilled(c[1].PID, "gave up"))
					}
				}
			},
		},
		{
			Name:    "link/star_of_ten",
			Claim:   "When the centre of a star fails, each process linked to it fails, or gets LINK_DOWN if it traps.",
			Clauses: "5.12, 5.6",
			Scenario: func(s *Stage) {
				centre, points := s.Actor(), s.Actors(10)
				for i, p := range points {
					p.Do(trap(i%2 == 0))
					centre.Gives(Call("process.link", p.PID), true)
				}
				centre.Fail("centre")
				for i, p := range points {
					if i%2 == 0 {
						p.Gives(Event(), linkDown(centre.PID, failedWith("centre")))
					} else {
						s.Fails(p.PID, linkKilled(centre.PID, "centre"))
					}
				}
			},
		},
		{
			Name:    "link/several_at_once",
			Claim:   "If several peers fail at once, the first signal kills an untrapping process; a trapping one gets one event each.",
			Clauses: "5.9, 4.3, 2.22",
			Scenario: func(s *Stage) {
				a, plain, peers := s.Actor(), s.Actor(), s.Actors(4)
				a.Do(trap(true))
				for _, p := range peers {
					p.Do(trap(true))
					a.Gives(Call("process.link", p.PID), true)
					plain.Gives(Call("process.link", p.PID), true)
				}
				var signals []any
				for i, p := range peers {
					p.Fail(fmt.Sprint("peer ", i))
					signals = append(signals, linkKilled(p.PID, fmt.Sprint("peer ", i)))
				}
				s.Fails(plain.PID, oneOf(signals...))
				got := make(map[string]int)
				for range peers {
					got[a.Do(Field(Event(), "from")).First().Str()]++
				}
				for _, p := range peers {
					s.True(got[string(p.PID)] == 1, "%d events of %s, want 1", got[string(p.PID)], p.PID)
				}
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "link/twice_is_one_link",
			Claim:   "Linking again changes nothing: there is one link per pair, and one event.",
			Clauses: "5.1, 5.2, 4.3",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(trap(true))
				b := a.Spawns("spawn_linked")
				a.Gives(Call("process.link", b.PID), true)
				b.Gives(Call("process.link", a.PID), true)
				b.Fail("x")
				a.Gives(Event(), linkDown(b.PID, failedWith("x")))
				s.Quiet()
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "link/to_oneself",
			Claim:   "Linking to oneself is true and has no effect.",
			Clauses: "5.2",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Call("process.link", Self()), true)
				a.Fail("x")
				s.Fails(a.PID, failedWith("x"))
			},
		},
		{
			Name:    "link/racing_with_the_end",
			Claim:   "If the peer ends while link is called, either link fails with NOT_FOUND or the signal follows.",
			Clauses: "5.3",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(trap(true))
				link := a.Begin(Call("process.link", b.PID))
				b.Fail("x")
				switch got := link.Wait(); {
				case got.Match(true):
					a.Gives(Event(), linkDown(b.PID, failedWith("x")))
				case got.Match(nil, notFound()):
					s.Quiet()
					a.Gives(PollEvent(), "empty")
				default:
					s.Fail("link gave %s", got)
				}
			},
		},
		{
			Name:    "link/unlink",
			Claim:   "After unlink no LINK_DOWN of that peer reaches either side; it is true also without a link.",
			Clauses: "5.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_linked")
				a.Gives(Call("process.unlink", b.PID), true)
				a.Gives(Call("process.unlink", b.PID), true)
				b.Fail("x")
				s.End(b.PID)
				s.Quiet()
				a.Gives(PollEvent(), "empty")
				c := a.Spawns("spawn_linked")
				c.Gives(Call("process.unlink", a.PID), true)
				a.Fail("y")
				s.End(a.PID)
				s.Quiet()
				c.Gives(Values(1), 1)
			},
		},
		{
			Name:    "link/unlink_removes_unread_event",
			Claim:   "unlink removes an unread LINK_DOWN of that peer from the caller's mailbox, and no other.",
			Clauses: "5.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(trap(true))
				b, c := a.Spawns("spawn_linked"), a.Spawns("spawn_linked_monitored")
				b.Fail("b")
				s.End(b.PID)
				c.Fail("c")
				s.End(c.PID)
				s.Quiet()
				a.Gives(Call("process.unlink", b.PID), true)
				a.Gives(Event(), fails(c.PID, failedWith("c")))
				a.Gives(Event(), linkDown(c.PID, failedWith("c")))
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "link/trap_at_the_signal_counts",
			Claim:   "The value of trap_links at the time of the signal counts; an event once queued stays an event.",
			Clauses: "4.4, 5.10",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_linked")
				a.Do(trap(true)) // after linking
				b.Fail("b")
				s.End(b.PID)
				s.Quiet()
				a.Do(trap(false)) // after the signal
				a.Gives(Event(), linkDown(b.PID, failedWith("b")))
				a.Do(trap(true))
				c := a.Spawns("spawn_linked")
				a.Do(trap(false)) // before the signal
				c.Fail("c")
				s.Fails(a.PID, linkKilled(c.PID, "c"))
			},
		},
		{
			Name:    "link/killed_before_unread_messages",
			Claim:   "A process killed by a link runs no further code, before unread earlier messages.",
			Clauses: "5.6, 2.23, 20.8",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_linked")
				b.Begin(Seq(Call("time.sleep", "1h"), Report("after the kill", 1)))
				s.Quiet()
				for range 3 {
					if err := s.Runtime.Send(b.PID, "do", hostapi.String("x"), Report("after the kill", 1).wire); err != nil {
						s.Fail("send: %v", err)
					}
				}
				a.Fail("x")
				s.Fails(b.PID, linkKilled(a.PID, "x"))
				s.Quiet()
				s.True(len(s.Reports("after the kill")) == 0, "the process went on after the kill")
			},
		},
		{
			Name:    "link/forced_ends_signal",
			Claim:   "Terminate and expired grace signal links; a graceful end after CANCEL does not.",
			Clauses: "7.3, 7.4, 7.9, 5.6",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(trap(true))
				b := a.Spawns("spawn_linked")
				a.Gives(Call("process.terminate", b.PID), true)
				a.Gives(Event(), linkDown(b.PID, terminated()))
				c := a.Spawns("spawn_linked")
				a.Gives(Call("process.cancel", c.PID, 0, "now"), true)
				a.Gives(Event(), linkDown(c.PID, expired("now")))
				d := a.Spawns("spawn_linked")
				end := d.Begin(Seq(Let("e", Event()), Finish("graceful")))
				a.Gives(Call("process.cancel", d.PID, "1h"), true)
				end.actor.stage.Exits(d.PID, "graceful")
				s.Quiet()
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "link/independent_of_monitor",
			Claim:   "Links and monitors are independent: removing one leaves the other.",
			Clauses: "5.11, 5.4, 6.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(trap(true))
				b, c := a.Spawns("spawn_linked_monitored"), a.Spawns("spawn_linked_monitored")
				a.Gives(Call("process.unmonitor", b.PID), true)
				a.Gives(Call("process.unlink", c.PID), true)
				b.Fail("b")
				a.Gives(Event(), linkDown(b.PID, failedWith("b")))
				c.Fail("c")
				a.Gives(Event(), fails(c.PID, failedWith("c")))
				s.Quiet()
				a.Gives(PollEvent(), "empty")
			},
		},
	}
	return append(cases, linkKillCases()...)
}

// linkKillCases kill a process by a link in whatever it does.
func linkKillCases() []Case {
	var cases []Case
	for _, row := range []struct {
		name  string
		doing Code
		busy  bool // computes, so that the schedule never becomes quiet
	}{
		{"sleep", Call("time.sleep", "1h"), false},
		{"receive", Message(), false},
		{"channel", Seq(Go(Call("time.sleep", "1h")), Receive(Call("channel.new"))), false},
		{"select", Select(Method(Call("process.events"), "case_receive"), Method(Call("process.inbox"), "case_receive")), false},
		{"exec", Spawn("exec", Peer, Seq(Let("x", Event()), 1)), false},
		{"loop", Spin(), true},
		{"calling_loop", Loop(Self()), true},
		{"coroutine", Seq(Go(Spin()), Message()), true},
	} {
		cases = append(cases, Case{
			Name:    "link/kills_in_" + row.name,
			Claim:   "An untrapped link kills a process in whatever it does: " + row.name + ".",
			Clauses: "5.6, 20.6, 20.7",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_linked_monitored")
				b.Begin(Seq(Report("begins", 1), row.doing, Report("after the kill", 1)))
				s.AwaitReports("begins", 1)
				if !row.busy {
					s.Quiet()
				}
				c := s.Actor()
				c.Do(Call("process.monitor", b.PID))
				a.Fail("x")
				c.Gives(Event(), fails(b.PID, linkKilled(a.PID, "x")))
				s.Quiet()
				s.True(len(s.Reports("after the kill")) == 0, "the process went on after the kill")
			},
		})
	}
	return append(cases, Case{
		Name:      "link/kills_within_every_place",
		Claim:     "A kill passes through pcall, coroutines, metamethods, comparators and library functions, waiting or computing.",
		Clauses:   "20.6, 20.8, 9.13, 19.11, 5.6",
		Schedules: 5,
		Scenario: func(s *Stage) {
			places := s.Actor().Do(Places()).First().List().Items
			for _, place := range places {
				for _, doing := range []Code{Spin(), Event()} {
					a, b := s.Actor(), s.Start(Lead, Serve())
					b.Gives(Call("process.link", a.PID), true)
					b.Begin(Seq(Report(place.Str(), 1), Within(place.Str(), doing), Report("after the kill", 1)))
					s.AwaitReports(place.Str(), 1)
					a.Fail("x")
					s.Fails(b.PID, linkKilled(a.PID, "x"))
				}
			}
			s.Quiet()
			s.True(len(s.Reports("after the kill")) == 0, "a process went on after the kill")
		},
	})
}
