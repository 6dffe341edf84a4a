package conformance

import "github.com/understudy-run/understudy/hostapi"

// nameCases are those of section 12.
func nameCases() []Case {
	register := func(args ...any) Code { return Call("process.registry.register", args...) }
	lookup := func(name any) Code { return Call("process.registry.lookup", name) }
	unregister := func(name any) Code { return Call("process.registry.unregister", name) }
	free := Fails(hostapi.NotFound, "name not registered")
	return []Case{
		{
			Name:    "name/register_and_lookup",
			Claim:   "A process registers itself or any live process; others look the name up.",
			Clauses: "12.1, 12.3",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Gives(register("a"), true)
				a.Gives(register("b", b.PID), true)
				a.Gives(register("b", b.PID), true)
				b.Gives(Values(lookup("a"), lookup("b")), a.PID, b.PID)
				b.Gives(lookup("c"), nil, free)
			},
		},
		{
			Name:    "name/taken",
			Claim:   "A name held by another process is ALREADY_EXISTS, with its PID in the details.",
			Clauses: "12.1",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Gives(register("x"), true)
				b.Gives(register("x"), nil, Detailed(hostapi.AlreadyExists, "name already registered", fields{"pid": a.PID}))
				b.Gives(lookup("x"), a.PID)
			},
		},
		{
			Name:    "name/race_for_a_name",
			Claim:   "Of several processes that register one name at the same time exactly one gets it.",
			Clauses: "12.1",
			Scenario: func(s *Stage) {
				actors := s.Actors(4)
				var commands []*Command
				for _, a := range actors {
					commands = append(commands, a.Begin(register("x")))
				}
				won := 0
				for _, c := range commands {
					if c.Wait().Match(true) {
						won++
						actors[0].Gives(lookup("x"), c.actor.PID)
					}
				}
				s.True(won == 1, "%d processes got the name", won)
			},
		},
		{
			Name:    "name/bad_names",
			Claim:   "A name is a non-empty string that begins neither with { nor with @.",
			Clauses: "12.2, 0.9",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, bad := range []string{"", "{x", "{app:host|1}", "@x"} {
					a.Gives(register(bad), nil, Fails(hostapi.Invalid, "invalid name"))
				}
				a.Gives(register("x{@ y"), true)
				a.Throws(register(5), Fails(hostapi.Invalid, ""))
				a.Gives(register(), nil, Fails(hostapi.Invalid, "requires"))
			},
		},
		{
			Name:    "name/bad_pids",
			Claim:   "A dead or unknown PID is NOT_FOUND, text that is no PID INVALID.",
			Clauses: "12.1",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				b.Finish()
				s.End(b.PID)
				a.Gives(register("x", b.PID), nil, notFound())
				a.Gives(register("x", "{app:host|12345}"), nil, notFound())
				a.Gives(register("x", "b"), nil, Fails(hostapi.Invalid, "invalid pid"))
				a.Gives(lookup("x"), nil, free)
			},
		},
		{
			Name:    "name/unregister",
			Claim:   "Any process may unregister any name: true if it was removed, false if nobody held it.",
			Clauses: "12.4",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Gives(register("x"), true)
				b.Gives(unregister("x"), true)
				b.Gives(unregister("x"), false)
				a.Gives(lookup("x"), nil, free)
				b.Gives(register("x"), true)
			},
		},
		{
			Name:    "name/released_before_exit",
			Claim:   "A process may hold many names; all are free when its EXIT or LINK_DOWN is seen.",
			Clauses: "12.5, 2.23",
			Scenario: func(s *Stage) {
				for _, f := range []string{"spawn_monitored", "spawn_linked"} {
					a := s.Actor()
					a.Do(trap(true))
					b := a.Spawns(f)
					b.Gives(Values(register("x"), register("y"), register("z")), true, true, true)
					c := a.Begin(Seq(Event(), Values(Nth(2, lookup("x")), Nth(2, lookup("y")), register("z"), unregister("z"))))
					b.Fail("x")
					c.Gives(free, free, true, true)
				}
			},
		},
		{
			Name:    "name/wherever_a_destination_is",
			Claim:   "Names serve wherever a destination is taken.",
			Clauses: "12.6, 3.5",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn")
				b.Gives(register("b"), true)
				for _, f := range []string{"link", "unlink", "monitor", "unmonitor", "cancel"} {
					a.Gives(Call("process."+f, "b"), true)
				}
				a.Gives(Send("b", "t", 1), true)
				b.Gives(Data(), 1)
				a.Gives(Call("process.monitor", "b"), true)
				a.Gives(Call("process.terminate", "b"), true)
				a.Gives(Event(), fails(b.PID, terminated()))
				a.Gives(Send("b", "t"), nil, Fails(hostapi.NotFound, "could not resolve 'b'"))
			},
		},
	}
}
