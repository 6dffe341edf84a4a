package conformance

import (
	"time"

	"github.com/understudy-run/understudy/core"
	corespec "github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// supervisorCases are those of section 16 on starts and restarts, as scripts see
// them: specifications are values of scripts, children are scripts. How
// supervisors behave in all corners, the tests of core show.
func supervisorCases() []Case {
	gaveUp := func(child any, reason string) Matcher {
		return Detailed(hostapi.Internal, "restart intensity exceeded", fields{"child": child, "reason": reason})
	}
	return []Case{
		{
			Name:    "supervisor/started_in_order",
			Claim:   "Children are started in list order, each when the one before is live; start returns when all are, with a PID that others can use.",
			Clauses: "16.1, 16.4, 16.17",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				sup := t.starts(spec(kids(t.loads("a"), t.loads("b"), t.loads("c"))))
				t.inOrder("load", "a b c")
				s.Actor().Gives(Call("supervisor.count_children", sup), counts(3, 3, 0, 3))
			},
		},
		{
			Name:    "supervisor/start_failed",
			Claim:   "If a child cannot be started, those already started are stopped in reverse order, and start gives the failure with child and reason.",
			Clauses: "16.4, 16.5, 16.17",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				broken := t.loads("c")
				s.Prologue(Peer+".c", Throw("broken"))
				t.boss.Gives(Call("supervisor.start", spec(kids(kid("a"), kid("b"), broken, kid("d")))), nil,
					Detailed(hostapi.Internal, "failed to start child", fields{"child": "c", "reason": "failed to execute script: broken"}))
				t.inOrder("stop", "b a")
				s.True(len(s.Reports("start d")) == 0, "a child after the one that failed was started")
			},
		},
		{
			Name:    "supervisor/started_by_entry",
			Claim:   "A string stands for a supervisor entry, also as nested supervisor; an unknown one is NOT_FOUND.",
			Clauses: "16.1, 16.2, 16.17",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				inner := corespec.DefaultSupervisor
				inner.Children = []corespec.Child{{ID: "a", Process: Peer, Restart: corespec.Permanent, Input: []hostapi.Value{ward("a").wire}}}
				s.DefineSupervisor("app:sup", inner)
				t.starts("app:sup")
				t.nth(1, "a")
				t.asks("which_children", nil, Elements(shown("a", "permanent", "running", Any())))
				t.starts(spec(kids(Table("id", "n", "supervisor", "app:sup"))))
				t.nth(2, "a")
				t.asks("which_children", nil, Elements(Has(fields{"id": "n", "type": "supervisor", "status": "running"})))
				unknown := FailsWith(hostapi.NotFound, "unknown supervisor entry: app:none", fields{"id": "app:none"})
				t.boss.Gives(Call("supervisor.start", "app:none"), nil, unknown)
				t.boss.Gives(Call("supervisor.start", spec(kids(Table("id", "n", "supervisor", "app:none")))), nil, unknown)
			},
		},
		{
			Name:    "supervisor/linked",
			Claim:   "start_linked links supervisor and caller, start does not; a supervisor killed by its link stops its children and fails as any linked process.",
			Clauses: "16.14, 16.17",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				free := t.starts(spec(kids(kid("free"))))
				got := t.boss.Do(Call("supervisor.start_linked", spec(kids(kid("a"), kid("b")))))
				sup := t.At(got.First()).PID
				t.nth(1, "b")
				t.boss.Fail("over")
				s.Fails(sup, linkKilled(t.boss.PID, "over"))
				t.inOrder("stop", "b a")
				s.Quiet()
				s.Alive(free)
			},
		},
		{
			Name:    "supervisor/one_for_one",
			Claim:   "A permanent child is started again after any end, a transient one after a failure; siblings are not touched.",
			Clauses: "16.7, 16.8, 16.17",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				t.starts(spec(kids(kid("p"), kid("t", "restart", "transient"))))
				t.exits(t.nth(1, "p"))
				t.fails(t.nth(2, "p"), "x")
				t.nth(3, "p")
				t.fails(t.nth(1, "t"), "y")
				last := t.nth(2, "t")
				t.exits(last)
				s.Exits(last, nil)
				s.Quiet()
				s.True(len(s.Reports("start t")) == 2 && len(s.Reports("start p")) == 3, "a child was started that should not be")
				t.inOrder("stop", "")
				t.asks("which_children", nil, Elements(shown("p", "permanent", "running", Any()), shown("t", "transient", "stopped", nil)))
			},
		},
		{
			Name:    "supervisor/one_for_all",
			Claim:   "one_for_all stops all other children in reverse order, then starts all in list order.",
			Clauses: "16.5, 16.7",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				t.starts(spec(kids(t.loads("a"), t.loads("b"), t.loads("c")), "strategy", "one_for_all"))
				first, last := t.nth(1, "a"), t.nth(1, "c")
				t.fails(t.nth(1, "b"), "x")
				t.nth(2, "a")
				t.nth(2, "b")
				t.nth(2, "c")
				t.inOrder("load", "a b c a b c")
				t.inOrder("stop", "c a")
				s.Exits(first, nil)
				s.Exits(last, nil)
			},
		},
		{
			Name:    "supervisor/rest_for_one",
			Claim:   "rest_for_one stops the children after the one that ended in reverse order, then starts it and them in list order.",
			Clauses: "16.5, 16.7",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				t.starts(spec(kids(t.loads("a"), t.loads("b"), t.loads("c"), t.loads("d")), "strategy", "rest_for_one"))
				a := t.nth(1, "a")
				t.nth(1, "c")
				t.nth(1, "d")
				t.fails(t.nth(1, "b"), "x")
				t.nth(2, "b")
				t.nth(2, "c")
				t.nth(2, "d")
				t.inOrder("load", "a b c d b c d")
				t.inOrder("stop", "d c")
				s.Alive(a)
			},
		},
		{
			Name:    "supervisor/temporary",
			Claim:   "A temporary child is never started again, loses its specification with its end, and its end never touches siblings.",
			Clauses: "16.8",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				t.starts(spec(kids(kid("a"), kid("t", "restart", "temporary"), kid("u", "restart", "temporary"), kid("v", "restart", "temporary")), "strategy", "one_for_all", "intensity", 0))
				t.nth(1, "a")
				t.fails(t.nth(1, "t"), "x")
				t.exits(t.nth(1, "u"))
				t.nth(1, "v")
				s.Quiet()
				t.asks("terminate_child", []any{"v"}, true)
				t.asks("which_children", nil, Elements(shown("a", "permanent", "running", t.nth(1, "a"))))
				t.inOrder("stop", "v")
				t.asks("delete_child", []any{"t"}, nil, Fails(hostapi.NotFound, "child not found"))
			},
		},
		{
			Name:    "supervisor/group_restart_and_kinds",
			Claim:   "A group restart starts again what was stopped or had ended normally, but no temporary siblings.",
			Clauses: "16.8",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				t.starts(spec(kids(kid("a"), kid("t", "restart", "temporary"), kid("n", "restart", "transient"), kid("s")), "strategy", "one_for_all"))
				t.nth(1, "t")
				n := t.nth(1, "n")
				t.exits(n)
				s.Exits(n, nil)
				t.nth(1, "s")
				t.asks("terminate_child", []any{"s"}, true)
				t.fails(t.nth(1, "a"), "x")
				for _, id := range []string{"a", "n", "s"} {
					t.nth(2, id)
				}
				s.Quiet()
				t.asks("which_children", nil, Elements(
					shown("a", "permanent", "running", t.nth(2, "a")), shown("n", "transient", "running", t.nth(2, "n")), shown("s", "permanent", "running", t.nth(2, "s"))))
				s.True(len(s.Reports("start t")) == 1, "a temporary child was started again")
			},
		},
		{
			Name:    "supervisor/gives_up",
			Claim:   "More than intensity restarts within period: the supervisor stops its children and fails with the last failure in its details; no child outlives it.",
			Clauses: "16.6, 16.10, 16.12",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				sup := t.starts(spec(kids(kid("a"), kid("b")), "intensity", 1))
				t.boss.Gives(Call("process.monitor", sup), true)
				b := t.nth(1, "b")
				t.fails(t.nth(1, "a"), "first")
				t.fails(t.nth(2, "a"), "second")
				t.boss.Gives(Event(), fails(sup, gaveUp("a", "second")))
				if _, ended := s.Ended(b); !ended {
					s.Fail("a child outlived its supervisor")
				}
				t.inOrder("stop", "b")
			},
		},
		{
			Name:    "supervisor/normal_end_as_reason",
			Claim:   "Intensity 0 allows no restart; of a child that has exited the reason says so, and one of a simple_one_for_one is named by its PID.",
			Clauses: "16.10, 16.12",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				sup := t.starts(spec(kids(kid("a")), "intensity", 0))
				t.exits(t.nth(1, "a"))
				s.Fails(sup, gaveUp("a", "exited normally"))
				sup = t.starts(spec(kids(kid("x")), "intensity", 0, "strategy", "simple_one_for_one"))
				t.asks("start_child", nil, Any())
				x := t.nth(1, "x")
				t.fails(x, "y")
				s.Fails(sup, gaveUp(x, "y"))
			},
		},
		{
			Name:    "supervisor/intensity_within_period",
			Claim:   "Only restarts within the last period count; one made exactly a period ago does, and a group restart counts once.",
			Clauses: "16.10",
			Virtual: true,
			Scenario: func(s *Stage) {
				t := newTroop(s)
				sup := t.starts(spec(kids(kid("a"), kid("b"), kid("c")), "intensity", 1, "period", "10s", "strategy", "one_for_all"))
				for n := 1; n <= 3; n++ {
					t.fails(t.nth(n, "a"), "x")
					t.nth(n+1, "a")
					s.Pass(10*time.Second + 1)
					s.Alive(sup)
				}
				t.fails(t.nth(4, "a"), "last but one")
				t.nth(5, "a")
				s.Pass(10 * time.Second)
				t.fails(t.nth(5, "a"), "last")
				s.Fails(sup, gaveUp("a", "last"))
			},
		},
		{
			Name:    "supervisor/backoff",
			Claim:   "With backoff a restart waits, longer each time until the child was stable; meanwhile the child is restarting and cannot be restarted or deleted.",
			Clauses: "16.1, 16.11, 16.17",
			Virtual: true,
			Scenario: func(s *Stage) {
				t := newTroop(s)
				backoff := Table("initial_delay", "2s", "max_delay", "5s", "backoff_factor", 2, "jitter", 0, "stable_threshold", "1m")
				t.starts(spec(kids(kid("a")), "backoff", backoff))
				for n, delay := range []time.Duration{2 * time.Second, 4 * time.Second, 5 * time.Second} {
					t.fails(t.nth(n+1, "a"), "x")
					s.Pass(delay - 1)
					s.True(len(s.Reports("start a")) == n+1, "restarted before %s", delay)
					t.asks("which_children", nil, Elements(shown("a", "permanent", "restarting", nil)))
					restarting := Fails(hostapi.Conflict, "child is restarting")
					t.asks("restart_child", []any{"a"}, nil, restarting)
					t.asks("delete_child", []any{"a"}, nil, restarting)
					s.Pass(1)
					s.True(len(s.Reports("start a")) == n+2, "not restarted after %s", delay)
				}
				s.Pass(time.Minute)
				t.fails(t.nth(4, "a"), "x")
				s.Pass(2*time.Second - 1)
				s.True(len(s.Reports("start a")) == 4, "restarted too early")
				s.Pass(1)
				s.True(len(s.Reports("start a")) == 5, "the earlier failures of a stable child are not forgotten")
			},
		},
		{
			Name:    "supervisor/restart_dropped",
			Claim:   "terminate_child drops the restart of a child that waits for it.",
			Clauses: "16.11",
			Virtual: true,
			Scenario: func(s *Stage) {
				t := newTroop(s)
				t.starts(spec(kids(kid("a")), "backoff", Table("initial_delay", "2s")))
				t.fails(t.nth(1, "a"), "x")
				s.Pass(time.Second)
				t.asks("terminate_child", []any{"a"}, true)
				t.asks("which_children", nil, Elements(shown("a", "permanent", "stopped", nil)))
				s.Pass(time.Hour)
				s.True(len(s.Reports("start a")) == 1, "the restart was made")
				t.asks("restart_child", []any{"a"}, Any())
				t.nth(2, "a")
			},
		},
		{
			Name:    "supervisor/restart_fails",
			Claim:   "A restart that fails counts and is tried again; giving up tells why the last one failed.",
			Clauses: "16.11, 16.12",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				sup := t.starts(spec(kids(t.loads("a"), kid("b")), "intensity", 3))
				b := t.nth(1, "b")
				a := t.nth(1, "a")
				s.Prologue(Peer+".a", Seq(Report("load a", 1), Throw("not now")))
				t.fails(a, "x")
				s.Fails(sup, gaveUp("a", "failed to execute script: not now"))
				t.inOrder("load", "a a a a")
				s.Exits(b, nil)
			},
		},
		{
			Name:    "supervisor/nested",
			Claim:   "A nested supervisor is a child like others: a permanent one that gave up is started again with its children; as transient it counts as shut down.",
			Clauses: "16.2, 16.5, 16.9",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				nested := func(id, restart string) Code {
					return Table("id", id, "restart", restart, "supervisor", spec(kids(kid(id+"1"), kid(id+"2")), "intensity", 0))
				}
				t.starts(spec(kids(nested("p", "permanent"), nested("t", "transient"), kid("x"))))
				x := t.nth(1, "x")
				t.fails(t.nth(1, "p1"), "y")
				t.nth(2, "p1")
				t.nth(2, "p2")
				t.fails(t.nth(1, "t1"), "y")
				s.Exits(t.nth(1, "t2"), nil)
				s.Quiet()
				s.True(len(s.Reports("start t1")) == 1, "a transient supervisor that gave up was started again")
				s.Alive(x)
				t.asks("count_children", nil, counts(3, 2, 2, 1))
			},
		},
		{
			Name:    "supervisor/names",
			Claim:   "A child's name is registered for each of its processes before it runs.",
			Clauses: "16.2",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				named := runs("a", Seq(Report("named", Call("process.registry.lookup", "clerk")), ward("a")), "name", "clerk")
				t.starts(spec(kids(named)))
				t.fails(t.nth(1, "a"), "x")
				for n := 1; n <= 2; n++ {
					pid := t.nth(n, "a")
					s.Same("the name", s.Reports("named")[n-1], pid)
				}
				t.boss.Gives(Call("process.registry.lookup", "clerk"), t.nth(2, "a"))
				t.boss.Gives(Call("supervisor.start", spec(kids(kid("b", "name", "clerk")))), nil,
					Where("failed to start child b", func(v hostapi.Value) bool {
						e := v.Err()
						return e != nil && e.Kind == hostapi.Internal && e.Details.Get("child").Str() == "b"
					}))
			},
		},
		{
			Name:    "supervisor/input",
			Claim:   "A child gets the input of its specification, or else that of its process entry, for each of its processes.",
			Clauses: "16.2, 16.7",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				s.Entry(Peer+".own", core.Entry{Input: []hostapi.Value{ward("own").wire}})
				t.starts(spec(kids(Table("id", "e", "process", Peer+".own"), Table("id", "s", "process", Peer+".own", "input", List(Quote(ward("given")))))))
				t.fails(t.nth(1, "own"), "x")
				t.nth(2, "own")
				t.nth(1, "given")
			},
		},
	}
}
