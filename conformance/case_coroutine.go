package conformance

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// coroutineCases are those of section 9 that every language has, and deadlock.
func coroutineCases() []Case {
	wait := func(slot string) Code { return Receive(Get(slot)) }
	cases := []Case{
		{
			Name:    "coroutine/child_runs_first",
			Claim:   "spawn lets the new coroutine run to its first waiting point before the caller continues.",
			Clauses: "9.1, 9.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("c", Call("channel.new")), Go(Seq(Report("child", 1), wait("c"), Report("late", 1))), Report("parent", 1), send(Get("c"), 1))
				s.AwaitReports("late", 1)
				s.Ordered("child", "parent", "late")
			},
		},
		{
			Name:    "coroutine/queue_is_fair",
			Claim:   "Runnable coroutines wait in one queue; yield puts the caller at its end.",
			Clauses: "9.3, 9.4, 9.5",
			Scenario: func(s *Stage) {
				a := s.Actor()
				yield := Call("coroutine.yield")
				three := func(name string) Code {
					return Go(Seq(Report(name+"1", 1), yield, Report(name+"2", 1), yield, Report(name+"3", 1)))
				}
				a.Do(three("a"), three("b"), Report("main", yield))
				s.AwaitReports("b3", 1)
				// The queue at each switch: a main; main a; a b main; b main a; main a b; a b main; main b.
				s.Ordered("a1", "a2", "b1", "a3", "b2", "main", "b3")
				s.Same("yield", s.Reports("main")[0])
			},
		},
		{
			Name:    "coroutine/preemption_never_switches",
			Claim:   "A running coroutine goes on until it waits, yields, spawns or ends; preemption does not switch coroutines.",
			Clauses: "9.2, 9.3, 9.8, 20.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("busy", false), Let("clash", false), Let("done", Call("channel.new", 4)))
				section := Seq(
					If(Get("busy"), Let("clash", true), nil), Let("busy", true),
					Times(200, Seq(Self(), Send(Self(), "x"), Poll(Call("process.inbox")), Call("process.get_options"), Call("time.now"))),
					Let("busy", false))
				work := Go(Seq(Times(5, Seq(section, Call("coroutine.yield"))), send(Get("done"), 1)))
				a.Do(work, work, work)
				a.Do(wait("done"), wait("done"), wait("done"))
				a.Gives(Get("clash"), false)
			},
			Schedules: 5,
		},
		{
			Name:    "coroutine/main_discards_others",
			Claim:   "When main returns, all other coroutines are discarded without error and without cleanup.",
			Clauses: "9.6",
			Scenario: func(s *Stage) {
				code := Seq(Let("c", Call("channel.new")), Go(Seq(Try(wait("c")), Report("went on", 1))), Go(Seq(Call("time.sleep", "1ms"), Throw("late"))), "done")
				s.Exits(s.Start(Lead, code).PID, "done")
				s.Quiet()
				s.Pass(2 * time.Millisecond)
				s.True(len(s.Reports("went on")) == 0, "a coroutine outlived main")
			},
		},
		{
			Name:    "coroutine/results_ignored",
			Claim:   "What a spawned coroutine returns is ignored, also nil and a text.",
			Clauses: "9.6",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Go(Values(nil, "no failure")), Go(Function(1)))
				s.Quiet()
				a.Gives(Values(1), 1)
			},
		},
		{
			Name:    "coroutine/shared_identity",
			Claim:   "Calls of any coroutine are calls of the process: PID, mailbox, options and names are shared.",
			Clauses: "9.2, 3.7",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Go(Seq(Report("pid", Self()), trap(true), Call("process.registry.register", "mine"), Send(Self(), "t", 1))))
				s.Same("pid", s.AwaitReports("pid", 1)[0], a.PID)
				a.Gives(Call("process.get_options"), Has(fields{"trap_links": true}))
				a.Gives(Call("process.registry.lookup", "mine"), a.PID)
				a.Gives(Data(), 1)
			},
		},
		{
			Name:      "coroutine/ten_thousand",
			Claim:     "A process can have ten thousand coroutines that wait.",
			Clauses:   "9.1, 17.8",
			Schedules: 1,
			Scenario: func(s *Stage) {
				const n = 10_000
				a := s.Actor()
				a.Do(Let("c", Call("channel.new")), Let("done", Call("channel.new", n)),
					Times(n, Go(Seq(wait("c"), send(Get("done"), 1)))), shut(Get("c")))
				a.Gives(Times(n, wait("done")))
			},
		},
		{
			Name:    "coroutine/not_a_function",
			Claim:   "coroutine.spawn of what is no function raises INVALID; its handle has identity and a text.",
			Clauses: "9.1, 0.12",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Throws(Call("coroutine.spawn", 5), Fails(hostapi.Invalid, ""))
				a.Throws(Call("coroutine.spawn"), Fails(hostapi.Invalid, ""))
				a.Do(Let("h", Go(1)), Let("g", Go(1)))
				a.Gives(Values(Equal(Get("h"), Get("h")), Equal(Get("h"), Get("g")), Equal(Text(Get("h")), "")), true, false, false)
			},
		},
		{
			Name:    "coroutine/waits_everywhere",
			Claim:   "Waiting calls work everywhere script code can run; the whole coroutine waits, and only that one.",
			Clauses: "9.8, 9.9, 9.12",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("c", Call("channel.new")), Let("i", Call("process.inbox")))
				for _, place := range a.Do(Places()).First().List().Items {
					p := place.Str()
					a.Do(Go(Report(p, Within(p, Nth(1, wait("c"))))))
					s.Quiet()
					s.True(len(s.Reports(p)) == 0, "receive within %s did not wait", p)
					a.Do(send(Get("c"), p))
					s.Same("receive within "+p, s.AwaitReports(p, 1)[0], p)
					a.Gives(Within(p, Seq(Call("time.sleep", "1ms"), Send(Self(), "t", p), Data())), p)
					a.Gives(Within(p, Nth(1, Spawn("exec", Lead, p))), p)
				}
			},
			Schedules: 5,
		},
		{
			Name:    "deadlock/main_alone",
			Claim:   "A process whose every coroutine waits on private, open channels fails at once: deadlock.",
			Clauses: "20.11, 2.19",
			Scenario: func(s *Stage) {
				for _, doing := range []Code{Receive(Call("channel.new")), send(Call("channel.new"), 1),
					Select(Method(Call("channel.new"), "case_receive"), Method(Call("channel.new"), "case_send", 1))} {
					before := s.Now()
					s.Fails(s.Start(Lead, doing).PID, deadlocked(1))
					s.True(!s.Simulated() || s.Now().Equal(before), "the deadlock was found only after %s", s.Now().Sub(before))
				}
			},
		},
		{
			Name:    "deadlock/all_coroutines",
			Claim:   "The deadlock names how many coroutines are blocked; having called inbox or set a cancel deadline does not prevent it.",
			Clauses: "20.11",
			Scenario: func(s *Stage) {
				block := Receive(Call("channel.new"))
				s.Fails(s.Start(Lead, Seq(Call("process.inbox"), Call("process.events"), Call("process.cancel", Self(), "1h"), Go(block), Go(block), block)).PID, deadlocked(3))
			},
		},
		{
			Name:    "deadlock/none_if_something_may_come",
			Claim:   "A wait on a view, timer or sleep in any coroutine is no deadlock; nor are blocked coroutines while main runs.",
			Clauses: "20.10, 20.11",
			Scenario: func(s *Stage) {
				block := Receive(Call("channel.new"))
				for _, outside := range []Code{
					Message(), Event(), Receive(Nth(1, Call("process.listen", "t"))), Call("time.sleep", "1h"),
					Receive(Nth(1, Call("time.after", "1h"))), Receive(Method(Nth(1, Call("time.ticker", "1h")), "channel")),
					Select(Method(Call("channel.new"), "case_receive"), Method(Call("process.inbox"), "case_receive")),
					Spawn("exec", Lead, Event()),
				} {
					a, b := s.Start(Lead, Seq(Go(outside), block)), s.Start(Lead, Seq(Go(block), outside))
					s.Quiet()
					s.Alive(a.PID)
					s.Alive(b.PID)
				}
				a := s.Actor()
				a.Do(Go(block))
				s.Quiet()
				a.Gives(Values(1), 1)
			},
		},
		{
			Name:    "deadlock/when_the_last_hope_ends",
			Claim:   "The deadlock comes when the last wait that something outside could end is over.",
			Clauses: "20.11",
			Scenario: func(s *Stage) {
				block := Receive(Call("channel.new"))
				a := s.Start(Lead, Seq(Go(Message()), block))
				s.Quiet()
				s.Alive(a.PID)
				if err := s.Runtime.Send(a.PID, "t"); err != nil {
					s.Fail("send: %v", err)
				}
				s.Fails(a.PID, deadlocked(1))
			},
		},
	}
	for i := range cases {
		cases[i].Solo = true
	}
	return cases
}
