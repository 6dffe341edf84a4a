package conformance

import "github.com/understudy-run/understudy/hostapi"

// supervisorCases are those of section 16 that concern engines: specifications
// are values of scripts, children are scripts. How supervisors behave in all
// corners, the tests of core show.
func supervisorCases() []Case {
	child := func(id, restart string) Code {
		return Table("id", id, "process", Peer, "restart", restart, "input", List(Quote(Seq(Report("start "+id, Self()), Serve()))))
	}
	start := func(strategy string, intensity int, children ...any) Code {
		return Call("supervisor.start", Table("strategy", strategy, "intensity", intensity, "period", "1h", "children", List(children...)))
	}
	// started gives the n-th process of a child.
	started := func(s *Stage, n int, id string) *Actor {
		return s.At(s.AwaitReports("start "+id, n)[n-1].First())
	}
	return []Case{
		{
			Name:    "supervisor/one_for_one",
			Claim:   "A permanent child is started again after any end, a transient one after a failure; siblings are not touched.",
			Clauses: "16.7, 16.8, 16.17",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(start("one_for_one", 10, child("p", "permanent"), child("t", "transient")), Any())
				p, t := started(s, 1, "p"), started(s, 1, "t")
				p.Finish()
				started(s, 2, "p").Fail("x")
				started(s, 3, "p")
				t.Gives(Values(1), 1)
				t.Fail("y")
				t = started(s, 2, "t")
				t.Finish()
				s.Exits(t.PID, nil)
				s.Quiet()
				s.True(len(s.Reports("start t")) == 2 && len(s.Reports("start p")) == 3, "a child was started that should not be")
			},
		},
		{
			Name:    "supervisor/one_for_all",
			Claim:   "one_for_all stops all other children, then starts all again.",
			Clauses: "16.5, 16.7",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(start("one_for_all", 10, child("a", "permanent"), child("b", "permanent")), Any())
				b, first := started(s, 1, "b"), started(s, 1, "a")
				first.Begin(Seq(Event(), Finish()))
				s.Quiet()
				b.Fail("x")
				started(s, 2, "a")
				started(s, 2, "b")
				s.Exits(first.PID, nil)
			},
		},
		{
			Name:    "supervisor/gives_up",
			Claim:   "More than intensity restarts within period: the supervisor stops its children and fails with the last failure in its details.",
			Clauses: "16.6, 16.10, 16.12",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("sup", start("one_for_one", 1, child("a", "permanent"), child("b", "permanent"))), Call("process.monitor", Get("sup")))
				b := started(s, 1, "b")
				b.Begin(Seq(Event(), Finish()))
				started(s, 1, "a").Fail("first")
				started(s, 2, "a").Fail("second")
				a.Gives(Event(), fails(Any(), Detailed(hostapi.Internal, "restart intensity exceeded", fields{"child": "a", "reason": "second"})))
				if _, ended := s.Ended(b.PID); !ended {
					s.Fail("a child outlived its supervisor")
				}
			},
		},
		{
			Name:    "supervisor/dynamic_children",
			Claim:   "Children are started, listed, stopped, started again and deleted by calls that give pairs as all others do.",
			Clauses: "16.17",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("sup", start("one_for_one", 10)))
				a.Gives(Call("supervisor.start_child", Get("sup"), child("a", "permanent")), Any())
				pid := started(s, 1, "a").PID
				a.Gives(Call("supervisor.start_child", Get("sup"), child("a", "permanent")), nil, Detailed(hostapi.AlreadyExists, "already started", fields{"pid": pid}))
				a.Gives(Call("supervisor.which_children", Get("sup")), Elements(Has(fields{"id": "a", "pid": pid, "type": "process", "restart": "permanent", "status": "running"})))
				a.Gives(Call("supervisor.count_children", Get("sup")), Has(fields{"specs": 1, "active": 1, "supervisors": 0, "processes": 1}))
				started(s, 1, "a").Begin(Seq(Event(), Finish()))
				s.Quiet()
				a.Gives(Call("supervisor.terminate_child", Get("sup"), "a"), true)
				s.Exits(pid, nil)
				a.Gives(Call("supervisor.restart_child", Get("sup"), "a"), Any())
				started(s, 2, "a").Begin(Seq(Event(), Finish()))
				s.Quiet()
				a.Gives(Call("supervisor.delete_child", Get("sup"), "a"), nil, Fails(hostapi.Conflict, "child is running"))
				a.Gives(Call("supervisor.terminate_child", Get("sup"), "none"), nil, Fails(hostapi.NotFound, "child not found"))
			},
		},
		{
			Name:    "supervisor/bad_specifications",
			Claim:   "A specification that violates 16.1 or 16.2 is INVALID with the field; what is no supervisor is refused.",
			Clauses: "16.3, 16.17",
			Scenario: func(s *Stage) {
				a := s.Actor()
				bad := Fails(hostapi.Invalid, "invalid supervisor specification")
				a.Gives(start("one_for_none", 1), nil, bad)
				a.Gives(start("one_for_one", -1), nil, bad)
				a.Gives(start("one_for_one", 1, Table("process", Peer)), nil, bad)
				a.Gives(start("one_for_one", 1, child("a", "often")), nil, bad)
				a.Gives(start("one_for_one", 1, child("a", "permanent"), child("a", "permanent")), nil, bad)
				a.Gives(Call("supervisor.which_children", Self()), nil, Fails(hostapi.Invalid, "not a supervisor"))
				a.Gives(Call("supervisor.which_children", "nobody"), nil, Fails(hostapi.NotFound, "process not found"))
			},
		},
	}
}
