package conformance

import (
	"log/slog"

	"github.com/understudy-run/understudy/core"
	corespec "github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// viewCases are those of section 3 on listening.
func viewCases() []Case {
	inbox := Call("process.inbox")
	listen := func(topic string) Code { return Nth(1, Call("process.listen", topic)) }
	return []Case{
		{
			Name:    "view/listen_modes",
			Claim:   "Raw mode yields nil, the value, or the list of the values; message mode yields message objects.",
			Clauses: "3.13",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				b.Do(Let("raw", listen("raw")), Let("msg", Nth(1, CallWith("process.listen", fields{"message": true}, "msg"))))
				for _, topic := range []string{"raw", "msg"} {
					a.Do(Send(b.PID, topic), Send(b.PID, topic, "one"), Send(b.PID, topic, 1, 2))
				}
				b.Gives(Receive(Get("raw")), nil, true)
				b.Gives(Receive(Get("raw")), "one", true)
				b.Gives(Receive(Get("raw")), []any{1, 2}, true)
				b.Gives(Seq(Let("m", Nth(1, Receive(Get("msg")))), Values(Method(Get("m"), "topic"), Method(Get("m"), "from"))), "msg", a.PID)
				b.Gives(Method(Method(Nth(1, Receive(Get("msg"))), "payload"), "data"), "one")
				b.Gives(Len(Method(Nth(1, Receive(Get("msg"))), "payloads")), 2)
			},
		},
		{
			Name:    "view/message_mode_exactly_true",
			Claim:   "Message mode is asked for by exactly true.",
			Clauses: "3.13",
			Solo:    true, Language: "lua",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("c", Nth(1, CallWith("process.listen", fields{"message": false}, "t"))), Send(Self(), "t", 1))
				a.Gives(Receive(Get("c")), 1, true)
			},
		},
		{
			Name:    "view/listener_or_inbox",
			Claim:   "A message belongs to the listener of its topic if there is one, else to the inbox; events to events only.",
			Clauses: "3.9, 3.11, 3.12, 3.4, 4.5",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				b.Do(Let("x", listen("x")), Let("inbox", listen("inbox")), Let("events", listen("events")))
				a.Do(Send(b.PID, "x", 1), Send(b.PID, "y", 2), Send(b.PID, "inbox", 3), Send(b.PID, "events", 4), Call("process.cancel", b.PID))
				b.Gives(Values(Nth(1, Receive(Get("x"))), Data(), Nth(1, Receive(Get("inbox"))), Nth(1, Receive(Get("events")))), 1, 2, 3, 4)
				b.Gives(Poll(inbox), "empty")
				b.Gives(Event(), canceled(a.PID, ""))
			},
		},
		{
			Name:    "view/late_listen",
			Claim:   "A message that arrived before listen goes to the new listener if nobody took it.",
			Clauses: "3.8, 3.9, 3.10",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(Send(b.PID, "x", 1), Send(b.PID, "y", 2), Send(b.PID, "x", 3), Send(b.PID, "x", 4))
				b.Gives(Data(), 1)
				b.Do(Let("x", listen("x")))
				b.Gives(Values(Nth(1, Receive(Get("x"))), Nth(1, Receive(Get("x"))), Data()), 3, 4, 2)
				b.Gives(Poll(inbox), "empty")
			},
		},
		{
			Name:    "view/poll_sees_queued",
			Claim:   "A select with default sees items that are queued.",
			Clauses: "3.8, 8.15",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				b.Gives(Poll(inbox), "empty")
				a.Do(Send(b.PID, "t", 1))
				b.Gives(Equal(Poll(inbox), "empty"), false)
				b.Gives(Poll(inbox), "empty")
			},
		},
		{
			Name:    "view/same_handle",
			Claim:   "Repeated calls return the identical channel; different views are different objects.",
			Clauses: "3.14, 8.2",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Values(Equal(inbox, inbox), Equal(Call("process.events"), Call("process.events")),
					Equal(listen("t"), listen("t"))), true, true, true)
				a.Gives(Values(Equal(inbox, Call("process.events")), Equal(listen("t"), listen("u")), Equal(inbox, listen("t"))), false, false, false)
				a.Gives(listen("t"), OfType("channel"))
			},
		},
		{
			Name:    "view/conflicting_mode",
			Claim:   "The first listen fixes the mode of a topic; asking for the other is CONFLICT.",
			Clauses: "3.14",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(listen("raw"), CallWith("process.listen", fields{"message": true}, "msg"))
				a.Gives(CallWith("process.listen", fields{"message": true}, "raw"), nil, Fails(hostapi.Conflict, "already listening"))
				a.Gives(Call("process.listen", "msg"), nil, Fails(hostapi.Conflict, "already listening"))
			},
		},
		{
			Name:    "view/bad_topics",
			Claim:   "Empty topics and those with @ in front cannot be listened to.",
			Clauses: "3.13",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Call("process.listen", ""), nil, Fails(hostapi.Invalid, "topic cannot be empty"))
				a.Gives(Call("process.listen", "@x"), nil, Fails(hostapi.Invalid, "cannot listen to @ topics"))
				a.Throws(Call("process.listen", 1), Fails(hostapi.Invalid, ""))
			},
		},
		{
			Name:    "view/unlisten",
			Claim:   "unlisten closes the channel and gives queued and later messages back to the inbox.",
			Clauses: "3.15",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				b.Do(Let("x", listen("x")), Let("woken", Call("channel.new", 1)))
				b.Do(Go(Seq(Let("got", Nth(2, Receive(Get("x")))), Method(Get("woken"), "send", Get("got")))))
				b.Gives(Call("process.unlisten", Get("x")), true)
				b.Gives(Receive(Get("woken")), false, true)
				b.Gives(Receive(Get("x")), nil, false)
				b.Do(Let("y", listen("y")))
				a.Do(Send(b.PID, "y", 1), Send(b.PID, "x", 2))
				b.Gives(Call("process.unlisten", Get("y")), true)
				a.Do(Send(b.PID, "y", 3))
				b.Gives(Values(Data(), Data(), Data()), 1, 2, 3)
				b.Gives(Equal(listen("x"), Get("x")), false)
				a.Do(Send(b.PID, "x", 4))
				b.Gives(Receive(listen("x")), 4, true)
			},
		},
		{
			Name:    "view/unlisten_refusals",
			Claim:   "unlisten of a closed or private channel is NOT_FOUND, of another view INVALID.",
			Clauses: "3.15",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("x", listen("x")), Call("process.unlisten", Get("x")))
				a.Gives(Call("process.unlisten", Get("x")), false, Fails(hostapi.NotFound, "channel not found"))
				a.Gives(Call("process.unlisten", Call("channel.new")), false, Fails(hostapi.NotFound, "channel not found"))
				a.Gives(Call("process.unlisten", inbox), false, Fails(hostapi.Invalid, "not a listen channel"))
				a.Gives(Call("process.unlisten", Call("process.events")), false, Fails(hostapi.Invalid, "not a listen channel"))
				a.Gives(Call("process.unlisten", Nth(1, Call("time.after", "1h"))), false, Fails(hostapi.Invalid, "not a listen channel"))
				a.Throws(Call("process.unlisten", 1), Fails(hostapi.Invalid, ""))
			},
		},
		{
			Name:    "view/receive_only",
			Claim:   "send, close and case_send on system channels raise INVALID.",
			Clauses: "3.16",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, ch := range []Code{inbox, Call("process.events"), listen("t"), Nth(1, Call("time.after", "1h"))} {
					a.Do(Let("c", ch))
					a.Throws(Method(Get("c"), "send", 1), Fails(hostapi.Invalid, "channel is receive-only"))
					a.Throws(Method(Get("c"), "close"), Fails(hostapi.Invalid, "channel is receive-only"))
					a.Throws(Method(Get("c"), "case_send", 1), Fails(hostapi.Invalid, "channel is receive-only"))
				}
			},
		},
		{
			Name:    "view/waiters_in_order",
			Claim:   "Coroutines that wait on one view are served in the order in which they began, each item going to one.",
			Clauses: "3.17",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				wait := func(n int) Code { return Go(Report("took", Values(n, Data()))) }
				b.Do(wait(1), wait(2), wait(3))
				a.Do(Send(b.PID, "t", "a"), Send(b.PID, "t", "b"), Send(b.PID, "t", "c"))
				for i, r := range s.AwaitReports("took", 3) {
					s.Same("waiter", r, i+1, string("abc"[i]))
				}
			},
		},
		{
			Name:    "view/first_ready_not_oldest",
			Claim:   "A select takes the first ready case in list order, not the oldest item of all views.",
			Clauses: "3.23, 8.16",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(Send(b.PID, "t", 1), Call("process.cancel", b.PID))
				s.Quiet()
				b.Do(Let("e", Call("process.events")), Let("i", inbox))
				b.Gives(Equal(Field(Select(Method(Get("e"), "case_receive"), Method(Get("i"), "case_receive")), "channel"), Get("e")), true)
			},
		},
		{
			Name:    "view/policy",
			Claim:   "A full mailbox refuses, drops the new or drops the old message, as its entry says; each dropped one is a dead letter, and none that is refused, since its sender has the error.",
			Clauses: "17.1, 17.2, 17.3, 17.4, 3.2",
			Virtual: true,
			Scenario: func(s *Stage) {
				for _, row := range []struct {
					overflow corespec.Overflow
					result   []any
					left     []any
					dropped  []any
				}{
					{corespec.FailSender, []any{nil, Fails(hostapi.Unavailable, "mailbox full")}, []any{1, 2}, nil},
					{corespec.DropNew, []any{true}, []any{1, 2}, []any{3}},
					{corespec.DropOld, []any{true}, []any{2, 3}, []any{1}},
				} {
					s.Entry("app:small", core.Entry{Mailbox: core.Mailbox{Limit: 2, Overflow: row.overflow}})
					a := s.Actor()
					b := s.At(a.Do(Spawn("spawn", "app:small", Seq(Call("time.sleep", "1s"),
						List(Data(), Data(), Event())))).First())
					before := len(s.Letters())
					a.Gives(Send(b.PID, "x", 1), true)
					a.Gives(Send(b.PID, "y", 2), true)
					a.Gives(Send(b.PID, "z", 3), row.result...)
					// Events are accepted whatever the length.
					a.Gives(Call("process.cancel", b.PID), true)
					var dropped []any
					for _, l := range s.Letters()[before:] {
						if l.Reason == core.MailboxFull {
							dropped = append(dropped, l.Payloads[0])
						}
					}
					s.True(Elements(row.dropped...).Match(value(dropped)), "dropped %s, want %v", value(dropped), row.dropped)
					s.Exits(b.PID, Elements(append(row.left, canceled(a.PID, ""))...))
				}
			},
		},
		{
			Name:    "view/policy_of_the_receiver",
			Claim:   "The policy holds for every message, also from the process itself and from builders.",
			Clauses: "17.2, 17.1, 13.21",
			Scenario: func(s *Stage) {
				s.Entry("app:small", core.Entry{Mailbox: core.Mailbox{Limit: 1, Overflow: corespec.DropNew}})
				a := s.Actor()
				b := Method(Call("process.with_message", "t", "first"), "with_message", "t", "second")
				a.Do(Method(b, "spawn_monitored", "app:small", Host, Quote(Seq(
					Send(Self(), "t", "third"), Let("d", Data()), Send(Self(), "t", "fourth"), Send(Self(), "t", "fifth"), List(Get("d"), Data())))))
				a.Gives(Event(), exits(Any(), []any{"first", "fourth"}))
			},
		},
		{
			Name:    "view/warned_once",
			Claim:   "A mailbox that reaches warn_at is logged as a warning, once per process.",
			Clauses: "17.1",
			Scenario: func(s *Stage) {
				s.Entry("app:warned", core.Entry{Mailbox: core.Mailbox{WarnAt: 3}})
				a := s.Actor()
				pid := a.Do(Spawn("spawn", "app:warned", Event())).First()
				warnings := func() (n int) {
					for _, r := range s.Logged("") {
						if r.Level == slog.LevelWarn {
							n++
						}
					}
					return n
				}
				for i := range 6 {
					a.Gives(Send(pid, "t"), true)
					want := 0
					if i >= 2 {
						want = 1
					}
					s.True(warnings() == want, "%d warnings after %d messages, want %d", warnings(), i+1, want)
				}
			},
		},
	}
}
