package conformance

import (
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// supervisorRequestCases are those of section 16 on the functions of the module
// and on specifications that are refused.
func supervisorRequestCases() []Case {
	notFound := Fails(hostapi.NotFound, "child not found")
	return []Case{
		{
			Name:    "supervisor/dynamic_children",
			Claim:   "Children are started last in order, listed, stopped, started again and deleted by calls that give pairs as all others do.",
			Clauses: "16.17, 16.8",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				t.starts(spec(kids(kid("z"))))
				z := t.nth(1, "z")
				t.asks("start_child", []any{kid("a")}, Where("a PID", func(v hostapi.Value) bool { return v.Str() == string(t.nth(1, "a")) }))
				a := t.nth(1, "a")
				t.asks("start_child", []any{kid("a")}, nil, Detailed(hostapi.AlreadyExists, "already started", fields{"pid": a}))
				t.asks("which_children", nil, Elements(shown("z", "permanent", "running", z), shown("a", "permanent", "running", a)))
				running := Fails(hostapi.Conflict, "child is running")
				t.asks("restart_child", []any{"a"}, nil, running)
				t.asks("delete_child", []any{"a"}, nil, running)
				t.asks("terminate_child", []any{"a"}, true)
				s.Exits(a, nil)
				t.asks("terminate_child", []any{"a"}, true)
				t.asks("start_child", []any{kid("a")}, nil, Fails(hostapi.AlreadyExists, "already present"))
				t.asks("which_children", nil, Elements(shown("z", "permanent", "running", z), shown("a", "permanent", "stopped", nil)))
				t.asks("restart_child", []any{"a"}, Where("a PID", func(v hostapi.Value) bool { return v.Str() == string(t.nth(2, "a")) }))
				t.nth(2, "a")
				t.asks("terminate_child", []any{"a"}, true)
				t.asks("delete_child", []any{"a"}, true)
				for _, function := range []string{"terminate_child", "restart_child", "delete_child"} {
					t.asks(function, []any{"a"}, nil, notFound)
				}
				t.asks("start_child", []any{kid("a")}, Any())
				t.nth(3, "a")
				t.inOrder("stop", "a a")
			},
		},
		{
			Name:    "supervisor/counts",
			Claim:   "count_children counts specifications, children that run, and supervisors and processes, running or not.",
			Clauses: "16.17",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				nested := Table("id", "n", "supervisor", spec(kids(kid("m"))))
				t.starts(spec(kids(kid("a"), kid("b"), nested)))
				t.asks("count_children", nil, counts(3, 3, 1, 2))
				t.nth(1, "m")
				t.asks("terminate_child", []any{"n"}, true)
				t.asks("terminate_child", []any{"b"}, true)
				t.asks("count_children", nil, counts(3, 1, 1, 2))
				t.asks("delete_child", []any{"b"}, true)
				t.asks("count_children", nil, counts(2, 1, 1, 1))
				t.starts(spec(nil))
				t.asks("count_children", nil, counts(0, 0, 0, 0))
				t.asks("which_children", nil, Elements())
			},
		},
		{
			Name:    "supervisor/start_refused",
			Claim:   "A child that cannot be started is an error of start_child and leaves no specification; restart_child gives it too and keeps the child.",
			Clauses: "16.17",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				t.starts(spec(nil))
				broken := t.loads("b")
				s.Prologue(Peer+".b", Throw("broken"))
				t.asks("start_child", []any{broken}, nil, Fails(hostapi.Internal, "broken"))
				t.asks("count_children", nil, counts(0, 0, 0, 0))
				s.Prologue(Peer+".b", Report("load b", 1))
				t.asks("start_child", []any{broken}, Any())
				t.asks("terminate_child", []any{"b"}, true)
				s.Prologue(Peer+".b", Throw("broken again"))
				t.asks("restart_child", []any{"b"}, nil, Fails(hostapi.Internal, "broken again"))
				t.asks("which_children", nil, Elements(shown("b", "permanent", "stopped", nil)))
			},
		},
		{
			Name:    "supervisor/simple_one_for_one",
			Claim:   "A simple_one_for_one starts none by itself; start_child appends arguments to the template's input, with which the child is also restarted.",
			Clauses: "16.1, 16.4, 16.7, 16.17",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				s.Entry(Peer+".other", core.Entry{Method: "other"})
				worker := Table("process", Peer+".other", "restart", "temporary", "input", List("in"))
				sup := t.starts(spec(kids(worker), "strategy", "simple_one_for_one"))
				t.asks("count_children", nil, counts(1, 0, 0, 0))
				// A text as second result is the failure of the process: other gives its
				// first argument there.
				got := t.boss.Do(Call("supervisor.start_child", sup, "x"))
				s.Fails(t.At(got.First()).PID, Fails(hostapi.Internal, "in"))
				t.starts(spec(kids(Table("process", Peer)), "strategy", "simple_one_for_one"))
				for _, id := range []string{"x", "y"} {
					t.asks("start_child", []any{Quote(ward(id))}, Any())
				}
				x, y := t.nth(1, "x"), t.nth(1, "y")
				t.asks("which_children", nil, Elements(shown(nil, "permanent", "running", x), shown(nil, "permanent", "running", y)))
				t.fails(x, "z")
				x = t.nth(2, "x")
				t.asks("count_children", nil, counts(1, 2, 0, 2))
				t.asks("terminate_child", []any{y}, true)
				s.Exits(y, nil)
				t.asks("terminate_child", []any{y}, nil, notFound)
				t.asks("which_children", nil, Elements(shown(nil, "permanent", "running", x)))
				unsupported := Fails(hostapi.Invalid, "not supported by simple_one_for_one")
				t.asks("restart_child", []any{x}, nil, unsupported)
				t.asks("delete_child", []any{x}, nil, unsupported)
			},
		},
		{
			Name:    "supervisor/template_supervisor",
			Claim:   "A template may be a supervisor, which takes no arguments.",
			Clauses: "16.17",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				t.starts(spec(kids(Table("supervisor", spec(kids(kid("a"))))), "strategy", "simple_one_for_one"))
				t.asks("start_child", []any{1}, nil, Fails(hostapi.Invalid, "a supervisor takes no arguments"))
				t.asks("start_child", nil, Any())
				t.nth(1, "a")
				t.asks("which_children", nil, Elements(Has(fields{"id": nil, "type": "supervisor"})))
			},
		},
		{
			Name:    "supervisor/by_name",
			Claim:   "A supervisor is found by its PID or a registered name; what is none, unknown or gone is refused.",
			Clauses: "16.17",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				named := Table("id", "n", "name", "staff", "supervisor", spec(kids(kid("a"))))
				sup := t.starts(spec(kids(named)))
				count := func(sup any) Code { return Call("supervisor.count_children", sup) }
				t.boss.Gives(count("staff"), counts(1, 1, 0, 1))
				t.boss.Gives(count(Self()), nil, Fails(hostapi.Invalid, "not a supervisor"))
				t.boss.Gives(count("nobody"), nil, Fails(hostapi.NotFound, "process not found"))
				t.boss.Gives(Call("process.cancel", sup), true)
				s.Exits(sup, nil)
				for _, gone := range []any{sup, "staff"} {
					t.boss.Gives(count(gone), nil, Fails(hostapi.NotFound, "process not found"))
				}
			},
		},
		{
			Name:    "supervisor/shutting_down",
			Claim:   "Requests to a supervisor that stops are UNAVAILABLE, also those that wait already.",
			Clauses: "16.17",
			Virtual: true,
			Scenario: func(s *Stage) {
				t := newTroop(s)
				other, waits := s.Actor(), s.Actor()
				deaf := runs("d", Seq(Report("start d", Self()), Call("process.events"), Message()), "shutdown", "4s")
				sup := t.starts(spec(kids(deaf, kid("b"))))
				t.nth(1, "d")
				ask := t.boss.Begin(Call("supervisor.terminate_child", sup, "d"))
				s.Pass(1)
				early := waits.Begin(Call("supervisor.count_children", sup))
				s.Pass(1)
				other.Gives(Call("process.cancel", sup, "2s"), true)
				s.Pass(2 * time.Second)
				unavailable := Fails(hostapi.Unavailable, "supervisor is shutting down")
				early.Gives(nil, unavailable)
				ask.Wait()
			},
		},
		{
			Name:    "supervisor/one_at_a_time",
			Claim:   "Requests are handled one at a time in order of arrival; one whose caller has ended before its turn is dropped.",
			Clauses: "16.16",
			Virtual: true,
			Scenario: func(s *Stage) {
				t := newTroop(s)
				second, third := s.Actor(), s.Actor()
				deaf := runs("d", Seq(Report("start d", Self()), Call("process.events"), Message()), "shutdown", "4s")
				sup := t.starts(spec(kids(deaf)))
				t.nth(1, "d")
				stop := t.boss.Begin(Call("supervisor.terminate_child", sup, "d"))
				s.Pass(1)
				second.Begin(Call("supervisor.start_child", sup, kid("dropped")))
				s.Pass(1)
				list := third.Begin(Call("supervisor.which_children", sup))
				s.Pass(1)
				s.True(!stop.Done() && !list.Done(), "a request was handled while the supervisor was busy")
				if err := s.Terminate(second.PID); err != nil {
					s.Fail("%v", err)
				}
				s.Pass(4 * time.Second)
				stop.Gives(true)
				list.Gives(Elements(shown("d", "permanent", "stopped", nil)))
				s.True(len(s.Reports("start dropped")) == 0, "the request of a dead process was carried out")
			},
		},
		{
			Name:    "supervisor/knows_of_seen_ends",
			Claim:   "Whoever has seen the EXIT of a child finds that its supervisor knows of it.",
			Clauses: "16.16",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				t.starts(spec(kids(kid("a"), kid("t", "restart", "temporary"))))
				a, tt := t.nth(1, "a"), t.nth(1, "t")
				t.boss.Do(Call("process.monitor", a), Call("process.monitor", tt))
				look := t.boss.Begin(Seq(Event(), Nth(1, Call("supervisor.which_children", Get("sup")))))
				t.exits(tt)
				look.Gives(Elements(shown("a", "permanent", "running", a)))
				look = t.boss.Begin(Seq(Event(), Nth(1, Call("supervisor.which_children", Get("sup")))))
				t.fails(a, "x")
				look.Gives(Elements(shown("a", "permanent", "running", Where("the PID of its successor", func(v hostapi.Value) bool {
					return v.Str() == string(t.nth(2, "a"))
				}))))
			},
		},
		{
			Name:    "supervisor/bad_specifications",
			Claim:   "A specification that violates 16.1 or 16.2 is INVALID with the field, and starts nothing.",
			Clauses: "16.1, 16.2, 16.3, 16.17",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				bare := func(more ...any) Code { return merged([]any{"id", "a", "process", Peer}, more) }
				for _, c := range []struct {
					field string
					spec  any
				}{
					{"strategy", spec(nil, "strategy", "one_for_none")},
					{"intensity", spec(nil, "intensity", -1)},
					{"intensity", spec(nil, "intensity", 1.5)},
					{"period", Table("period", "0s")},
					{"period", Table("period", "soon")},
					{"auto_shutdown", spec(nil, "auto_shutdown", "always")},
					{"auto_shutdown", spec(kids(bare()), "strategy", "simple_one_for_one", "auto_shutdown", "any_significant")},
					{"backoff.jitter", spec(nil, "backoff", Table("jitter", 2))},
					{"backoff.backoff_factor", spec(nil, "backoff", Table("backoff_factor", 0.5))},
					{"backoff.max_delay", spec(nil, "backoff", Table("initial_delay", "2s", "max_delay", "1s"))},
					{"backoff.max_attempts", spec(nil, "backoff", Table("max_attempts", 3))},
					{"host", spec(nil, "host", 1)},
					{"lifecycle", spec(nil, "lifecycle", Table("auto_start", true))},
					{"children", spec(nil, "strategy", "simple_one_for_one")},
					{"children", spec(kids(bare(), bare()), "strategy", "simple_one_for_one")},
					{"children", Table("children", "a")},
					{"children[1]", spec(kids(1))},
					{"children[1].id", spec(kids(Table("process", Peer)))},
					{"children[1].id", spec(kids(Table("id", "", "process", Peer)))},
					{"children[2].id", spec(kids(bare(), bare()))},
					{"children[1].process", spec(kids(Table("id", "a")))},
					{"children[1].supervisor", spec(kids(bare("supervisor", spec(nil))))},
					{"children[1].supervisor.strategy", spec(kids(Table("id", "a", "supervisor", spec(nil, "strategy", "none"))))},
					{"children[1].input", spec(kids(bare("input", "x")))},
					{"children[1].name", spec(kids(bare("name", "@x")))},
					{"children[1].name", spec(kids(bare("name", "x")), "strategy", "simple_one_for_one")},
					{"children[1].restart", spec(kids(bare("restart", "often")))},
					{"children[1].shutdown", spec(kids(bare("shutdown", "never")))},
					{"children[1].shutdown", spec(kids(bare("shutdown", -1)))},
					{"children[1].significant", spec(kids(bare("significant", "yes")))},
					{"children[1].significant", spec(kids(bare("restart", "transient", "significant", true)))},
					{"children[1].significant", spec(kids(bare("significant", true)), "auto_shutdown", "any_significant")},
					{"children[1].colour", spec(kids(bare("colour", "red")))},
				} {
					bad := Fails(hostapi.Invalid, "invalid supervisor specification: "+c.field+" ")
					got := t.boss.Do(Call("supervisor.start", c.spec))
					s.Same("start with a wrong "+c.field, got, nil, bad)
				}
				t.boss.Throws(Call("supervisor.start", 1), Fails(hostapi.Invalid, "must be a string or table"))
				t.boss.Gives(Call("supervisor.start", spec(kids(bare("process", "app:none")))), nil, Fails(hostapi.NotFound, "unknown process entry"))
				t.boss.Gives(Call("supervisor.start", spec(nil, "host", "app:none")), nil, Fails(hostapi.NotFound, "host not found"))
				t.starts(spec(nil))
				t.asks("start_child", []any{bare("restart", "often")}, nil, Fails(hostapi.Invalid, "invalid supervisor specification: restart "))
				t.asks("start_child", nil, nil, Fails(hostapi.Invalid, "invalid supervisor specification"))
				t.asks("count_children", nil, counts(0, 0, 0, 0))
				s.True(len(s.Processes()) == 2, "something was started: %v", s.Processes())
			},
			Schedules: 3,
		},
	}
}
