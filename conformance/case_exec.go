package conformance

import "github.com/understudy-run/understudy/hostapi"

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
				if err := s.Runtime.Send(hostapi.PID(pid.Str()), "t"); err != nil {
					s.Fail("send: %v", err)
				}
				s.AwaitReports("went on", 1)
			},
		},
		{
			Name:    "exec/with_a_time_limit",
			Claim:   "A coroutine, a channel and time.after give exec a time limit.",
			Clauses: "13.4, 8.20, 20.10",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("limit", Nth(1, Call("time.after", "1s"))), Let("c", Call("channel.new", 1)),
					Go(Method(Get("c"), "send", Nth(1, Spawn("exec", Peer, Seq(Call("time.sleep", "1m"), "late"))))))
				a.Gives(Equal(Field(Select(Method(Get("c"), "case_receive"), Method(Get("limit"), "case_receive")), "channel"), Get("limit")), true)
				a.Gives(Receive(Get("c")), "late", true)
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
						f["fields.n"] == "1" && f["fields.c"] != "" && f["pid"] == string(a.PID) && f["entry"] == Lead, "logged %s %v", r[0].Level, f)
				}
			},
		},
		{
			Name:    "output/log_of_anything",
			Claim:   "log takes every value as message, and fields pass for none of the record.",
			Clauses: "13.26, 64.5",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Call("log.error", Call("errors.new", "no disk")))
				a.Gives(Call("log.warn", 4711))
				a.Gives(Call("log.info", Table("a", "b")))
				a.Gives(Call("log.info", "mine", Table("pid", "{x|1}", "entry", "other:entry", "level", "ERROR", "deep", Table("k", List(1, 2)))))
				for _, text := range []string{"no disk", "4711", `{a: "b"}`} {
					s.True(len(s.Logged(text)) == 1, "%d records %q, want 1", len(s.Logged(text)), text)
				}
				r := s.Logged("mine")
				s.True(len(r) == 1, "%d records, want 1", len(r))
				f := r[0].Fields
				s.True(r[0].Level.String() == "INFO" && f["pid"] == string(a.PID) && f["entry"] == Lead && f["fields.pid"] == "{x|1}" &&
					f["fields.entry"] == "other:entry" && f["fields.level"] == "ERROR" && f["fields.deep"] == "{k: [1, 2]}", "logged %s %v", r[0].Level, f)
			},
		},
		{
			Name:    "output/trace",
			Claim:   "A span can be begun and stopped where nothing is traced too; it needs a name.",
			Clauses: "64.2",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("outer", Call("trace.start", "outer", Table("n", 1, "c", Call("channel.new")))), Let("inner", Call("trace.start", "inner")))
				a.Gives(Text(Get("inner")), "span(inner)")
				for _, stop := range []Code{Method(Get("inner"), "stop", Call("errors.new", "no")), Method(Get("inner"), "stop"), Method(Get("outer"), "stop", "went wrong")} {
					a.Gives(stop)
				}
				a.Throws(Call("trace.start", ""), Fails(hostapi.Invalid, "name cannot be empty"))
			},
		},
	}
}
