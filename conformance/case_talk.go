package conformance

import (
	"time"

	"github.com/understudy-run/understudy/core"
	corespec "github.com/understudy-run/understudy/core/spec"
	"github.com/understudy-run/understudy/hostapi"
)

// unreplied matches the error of a call that has no reply, and its detail sent.
func unreplied(kind hostapi.Kind, text string, sent bool) Matcher {
	return Where("error "+string(kind)+" "+text, func(v hostapi.Value) bool {
		e := v.Err()
		return Fails(kind, text).Match(v) && e.Details.Get("sent").Equal(hostapi.Bool(sent))
	})
}

// talkCases are those of section 70.
func talkCases() []Case {
	call := func(dest any, topic string, args ...any) Code {
		return Call("process.call", append([]any{dest, topic}, args...)...)
	}
	reply := func(args ...any) Code { return Method(Message(), "reply", args...) }
	at := func(r Code, name string) Code { return Field(r, name) }
	// limited is an entry whose mailbox holds one message beside the command under way.
	limited := func(s *Stage, overflow string) *Actor {
		s.Entry("app:limited", core.Entry{Mailbox: core.Mailbox{Limit: 1, Overflow: corespec.Overflow(overflow)}})
		b := s.Start("app:limited", Serve())
		b.Begin(Call("time.sleep", "1h"))
		s.Quiet()
		return b
	}
	return []Case{
		{
			Name:    "talk/call",
			Claim:   "call gives the value that the receiver replies, of every kind, once, and nothing comes to an inbox.",
			Clauses: "70.1, 70.2",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				b.Do(Call("process.registry.register", "desk"))
				for _, v := range []any{nil, true, 7, 2.5, "text", []any{1, "x"}, map[string]any{"a": []any{1}}} {
					for _, dest := range []any{b.PID, "desk"} {
						c := a.Begin(call(dest, "ask", nil, v, "more"))
						b.Gives(Seq(Let("m", Message()),
							Method(Get("m"), "reply", At(Method(Method(Get("m"), "payload"), "data"), 1))), true, nil)
						c.Gives(v, nil)
					}
				}
				b.Gives(Seq(Let("m", nil), Poll(Call("process.inbox"))), "empty")
				a.Gives(Poll(Call("process.inbox")), "empty")
			},
		},
		{
			Name:    "talk/error_replies",
			Claim:   "A reply with a string or an error object makes the call fail with it, by 2.18; another type raises.",
			Clauses: "70.2, 2.18",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				for _, row := range []struct {
					err  any
					want Matcher
				}{
					{"refused", FailsWith(hostapi.Internal, "refused", nil)},
					{Call("errors.new", Table("message", "gone", "kind", "NotFound", "details", Table("id", 7))), FailsWith(hostapi.NotFound, "gone", fields{"id": 7})},
					{Call("errors.new", "odd"), FailsWith(hostapi.Internal, "odd", nil)},
				} {
					c := a.Begin(call(b.PID, "ask"))
					b.Gives(reply("ignored", row.err), true, nil)
					c.Gives(nil, row.want)
				}
				c := a.Begin(call(b.PID, "ask"))
				b.Do(Let("m", Message()))
				b.Throws(Method(Get("m"), "reply", nil, 5), Fails(hostapi.Invalid, "err"))
				b.Gives(Method(Get("m"), "reply", Function(1)), nil, Fails(hostapi.Invalid, "cannot send"))
				b.Gives(Method(Get("m"), "reply", "at last"), true, nil)
				b.Gives(Method(Get("m"), "reply", "again"), nil, Fails(hostapi.Conflict, "already replied"))
				c.Gives("at last", nil)
				a.Gives(Send(b.PID, "plain"), true)
				b.Gives(reply(1), nil, Fails(hostapi.Invalid, "not a call"))
			},
		},
		{
			Name:    "talk/no_reply",
			Claim:   "A call without a reply ends at once with an error of its own, which says whether the message was sent.",
			Clauses: "70.1, 70.2",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(call("nobody", "ask"), nil, unreplied(hostapi.NotFound, "could not resolve 'nobody'", false))
				for _, end := range []Code{Finish("bye"), Finish(nil, "oops"), Throw("oops")} {
					b := s.Actor()
					c := a.Begin(call(b.PID, "ask"))
					b.Do(Let("m", Message()))
					b.Begin(end)
					c.Gives(nil, unreplied(hostapi.Unavailable, "process ended before it replied", true))
					a.Gives(call(b.PID, "ask"), nil, unreplied(hostapi.NotFound, "process not found", false))
				}
				b := s.Actor()
				c := a.Begin(call(b.PID, "ask", "3s"))
				b.Do(Let("m", Message()))
				s.Pass(3*time.Second - 1)
				s.True(!c.Done(), "the call is over before its timeout")
				s.Pass(1)
				c.Gives(nil, unreplied(hostapi.Timeout, "no reply within 3s", true))
				b.Gives(Method(Get("m"), "reply", "late"), true, nil)
				a.Gives(Poll(Call("process.inbox")), "empty")
				letters := s.Letters()
				last := letters[len(letters)-1]
				s.True(last.Reason == core.LateReply && last.To == string(a.PID), "no dead letter late_reply: %v", letters)

				c = a.Begin(call(b.PID, "raw"))
				b.Gives(Receive(Nth(1, Call("process.listen", "raw"))), nil, true)
				c.Gives(nil, unreplied(hostapi.Invalid, "nobody can reply", true))
				c = a.Begin(call(b.PID, "ask"))
				b.Do(Let("m", Message()))
				b.Begin(Call("process.upgrade", Peer, Quote(Serve())))
				c.Gives(nil, unreplied(hostapi.Unavailable, "request dropped", true))
			},
		},
		{
			Name:    "talk/full_mailbox",
			Claim:   "A call finds a full mailbox full, whatever happens to the new message there, and one that drop_old drops later ends; a refused send is no dead letter.",
			Clauses: "70.1, 17.1, 17.4",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, overflow := range []string{"fail_sender", "drop_new"} {
					b := limited(s, overflow)
					a.Gives(Send(b.PID, "x"), true)
					a.Gives(call(b.PID, "ask"), nil, unreplied(hostapi.Unavailable, "mailbox full", false))
					if overflow == "fail_sender" {
						a.Gives(Send(b.PID, "x"), nil, Fails(hostapi.Unavailable, "mailbox full"))
					}
				}
				s.True(len(s.Letters()) == 0, "dead letters %v", s.Letters())
				b := limited(s, "drop_old")
				c := a.Begin(call(b.PID, "ask"))
				s.Quiet()
				s.Actor().Gives(Send(b.PID, "x"), true)
				c.Gives(nil, unreplied(hostapi.Unavailable, "request dropped", true))
			},
		},
		{
			Name:    "talk/arguments",
			Claim:   "Too few arguments, topics, payloads and timeouts are refused before anything is sent.",
			Clauses: "70.1, 70.5, 70.6, 3.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, f := range []string{"process.call", "process.call_case", "process.offer"} {
					a.Gives(Call(f, a.PID), nil, Fails(hostapi.Invalid, "requires"))
					a.Gives(Call(f, a.PID, ""), nil, Fails(hostapi.Invalid, "topic cannot be empty"))
					a.Gives(Call(f, a.PID, "@x"), nil, Fails(hostapi.Invalid, "@ topics"))
					a.Gives(Call(f, a.PID, "x", "5 s"), nil, Fails(hostapi.Invalid, "invalid duration"))
					a.Gives(Call(f, a.PID, "x", "-5s"), nil, Fails(hostapi.Invalid, "invalid duration"))
					a.Gives(Call(f, a.PID, "x", 5), nil, Fails(hostapi.Invalid, "numbers are nanoseconds"))
					a.Gives(Call(f, a.PID, "x", "5s", Function(1)), nil, Fails(hostapi.Invalid, "cannot send"))
					a.Throws(Call(f, a.PID, "x", true), Fails(hostapi.Invalid, "timeout"))
				}
				a.Gives(Call("process.call", a.PID, "x", 0), nil, Fails(hostapi.Invalid, "invalid duration"))
				a.Gives(Call("process.send_after", "1s", a.PID), nil, Fails(hostapi.Invalid, "requires"))
				a.Gives(Call("process.send_after", 5, a.PID, "x"), nil, Fails(hostapi.Invalid, "numbers are nanoseconds"))
				a.Gives(Call("process.send_after", "1s", a.PID, "x", Function(1)), nil, Fails(hostapi.Invalid, "cannot send"))
				a.Gives(Poll(Call("process.inbox")), "empty")
			},
		},
		{
			Name:    "talk/only_the_caller_waits",
			Claim:   "A call waits everywhere, pcall included, and only its coroutine; another coroutine of the receiver may reply, and a process may call itself.",
			Clauses: "70.1, 70.2, 9.8, 9.9",
			Scenario: func(s *Stage) {
				a := s.Actor()
				b := s.Actor()
				c := a.Begin(Seq(Go(Report("meanwhile", 1)), Try(call(b.PID, "ask", "1h"))))
				s.AwaitReports("meanwhile", 1)
				b.Do(Let("m", Message()))
				b.Do(Go(Method(Get("m"), "reply", 5)))
				c.Gives(true, 5, nil)
				a.Gives(Seq(Go(reply("own")), call(a.PID, "ask")), "own", nil)
			},
		},
		{
			Name:    "talk/kill",
			Claim:   "A kill ends a waiting call and offer; a reply to who has ended is true and costs nothing.",
			Clauses: "70.1, 70.2, 20.7",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Begin(Seq(call(b.PID, "ask", "1h"), Report("went on", 1)))
				b.Do(Let("m", Message()))
				b.Gives(Call("process.terminate", a.PID), true)
				s.Fails(a.PID, FailsWith(hostapi.Canceled, "process terminated", nil))
				b.Gives(Method(Get("m"), "reply", 1), true, nil)
				s.True(len(s.Letters()) == 0 && len(s.Reports("went on")) == 0, "letters %v", s.Letters())
			},
		},
		{
			Name:    "talk/call_case",
			Claim:   "A case of a call is ready in a select when the call is over, with the value or the error, and again; the record names the case.",
			Clauses: "70.3, 8.12",
			Virtual: true,
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Gives(Call("process.call_case", "nobody", "ask"), nil, unreplied(hostapi.NotFound, "process not found", false))
				a.Do(Let("one", Call("process.call_case", b.PID, "ask", "1h", 1)))
				a.Do(Let("two", Call("process.call_case", b.PID, "ask", "2s", 2)))
				b.Do(Let("m", Message()))
				b.Do(Message())
				b.Gives(Method(Get("m"), "reply", "first"), true, nil)
				a.Gives(Seq(Let("r", Select(Get("two"), Get("one"))),
					Values(at(Get("r"), "value"), at(Get("r"), "ok"), at(Get("r"), "channel"), Equal(at(Get("r"), "case"), Get("one")))),
					"first", true, nil, true)
				c := a.Begin(Seq(Let("r", Select(Get("two"))), Values(at(Get("r"), "value"), at(Get("r"), "ok"))))
				s.Pass(2 * time.Second)
				c.Gives(unreplied(hostapi.Timeout, "no reply within 2s", true), false)
				a.Gives(at(SelectOr(true, Get("one")), "value"), "first")
				a.Gives(Seq(Let("i", Method(Call("process.inbox"), "case_receive")), Let("r", Select(Get("one"), Get("i"))), at(Get("r"), "value")), "first")
				a.Gives(at(SelectOr(true, Get("i")), "case"), nil)
			},
		},
		{
			Name:    "talk/host_left_out",
			Claim:   "Without a host, or with nil, a process is started on the host of its entry, else on the caller's, by spawn in all forms, exec and builders.",
			Clauses: "70.4, 2.1, 13.1, 13.18",
			Scenario: func(s *Stage) {
				const second = "app:second"
				s.DefineHost(core.HostOptions{ID: second, Workers: 1})
				if err := s.StartHost(second); err != nil {
					s.Fail("%v", err)
				}
				s.Entry("app:homely", core.Entry{Home: second})
				a := s.Actor()
				a.Gives(Call("process.host"), Host)
				host := Quote(Call("process.host"))
				a.Gives(Call("process.exec", Peer, nil, host), Host, nil)
				a.Gives(Call("process.exec", "app:homely", nil, host), second, nil)
				a.Gives(Call("process.exec", "app:homely", Host, host), Host, nil)
				a.Gives(Call("process.exec", "app:none"), nil, Fails(hostapi.NotFound, "unknown process entry"))
				a.Gives(Method(Call("process.with_context", Table("a", 1)), "exec", "app:homely", nil, host), second, nil)
				for _, f := range []string{"spawn", "spawn_monitored", "spawn_linked", "spawn_linked_monitored"} {
					b := s.At(a.Do(Call("process."+f, "app:homely", nil, Quote(Serve()))).First())
					b.Gives(Call("process.host"), second)
					b.Gives(Call("process.exec", Peer, nil, host), second, nil)
					b.Finish()
				}
			},
		},
		{
			Name:    "talk/offer",
			Claim:   "offer waits for room whatever the overflow; while it waits others find the mailbox full; over is TIMEOUT, the end of the receiver NOT_FOUND.",
			Clauses: "70.5",
			Virtual: true,
			Scenario: func(s *Stage) {
				for _, overflow := range []string{"fail_sender", "drop_new", "drop_old"} {
					s.Entry("app:reader", core.Entry{Mailbox: core.Mailbox{Limit: 1, Overflow: corespec.Overflow(overflow)}})
					b := s.Start("app:reader", Loop(Seq(Call("time.sleep", "1s"), Report(overflow, Method(Message(), "topic")))))
					a, o := s.Actor(), s.Actor()
					a.Gives(Call("process.offer", b.PID, "one"), true, nil)
					a.Gives(Call("process.offer", b.PID, "none", 0), nil, Fails(hostapi.Timeout, "mailbox full"))
					c := a.Begin(Call("process.offer", b.PID, "two"))
					s.Quiet()
					d := o.Begin(Call("process.offer", b.PID, "three"))
					s.Quiet()
					if overflow == "fail_sender" {
						s.Actor().Gives(Send(b.PID, "full"), nil, Fails(hostapi.Unavailable, "mailbox full"))
					}
					s.True(!c.Done() && !d.Done(), "an offer does not wait")
					s.Pass(time.Second)
					c.Gives(true, nil)
					s.True(!d.Done(), "the second offer does not wait for its turn")
					s.Pass(time.Second)
					d.Gives(true, nil)
					s.Pass(time.Second)
					var got []string
					for _, seen := range s.Reports(overflow) {
						got = append(got, seen[0].Str())
					}
					s.True(len(got) == 3 && got[0] == "one" && got[1] == "two" && got[2] == "three", "read %q", got)
				}
				a, b := s.Actor(), limited(s, "fail_sender")
				a.Gives(Send(b.PID, "x"), true)
				c := a.Begin(Call("process.offer", b.PID, "y", "2s"))
				s.Pass(2*time.Second - 1)
				s.True(!c.Done(), "an offer ends before its timeout")
				s.Pass(1)
				c.Gives(nil, Fails(hostapi.Timeout, "mailbox full"))
				c = a.Begin(Call("process.offer", b.PID, "y"))
				s.Quiet()
				s.Actor().Gives(Call("process.terminate", b.PID), true)
				c.Gives(nil, Fails(hostapi.NotFound, "process not found"))
				a.Gives(Call("process.offer", s.Actor().PID, "z"), true, nil)
			},
		},
		{
			Name:    "talk/send_after",
			Claim:   "send_after sends when its delay is over, unless it is stopped or its sender ends or is upgraded; values are those of now.",
			Clauses: "70.6, 13.13",
			Virtual: true,
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				later := func(delay, topic string) Code { return Call("process.send_after", delay, b.PID, topic, "v") }
				a.Do(Bind(later("3s", "third"), "t"))
				a.Do(later("1s", "first"))
				a.Do(Bind(later("2s", "second"), "s"))
				a.Gives(Seq(Method(Get("s"), "stop")), true)
				a.Gives(Seq(Method(Get("s"), "stop")), false)
				s.Pass(time.Second - 1)
				b.Gives(Poll(Call("process.inbox")), "empty")
				s.Pass(1)
				b.Gives(Seq(Let("m", Message()), Values(Method(Get("m"), "topic"), Method(Get("m"), "from"))), "first", a.PID)
				s.Pass(2 * time.Second)
				b.Gives(Seq(Let("m", Message()), Values(Method(Get("m"), "topic"), Method(Method(Get("m"), "payload"), "data"))), "third", "v")
				a.Gives(Method(Get("t"), "stop"), false)
				a.Do(later("1s", "of old code"))
				a.Begin(Call("process.upgrade", nil, Quote(Serve())))
				s.Quiet()
				a.Do(later("1s", "of the dead"))
				a.Finish()
				s.Pass(time.Hour)
				b.Gives(Poll(Call("process.inbox")), "empty")
			},
		},
	}
}
