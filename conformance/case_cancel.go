package conformance

import (
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// cancelCases are those of section 7.
func cancelCases() []Case {
	cancel := func(dest any, args ...any) Code { return Call("process.cancel", append([]any{dest}, args...)...) }
	return []Case{
		{
			Name:    "cancel/event",
			Claim:   "cancel queues a CANCEL event with sender, reason and deadline and returns at once; the process may finish in time.",
			Clauses: "7.1, 7.3, 4.1, 4.2",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				b.Do(Let("t", Call("time.now")))
				a.Gives(cancel(b.PID, "10s", "please"), true)
				b.Do(Let("e", Event()))
				b.Gives(Get("e"), canceled(a.PID, "please"))
				b.Gives(Get("e"), Where("deadline 10 s after at", func(v hostapi.Value) bool {
					d := v.Map().Get("deadline").Float() - v.Map().Get("at").Float()
					return d > 9.999 && d < 10.001 && v.Map().Get("result").IsNil()
				}))
				b.Finish("in time")
				a.Gives(Event(), exits(b.PID, "in time"))
			},
		},
		{
			Name:    "cancel/polite",
			Claim:   "Without timeout, or with nil, nothing is forced and the event has no deadline.",
			Clauses: "7.1",
			Virtual: true,
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Gives(cancel(b.PID), true)
				a.Gives(cancel(b.PID, nil, "why"), true)
				s.Pass(1000 * time.Hour)
				b.Gives(Event(), Has(fields{"kind": "pid.cancel", "reason": "", "deadline": nil}))
				b.Gives(Event(), Has(fields{"kind": "pid.cancel", "reason": "why", "deadline": nil}))
			},
		},
		{
			Name:    "cancel/ignored",
			Claim:   "A process alive at the deadline is killed, in whatever it does: CANCELED, with the reason in the details.",
			Clauses: "7.4, 20.6",
			Virtual: true,
			Scenario: func(s *Stage) {
				for _, doing := range []Code{Message(), Call("time.sleep", "1000h"), Seq(Event(), Message()), Receive(Call("time.after", "9h"))} {
					a := s.Actor()
					b := a.Spawns("spawn_monitored")
					b.Begin(doing)
					a.Gives(cancel(b.PID, "10s", "enough"), true)
					s.Pass(10*time.Second - 1)
					s.Alive(b.PID)
					s.Pass(1)
					s.Fails(b.PID, expired("enough"))
					a.Gives(Event(), fails(b.PID, expired("enough")))
				}
			},
		},
		{
			Name:    "cancel/loop",
			Claim:   "The deadline kills a process that loops, also inside pcall; without reason there are no details.",
			Clauses: "7.4, 20.6, 20.8",
			Scenario: func(s *Stage) {
				for _, doing := range []Code{Spin(), Loop(Try(Spin())), Loop(Try(Self()))} {
					a := s.Actor()
					b := a.Spawns("spawn_monitored")
					b.Begin(Seq(Report("loops", 1), doing))
					s.AwaitReports("loops", 1)
					a.Gives(cancel(b.PID, 0), true)
					a.Gives(Event(), fails(b.PID, expired("")))
				}
			},
		},
		{
			Name:    "cancel/zero",
			Claim:   "Timeout 0 queues the event and kills at once.",
			Clauses: "7.2, 7.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, zero := range []any{0, "0", "0s", 0.0} {
					b := a.Spawns("spawn_monitored")
					b.Begin(Seq(Event(), Report("went on", 1), Event()))
					s.Quiet()
					a.Gives(cancel(b.PID, zero), true)
					a.Gives(Event(), fails(b.PID, expired("")))
				}
				s.True(len(s.Reports("went on")) == 0, "a process went on after the kill")
			},
		},
		{
			Name:    "cancel/grace_runs_from_the_call",
			Claim:   "The grace period starts when cancel accepts the call, not when the event is read.",
			Clauses: "7.2",
			Virtual: true,
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Gives(cancel(b.PID, "10s"), true)
				s.Pass(9 * time.Second)
				b.Gives(Event(), canceled(a.PID, ""))
				s.Pass(time.Second - 1)
				s.Alive(b.PID)
				s.Pass(1)
				s.Fails(b.PID, expired(""))
			},
		},
		{
			Name:    "cancel/earliest_deadline_counts",
			Claim:   "Every call queues one event; a later call can shorten the grace period, never lengthen it.",
			Clauses: "7.6",
			Virtual: true,
			Scenario: func(s *Stage) {
				for _, row := range [][]any{{"10s", "5s"}, {"5s", "10s"}, {"5s", nil}} {
					a, b := s.Actor(), s.Actor()
					a.Gives(cancel(b.PID, row[0], "first"), true)
					a.Gives(cancel(b.PID, row[1], "second"), true)
					b.Gives(Event(), canceled(a.PID, "first"))
					b.Gives(Event(), canceled(a.PID, "second"))
					s.Pass(5*time.Second - 1)
					s.Alive(b.PID)
					s.Pass(1)
					s.Fails(b.PID, oneOf(expired("first"), expired("second")))
				}
			},
		},
		{
			Name:    "cancel/earlier_end_drops_kill",
			Claim:   "A process that ends just before the deadline ends with that reason.",
			Clauses: "7.5, 2.22",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := s.At(a.Do(Spawn("spawn_monitored", Peer, Seq(Event(), Call("time.sleep", 9_999_999_999), "made it"))).First())
				a.Gives(cancel(b.PID, "10s"), true)
				s.Pass(time.Minute)
				a.Gives(Event(), exits(b.PID, "made it"))
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "cancel/bad_durations",
			Claim:   "A malformed or negative timeout is INVALID and has no effect; a value of another type raises.",
			Clauses: "7.1, 10.1, 10.2, 0.11",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				for _, bad := range []any{"", "5", "1d", "5 s", "soon", -1, "-1s", -0.5e10} {
					a.Gives(cancel(b.PID, bad), nil, Fails(hostapi.Invalid, "invalid duration"))
				}
				a.Throws(cancel(b.PID, true), Fails(hostapi.Invalid, ""))
				a.Throws(cancel(b.PID, "1s", 5), Fails(hostapi.Invalid, ""))
				s.Quiet()
				b.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "cancel/duration_forms",
			Claim:   "The timeout may be a string, a number of nanoseconds or a Duration.",
			Clauses: "7.1, 10.1",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				for _, d := range []any{"100s", 100e9, 100_000_000_000, Nth(1, Call("time.parse_duration", "1m40s"))} {
					a.Gives(cancel(b.PID, d), true)
					b.Gives(Event(), Where("a deadline in 100 s", func(v hostapi.Value) bool {
						d := v.Map().Get("deadline").Float() - v.Map().Get("at").Float()
						return d > 99.999 && d < 100.001
					}))
				}
			},
		},
		{
			Name:    "cancel/oneself",
			Claim:   "Cancelling oneself is legal: the event arrives in one's own events and the grace period runs.",
			Clauses: "7.7",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(cancel(Self(), "1s", "me"), true)
				a.Gives(Event(), canceled(a.PID, "me"))
				s.Pass(time.Second)
				s.Fails(a.PID, expired("me"))
				b := s.Actor()
				b.Begin(Seq(cancel(Self(), 0), Report("went on", 1)))
				s.Fails(b.PID, expired(""))
				s.True(len(s.Reports("went on")) == 0, "the process went on after the kill")
			},
			Solo: true,
		},
		{
			Name:    "cancel/precedes_later_messages",
			Claim:   "Once cancel has returned, the event precedes any later message from the same sender.",
			Clauses: "7.8, 3.22",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				b.Do(Let("i", Call("process.inbox")), Let("e", Call("process.events")))
				wait := b.Begin(Seq(Let("r", Select(Method(Get("i"), "case_receive"), Method(Get("e"), "case_receive"))),
					Equal(Field(Get("r"), "channel"), Get("e"))))
				s.Quiet()
				a.Do(cancel(b.PID), Send(b.PID, "t"))
				wait.Gives(true)
			},
		},
		{
			Name:    "cancel/returned_value_is_normal",
			Claim:   "A process that sees CANCEL and returns exits normally with its value, links are not signalled.",
			Clauses: "7.3, 2.20",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := s.At(a.Do(Spawn("spawn_linked_monitored", Peer, Seq(Event(), "stopped"))).First())
				a.Gives(cancel(b.PID, "1h"), true)
				a.Gives(Event(), exits(b.PID, "stopped"))
				s.Quiet()
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "terminate/kills_without_event",
			Claim:   "terminate kills without event and grace: CANCELED, process terminated; names are released.",
			Clauses: "7.9, 12.5",
			Scenario: func(s *Stage) {
				for _, doing := range []Code{Message(), Spin(), Loop(Try(Self())), Seq(Event(), Report("event", 1), Message())} {
					a := s.Actor()
					b := a.Spawns("spawn_monitored")
					b.Do(Call("process.registry.register", "busy"))
					b.Begin(Seq(Report("doing", 1), doing, Report("went on", 1)))
					s.AwaitReports("doing", 1)
					a.Gives(Call("process.terminate", b.PID), true)
					a.Gives(Event(), fails(b.PID, terminated()))
					a.Gives(Call("process.registry.lookup", "busy"), nil, Fails(hostapi.NotFound, "name not registered"))
				}
				s.True(len(s.Reports("went on")) == 0 && len(s.Reports("event")) == 0, "a process saw something of it")
			},
		},
		{
			Name:    "terminate/oneself",
			Claim:   "Terminating oneself does not return.",
			Clauses: "7.10, 20.8",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				b.Begin(Seq(Try(Call("process.terminate", Self())), Report("returned", 1)))
				a.Gives(Event(), fails(b.PID, terminated()))
				s.Quiet()
				s.True(len(s.Reports("returned")) == 0, "terminate of oneself returned")
			},
		},
		{
			Name:    "terminate/twice",
			Claim:   "Terminating a process that is ending is true, of a dead one NOT_FOUND; there is one end.",
			Clauses: "7.10, 2.22",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				got := a.Do(Values(Call("process.terminate", b.PID), Nth(2, Call("process.terminate", b.PID))))
				s.True(got.Match(true, nil) || got.Match(true, notFound()), "terminate twice gave %s", got)
				a.Gives(Event(), fails(b.PID, terminated()))
				a.Gives(Call("process.terminate", b.PID), nil, notFound())
				s.Quiet()
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "terminate/finishing_process",
			Claim:   "A terminate that races with the end gives one end: the process's own or the kill.",
			Clauses: "7.11, 2.22",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				b.Finish("own")
				got := a.Do(Call("process.terminate", b.PID))
				s.True(got.Match(true) || got.Match(nil, notFound()), "terminate gave %s", got)
				a.Gives(Event(), oneOf(exits(b.PID, "own"), fails(b.PID, terminated())))
				s.Quiet()
				a.Gives(PollEvent(), "empty")
			},
		},
		{
			Name:    "terminate/queued_and_by_name",
			Claim:   "terminate works on a process that has not run yet, and by name.",
			Clauses: "7.9, 12.6, 6.6",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Seq(Let("pid", Spawn("spawn_monitored", Peer, Serve())), Call("process.terminate", Get("pid"))), true)
				a.Gives(Event(), fails(Any(), terminated()))
				b := a.Spawns("spawn_monitored")
				b.Do(Call("process.registry.register", "b"))
				a.Gives(Call("process.terminate", "b"), true)
				a.Gives(Event(), fails(b.PID, terminated()))
			},
		},
		{
			Name:    "terminate/messages_sent_before",
			Claim:   "Messages that the process sent before arrive before its EXIT.",
			Clauses: "7.9, 3.22",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := a.Spawns("spawn_monitored")
				b.Do(Send(a.PID, "t", 1))
				a.Gives(Call("process.terminate", b.PID), true)
				a.Do(Event())
				a.Gives(Data(), 1)
			},
		},
	}
}
