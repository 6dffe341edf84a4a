package conformance

import (
	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// messageCases are those of section 3.
func messageCases() []Case {
	inbox := Call("process.inbox")
	return []Case{
		{
			Name:    "message/sent_and_received",
			Claim:   "A message has topic, sender and payloads; its payload objects are the same each time.",
			Clauses: "3.1, 3.2, 3.11, 3.18, 3.19, 3.20",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Gives(Send(b.PID, "topic", 1, "two"), true)
				b.Do(Let("m", Message()))
				b.Gives(Values(Method(Get("m"), "topic"), Method(Get("m"), "from"), Method(Method(Get("m"), "payload"), "data"),
					Method(At(Method(Get("m"), "payloads"), 1), "data"), Method(At(Method(Get("m"), "payloads"), 2), "data")),
					"topic", a.PID, []any{1, "two"}, 1, "two")
				b.Gives(Values(
					Equal(Method(Get("m"), "payload"), Method(Get("m"), "payload")),
					Equal(At(Method(Get("m"), "payloads"), 1), At(Method(Get("m"), "payloads"), 1)),
					Equal(Method(Method(Get("m"), "payload"), "data"), Method(Method(Get("m"), "payload"), "data"))),
					true, true, true)
				b.Gives(Get("m"), OfType("message"))
				b.Gives(Method(Get("m"), "payload"), OfType("payload"))
			},
		},
		{
			Name:    "message/from_outside",
			Claim:   "A message of the embedding program has no sender.",
			Clauses: "3.18",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				if err := s.Runtime.Send(a.PID, "t", hostapi.Int(5)); err != nil {
					s.Fail("send: %v", err)
				}
				a.Gives(Seq(Let("m", Message()), Values(Method(Get("m"), "from"), Method(Method(Get("m"), "payload"), "data"))), nil, 5)
			},
		},
		{
			Name:    "message/to_name_has_pid_as_sender",
			Claim:   "A message to a name arrives with the PID of the sender.",
			Clauses: "3.5, 3.18, 12.6",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				b.Gives(Call("process.registry.register", "b"), true)
				a.Gives(Send("b", "t"), true)
				b.Gives(Method(Message(), "from"), a.PID)
			},
		},
		{
			Name:    "message/before_subscription",
			Claim:   "Messages sent before the inbox is asked for wait there in order.",
			Clauses: "3.8, 3.10, 3.21",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				for i := range 5 {
					a.Do(Send(b.PID, "t", i))
				}
				s.Quiet()
				for i := range 5 {
					b.Gives(Data(), i)
				}
			},
		},
		{
			Name:    "message/order_of_one_sender",
			Claim:   "From one sender to one receiver messages arrive in the order in which they were sent.",
			Clauses: "3.21, 3.2",
			Scenario: func(s *Stage) {
				a, b, c := s.Actor(), s.Actor(), s.Actor()
				const n = 20
				var waits []*Command
				for _, x := range []*Actor{b, c} {
					waits = append(waits, x.Begin(Seq(Let("i", List(0)), Times(n, Send(a.PID, "t", Seq(Append(Get("i"), 0), Len(Get("i"))))))))
				}
				got := a.Begin(Times(2*n, Seq(Let("m", Message()), Report("got", Values(Method(Get("m"), "from"), Method(Method(Get("m"), "payload"), "data"))))))
				got.Wait()
				for _, w := range waits {
					w.Wait()
				}
				last := make(map[string]int64)
				for _, r := range s.Reports("got") {
					from, i := r.At(0).Str(), int64(r.At(1).Float())
					if last[from] == 0 {
						last[from] = 1
					}
					s.True(i == last[from]+1, "message %d of %s after %d", i, from, last[from])
					last[from] = i
				}
				s.True(len(last) == 2, "messages of %d senders", len(last))
			},
		},
		{
			Name:    "message/before_end_of_sender",
			Claim:   "What a process sent before it ended arrives before its EXIT, whether the receiver waits or not.",
			Clauses: "3.22, 2.23, 3.23",
			Scenario: func(s *Stage) {
				a := s.Actor()
				code := Spawn("spawn_monitored", Peer, Seq(Send(a.PID, "t", 1), 2))
				// Waiting on both: the message is the first arrival.
				a.Do(Let("inbox", inbox), Let("events", Call("process.events")))
				both := Select(Method(Get("events"), "case_receive"), Method(Get("inbox"), "case_receive"))
				a.Gives(Seq(code, Let("r", both), Values(Equal(Field(Get("r"), "ok"), true))), true)
				b := s.Actor()
				b.Gives(Call("process.monitor", a.PID), true)
				wait := b.Begin(Seq(Let("e", Call("process.events")), Let("i", inbox),
					Let("r", Select(Method(Get("e"), "case_receive"), Method(Get("i"), "case_receive"))), Equal(Field(Get("r"), "channel"), Get("i"))))
				s.Quiet()
				a.Begin(Seq(Send(b.PID, "t"), Finish()))
				wait.Gives(true)
				// Not waiting: when the EXIT is there, so is the message.
				c := s.Actor()
				c.Do(Spawn("spawn_monitored", Peer, Seq(Send(c.PID, "t", 1), 2)))
				c.Gives(Seq(Event(), Let("m", Poll(inbox)), Method(Method(Get("m"), "payload"), "data")), 1)
			},
		},
		{
			Name:    "message/to_oneself",
			Claim:   "Sending to oneself is legal, from any coroutine.",
			Clauses: "3.7, 9.2",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Send(Self(), "t", 1), true)
				a.Do(Go(Send(Self(), "t", 2)))
				a.Gives(Data(), 1)
				a.Gives(Seq(Let("m", Message()), Values(Method(Get("m"), "from"), Method(Method(Get("m"), "payload"), "data"))), a.PID, 2)
			},
		},
		{
			Name:    "message/refusals",
			Claim:   "send checks number of arguments, types, topic, payloads and destination in this order.",
			Clauses: "3.3, 3.4, 3.5, 3.6, 0.9, 0.5",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				b.Finish()
				s.End(b.PID)
				few := Fails(hostapi.Invalid, "send requires at least destination and topic arguments")
				a.Gives(Call("process.send"), nil, few)
				a.Gives(Call("process.send", a.PID), nil, few)
				a.Throws(Call("process.send", 1, "t"), Fails(hostapi.Invalid, ""))
				a.Throws(Call("process.send", a.PID, 1), Fails(hostapi.Invalid, ""))
				a.Gives(Send("nobody", "", Function(1)), nil, Fails(hostapi.Invalid, "topic cannot be empty"))
				a.Gives(Send("nobody", "@x", Function(1)), nil, Fails(hostapi.Invalid, "cannot send to @ topics"))
				a.Gives(Send("nobody", "t", Function(1)), nil, Fails(hostapi.Invalid, "cannot send"))
				for _, dest := range []string{"nobody", "{malformed"} {
					a.Gives(Send(dest, "t"), nil, Fails(hostapi.NotFound, "process not found: could not resolve '"+dest+"' as PID or registered name"))
				}
				a.Gives(Send(b.PID, "t"), nil, notFound())
				a.Gives(Send("{app:host|99999}", "t"), nil, notFound())
				a.Gives(Send("{app:none|1}", "t"), nil, notFound())
				for _, topic := range []string{"inbox", "events", "x@", "a topic with spaces", "é"} {
					a.Gives(Send(a.PID, topic), true)
					a.Gives(Method(Message(), "topic"), topic)
				}
			},
		},
		{
			Name:    "message/destination_errors",
			Claim:   "All functions that take a destination resolve it alike.",
			Clauses: "3.5, 5.2, 5.4, 6.2, 6.4, 7.7, 7.10, 12.6",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				b.Finish()
				s.End(b.PID)
				for _, f := range []string{"link", "unlink", "monitor", "unmonitor", "cancel", "terminate"} {
					for _, dest := range []string{"nobody", "{malformed", ""} {
						a.Gives(Call("process."+f, dest), nil, Fails(hostapi.NotFound, "could not resolve '"+dest+"'"))
					}
					a.Gives(Call("process."+f), nil, Fails(hostapi.Invalid, "requires"))
					a.Throws(Call("process."+f, 5), Fails(hostapi.Invalid, ""))
					if f == "unlink" || f == "unmonitor" {
						a.Gives(Call("process."+f, b.PID), true)
					} else {
						a.Gives(Call("process."+f, b.PID), nil, notFound())
					}
				}
			},
		},
		{
			Name:    "message/dead_letters",
			Claim:   "A message to nobody and one left unread are dead letters, which name the entry of a receiver that is known; the result of send is not changed by them.",
			Clauses: "17.4, 17.5, 17.6",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Gives(Send(b.PID, "unread", 1), true)
				b.Finish()
				s.End(b.PID)
				a.Gives(Send(b.PID, "dead", 1), nil, notFound())
				a.Gives(Send("nobody", "unknown", 1), nil, notFound())
				want := map[string]core.DeadLetterReason{"unread": core.Unread, "dead": core.NoProcess, "unknown": core.NoProcess}
				for _, l := range s.Letters() {
					entry := Peer // of a process that has ended just now
					if l.Topic == "unknown" {
						entry = ""
					}
					if r, ok := want[l.Topic]; ok && r == l.Reason && l.From == a.PID && l.Entry == entry {
						delete(want, l.Topic)
					}
				}
				s.True(len(want) == 0, "no dead letters for %v; there are %v", want, s.Letters())
				named := 0
				for _, r := range s.Logged("dead letter") {
					if r.Fields["entry"] == Peer {
						named++
					}
				}
				s.True(named == 2, "%d of the records name the entry of the receiver, want 2", named)
			},
		},
		{
			Name:    "message/dead_letters_at_most_ten_a_second",
			Claim:   "Dead letters are logged at most ten a second, then as a count per reason; subscribers get all.",
			Clauses: "17.5",
			Virtual: true, Solo: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Times(25, Send("nobody", "t")))
				s.True(len(s.Letters()) == 25, "%d dead letters, want 25", len(s.Letters()))
				s.True(len(s.Logged("dead letter")) == 10, "%d records in one second, want 10", len(s.Logged("dead letter")))
				s.Pass(2e9)
				a.Do(Send("nobody", "t"))
				counted := false
				for _, r := range s.Logged("dead letters") {
					counted = counted || r.Fields["count"] == "15" && r.Fields["reason"] == "no_process"
				}
				s.True(counted, "no record counts the 15 that were not logged")
			},
		},
	}
}
