package conformance

import (
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// schedulingCases are those of section 20.
func schedulingCases() []Case {
	return []Case{
		{
			Name:    "scheduling/loops_do_not_starve",
			Claim:   "Every runnable process gets to run, whatever the others do.",
			Clauses: "20.1, 20.2, 20.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for range 3 {
					s.Start(Peer, Spin())
					s.Start(Lead, Loop(Try(Self())))
				}
				a.Gives(Spawn("exec", Peer, Spawn("exec", Lead, "ran")), "ran")
				b := s.Actor()
				for i := range 3 {
					a.Gives(Send(b.PID, "t", i), true)
					b.Gives(Data(), i)
				}
			},
		},
		{
			Name:    "scheduling/waiting_occupies_no_worker",
			Claim:   "Processes that wait, also in exec and spawn, occupy no worker: one worker is enough for any app.",
			Clauses: "20.1, 13.2",
			Scenario: func(s *Stage) {
				s.DefineHost(core.HostOptions{ID: "app:single", Workers: 1})
				if err := s.StartHost("app:single"); err != nil {
					s.Fail("%v", err)
				}
				a := s.Actor()
				nest := func(code Code) Code { return Call("process.exec", Peer, "app:single", Quote(code)) }
				a.Gives(nest(nest(nest(nest(Values("deep"))))), "deep")
			},
		},
		{
			Name:    "scheduling/woken_by_everything",
			Claim:   "A process woken by a message, a timer or the end of another is runnable at once.",
			Clauses: "20.3, 20.10",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, code := range []Code{
					Seq(Send(Self(), "t"), Message()),
					Call("time.sleep", "1ms"),
					Seq(Spawn("spawn_monitored", Peer, 1), Event()),
					Spawn("exec", Peer, 1),
				} {
					a.Do(code)
				}
			},
		},
		{
			Name:    "scheduling/kill_needs_no_worker",
			Claim:   "A kill takes effect at once on a waiting process, though every worker is busy.",
			Clauses: "20.6, 7.9",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				b.Begin(Call("time.sleep", "1000h"))
				s.Quiet()
				for range 4 {
					s.Start(Peer, Spin())
				}
				if err := s.Terminate(b.PID); err != nil {
					s.Fail("terminate: %v", err)
				}
				a.Gives(Event(), fails(b.PID, terminated()))
				if s.Simulated() {
					r := s.End(b.PID)
					s.True(r.Err != nil, "no end")
				}
			},
		},
		{
			Name:    "scheduling/kill_cannot_be_caught",
			Claim:   "pcall passes a kill on; a script that tries again is stopped again, and nothing visible is executed after it.",
			Clauses: "20.8, 19.11, 5.6",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, inside := range []Code{Spin(), Event(), Call("time.sleep", "1h"), Receive(Nth(1, Call("time.after", "1h"))), Spawn("exec", Peer, Event())} {
					b := a.Spawns("spawn_monitored")
					b.Begin(Seq(Report("begins", 1), Loop(Seq(Try(Try(inside)), Report("after the kill", 1), Send(a.PID, "after the kill")))))
					s.AwaitReports("begins", 1)
					a.Gives(Call("process.terminate", b.PID), true)
					a.Gives(Event(), fails(b.PID, terminated()))
				}
				s.Quiet()
				s.True(len(s.Reports("after the kill")) == 0, "a process went on after the kill")
				a.Gives(Poll(Call("process.inbox")), "empty")
			},
		},
		{
			Name:    "scheduling/shutdown_cancels",
			Claim:   "A stopping host sends CANCEL with reason shutdown and no sender, refuses spawns, and lets processes send until they end.",
			Clauses: "21.4, 21.5, 21.2, 2.6",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				last := func(peer *Actor) Code {
					return Finish(Event(), Nth(2, Spawn("spawn", Peer, 1)), Nth(1, Send(peer.PID, "bye")))
				}
				a.Begin(last(b))
				b.Begin(Seq(Let("e", Event()), Report("event", Get("e")), Report("spawn", Spawn("spawn", Lead, 1)), Report("bye", Method(Message(), "topic")), Finish()))
				s.Quiet()
				stop := s.Stopping()
				s.Same("event", s.AwaitReports("event", 1)[0], canceled(nil, "shutdown"))
				s.Same("spawn", s.AwaitReports("spawn", 1)[0], nil, Fails(hostapi.Unavailable, "host is shutting down"))
				s.Same("message", s.AwaitReports("bye", 1)[0], "bye")
				stop()
			},
		},
	}
}
