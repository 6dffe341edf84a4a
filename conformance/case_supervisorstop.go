package conformance

import (
	"time"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// supervisorStopCases are those of section 16 on how supervisors and their
// children stop.
func supervisorStopCases() []Case {
	killed := FailsWith(hostapi.Canceled, "process terminated", nil)
	// deaf is a child that ignores CANCEL, of which it could know (71.1).
	deaf := func(id string, more ...any) Code {
		return runs(id, Seq(Report("start "+id, Self()), Call("process.events"), Message(), Values()), more...)
	}
	return []Case{
		{
			Name:    "supervisor/cancelled",
			Claim:   "A supervisor that gets CANCEL stops its children in reverse order and exits normally; they get CANCEL from it with reason shutdown and their time.",
			Clauses: "16.5, 16.14, 7.12",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				sup := t.starts(spec(kids(kid("a"), kid("b", "shutdown", "7s"), kid("c", "shutdown", "infinity"))))
				t.boss.Gives(Call("process.monitor", sup), true)
				t.nth(1, "c")
				t.boss.Gives(Call("process.cancel", sup), true)
				t.boss.Gives(Event(), exits(sup, nil))
				t.inOrder("stop", "c b a")
				for id, time := range map[string]any{"a": 5.0, "b": 7.0, "c": nil} {
					s.Same("the end of "+id, s.Reports("stop " + id)[0], Where("CANCEL of the supervisor", func(v hostapi.Value) bool {
						if !canceled(sup, "shutdown").Match(v) || time == nil {
							return canceled(sup, "shutdown").Match(v) && v.Map().Get("deadline").IsNil()
						}
						d := v.Map().Get("deadline").Float() - v.Map().Get("at").Float() - time.(float64)
						return -0.01 < d && d < 0.01
					}))
				}
			},
		},
		{
			Name:    "supervisor/shutdown_kinds",
			Claim:   "A child that ignores CANCEL is killed at the end of its time, brutal is killed at once without CANCEL, infinity waits.",
			Clauses: "16.2, 16.5",
			Virtual: true,
			Scenario: func(s *Stage) {
				t := newTroop(s)
				sup := t.starts(spec(kids(deaf("i", "shutdown", "infinity"), kid("b", "shutdown", "brutal"), deaf("t", "shutdown", "3s"), deaf("d"))))
				i, b, tt, d := t.nth(1, "i"), t.nth(1, "b"), t.nth(1, "t"), t.nth(1, "d")
				t.boss.Gives(Call("process.cancel", sup), true)
				s.Pass(5*time.Second - 1)
				s.Alive(d)
				s.Pass(1)
				s.Fails(d, expired("shutdown"))
				s.Pass(3*time.Second - 1)
				s.Alive(tt)
				s.Alive(b)
				s.Pass(1)
				s.Fails(tt, expired("shutdown"))
				s.Fails(b, killed)
				t.inOrder("stop", "")
				s.Pass(1000 * time.Hour)
				s.Alive(i)
				s.Alive(sup)
				t.tell(i, "end")
				s.Exits(i, nil)
				s.Exits(sup, nil)
			},
		},
		{
			Name:    "supervisor/deadline",
			Claim:   "At the deadline of its CANCEL a supervisor terminates the children left and fails as any process that is late.",
			Clauses: "16.6, 16.14",
			Virtual: true,
			Scenario: func(s *Stage) {
				t := newTroop(s)
				sup := t.starts(spec(kids(kid("a"), deaf("b", "shutdown", "infinity"), kid("c"))))
				a, b := t.nth(1, "a"), t.nth(1, "b")
				t.nth(1, "c")
				t.boss.Gives(Call("process.cancel", sup, "10s", "enough"), true)
				s.Pass(10*time.Second - 1)
				t.inOrder("stop", "c")
				s.Alive(b)
				s.Pass(1)
				s.Fails(sup, expired("enough"))
				s.Fails(b, killed)
				s.Fails(a, killed)
			},
		},
		{
			Name:    "supervisor/terminated",
			Claim:   "terminate on a supervisor terminates all its children, nested ones too, before EXIT of it is seen.",
			Clauses: "16.6, 16.14, 7.12",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				nested := Table("id", "n", "supervisor", spec(kids(kid("c"))))
				sup := t.starts(spec(kids(kid("a"), deaf("b"), nested)))
				t.boss.Gives(Call("process.monitor", sup), true)
				pids := []hostapi.PID{t.nth(1, "a"), t.nth(1, "b"), t.nth(1, "c")}
				t.boss.Gives(Call("process.terminate", sup), true)
				t.boss.Gives(Event(), fails(sup, killed))
				for _, pid := range pids {
					if _, ended := s.Ended(pid); !ended {
						s.Fail("%s outlives its supervisor", pid)
					}
					s.Fails(pid, killed)
				}
				t.inOrder("stop", "")
			},
		},
		{
			Name:    "supervisor/any_significant",
			Claim:   "With any_significant the supervisor stops its children and exits normally when a significant child ends by itself and is not restarted.",
			Clauses: "16.1, 16.2, 16.13",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				sup := t.starts(spec(kids(kid("a"), kid("s", "restart", "transient", "significant", true), kid("t", "restart", "temporary", "significant", true),
					kid("u", "restart", "temporary"), kid("v", "restart", "temporary", "significant", true)), "auto_shutdown", "any_significant"))
				t.exits(t.nth(1, "u"))
				t.fails(t.nth(1, "s"), "x")
				t.nth(2, "s")
				t.nth(1, "t")
				t.asks("terminate_child", []any{"t"}, true)
				s.Quiet()
				s.Alive(sup)
				t.nth(1, "a")
				t.nth(1, "v")
				t.exits(t.nth(2, "s"))
				s.Exits(sup, nil)
				t.inOrder("stop", "t v a")
			},
		},
		{
			Name:    "supervisor/all_significant",
			Claim:   "With all_significant it does so when the last running significant child has ended by itself.",
			Clauses: "16.13",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				significant := func(id string) Code { return kid(id, "restart", "temporary", "significant", true) }
				sup := t.starts(spec(kids(kid("a"), significant("s"), significant("t")), "auto_shutdown", "all_significant"))
				t.fails(t.nth(1, "s"), "x")
				s.Quiet()
				s.Alive(sup)
				t.nth(1, "a")
				t.exits(t.nth(1, "t"))
				s.Exits(sup, nil)
				t.inOrder("stop", "a")
			},
		},
		{
			Name:    "supervisor/significant_nested",
			Claim:   "A nested supervisor that shuts itself down is, as transient, not restarted.",
			Clauses: "16.9, 16.13",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				nested := Table("id", "n", "restart", "transient", "significant", true, "supervisor",
					spec(kids(kid("s", "restart", "temporary", "significant", true)), "auto_shutdown", "any_significant"))
				sup := t.starts(spec(kids(kid("a"), nested), "auto_shutdown", "all_significant"))
				t.nth(1, "a")
				t.exits(t.nth(1, "s"))
				s.Exits(sup, nil)
				t.inOrder("stop", "a")
				s.True(len(s.Reports("start s")) == 1, "the nested supervisor was restarted")
			},
		},
		{
			Name:    "supervisor/stopped_at_once",
			Claim:   "Children of a simple_one_for_one are stopped all at once.",
			Clauses: "16.5",
			Virtual: true,
			Scenario: func(s *Stage) {
				t := newTroop(s)
				sup := t.starts(spec(kids(deaf("x", "shutdown", "2s")), "strategy", "simple_one_for_one"))
				for range 3 {
					t.asks("start_child", nil, Any())
				}
				t.nth(3, "x")
				t.boss.Gives(Call("process.cancel", sup), true)
				s.Pass(2*time.Second - 1)
				s.Alive(sup)
				s.Pass(1)
				s.Exits(sup, nil)
				for n := 1; n <= 3; n++ {
					s.Fails(t.nth(n, "x"), expired("shutdown"))
				}
			},
		},
		{
			Name:    "supervisor/stop_of_its_own",
			Claim:   "A child that asks its own supervisor to stop it waits in that call and is killed when its time is over.",
			Clauses: "16.18",
			Virtual: true,
			Scenario: func(s *Stage) {
				t := newTroop(s)
				ask := Seq(Report("start a", Self()), Let("sup", Data()), Call("supervisor.terminate_child", Get("sup"), "a"), Report("returned", 1))
				sup := t.starts(spec(kids(runs("a", ask, "shutdown", "4s"), kid("b"))))
				a := t.nth(1, "a")
				t.tell(a, "supervisor", hostapi.String(string(sup)))
				s.Pass(4*time.Second - 1)
				s.Alive(a)
				s.Pass(1)
				s.Fails(a, expired("shutdown"))
				s.True(len(s.Reports("returned")) == 0, "the call returned")
				t.asks("which_children", nil, Elements(shown("a", "permanent", "stopped", nil), shown("b", "permanent", "running", Any())))
			},
		},
		{
			Name:    "supervisor/reads_no_messages",
			Claim:   "A message to a supervisor is accepted and becomes a dead letter at once; the supervisor works on.",
			Clauses: "16.15, 17.4",
			Scenario: func(s *Stage) {
				t := newTroop(s)
				sup := t.starts(spec(kids(kid("a"))))
				t.boss.Gives(Send(sup, "hello", 1), true)
				t.boss.Gives(Send(sup, "hello", 2), true)
				letters := s.Letters()
				s.True(len(letters) == 2, "%d dead letters", len(letters))
				for i, l := range letters {
					s.True(l.Reason == core.Unread && l.To == string(sup) && l.From == t.boss.PID && l.Topic == "hello" && l.Payloads[0].Int() == int64(i+1),
						"dead letter %d is %+v", i+1, l)
				}
				t.fails(t.nth(1, "a"), "x")
				t.nth(2, "a")
			},
		},
	}
}
