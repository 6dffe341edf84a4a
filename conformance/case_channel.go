package conformance

import (
	"github.com/understudy-run/understudy/hostapi"
)

func send(ch, v any) Code { return Method(ch, "send", v) }
func shut(ch any) Code    { return Method(ch, "close") }

// channelCases are those of section 8 on channels.
func channelCases() []Case {
	ch := Get("c")
	open := func(args ...any) Code { return Let("c", Call("channel.new", args...)) }
	cases := []Case{
		{
			Name:    "channel/rendezvous",
			Claim:   "On an unbuffered channel every send meets a receive; send gives true, receive value and true.",
			Clauses: "8.1, 8.3, 8.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open(), Go(Seq(Report("sending", 1), Report("sent", send(ch, "v")))))
				s.Quiet()
				s.True(len(s.Reports("sent")) == 0, "send did not wait")
				a.Gives(Receive(ch), "v", true)
				s.Same("send", s.AwaitReports("sent", 1)[0], true)
				a.Do(Go(Report("got", Receive(ch))))
				a.Gives(send(ch, 2), true)
				s.Same("receive", s.AwaitReports("got", 1)[0], 2, true)
			},
		},
		{
			Name:    "channel/buffer",
			Claim:   "A buffered channel takes as many values as it has room for, first in, first out.",
			Clauses: "8.1, 8.3, 8.7",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open(3))
				for i := range 3 {
					a.Gives(send(ch, i), true)
				}
				a.Do(Go(Report("fourth", send(ch, 3))))
				s.Quiet()
				s.True(len(s.Reports("fourth")) == 0, "a full buffer took a value")
				for i := range 4 {
					a.Gives(Receive(ch), i, true)
				}
				s.Same("send", s.AwaitReports("fourth", 1)[0], true)
			},
		},
		{
			Name:    "channel/first_waiter_served_first",
			Claim:   "Waiting senders and waiting receivers are each served first in, first out.",
			Clauses: "8.7, 9.3",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open())
				for i := range 4 {
					a.Do(Go(Report("got", Values(i, Receive(ch)))))
				}
				for i := range 4 {
					a.Do(send(ch, string("abcd"[i])))
				}
				for i, r := range s.AwaitReports("got", 4) {
					s.Same("receiver", r, i, string("abcd"[i]))
				}
				for i := range 4 {
					a.Do(Go(send(ch, i)))
				}
				for i := range 4 {
					a.Gives(Receive(ch), i, true)
				}
			},
		},
		{
			Name:    "channel/full_buffer_moves_sender",
			Claim:   "A receive from a full buffer moves the first waiting sender's value into the buffer and wakes that sender.",
			Clauses: "8.7",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open(1), send(ch, 0))
				for i := 1; i < 4; i++ {
					a.Do(Go(Seq(send(ch, i), Report("sent", i))))
				}
				a.Gives(Receive(ch), 0, true)
				s.Quiet()
				s.True(len(s.Reports("sent")) == 1, "%d senders woken, want 1", len(s.Reports("sent")))
				a.Gives(Values(Receive(ch), Receive(ch), Receive(ch)), 1, 2, 3)
				for i, r := range s.AwaitReports("sent", 3) {
					s.Same("sender", r, i+1)
				}
			},
		},
		{
			Name:    "channel/nil_values",
			Claim:   "nil is a value: it is received with ok true; send without a value sends nil.",
			Clauses: "8.3, 8.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open(2), send(ch, nil), Method(ch, "send"))
				a.Gives(Receive(ch), nil, true)
				a.Gives(Receive(ch), nil, true)
			},
		},
		{
			Name:    "channel/close_drains",
			Claim:   "After close, buffered values stay receivable; then receive gives nil and false, at once and for ever.",
			Clauses: "8.4, 8.5",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open(2), send(ch, 1), send(ch, 2))
				a.Gives(shut(ch))
				a.Gives(shut(ch))
				a.Gives(Receive(ch), 1, true)
				a.Gives(Receive(ch), 2, true)
				for range 3 {
					a.Gives(Receive(ch), nil, false)
				}
			},
		},
		{
			Name:    "channel/close_wakes_receivers",
			Claim:   "close wakes waiting receivers and waiting receive cases with nil and false.",
			Clauses: "8.5, 8.12",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open(), Go(Report("plain", Receive(ch))), Go(Report("plain", Receive(ch))),
					Go(Seq(Let("r", Select(Method(ch, "case_receive"))), Report("select", Values(Field(Get("r"), "value"), Field(Get("r"), "ok"), Equal(Field(Get("r"), "channel"), ch))))))
				a.Do(shut(ch))
				for _, r := range s.AwaitReports("plain", 2) {
					s.Same("receive", r, nil, false)
				}
				s.Same("select", s.AwaitReports("select", 1)[0], nil, false, true)
			},
		},
		{
			Name:    "channel/send_on_closed",
			Claim:   "send on a closed channel raises INVALID, also one that was waiting when it was closed.",
			Clauses: "8.6",
			Scenario: func(s *Stage) {
				a := s.Actor()
				closed := Fails(hostapi.Invalid, "send on closed channel")
				a.Do(open(), shut(ch))
				a.Throws(send(ch, 1), closed)
				a.Do(open(), Go(Report("plain", Try(send(ch, 1)))), Go(Report("select", Try(Select(Method(ch, "case_send", 1))))))
				a.Do(shut(ch))
				s.Same("send", s.AwaitReports("plain", 1)[0], false, closed)
				s.Same("select", s.AwaitReports("select", 1)[0], false, closed)
			},
		},
		{
			Name:    "channel/bad_capacity",
			Claim:   "A capacity that is negative or not integral raises INVALID.",
			Clauses: "8.1, 0.9",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Throws(Call("channel.new", -1), Fails(hostapi.Invalid, "invalid capacity"))
				a.Throws(Call("channel.new", 1.5), Fails(hostapi.Invalid, "invalid capacity"))
				a.Throws(Call("channel.new", "1"), Fails(hostapi.Invalid, ""))
				a.Gives(Call("channel.new", nil), OfType("channel"))
			},
		},
		{
			Name:    "channel/identity",
			Claim:   "Handles compare by identity and serve as keys; the same channel is always the same handle.",
			Clauses: "8.2, 0.12",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open(), Let("d", Call("channel.new")), Let("t", Table(ch, "c", Get("d"), "d")))
				a.Gives(Values(Lookup(Get("t"), ch), Lookup(Get("t"), Get("d")), Lookup(Get("t"), Call("channel.new"))), "c", "d", nil)
				a.Gives(Values(Equal(ch, ch), Equal(ch, Get("d"))), true, false)
				a.Do(Let("x", Call("channel.new", 1)), send(Get("x"), ch))
				a.Gives(Equal(Nth(1, Receive(Get("x"))), ch), true)
				a.Do(Let("timer", Call("time.timer", "1h")))
				a.Gives(Values(Equal(Method(Get("timer"), "channel"), Method(Get("timer"), "channel")), Equal(Method(Get("timer"), "channel"), Method(Get("timer"), "response"))), true, true)
				a.Gives(Equal(Text(ch), ""), false)
			},
		},
		{
			Name:    "channel/ready_operation_does_not_switch",
			Claim:   "An operation that can complete at once does not suspend its caller; who it wakes goes to the end of the queue.",
			Clauses: "8.8, 9.3",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(open(1), Go(Seq(Receive(ch), Report("woken", 1))),
					send(ch, 1), Report("after send", 1), send(ch, 2), Receive(ch), SelectOr(true, Method(ch, "case_receive")), Report("after more", 1))
				s.AwaitReports("woken", 1)
				s.Ordered("after send", "after more", "woken")
			},
		},
	}
	for i := range cases {
		cases[i].Solo = true
	}
	return cases
}

