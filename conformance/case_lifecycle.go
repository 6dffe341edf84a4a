package conformance

import (
	"log/slog"
	"strings"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// lifecycleCases are those of section 2 on how processes end.
func lifecycleCases() []Case {
	return []Case{
		{
			Name:    "lifecycle/value_returned",
			Claim:   "The first result of main is the value of a normal exit; no error stands beside it.",
			Clauses: "2.16, 2.19, 2.20, 2.21",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, v := range []any{1, 2.5, "text", true, false, []any{1, "x"}, fields{"k": "v"}} {
					a.Do(Let("pid", Spawn("spawn_monitored", Peer, v)))
					a.Gives(Event(), exits(Any(), v))
				}
			},
		},
		{
			Name:    "lifecycle/nothing_returned",
			Claim:   "A main that returns nothing, or nil, exits normally; its result holds neither value nor error.",
			Clauses: "2.19, 2.20, 2.21",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, code := range []any{nil, Values(), Let("x", 1)} {
					a.Do(Spawn("spawn_monitored", Peer, code))
					a.Gives(Event(), exits(Any(), nil))
				}
			},
		},
		{
			Name:    "lifecycle/second_string_is_failure",
			Claim:   "A second result that is a string fails the process with exactly that text, whatever the first is.",
			Clauses: "2.16, 2.17, 2.18, 2.19, 2.20",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, x := range []any{nil, false, "x", 1} {
					a.Do(Spawn("spawn_monitored", Peer, Values(x, "app.lua:1: went wrong")))
					a.Gives(Event(), fails(Any(), failedWith("app.lua:1: went wrong")))
				}
			},
		},
		{
			Name:    "lifecycle/second_error_is_failure",
			Claim:   "A second result that is an error fails the process with that error; kind UNKNOWN becomes INTERNAL.",
			Clauses: "2.16, 2.18, 2.19",
			Scenario: func(s *Stage) {
				made := CallWith("errors.new", fields{"message": "no", "kind": "Odd", "retryable": false, "details": fields{"n": 1}})
				s.Fails(s.Start(Lead, Values(nil, made)).PID, FailsWith("Odd", "no", fields{"n": 1}))
				s.Fails(s.Start(Lead, Values(nil, Call("errors.new", "plain"))).PID, failedWith("plain"))
			},
			Solo: true,
		},
		{
			Name:    "lifecycle/second_of_other_type_ignored",
			Claim:   "A second result that is neither string nor error is ignored, and so are all further ones.",
			Clauses: "2.16, 2.17, 2.19",
			Scenario: func(s *Stage) {
				for _, y := range []any{false, 2, nil, []any{"x"}} {
					s.Exits(s.Start(Lead, Values(1, y, "third")).PID, 1)
				}
			},
			Solo: true,
		},
		{
			Name:    "lifecycle/thrown_string_is_failure",
			Claim:   "An uncaught thrown string fails the process with that text, without the position the language adds.",
			Clauses: "2.18, 2.19, 19.10",
			Scenario: func(s *Stage) {
				s.Fails(s.Start(Lead, Throw("it broke")).PID, failedWith("it broke"))
			},
			Solo: true,
		},
		{
			Name:    "lifecycle/thrown_error_keeps_fields",
			Claim:   "An uncaught thrown error fails the process with its kind, message, retryable and details.",
			Clauses: "2.18, 2.19, 1.11",
			Scenario: func(s *Stage) {
				a := s.Actor()
				thrown := CallWith("errors.new", fields{"message": "gone", "kind": "NotFound", "retryable": true, "details": fields{"id": "x"}})
				a.Do(Spawn("spawn_monitored", Peer, Throw(thrown)))
				a.Gives(Event(), fails(Any(), Where("the error thrown", func(v hostapi.Value) bool {
					return FailsWith("NotFound", "gone", fields{"id": "x"}).Match(v) && v.Err().Retryable == hostapi.True
				})))
			},
		},
		{
			Name:    "lifecycle/thrown_value_is_text",
			Claim:   "Any other uncaught value fails the process with its text form, kind INTERNAL.",
			Clauses: "2.18, 2.19",
			Scenario: func(s *Stage) {
				s.Fails(s.Start(Lead, Throw(42)).PID, failedWith("42"))
			},
			Solo: true,
		},
		{
			Name:    "lifecycle/failure_in_coroutine",
			Claim:   "An uncaught error in any coroutine fails the process with that error.",
			Clauses: "2.19, 9.7",
			Scenario: func(s *Stage) {
				s.Fails(s.Start(Lead, Seq(Go(Throw("from below")), Event())).PID, failedWith("from below"))
			},
			Solo: true,
		},
		{
			Name:    "lifecycle/runtime_error_is_internal",
			Claim:   "A run-time error of the interpreter fails the process with kind INTERNAL.",
			Clauses: "2.19",
			Scenario: func(s *Stage) {
				s.Fails(s.Start(Lead, op("no such operation")).PID, Fails(hostapi.Internal, ""))
			},
			Solo: true,
		},
		{
			Name:    "lifecycle/unsendable_return",
			Claim:   "A return value that cannot be sent is a failure, INVALID.",
			Clauses: "2.19, 1.2",
			Scenario: func(s *Stage) {
				s.Fails(s.Start(Lead, Function(1)).PID, Fails(hostapi.Invalid, "cannot send"))
				s.Fails(s.Start(Lead, Call("channel.new")).PID, Fails(hostapi.Invalid, "cannot send"))
			},
			Solo: true,
		},
		{
			Name:    "lifecycle/fault_ends_one_process",
			Claim:   "A fault inside a module ends only the process that ran it: INTERNAL, internal error.",
			Clauses: "2.24, 2.19",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				b.Begin(Try(Call("stage.fault")))
				a.Gives(Event(), fails(b.PID, Fails(hostapi.Internal, "internal error")))
			},
		},
		{
			Name:    "lifecycle/stack_text",
			Claim:   "The error of a failed process has a stack text that is not empty and travels with it.",
			Clauses: "1.11, 11.8",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Spawn("spawn_monitored", Peer, Throw(Call("errors.new", "deep"))))
				a.Gives(Seq(Let("e", Field(Field(Event(), "result"), "error")), Equal(Method(Get("e"), "stack"), "")), false)
				a.Gives(Method(Get("e"), "message"), "deep")
			},
		},
		{
			Name:    "lifecycle/first_end_counts",
			Claim:   "Whichever end comes first counts; later causes are ignored.",
			Clauses: "2.22, 20.7",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				b.Begin(Spin())
				a.Gives(Values(Call("process.cancel", b.PID, 0, "first"), Call("process.terminate", b.PID)), true, Any())
				a.Gives(Event(), fails(b.PID, expired("first")))
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "lifecycle/order_of_an_end",
			Claim:   "Who sees EXIT finds the process dead, its names free and its unread messages buried.",
			Clauses: "2.23, 6.7, 12.5, 17.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				b.Do(Call("process.registry.register", "post"))
				end := b.Begin(Seq(Receive(Nth(1, Call("process.listen", "go"))), Throw("over")))
				seen := a.Begin(Seq(Event(), Values(
					Nth(2, Send(b.PID, "t")),
					Nth(2, Call("process.link", b.PID)),
					Nth(2, Call("process.monitor", b.PID)),
					Nth(2, Call("process.cancel", b.PID)),
					Nth(2, Call("process.terminate", b.PID)),
					Nth(2, Call("process.registry.lookup", "post")),
					Call("process.registry.register", "post"),
				)))
				s.Quiet()
				s.True(!end.Done(), "the process went on without its message")
				if err := s.Runtime.Send(b.PID, "left", hostapi.Int(1)); err != nil {
					s.Fail("send: %v", err)
				}
				if err := s.Runtime.Send(b.PID, "go"); err != nil {
					s.Fail("send: %v", err)
				}
				seen.Gives(notFound(), notFound(), notFound(), notFound(), notFound(),
					Fails(hostapi.NotFound, "name not registered"), true)
				unread := 0
				for _, l := range s.Letters() {
					if l.Reason == core.Unread && l.Topic == "left" && l.To == string(b.PID) {
						unread++
					}
				}
				s.True(unread == 1, "%d dead letters for the message left, want 1", unread)
			},
		},
		{
			Name:    "lifecycle/failures_logged",
			Claim:   "Each failure is logged once at level error with entry, PID, kind and message; a CANCELED one at level info.",
			Clauses: "2.25",
			Scenario: func(s *Stage) {
				a := s.Start(Lead, Throw("loud"))
				s.End(a.PID)
				b := s.Start(Peer, Serve())
				if err := s.Terminate(b.PID); err != nil {
					s.Fail("terminate: %v", err)
				}
				s.End(b.PID)
				for _, want := range []struct {
					a     *Actor
					level slog.Level
					text  string
				}{{a, slog.LevelError, "loud"}, {b, slog.LevelInfo, "process terminated"}} {
					n := 0
					for _, r := range s.Logged("") {
						if r.Fields["pid"] == string(want.a.PID) && r.Level >= slog.LevelInfo {
							n++
							s.True(r.Level == want.level && r.Fields["message"] == want.text && strings.HasPrefix(r.Fields["entry"], "app:"),
								"logged %v at %s, want %q at %s", r.Fields, r.Level, want.text, want.level)
						}
					}
					s.True(n == 1, "%d records for one failure", n)
				}
			},
		},
		{
			Name:      "lifecycle/thousand_short_lives",
			Claim:     "A thousand monitored children that end at once give a thousand EXITs.",
			Clauses:   "2.3, 4.3, 6.6",
			Schedules: 2,
			Scenario: func(s *Stage) {
				const n = 1000
				a := s.Actor()
				a.Do(Times(n, Spawn("spawn_monitored", Peer, 1)))
				a.Gives(Seq(Times(n, Seq(Let("e", Event()), Report("exit", Field(Get("e"), "from")))), PollEvent()), "empty")
				pids := make(map[string]bool)
				for _, r := range s.Reports("exit") {
					pids[r.First().Str()] = true
				}
				s.True(len(pids) == n, "EXITs of %d processes, want %d", len(pids), n)
			},
		},
		{
			Name:    "lifecycle/identity",
			Claim:   "A PID has the form {host|unique}, is what spawn gave, is the same for life and not used twice; id is the entry.",
			Clauses: "2.26, 2.27, 2.28",
			Scenario: func(s *Stage) {
				a := s.Actor()
				seen := make(map[hostapi.PID]bool)
				for range 5 {
					b := a.Spawns("spawn")
					b.Gives(Self(), b.PID)
					b.Gives(Values(Self(), Call("process.id")), b.PID, Peer)
					s.True(!seen[b.PID], "PID %s used twice", b.PID)
					s.True(strings.HasPrefix(string(b.PID), "{"+Host+"|") && strings.HasSuffix(string(b.PID), "}"), "PID %s has another form", b.PID)
					seen[b.PID] = true
					b.Finish()
					s.End(b.PID)
				}
				a.Gives(Call("process.id"), Lead)
			},
		},
		{
			Name:    "lifecycle/options",
			Claim:   "Options are false at first, set one by one, and read as a fresh copy.",
			Clauses: "2.29, 2.30, 2.31",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				options := func(trap, upgradable bool) Matcher {
					return Has(fields{"trap_links": trap, "upgradable": upgradable})
				}
				a.Gives(Call("process.get_options"), options(false, false))
				a.Gives(CallWith("process.set_options", fields{"trap_links": true}), true)
				a.Gives(Call("process.get_options"), options(true, false))
				a.Gives(CallWith("process.set_options", fields{"upgradable": true, "trap_links": false}), true)
				a.Gives(Call("process.get_options"), options(false, true))
				a.Gives(Equal(Call("process.get_options"), Call("process.get_options")), false)
			},
		},
		{
			Name:    "lifecycle/options_checked_first",
			Claim:   "set_options returns INVALID for what is no map, a wrong type or an unknown name, and then changes nothing.",
			Clauses: "2.30, 0.5",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Call("process.set_options", 1), false, Fails(hostapi.Invalid, "options parameter must be a table"))
				a.Gives(CallWith("process.set_options", fields{"trap_links": 1, "upgradable": true}), false,
					Fails(hostapi.Invalid, "trap_links must be a boolean"))
				a.Gives(CallWith("process.set_options", fields{"trap_links": true, "speed": true}), false,
					Fails(hostapi.Invalid, "option speed is not supported"))
				a.Gives(Call("process.get_options"), Has(fields{"trap_links": false, "upgradable": false}))
			},
		},
		{
			Name:    "lifecycle/rows_in_exit",
			Claim:   "EXIT shows how a process ended for kills too: terminate, expired grace, linked failure, deadlock.",
			Clauses: "2.19, 2.20, 4.3",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b, c := a.Spawns("spawn_monitored"), s.Actor()
				a.Gives(Call("process.terminate", b.PID), true)
				a.Gives(Event(), fails(b.PID, terminated()))
				b = a.Spawns("spawn_monitored")
				a.Gives(Call("process.cancel", b.PID, "0"), true)
				a.Gives(Event(), fails(b.PID, expired("")))
				b = a.Spawns("spawn_monitored")
				b.Gives(Call("process.link", c.PID), true)
				c.Fail("broken")
				a.Gives(Event(), fails(b.PID, linkKilled(c.PID, "broken")))
				a.Do(Spawn("spawn_monitored", Peer, Receive(Call("channel.new"))))
				a.Gives(Event(), fails(Any(), deadlocked(1)))
			},
		},
		{
			Name:    "lifecycle/private_state",
			Claim:   "Each process runs the top level once, in an interpreter state of its own.",
			Clauses: "2.8, 2.9, 1.1, 19.2",
			Scenario: func(s *Stage) {
				s.Prologue(Peer, Report("loaded", Self()))
				a := s.Actor()
				b, c := a.Spawns("spawn"), a.Spawns("spawn")
				b.Do(Let("x", 1))
				c.Gives(Get("x"), nil)
				b.Gives(Get("x"), 1)
				s.True(len(s.Reports("loaded")) == 2, "%d top levels for two processes", len(s.Reports("loaded")))
			},
		},
	}
}
