package conformance

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// stopCases are those of clause 71.1.
func stopCases() []Case {
	stopped := FailsWith(hostapi.Canceled, "stopped", fields{"reason": "shutdown"})
	topic := Method(Nth(1, Call("process.listen", "t")), "case_receive")
	inbox := Method(Call("process.inbox"), "case_receive")
	stop := func(s *Stage, pid hostapi.PID) {
		if err := s.Runtime.Stop(pid, 10*time.Second, "shutdown"); err != nil {
			s.Fail("stop: %v", err)
		}
	}
	return []Case{
		{
			Name:    "stop/readers_at_once",
			Claim:   "Who only reads messages and never asked for events is ended at once when the runtime stops it: CANCELED stopped, with the reason, and links are told.",
			Clauses: "71.1, 7.4, 15.13",
			Virtual: true,
			Scenario: func(s *Stage) {
				private := Method(Get("c"), "case_receive")
				for _, doing := range []Code{
					Message(),
					Seq(Call("process.listen", "t"), Receive(Nth(1, Call("process.listen", "t")))),
					Select(inbox, topic),
					Seq(Let("c", Call("channel.new")), Select(inbox, private)),
					Seq(Let("c", Call("channel.new")), Go(Receive(Get("c"))), Message()),
					Try(Message()),
				} {
					a := s.Actor()
					a.Do(Call("process.set_options", Table("trap_links", true)))
					b := a.Spawns("spawn_linked_monitored")
					b.Begin(doing)
					s.Quiet()
					stop(s, b.PID)
					s.Quiet()
					s.Fails(b.PID, stopped)
					a.Gives(Event(), fails(b.PID, stopped))
					a.Gives(Field(Event(), "kind"), "pid.link.down")
				}
			},
		},
		{
			Name:    "stop/after_what_it_had_to_do",
			Claim:   "A process that runs or waits for something else when it is to stop is ended as soon as it only reads messages, after those it has.",
			Clauses: "71.1",
			Virtual: true,
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				b.Begin(Seq(Call("time.sleep", "3s"), Report("woke", 1)))
				b.Begin(Report("read", 1))
				s.Quiet()
				stop(s, b.PID)
				a.Gives(Send(b.PID, "do", 0, Quote(Report("read", 2))), true)
				s.Pass(3*time.Second - 1)
				s.Alive(b.PID)
				s.Pass(1)
				s.Fails(b.PID, stopped)
				s.Ordered("woke", "read", "read")
			},
		},
		{
			Name:    "stop/others_keep_their_grace",
			Claim:   "Who has asked for events, sleeps, runs, or waits for a timer, a group or another process keeps its grace; so does whoever another process cancels.",
			Clauses: "71.1, 7.4",
			Virtual: true,
			Scenario: func(s *Stage) {
				for _, doing := range []Code{
					Seq(Call("process.events"), Message()),
					Call("time.sleep", "1h"),
					Select(inbox, Method(Nth(1, Call("time.after", "1h")), "case_receive")),
					Seq(Go(Call("time.sleep", "1h")), Message()),
					Spawn("exec", Lead, Message()),
				} {
					b := s.Actor()
					b.Begin(doing)
					s.Quiet()
					stop(s, b.PID)
					s.Pass(10*time.Second - 1)
					s.Alive(b.PID)
					s.Pass(1)
					s.Fails(b.PID, expired("shutdown"))
				}
				a, b := s.Actor(), s.Actor()
				a.Gives(Call("process.cancel", b.PID, "10s", "enough"), true)
				s.Pass(10*time.Second - 1)
				s.Alive(b.PID)
				s.Pass(1)
				s.Fails(b.PID, expired("enough"))
			},
		},
		{
			Name:    "stop/supervisor_does_not_wait",
			Claim:   "A supervisor that stops, or restarts a group, does not wait for children that only read messages, whatever their shutdown.",
			Clauses: "71.1, 16.5",
			Virtual: true,
			Scenario: func(s *Stage) {
				t := newTroop(s)
				reader := func(id string, more ...any) Code {
					return runs(id, Seq(Report("start "+id, Self()), Loop(Message())), more...)
				}
				sup := t.starts(spec(kids(reader("a", "shutdown", "infinity"), reader("b"), kid("c")), "strategy", "one_for_all"))
				a, b := t.nth(1, "a"), t.nth(1, "b")
				t.tell(t.nth(1, "c"), "fail")
				a2 := t.nth(2, "a")
				t.nth(2, "c")
				s.Quiet()
				s.Fails(a, stopped)
				s.Fails(b, stopped)
				t.boss.Gives(Call("process.cancel", sup), true)
				s.Quiet()
				s.Fails(a2, stopped)
				s.Exits(sup, nil)
			},
		},
		{
			Name:    "stop/shutdown_takes_no_time",
			Claim:   "A shutdown does not wait for who only reads messages.",
			Clauses: "71.1, 21.4",
			Virtual: true,
			Scenario: func(s *Stage) {
				actors := s.Actors(3)
				s.Quiet()
				before := s.Now()
				s.Stopping()()
				if took := s.Now().Sub(before); took != 0 {
					s.Fail("the shutdown took %s", took)
				}
				for _, a := range actors {
					s.Fails(a.PID, stopped)
				}
			},
		},
	}
}