// selectCases are those of section 8 on select.
func selectCases() []Case {
	chosen := func(slot string) Code { // channel as slot, value, ok, default
		return Values(Equal(Field(Get("r"), "channel"), Get(slot)), Field(Get("r"), "value"), Field(Get("r"), "ok"),
			Equal(Field(Get("r"), "default"), true))
	}
	receive := func(slot string) Code { return Method(Get(slot), "case_receive") }
	put := func(slot string, v any) Code { return Method(Get(slot), "case_send", v) }
	fresh := func(capacity int, slots ...string) Code {
		var all []any
		for _, slot := range slots {
			all = append(all, Let(slot, Call("channel.new", capacity)))
		}
		return Seq(all...)
	}
	cases := []Case{
		{
			Name:    "select/results",
			Claim:   "The record names channel, value, ok and default by what was chosen.",
			Clauses: "8.10, 8.11, 8.12, 8.13",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(fresh(2, "a", "b"))
				a.Do(send(Get("a"), "v"), Let("r", Select(receive("b"), receive("a"))))
				a.Gives(chosen("a"), true, "v", true, false)
				a.Do(Let("r", Select(put("b", "sent"))))
				a.Gives(chosen("b"), true, "sent", true, false)
				a.Do(Receive(Get("b")), shut(Get("b")), Let("r", Select(receive("a"), receive("b"))))
				a.Gives(chosen("b"), true, nil, false, false)
				a.Do(Let("r", SelectOr(true, receive("a"))))
				a.Gives(Values(Field(Get("r"), "channel"), Field(Get("r"), "value"), Field(Get("r"), "ok"), Field(Get("r"), "default")), nil, nil, true, true)
			},
		},
		{
			Name:    "select/first_ready_in_list_order",
			Claim:   "Of several ready cases the first in list order is taken.",
			Clauses: "8.16, 8.15",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(fresh(3, "a", "b", "c"))
				for _, x := range []string{"c", "b", "a"} {
					a.Do(send(Get(x), x))
				}
				for _, order := range [][]string{{"a", "b", "c"}, {"c", "b", "a"}, {"b", "c", "a"}} {
					a.Do(Let("r", Select(receive(order[0]), receive(order[1]), receive(order[2]))))
					a.Gives(Field(Get("r"), "value"), order[0])
					a.Do(send(Get(order[0]), order[0]))
				}
				a.Do(Let("r", Select(put("a", "sent"), receive("b"))))
				a.Gives(Field(Get("r"), "value"), "sent")
			},
		},
		{
			Name:    "select/what_is_ready",
			Claim:   "Ready are channels with a value, a waiting peer, room, or closed; a ready case beats default, closed after its values.",
			Clauses: "8.15, 8.13",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(fresh(0, "a", "b"), fresh(1, "c"))
				a.Do(Go(send(Get("a"), 1)), Let("r", SelectOr(true, receive("a"))))
				a.Gives(chosen("a"), true, 1, true, false)
				a.Do(Go(Report("got", Receive(Get("b")))), Let("r", SelectOr(true, put("b", 2))))
				a.Gives(chosen("b"), true, 2, true, false)
				s.Same("receive", s.AwaitReports("got", 1)[0], 2, true)
				a.Do(Let("r", SelectOr(true, put("c", 3))))
				a.Gives(chosen("c"), true, 3, true, false)
				a.Gives(Field(SelectOr(true, put("c", 4)), "default"), true)
				a.Do(shut(Get("c")), Let("r", SelectOr(true, receive("c"))))
				a.Gives(chosen("c"), true, 3, true, false)
				a.Do(Let("r", SelectOr(true, receive("c"))))
				a.Gives(chosen("c"), true, nil, false, false)
			},
		},
		{
			Name:    "select/waits",
			Claim:   "Without a ready case select waits for one, unless default is true; default false is as absent.",
			Clauses: "8.13, 8.14",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(fresh(0, "a", "b"))
				for i, orElse := range []any{nil, false} {
					a.Do(Go(Report("r", Field(SelectOr(orElse, receive("a"), receive("b")), "value"))))
					s.Quiet()
					s.True(len(s.Reports("r")) == i, "select did not wait")
					a.Gives(send(Get("b"), i), true)
					s.Same("select", s.AwaitReports("r", i+1)[i], i)
				}
			},
		},
		{
			Name:    "select/losers_lose_nothing",
			Claim:   "A waiting select is completed by exactly one event and withdrawn from its other channels; no value of those is lost.",
			Clauses: "8.14",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(fresh(0, "a", "b", "c"))
				a.Do(Go(Report("first", Field(Select(receive("a"), receive("b"), put("c", "offer")), "value"))))
				a.Do(Go(Report("sent", send(Get("a"), 1))), Go(Report("sent", send(Get("b"), 2))), Go(Report("got", Receive(Get("c")))))
				s.Same("select", s.AwaitReports("first", 1)[0], 1)
				s.Quiet()
				s.True(len(s.Reports("sent")) == 1 && len(s.Reports("got")) == 0, "the select was completed more than once")
				a.Gives(Receive(Get("b")), 2, true)
				a.Gives(send(Get("c"), 3), true)
				s.Same("receive", s.AwaitReports("got", 1)[0], 3, true)
			},
		},
		{
			Name:    "select/no_pairing_with_itself",
			Claim:   "A select never pairs its own cases; two selects of different coroutines do pair.",
			Clauses: "8.18",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(fresh(0, "a"))
				a.Gives(Field(SelectOr(true, put("a", 1), receive("a")), "default"), true)
				a.Do(Go(Report("one", Field(Select(put("a", "x"), receive("a")), "value"))))
				s.Quiet()
				s.True(len(s.Reports("one")) == 0, "a select paired with itself")
				a.Gives(Field(Select(receive("a"), put("a", "y")), "value"), "x")
				s.Same("select", s.AwaitReports("one", 1)[0], "x")
			},
		},
		{
			Name:    "select/closed_send_case",
			Claim:   "A send case of a closed channel raises INVALID when it is its turn in list order.",
			Clauses: "8.17",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(fresh(1, "a", "b"), send(Get("b"), 1), shut(Get("a")))
				a.Gives(Field(Select(receive("b"), put("a", 1)), "value"), 1)
				a.Throws(Select(receive("b"), put("a", 1)), Fails(hostapi.Invalid, "send on closed channel"))
				a.Throws(SelectOr(true, put("a", 1)), Fails(hostapi.Invalid, "send on closed channel"))
			},
		},
		{
			Name:    "select/refusals",
			Claim:   "No table, no cases, elements that are no cases, and a default that is no boolean raise INVALID.",
			Clauses: "8.10, 8.13, 8.19",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(fresh(0, "a"))
				a.Throws(Call("channel.select", 5), Fails(hostapi.Invalid, ""))
				a.Throws(Call("channel.select"), Fails(hostapi.Invalid, ""))
				a.Throws(Select(), Fails(hostapi.Invalid, "select with no cases"))
				a.Gives(Field(SelectOr(true), "default"), true)
				a.Throws(Select(receive("a"), Get("a")), Fails(hostapi.Invalid, "invalid select case at index 2"))
				a.Throws(Select("x"), Fails(hostapi.Invalid, "invalid select case at index 1"))
				a.Throws(SelectOr("yes", receive("a")), Fails(hostapi.Invalid, "default must be a boolean"))
			},
		},
		{
			Name:    "select/cases_are_inert",
			Claim:   "Cases may be stored and used in several selects; the value of a send case is taken when it is made.",
			Clauses: "8.11",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(fresh(4, "a"), Let("v", 1), Let("send", put("a", Get("v"))), Let("receive", receive("a")), Let("v", 2))
				for range 2 {
					a.Do(Select(Get("send")))
					a.Gives(Field(Select(Get("receive")), "value"), 1)
				}
				a.Do(send(Get("a"), 5), send(Get("a"), 6), Let("r", Select(receive("a"), receive("a"))))
				a.Gives(chosen("a"), true, 5, true, false)
				a.Gives(Get("send"), OfType("case"))
			},
		},
		{
			Name:    "select/all_kinds_mix",
			Claim:   "Views, timer channels and private channels mix freely in one select.",
			Clauses: "8.20, 9.8",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(fresh(0, "a"), Let("i", Call("process.inbox")), Let("e", Call("process.events")))
				all := func() Code {
					return Seq(Let("t", Nth(1, Call("time.after", "5ms"))), Let("r", Select(receive("a"), receive("i"), receive("e"), receive("t"))))
				}
				for _, row := range []struct {
					slot string
					do   Code
				}{{"t", Seq()}, {"a", Go(send(Get("a"), 1))}, {"i", Send(Self(), "x")}, {"e", Call("process.cancel", Self())}} {
					if row.slot != "t" {
						a.Do(row.do)
					}
					a.Do(all())
					a.Gives(Equal(Field(Get("r"), "channel"), Get(row.slot)), true)
				}
			},
		},
	}
	for i := range cases {
		cases[i].Solo = true
	}
	return cases
}
