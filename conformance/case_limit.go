package conformance

import (
	"strings"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// limitCases are those of section 17 on budgets.
func limitCases() []Case {
	entry := func(s *Stage, l core.Limits) string {
		id := "app:lead.limited"
		s.Entry(id, core.Entry{Limits: l})
		return id
	}
	fuel := Fails(hostapi.LimitExceeded, "fuel exhausted")
	cases := []Case{
		{
			Name:    "limit/fuel",
			Claim:   "A process that executes more steps than fuel.total fails with LIMIT_EXCEEDED, which pcall does not catch.",
			Clauses: "17.8, 17.10, 17.11, 20.7",
			Scenario: func(s *Stage) {
				id := entry(s, core.Limits{Fuel: 100_000})
				for _, doing := range []Code{Spin(), Seq(Try(Spin()), Report("caught", 1)), Seq(Go(Spin()), Event())} {
					s.Fails(s.Start(id, doing).PID, fuel)
				}
				s.True(len(s.Reports("caught")) == 0, "pcall caught it")
			},
		},
		{
			Name:    "limit/fuel_per_message",
			Claim:   "fuel.per_message bounds the steps between two reads from the mailbox.",
			Clauses: "17.8",
			Scenario: func(s *Stage) {
				a := s.Start(entry(s, core.Limits{FuelPerMessage: 200_000}), Serve())
				for range 20 {
					a.Do(Times(100, Self()))
				}
				a.Begin(Try(Spin()))
				s.Fails(a.PID, fuel)
			},
			Schedules: 3,
		},
		{
			Name:    "limit/fuel_survives_upgrade",
			Claim:   "The total fuel used is kept by upgrade.",
			Clauses: "13.12, 17.8",
			Scenario: func(s *Stage) {
				again := Call("process.upgrade", nil, Quote(Spin()))
				s.Fails(s.Start(entry(s, core.Limits{Fuel: 100_000}), again).PID, fuel)
			},
			Schedules: 3,
		},
		{
			Name:    "limit/coroutines",
			Claim:   "One coroutine more than max_coroutines raises RATE_LIMITED, which is retryable; an end makes room.",
			Clauses: "17.8, 9.1, 11.2",
			Scenario: func(s *Stage) {
				a := s.Start(entry(s, core.Limits{MaxCoroutines: 3}), Serve())
				a.Do(Let("c", Call("channel.new")), Go(Receive(Get("c"))), Go(Receive(Get("c"))))
				a.Throws(Go(1), Where("RateLimited, retryable", func(v hostapi.Value) bool {
					return Fails(hostapi.RateLimited, "max coroutines limit exceeded").Match(v) && v.Err().Retryable == hostapi.True
				}))
				a.Do(send(Get("c"), 1), Call("coroutine.yield"))
				a.Do(Go(1))
			},
		},
		{
			Name:    "limit/memory_of_the_mailbox",
			Claim:   "Unread messages count against the receiver's memory limit, those that it has read do not.",
			Clauses: "17.8, 17.11, 17.14",
			Scenario: func(s *Stage) {
				large := strings.Repeat("x", 100_000)
				a, b := s.Start(entry(s, core.Limits{Memory: 4 << 20}), Serve()), s.Actor()
				for range 5 {
					b.Do(Times(20, Send(a.PID, "t", large)))
					a.Do(Times(20, Message()))
				}
				b.Begin(Times(60, Send(a.PID, "t", large)))
				s.Fails(a.PID, Fails(hostapi.LimitExceeded, "memory limit exceeded"))
			},
			Schedules: 5,
		},
		{
			Name:    "limit/payload_depth",
			Claim:   "payload_depth of the sender's entry bounds the nesting of one value.",
			Clauses: "17.8, 17.9",
			Scenario: func(s *Stage) {
				a := s.Start(entry(s, core.Limits{Payload: hostapi.PayloadLimits{Depth: 10}}), Serve())
				a.Gives(Send(Self(), "t", Nested(10)), true)
				a.Gives(Send(Self(), "t", Nested(11)), nil, Fails(hostapi.Invalid, "too deep"))
			},
		},
		{
			Name:    "limit/return_value",
			Claim:   "A return value over the payload limits is a failure.",
			Clauses: "17.9, 2.19, 1.2",
			Scenario: func(s *Stage) {
				id := entry(s, core.Limits{Payload: hostapi.PayloadLimits{Depth: 10}})
				s.Fails(s.Start(id, Nested(11)).PID, Fails(hostapi.Invalid, "too deep"))
			},
		},
		{
			Name:    "limit/recursion",
			Claim:   "A thousand nested calls are possible; unbounded recursion is an ordinary script error.",
			Clauses: "17.12",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Recurse(1000), 1000)
				got := a.Do(Try(Recurse(-1)))
				s.True(got.Match(false, Any()), "unbounded recursion gave %s", got)
				a.Gives(Recurse(1000), 1000)
				s.Fails(s.Start(Lead, Recurse(-1)).PID, Fails(hostapi.Internal, ""))
			},
			Schedules: 3,
		},
	}
	for i := range cases {
		cases[i].Solo = true
	}
	return cases
}
