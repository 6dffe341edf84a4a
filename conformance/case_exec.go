package conformance

import (
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// execCases are those of section 13 on exec, builders and context.
func execCases() []Case {
	build := func(code Code, terminal string, args ...any) Code {
		return Method(code, terminal, append([]any{Peer, Host}, args...)...)
	}
	return []Case{
		{
			Name:    "exec/value",
			Claim:   "exec waits for the end and gives the value; nothing returned is nil without error.",
			Clauses: "13.1, 13.3",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Spawn("exec", Peer, Seq(Call("time.sleep", "1ms"), []any{1, "x"})), []any{1, "x"})
				a.Gives(Spawn("exec", Peer, nil), nil)
				a.Gives(Equal(Nth(2, Spawn("exec", Peer, nil)), nil), true)
				s.Quiet()
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "exec/error",
			Claim:   "exec gives the error with which the process failed, all fields intact.",
			Clauses: "13.1",
			Scenario: func(s *Stage) {
				a := s.Actor()
				thrown := CallWith("errors.new", fields{"message": "no", "kind": "Odd", "retryable": true, "details": fields{"n": 1}})
				a.Gives(Spawn("exec", Peer, Throw(Call("errors.wrap", thrown, "ctx"))), nil, Where("the error with all fields", func(v hostapi.Value) bool {
					e := v.Err()
					return FailsWith("Odd", "no", fields{"n": 1}).Match(v) && e.Retryable == hostapi.True && e.Error() == "ctx: no"
				}))
				a.Gives(Spawn("exec", Peer, Call("process.terminate", Self())), nil, terminated())
			},
		},
		{
			Name:    "exec/only_the_coroutine_waits",
			Claim:   "Only the calling coroutine waits.",
			Clauses: "13.2, 13.4, 9.8, 20.1",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Go(Report("value", Spawn("exec", Peer, Seq(Report("runs", Self()), Receive(Nth(1, Call("process.listen", "go"))), "done")))))
				pid := s.AwaitReports("runs", 1)[0].First()
				a.Gives(Send(pid, "go"), true)
				s.Same("exec", s.AwaitReports("value", 1)[0], "done")
			},
		},
		{
			Name:    "exec/goes_on_without_caller",
			Claim:   "If the caller ends while waiting, the executed process goes on.",
			Clauses: "13.3, 20.7",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Begin(Spawn("exec", Peer, Seq(Report("runs", Self()), Message(), Report("went on", 1))))
				pid := s.AwaitReports("runs", 1)[0].First()
				if err := s.Terminate(a.PID); err != nil {
					s.Fail("terminate: %v", err)
				}
				s.Fails(a.PID, terminated())
				if err := s.Runtime.Send(pid.Str(), "t"); err != nil {
					s.Fail("send: %v", err)
				}
				s.AwaitReports("went on", 1)
			},
		},
		{
			Name:    "builder/name",
			Claim:   "with_name claims the name before the top level runs; a taken one is ALREADY_EXISTS and creates nothing.",
			Clauses: "13.18, 13.20, 2.6",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("b", Call("process.with_name", "x")))
				b := s.At(a.Do(build(Get("b"), "spawn_monitored", Quote(Serve()))).First())
				b.Gives(Call("process.registry.lookup", "x"), b.PID)
				n := len(s.Processes())
				for _, f := range []string{"spawn", "spawn_monitored", "spawn_linked", "spawn_linked_monitored", "exec"} {
					a.Gives(build(Get("b"), f), nil, Detailed(hostapi.AlreadyExists, "name already registered", fields{"pid": b.PID}))
				}
				s.Quiet()
				s.True(len(s.Processes()) == n, "processes were created")
				b.Finish()
				a.Do(Event())
				a.Gives(build(Get("b"), "exec", Quote(Call("process.registry.lookup", "x"))), Any())
			},
		},
		{
			Name:    "builder/name_freed_if_load_fails",
			Claim:   "A spawn with a name whose top level fails leaves the name free.",
			Clauses: "13.20, 2.7",
			Scenario: func(s *Stage) {
				s.Prologue(Peer, Throw("bad start"))
				a := s.Actor()
				a.Gives(build(Call("process.with_name", "x"), "spawn"), nil, Fails(hostapi.Internal, "bad start"))
				a.Gives(Call("process.registry.lookup", "x"), nil, Fails(hostapi.NotFound, "name not registered"))
			},
		},
		{
			Name:    "builder/messages",
			Claim:   "with_message messages are the first in the mailbox, in order, with the spawner as sender.",
			Clauses: "13.21, 13.18",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := Method(Method(Call("process.with_message", "t", 1), "with_message", "t", 2, 3), "with_message", "u")
				pid := s.At(a.Do(Let("pid", build(b, "spawn", Quote(Serve()))), Send(Get("pid"), "t", 4), Get("pid")).First())
				pid.Gives(Seq(Let("m", Message()), Values(Method(Get("m"), "from"), Method(Get("m"), "topic"), Method(Method(Get("m"), "payload"), "data"))), a.PID, "t", 1)
				pid.Gives(Data(), []any{2, 3})
				pid.Gives(Method(Message(), "topic"), "u")
				pid.Gives(Data(), 4)
			},
		},
		{
			Name:    "builder/immutable",
			Claim:   "A builder is immutable: each method gives a new one.",
			Clauses: "13.18",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("b", Call("process.with_context", Table("k", 1))), Let("c", Method(Get("b"), "with_context", Table("k", 2))), Method(Get("b"), "with_name", "taken"))
				a.Gives(build(Get("b"), "exec", Quote(Call("ctx.get", "k"))), 1)
				a.Gives(build(Get("c"), "exec", Quote(Call("ctx.get", "k"))), 2)
				a.Gives(build(Get("b"), "exec", Quote(Nth(2, Call("process.registry.lookup", "taken")))), Fails(hostapi.NotFound, ""))
				a.Gives(Get("b"), OfType("builder"))
			},
		},
		{
			Name:    "builder/terminals",
			Claim:   "The terminals link and monitor as the functions of process do.",
			Clauses: "13.18, 2.1",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(trap(true))
				a.Do(Let("b", Call("process.with_context", Table("k", 1))))
				for _, row := range []struct {
					f      string
					events []string
				}{{"spawn", nil}, {"spawn_monitored", []string{"pid.exit"}}, {"spawn_linked", []string{"pid.link.down"}},
					{"spawn_linked_monitored", []string{"pid.exit", "pid.link.down"}}} {
					a.Do(build(Get("b"), row.f, Quote(Values(nil, "x"))))
					for _, kind := range row.events {
						a.Gives(Event(), Has(fields{"kind": kind}))
					}
					s.Quiet()
					a.Gives(PollEvent(), "empty")
				}
			},
		},
		{
			Name:    "builder/refusals",
			Claim:   "An unacceptable value is reported by the terminal; a wrong type raises at once.",
			Clauses: "13.22, 13.19",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, row := range []struct {
					code Code
					want Matcher
				}{
					{Call("process.with_context", Table("k", Function(1))), Fails(hostapi.Invalid, "cannot send")},
					{Call("process.with_message", "t", Function(1)), Fails(hostapi.Invalid, "cannot send")},
					{Call("process.with_message", ""), Fails(hostapi.Invalid, "topic cannot be empty")},
					{Call("process.with_message", "@x"), Fails(hostapi.Invalid, "cannot send to @ topics")},
					{Call("process.with_name", ""), Fails(hostapi.Invalid, "invalid name")},
					{Call("process.with_name", "@x"), Fails(hostapi.Invalid, "invalid name")},
				} {
					a.Gives(build(row.code, "spawn"), nil, row.want)
					a.Gives(build(row.code, "exec"), nil, row.want)
				}
				for _, bad := range []Code{Call("process.with_context", 5), Call("process.with_name", 5), Call("process.with_message", 5), Call("process.with_context", Table(1, 2, "k", 3))} {
					a.Throws(bad, Fails(hostapi.Invalid, ""))
				}
			},
		},
		{
			Name:    "context/inherited_and_extended",
			Claim:   "A process has the context values of its spawner, extended by with_context; later ones win; all are copies.",
			Clauses: "13.19, 13.23, 13.24, 2.5, 1.2",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Call("ctx.all"), fields{})
				first := Method(Call("process.with_context", Table("a", 1, "b", List(1))), "with_context", Table("c", true))
				b := s.At(a.Do(build(first, "spawn", Quote(Serve()))).First())
				b.Gives(Call("ctx.all"), fields{"a": 1, "b": []any{1}, "c": true})
				b.Do(Let("l", Nth(1, Call("ctx.get", "b"))), Append(Get("l"), 2))
				b.Gives(Call("ctx.get", "b"), []any{1})
				b.Gives(Spawn("exec", Peer, Call("ctx.all")), fields{"a": 1, "b": []any{1}, "c": true})
				b.Gives(build(Method(Call("process.with_context", Table("a", 2)), "with_context", Table("a", 3)), "exec", Quote(Call("ctx.get", "a"))), 3)
				b.Gives(Call("ctx.get", "a"), 1)
				b.Gives(Call("ctx.get", ""), nil, Fails(hostapi.Invalid, "key cannot be empty"))
				b.Gives(Call("ctx.get", "z"), nil, Fails(hostapi.NotFound, "key not found: z"))
			},
		},
		{
			Name:    "output/log",
			Claim:   "log writes one record with level, message, PID, entry and fields; fields that are no payload by their text.",
			Clauses: "13.26",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, level := range []string{"debug", "info", "warn", "error"} {
					a.Gives(Call("log."+level, "hello "+level, Table("n", 1, "c", Call("channel.new"))))
					r := s.Logged("hello " + level)
					s.True(len(r) == 1, "%d records at %s, want 1", len(r), level)
					f := r[0].Fields
					s.True(r[0].Level.String() == map[string]string{"debug": "DEBUG", "info": "INFO", "warn": "WARN", "error": "ERROR"}[level] &&
						f["n"] == "1" && f["c"] != "" && f["pid"] == string(a.PID) && f["entry"] == Lead, "logged %s %v", r[0].Level, f)
				}
			},
		},
	}
}

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
				s.Entry("app:broken", coreEntry(""))
				s.Entry("app:absent", coreEntry("absent"))
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
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("x", 1), Go(Seq(Call("time.sleep", "1ms"), Report("old coroutine", 1))))
				// From another coroutine than main.
				a.Begin(Go(upgrade(Peer, Seq(Report("new", Get("x")), Serve()))))
				s.Same("new code", s.AwaitReports("new", 1)[0], nil)
				s.Pass(2_000_000)
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
				s.Entry("app:next", coreEntry(""))
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
				a.Begin(upgrade(nil, Seq(Report("new", 1), Serve())))
				s.AwaitReports("new", 1)
			},
			Solo: true,
		},
	}
}
