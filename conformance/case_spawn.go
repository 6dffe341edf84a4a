package conformance

import (
	"fmt"
	"strings"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// spawnCases are those of section 2 on how processes begin.
func spawnCases() []Case {
	cases := []Case{
		{
			Name:    "spawn/returns_when_live",
			Claim:   "spawn returns the PID when the top level has been executed; the process is then live.",
			Clauses: "2.2, 2.4",
			Scenario: func(s *Stage) {
				s.Prologue(Peer, Report("loaded", 1))
				a := s.Actor()
				a.Do(Let("pid", Spawn("spawn", Peer, Serve())), Report("returned", 1),
					Report("sent", Send(Get("pid"), "t")))
				order := strings.Join(s.Order(), " ")
				s.True(order == "loaded returned sent", "order %s, want loaded returned sent", order)
				s.Same("send", s.Reports("sent")[0], true)
			},
		},
		{
			Name:    "spawn/arguments",
			Claim:   "Further arguments become those of the method; surplus ones are dropped, missing ones are nil.",
			Clauses: "2.2, 2.14, 1.17",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Call("process.spawn_monitored", Peer, Host))
				a.Gives(Event(), exits(Any(), nil))
				a.Do(Call("process.spawn_monitored", Peer, Host, "x", 2, 3))
				a.Gives(Event(), exits(Any(), "x"))
				a.Do(Call("process.spawn_monitored", Peer, Host, nil, 2))
				a.Gives(Event(), exits(Any(), nil))
			},
		},
		{
			Name:    "spawn/method",
			Claim:   "The method of the entry is run, main if it names none; a missing one is NOT_FOUND.",
			Clauses: "2.6, 2.12, 2.13",
			Scenario: func(s *Stage) {
				s.Entry("app:other", core.Entry{Method: "other"})
				s.Entry("app:absent", core.Entry{Method: "absent"})
				a := s.Actor()
				a.Do(Call("process.spawn_monitored", "app:other", Host))
				a.Gives(Event(), exits(Any(), "other"))
				a.Gives(Call("process.spawn_monitored", "app:absent", Host), nil,
					Fails(hostapi.NotFound, `method "absent" not found in module`))
				s.Quiet()
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "spawn/failing_top_level",
			Claim:   "A top level that fails gives INTERNAL with the cause, no PID, no event and no link.",
			Clauses: "2.6, 2.7",
			Scenario: func(s *Stage) {
				s.Entry("app:broken", core.Entry{})
				s.Prologue("app:broken", Throw("bad start"))
				a := s.Actor()
				a.Do(CallWith("process.set_options", fields{"trap_links": true}))
				for _, f := range []string{"spawn", "spawn_monitored", "spawn_linked", "spawn_linked_monitored", "exec"} {
					a.Gives(Call("process."+f, "app:broken", Host), nil,
						Fails(hostapi.Internal, "failed to execute script: "))
					a.Gives(Equal(Nth(1, Call("process."+f, "app:broken", Host)), nil), true)
				}
				got := a.Do(Call("process.spawn", "app:broken", Host))
				s.True(strings.Contains(got.At(1).Err().Message, "bad start"), "the cause is missing: %s", got)
				s.Quiet()
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "spawn/linked_failing_top_level_spares_spawner",
			Claim:   "A linked spawn that fails does not kill a spawner that traps no links.",
			Clauses: "2.7",
			Scenario: func(s *Stage) {
				s.Entry("app:broken", core.Entry{})
				s.Prologue("app:broken", Throw("bad start"))
				a := s.Actor()
				a.Gives(Call("process.spawn_linked", "app:broken", Host), nil, Fails(hostapi.Internal, "bad start"))
				s.Quiet()
				a.Gives(Values(1), 1)
			},
		},
		{
			Name:    "spawn/abandoned_with_spawner",
			Claim:   "If the spawner ends while the top level runs, the creation is abandoned.",
			Clauses: "2.11",
			Scenario: func(s *Stage) {
				s.Entry("app:slow", core.Entry{})
				s.Prologue("app:slow", Seq(Report("loading", 1), Spin()))
				a := s.Actor()
				a.Begin(Call("process.spawn", "app:slow", Host))
				s.AwaitReports("loading", 1)
				if err := s.Terminate(a.PID); err != nil {
					s.Fail("terminate: %v", err)
				}
				s.Fails(a.PID, terminated())
				s.Quiet()
				s.True(len(s.Processes()) == 0, "processes left: %v", s.Processes())
			},
		},
		{
			Name:    "spawn/inherits_nothing",
			Claim:   "Options, names, links and subscriptions of the spawner are not inherited, and a process outlives its spawner.",
			Clauses: "2.5, 2.31",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(CallWith("process.set_options", fields{"trap_links": true}),
					Call("process.registry.register", "parent"), Call("process.listen", "topic"))
				b := a.Spawns("spawn")
				b.Gives(Call("process.get_options"), Has(fields{"trap_links": false}))
				b.Gives(Call("process.registry.lookup", "parent"), a.PID)
				b.Gives(Send(Self(), "topic", 1), true)
				b.Gives(Data(), 1)
				a.Fail("end of the parent")
				s.End(a.PID)
				s.Quiet()
				b.Gives(Values(1), 1)
			},
		},
		{
			Name:    "spawn/death_before_return",
			Claim:   "A process that has ended before spawn returns still gives a PID, EXIT and LINK_DOWN.",
			Clauses: "2.3, 2.4, 6.6",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(CallWith("process.set_options", fields{"trap_links": true}))
				got := a.Do(Spawn("spawn_linked_monitored", Peer, Values(nil, "at once")))
				a.Gives(Event(), fails(got.First(), failedWith("at once")))
				a.Gives(Event(), linkDown(got.First(), failedWith("at once")))
			},
		},
		{
			Name:    "spawn/linked_parent_fails_first",
			Claim:   "If the spawner fails before a linked child has run, the child is killed.",
			Clauses: "2.3",
			Scenario: func(s *Stage) {
				s.Entry("app:child", core.Entry{})
				s.Prologue("app:child", Seq(Report("loading", 1), Spin()))
				a := s.Actor()
				a.Begin(Seq(Go(Call("process.spawn_linked", "app:child", Host)), Receive(Nth(1, Call("process.listen", "go"))), Throw("parent")))
				s.AwaitReports("loading", 1)
				if err := s.Runtime.Send(a.PID, "go"); err != nil {
					s.Fail("send: %v", err)
				}
				s.Fails(a.PID, failedWith("parent"))
				s.Quiet()
				s.True(len(s.Processes()) == 0, "processes left: %v", s.Processes())
			},
		},
		{
			Name:    "spawn/host_limit",
			Claim:   "A host with max_processes refuses one more: UNAVAILABLE; an end makes room.",
			Clauses: "2.6, 17.8",
			Scenario: func(s *Stage) {
				s.DefineHost(core.HostOptions{ID: "app:small", Workers: 1, MaxProcesses: 1})
				if err := s.StartHost("app:small"); err != nil {
					s.Fail("%v", err)
				}
				a := s.Actor()
				a.Do(Let("pid", Call("process.spawn_monitored", Peer, "app:small", Quote(Serve()))))
				a.Gives(Call("process.spawn", Peer, "app:small"), nil, Where("Unavailable, retryable", func(v hostapi.Value) bool {
					return Fails(hostapi.Unavailable, "max processes limit exceeded").Match(v) && v.Err().Retryable == hostapi.True
				}))
				a.Do(Call("process.terminate", Get("pid")), Event())
				a.Gives(Call("process.exec", Peer, "app:small", "room"), "room")
			},
		},
		{
			Name:    "spawn/refusals_in_order",
			Claim:   "The checks of a spawn are made in their order; the first that fails decides, and nothing has been created.",
			Clauses: "2.6, 13.2, 0.9, 0.10",
			Solo:    true,
			Scenario: func(s *Stage) {
				s.DefineHost(core.HostOptions{ID: "app:dormant", Workers: 1})
				s.Declare("app:thing")
				a := s.Actor()
				for _, f := range []string{"spawn", "spawn_monitored", "spawn_linked", "spawn_linked_monitored", "exec"} {
					path := "process." + f
					few := f + " requires at least id and host arguments"
					if f == "exec" {
						few = "exec requires id and host arguments"
					}
					a.Gives(Call(path), nil, Fails(hostapi.Invalid, few))
					a.Throws(Call(path, 1, Host), Fails(hostapi.Invalid, ""))
					a.Throws(Call(path, Lead, true), Fails(hostapi.Invalid, ""))
					for _, row := range []struct {
						id, host string
						args     []any
						want     Matcher
					}{
						{"", "", nil, Fails(hostapi.Invalid, "process ID required")},
						{"x", "", nil, Fails(hostapi.Invalid, "invalid process ID format (namespace:name required)")},
						{"app:none", "", nil, Fails(hostapi.Invalid, "host ID required")},
						{"app:none", "app:none", []any{Function(1)}, Fails(hostapi.Invalid, "cannot send")},
						{"app:none", "app:none", nil, Detailed(hostapi.NotFound, "host not found", fields{"host_id": "app:none"})},
						{"app:none", "app:thing", nil, Fails(hostapi.Invalid, "not a process host")},
						{"app:none", Lead, nil, Fails(hostapi.Invalid, "not a process host")},
						{"app:none", "app:dormant", nil, Fails(hostapi.Unavailable, "host is not running")},
						{"app:none", Host, nil, Detailed(hostapi.NotFound, "unknown process entry", fields{"id": "app:none"})},
						{Host, Host, nil, Fails(hostapi.NotFound, "unknown process entry")},
					} {
						a.Gives(Call(path, append([]any{row.id, row.host}, row.args...)...), nil, row.want)
					}
				}
				s.Quiet()
				s.True(len(s.Processes()) == 1, "processes were created: %v", s.Processes())
				a.Gives(PollEvent(), "empty")
			},
		},
	}
	return append(cases, loadCases()...)
}

