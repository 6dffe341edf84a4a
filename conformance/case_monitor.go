package conformance

import "github.com/understudy-run/understudy/hostapi"

// monitorCases are those of sections 4 and 6.
func monitorCases() []Case {
	return []Case{
		{
			Name:    "monitor/exit_of_every_kind",
			Claim:   "A monitor gives one EXIT for every kind of end; the watched process is not affected and the watcher not killed.",
			Clauses: "6.1, 4.1, 4.2, 4.3",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, row := range []struct {
					end  func(b *Actor)
					want func(b *Actor) Matcher
				}{
					{func(b *Actor) { b.Finish(1) }, func(b *Actor) Matcher { return exits(b.PID, 1) }},
					{func(b *Actor) { b.Fail("x") }, func(b *Actor) Matcher { return fails(b.PID, failedWith("x")) }},
					{func(b *Actor) { b.Begin(Throw("y")) }, func(b *Actor) Matcher { return fails(b.PID, failedWith("y")) }},
					{func(b *Actor) { b.Begin(Call("process.terminate", Self())) }, func(b *Actor) Matcher { return fails(b.PID, terminated()) }},
				} {
					b := s.Actor()
					a.Gives(Call("process.monitor", b.PID), true)
					row.end(b)
					a.Gives(Event(), row.want(b))
					a.Gives(PollEvent(), "empty")
				}
			},
		},
		{
			Name:    "monitor/event_fields",
			Claim:   "EXIT has kind, from, at and result, and no field of the other kinds; process.event names the kinds.",
			Clauses: "4.1, 4.2, 0.11",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				b.Finish(1)
				a.Gives(Let("e", Event()))
				a.Gives(Get("e"), Has(fields{"kind": "pid.exit", "from": b.PID, "deadline": nil, "reason": nil, "sources": nil, "error": nil,
					"at": Where("Unix seconds", func(v hostapi.Value) bool { return v.Float() > 1e9 && v.Float() < 1e10 })}))
				for name, kind := range map[string]string{"EXIT": "pid.exit", "LINK_DOWN": "pid.link.down", "CANCEL": "pid.cancel", "OUTDATED": "pid.outdated"} {
					a.Gives(Field(Constant("process.event"), name), kind)
				}
			},
		},
		{
			Name:    "monitor/not_killed",
			Claim:   "A failing process does not kill its watcher.",
			Clauses: "6.1",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				b.Fail("x")
				s.End(b.PID)
				s.Quiet()
				a.Gives(Event(), fails(b.PID, failedWith("x")))
			},
		},
		{
			Name:    "monitor/dead_or_twice",
			Claim:   "Monitoring the dead is NOT_FOUND, monitoring twice ALREADY_EXISTS; there is still one EXIT.",
			Clauses: "6.2, 4.3",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				a.Gives(Call("process.monitor", b.PID), nil, Fails(hostapi.AlreadyExists, "already monitoring"))
				b.Finish()
				a.Gives(Event(), exits(b.PID, nil))
				s.Quiet()
				a.Gives(PollEvent(), "empty")
				a.Gives(Call("process.monitor", b.PID), nil, notFound())
			},
		},
		{
			Name:    "monitor/oneself",
			Claim:   "Monitoring oneself is true and has no effect.",
			Clauses: "6.2",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Values(Call("process.monitor", Self()), Call("process.monitor", Self())), true, true)
				a.Gives(Call("process.unmonitor", Self()), true)
			},
		},
		{
			Name:    "monitor/by_name",
			Claim:   "A name is resolved once, when monitor is called; EXIT carries the PID.",
			Clauses: "6.3, 12.6",
			Scenario: func(s *Stage) {
				a, b, c := s.Actor(), s.Actor(), s.Actor()
				b.Do(Call("process.registry.register", "x"))
				a.Gives(Call("process.monitor", "x"), true)
				a.Gives(Call("process.registry.unregister", "x"), true)
				c.Gives(Call("process.registry.register", "x"), true)
				c.Finish()
				s.End(c.PID)
				s.Quiet()
				a.Gives(PollEvent(), "empty")
				b.Finish(2)
				a.Gives(Event(), exits(b.PID, 2))
			},
		},
		{
			Name:    "monitor/unmonitor",
			Claim:   "After unmonitor no EXIT is read; it is true also without a monitor or of a dead process.",
			Clauses: "6.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				a.Gives(Call("process.unmonitor", b.PID), true)
				a.Gives(Call("process.unmonitor", b.PID), true)
				b.Finish()
				s.End(b.PID)
				s.Quiet()
				a.Gives(PollEvent(), "empty")
				a.Gives(Call("process.unmonitor", b.PID), true)
			},
		},
		{
			Name:    "monitor/unmonitor_removes_unread_exit",
			Claim:   "unmonitor after the end removes the unread EXIT of that process, and no other.",
			Clauses: "6.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b, c := a.Spawns("spawn_monitored"), a.Spawns("spawn_monitored")
				for _, x := range []*Actor{b, c} {
					x.Finish()
					s.End(x.PID)
				}
				s.Quiet()
				a.Gives(Call("process.unmonitor", b.PID), true)
				a.Gives(Event(), exits(c.PID, nil))
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "monitor/monitor_again",
			Claim:   "After unmonitor, monitor works again.",
			Clauses: "6.2, 6.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				a.Gives(Call("process.unmonitor", b.PID), true)
				a.Gives(Call("process.monitor", b.PID), true)
				b.Finish()
				a.Gives(Event(), exits(b.PID, nil))
			},
		},
		{
			Name:    "monitor/each_watcher",
			Claim:   "Each watcher gets its own EXIT; a watcher's end removes its monitors silently.",
			Clauses: "6.5, 4.6",
			Scenario: func(s *Stage) {
				b, watchers := s.Actor(), s.Actors(4)
				for _, w := range watchers {
					w.Gives(Call("process.monitor", b.PID), true)
				}
				watchers[0].Fail("gone")
				s.End(watchers[0].PID)
				s.Quiet()
				b.Gives(PollEvent(), "empty")
				b.Finish(1)
				for _, w := range watchers[1:] {
					w.Gives(Event(), exits(b.PID, 1))
				}
			},
		},
		{
			Name:    "monitor/order_of_ends",
			Claim:   "One watcher receives the EXITs of several processes in the order of their ends.",
			Clauses: "4.6",
			Scenario: func(s *Stage) {
				a, bs := s.Actor(), s.Actors(5)
				for _, b := range bs {
					a.Gives(Call("process.monitor", b.PID), true)
				}
				for i := range bs {
					b := bs[(i*3)%5]
					b.Finish(i)
					s.End(b.PID)
				}
				for i := range bs {
					a.Gives(Event(), exits(bs[(i*3)%5].PID, i))
				}
			},
		},
		{
			Name:    "monitor/ends_in_order_of_signals",
			Claim:   "Of two processes of which one ends because of the other, the EXITs come in the order of the ends.",
			Clauses: "4.6, 5.6, 2.23",
			Scenario: func(s *Stage) {
				a, b, c := s.Actor(), s.Actor(), s.Actor()
				a.Do(Call("process.monitor", c.PID), Call("process.monitor", b.PID))
				b.Do(Call("process.link", c.PID))
				b.Fail("x")
				a.Gives(Event(), fails(b.PID, failedWith("x")))
				a.Gives(Event(), fails(c.PID, linkKilled(b.PID, "x")))
			},
		},
		{
			Name:    "monitor/events_kept_from_the_start",
			Claim:   "Events are kept in order until read, whether or not events was called; they do not wait behind messages.",
			Clauses: "4.5, 3.10",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				for range 3 {
					b.Do(Send(a.PID, "t"))
				}
				a.Do(Let("x", Spawn("spawn_monitored", Peer, 1)))
				s.Quiet()
				b.Gives(Call("process.cancel", a.PID), true)
				a.Gives(Event(), exits(Any(), 1))
				a.Gives(Event(), canceled(b.PID, ""))
			},
		},
		{
			Name:    "monitor/successor_under_the_same_name",
			Claim:   "When EXIT is seen, a successor can be started under the same name at once.",
			Clauses: "6.7, 12.5, 13.20",
			Scenario: func(s *Stage) {
				a := s.Actor()
				start := Method(Call("process.with_name", "service"), "spawn_monitored", Peer, Host, Quote(Serve()))
				for range 3 {
					b := s.At(a.Do(start).First())
					b.Fail("x")
					a.Gives(Event(), fails(b.PID, failedWith("x")))
				}
				a.Gives(start, Any())
			},
		},
	}
}
