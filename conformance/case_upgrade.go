package conformance

import (
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// upgradeCases are those of section 13 on upgrade and reload.
func upgradeCases() []Case {
	upgrade := func(id any, code Code) Code { return Call("process.upgrade", id, Quote(code)) }
	return []Case{
		{
			Name:    "upgrade/replaces_the_code",
			Claim:   "upgrade does not return: the new method starts as main with the arguments; PID and host stay, the id changes.",
			Clauses: "13.5, 13.6, 2.27, 2.28",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("old", 1))
				a.Begin(Seq(upgrade(Peer, Seq(Report("new", Values(Self(), Call("process.id"), Get("old"))), Serve())), Report("returned", 1)))
				s.Same("new code", s.AwaitReports("new", 1)[0], a.PID, Peer, nil)
				a.Gives(Values(1), 1)
				s.True(len(s.Reports("returned")) == 0, "upgrade returned")
				a.Begin(upgrade(nil, Seq(Report("again", Call("process.id")), Serve())))
				s.Same("own entry", s.AwaitReports("again", 1)[0], Peer)
			},
		},
		{
			Name:    "upgrade/rollback",
			Claim:   "On failure upgrade returns the error and the old code goes on, untouched.",
			Clauses: "13.7, 13.8",
			Scenario: func(s *Stage) {
				s.Entry("app:broken", core.Entry{})
				s.Entry("app:absent", core.Entry{Method: "absent"})
				s.Prologue("app:broken", Seq(Send(Self(), "loading", 1), Throw("bad start")))
				a := s.Actor()
				a.Do(Let("c", Call("channel.new", 1)), Let("l", Nth(1, Call("process.listen", "x"))), Let("kept", 5), Go(Seq(Receive(Get("c")), Report("coroutine", 1))))
				a.Gives(Call("process.upgrade", "app:none"), nil, Fails(hostapi.NotFound, "unknown process entry"))
				a.Gives(Call("process.upgrade", Peer, Function(1)), nil, Fails(hostapi.Invalid, "cannot send"))
				a.Gives(Call("process.upgrade", "app:broken"), nil, Where("upgrade failed, with the cause", func(v hostapi.Value) bool {
					return Fails(hostapi.Internal, "upgrade failed").Match(v) && Fails(hostapi.Internal, "bad start").Match(v)
				}))
				a.Gives(Call("process.upgrade", "app:absent"), nil, Fails(hostapi.NotFound, "upgrade failed"))
				a.Throws(Call("process.upgrade", 5), Fails(hostapi.Invalid, ""))
				a.Gives(Values(Get("kept"), Call("process.id"), Equal(Nth(1, Call("process.listen", "x")), Get("l"))), 5, Lead, true)
				a.Do(Send(Self(), "x", 1), send(Get("c"), 1))
				a.Gives(Receive(Get("l")), 1, true)
				s.AwaitReports("coroutine", 1)
				// What the failed top level sent is not undone.
				a.Gives(Method(Message(), "topic"), "loading")
			},
		},
		{
			Name:    "upgrade/keeps_relations",
			Claim:   "Links, monitors in both directions, names, options and context are kept; watchers notice nothing.",
			Clauses: "13.11, 13.12, 2.31, 12.5, 5.11",
			Scenario: func(s *Stage) {
				a, watcher := s.Actor(), s.Actor()
				watched := s.Actor()
				b := s.At(a.Do(Method(Method(Call("process.with_context", Table("k", 1)), "with_name", "b"), "spawn_linked_monitored", Peer, Host, Quote(Serve()))).First())
				a.Do(trap(true))
				watcher.Do(Call("process.monitor", b.PID))
				b.Do(trap(true), Call("process.monitor", watched.PID))
				b.Begin(upgrade(Lead, Seq(Report("new", 1), Serve())))
				s.AwaitReports("new", 1)
				a.Gives(PollEvent(), "empty")
				b.Gives(Values(Call("process.registry.lookup", "b"), Field(Call("process.get_options"), "trap_links"), Call("ctx.get", "k")), b.PID, true, 1)
				watched.Finish(1)
				b.Gives(Event(), exits(watched.PID, 1))
				b.Fail("x")
				watcher.Gives(Event(), fails(b.PID, failedWith("x")))
				a.Gives(Event(), fails(b.PID, failedWith("x")))
				a.Gives(Event(), linkDown(b.PID, failedWith("x")))
			},
		},
		{
			Name:    "upgrade/keeps_mailbox",
			Claim:   "The whole mailbox is kept, events included; messages of a lost listener belong to the inbox until the new code listens.",
			Clauses: "13.12, 13.13",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				b.Do(Call("process.listen", "x"))
				a.Do(Send(b.PID, "x", 1), Send(b.PID, "y", 2), Send(b.PID, "x", 3), Call("process.cancel", b.PID, "1h", "later"))
				b.Begin(upgrade(Lead, Serve()))
				b.Gives(Values(Data(), Data()), 1, 2)
				b.Gives(Receive(Nth(1, Call("process.listen", "x"))), 3, true)
				b.Gives(Event(), canceled(a.PID, "later"))
			},
		},
		{
			Name:    "upgrade/loses_state",
			Claim:   "Interpreter state, coroutines and timers are lost.",
			Clauses: "13.13, 13.10",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("x", 1), Go(Seq(Call("time.sleep", "1h"), Report("old coroutine", 1))))
				// From another coroutine than main.
				a.Begin(Go(upgrade(Peer, Seq(Report("new", Get("x")), Serve()))))
				s.Same("new code", s.AwaitReports("new", 1)[0], nil)
				s.Pass(2 * time.Hour)
				s.True(len(s.Reports("old coroutine")) == 0, "a coroutine of the old code went on")
				a.Gives(Values(1), 1)
			},
		},
		{
			Name:    "upgrade/from_every_place",
			Claim:   "upgrade may be called from anywhere, also inside manual coroutines.",
			Clauses: "13.10, 9.9",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, place := range a.Do(Places()).First().List().Items {
					a.Begin(Within(place.Str(), upgrade(nil, Seq(Report(place.Str(), 1), Serve()))))
					s.AwaitReports(place.Str(), 1)
				}
			},
			Solo: true, Schedules: 5,
		},
		{
			Name:    "upgrade/no_way_back",
			Claim:   "Once the new method has started its failure is a failure of the process; its return is the end.",
			Clauses: "13.9, 13.6",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Begin(upgrade(Peer, Throw("new code")))
				s.Fails(a.PID, failedWith("new code"))
				b := s.Actor()
				b.Begin(Try(upgrade(Lead, Values("done"))))
				s.Exits(b.PID, "done")
			},
		},
		{
			Name:    "upgrade/keeps_deadline",
			Claim:   "A pending cancel deadline is kept.",
			Clauses: "13.12, 7.4",
			Virtual: true,
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Gives(Call("process.cancel", b.PID, "10s", "r"), true)
				b.Begin(upgrade(Lead, Serve()))
				s.Pass(1e10 - 1)
				s.Alive(b.PID)
				s.Pass(1)
				s.Fails(b.PID, expired("r"))
			},
		},
		{
			Name:    "upgrade/old_code_stands_still",
			Claim:   "No coroutine of the old code runs while the new top level does.",
			Clauses: "13.8",
			Scenario: func(s *Stage) {
				s.Entry("app:next", core.Entry{})
				s.Prologue("app:next", Seq(Report("begin", 1), Times(50, Seq(Self(), Send(Self(), "t"))), Report("end", 1)))
				a := s.Actor()
				a.Do(Go(Loop(Seq(Report("old", 1), Call("coroutine.yield")))))
				a.Begin(Call("process.upgrade", "app:next", Quote(Seq(Report("new", 1), 1))))
				s.End(a.PID)
				loading := false
				for _, tag := range s.Order() {
					switch tag {
					case "begin":
						loading = true
					case "end":
						loading = false
					case "old":
						s.True(!loading, "a coroutine of the old code ran during the top level")
					}
				}
			},
		},
		{
			Name:    "upgrade/outdated",
			Claim:   "A process with upgradable gets OUTDATED with the ids replaced; while one is unread a further reload extends it.",
			Clauses: "13.15, 13.16, 13.17, 2.30, 4.1, 4.2",
			Scenario: func(s *Stage) {
				s.Entry(Lead, core.Entry{Imports: []string{"app:library"}})
				a, b := s.Actor(), s.Actor()
				a.Do(CallWith("process.set_options", fields{"upgradable": true}))
				s.Outdated([]string{Lead, "app:other"})
				s.Outdated([]string{"app:library", Lead})
				a.Gives(Event(), Has(fields{"kind": "pid.outdated", "from": nil, "result": nil, "sources": Elements(Lead, "app:library")}))
				a.Gives(PollEvent(), "empty")
				s.Outdated([]string{"app:other"})
				a.Gives(PollEvent(), "empty")
				s.Outdated([]string{Lead})
				a.Gives(Event(), Has(fields{"kind": "pid.outdated", "sources": Elements(Lead)}))
				s.Outdated([]string{Peer})
				b.Gives(PollEvent(), "empty")
			},
			Solo: true,
		},
		{
			Name:    "upgrade/newest_version",
			Claim:   "A new version serves spawns and upgrades from then on; running processes keep their code.",
			Clauses: "13.5, 13.15, 13.16",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				s.Entry(Peer, core.Entry{Method: "other"})
				b.Gives(Values(1), 1)
				a.Gives(Call("process.exec", Peer, Host), "other")
				a.Do(Call("process.monitor", b.PID))
				b.Begin(Call("process.upgrade"))
				a.Gives(Event(), exits(b.PID, "other"))
			},
		},
	}
}