// loadCases are those of clause 2.10: what a top level may do.
func loadCases() []Case {
	try := func(codes []Code) Code {
		var all []any
		for i, c := range codes {
			all = append(all, Report(fmt.Sprint(i), Try(c)))
		}
		return Seq(all...)
	}
	check := func(codes []Code, want ...any) func(*Stage) {
		return func(s *Stage) {
			s.Prologue(Lead, Seq(Let("full", Call("channel.new")), try(codes)))
			s.Exits(s.Start(Lead, Seq(Let("x", 1), "ok")).PID, "ok")
			for i, c := range codes {
				s.Same(c, s.Reports(fmt.Sprint(i))[0], want...)
			}
		}
	}
	return []Case{
		{
			Name:    "spawn/top_level_must_not_block",
			Claim:   "What would suspend the caller raises INVALID while the top level runs.",
			Clauses: "2.10",
			Solo:    true,
			Scenario: check([]Code{
				Spawn("spawn", Lead, 1), Spawn("spawn_monitored", Lead, 1), Spawn("spawn_linked", Lead, 1),
				Spawn("spawn_linked_monitored", Lead, 1), Spawn("exec", Lead, 1),
				Call("process.upgrade"), Receive(Get("full")), Method(Get("full"), "send", 1),
				Select(Method(Get("full"), "case_receive")), Call("time.sleep", "1s"), Go(1), Call("coroutine.yield"),
				Receive(Call("process.inbox")), Receive(Call("process.events")), Call("supervisor.start", Table()), Call("supervisor.which_children", "x"),
			}, false, Fails(hostapi.Invalid, "cannot block during module load")),
		},
		{
			Name:    "spawn/top_level_refuses",
			Claim:   "Functions of process that concern others raise INVALID while the top level runs.",
			Clauses: "2.10",
			Solo:    true,
			Scenario: check([]Code{
				Call("process.link", Self()), Call("process.unlink", Self()), Call("process.monitor", Self()),
				Call("process.unmonitor", Self()), Call("process.cancel", Self()), Call("process.terminate", Self()),
				Call("process.registry.register", "x"), Call("process.registry.lookup", "x"), Call("process.registry.unregister", "x"),
				Call("process.with_name", "x"), Call("process.with_context", Table("k", 1)), Call("process.with_message", "t"),
				Call("process.unlisten", Get("full")), Call("pg.open", "app:scope"),
			}, false, Fails(hostapi.Invalid, "not allowed during module load")),
		},
		{
			Name:    "spawn/top_level_allows",
			Claim:   "Views, options, send to oneself, channels that do not wait, errors, time and log work during the top level.",
			Clauses: "2.10",
			Solo:    true,
			Scenario: check([]Code{
				Call("process.pid"), Call("process.id"), Call("process.inbox"), Call("process.events"), Call("process.listen", "t"),
				Call("process.get_options"), CallWith("process.set_options", fields{"trap_links": true}),
				Send(Self(), "t", 1), Receive(Nth(1, Call("process.listen", "t"))),
				Call("channel.new", 1), Seq(Let("c", Call("channel.new", 1)), Method(Get("c"), "send", 1), Receive(Get("c")), Method(Get("c"), "close")),
				SelectOr(true, Method(Get("full"), "case_receive")),
				Call("errors.new", "x"), Call("time.now"), Call("os.time"), Call("log.debug", "x"),
			}, true, Any(), Any(), Any()),
		},
		{
			Name:    "spawn/top_level_allows_manual_coroutines",
			Claim:   "Manual coroutines work during the top level.",
			Clauses: "2.10, 9.10",
			Solo:    true, Language: "lua",
			Scenario: check([]Code{
				Call("coroutine.resume", Call("coroutine.create", Function("done"))),
			}, true, true, "done"),
		},
	}
}
