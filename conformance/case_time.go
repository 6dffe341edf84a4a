package conformance

import (
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// timeCases are those of section 10 that concern waiting; the rest of the
// module is the same table of Go functions on every engine, and is checked
// here for what engines could lose.
func timeCases() []Case {
	bad := Fails(hostapi.Invalid, "invalid duration")
	positive := Fails(hostapi.Invalid, "duration must be > 0")
	timer := func(d any) Code { return Let("t", Nth(1, Call("time.timer", d))) }
	ch := Method(Get("t"), "channel")
	isTime := OfType("time")
	cases := []Case{
		{
			Name:    "time/sleep",
			Claim:   "sleep suspends for at least d; nothing fires early.",
			Clauses: "10.6, 10.10, 10.18",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				c := a.Begin(Call("time.sleep", "10s"))
				s.Pass(10*time.Second - 1)
				s.True(!c.Done(), "sleep ended early")
				s.Pass(1)
				c.Gives()
			},
		},
		{
			Name:    "time/sleep_not_positive",
			Claim:   "sleep with d of 0 or less returns at once without letting others run.",
			Clauses: "10.6, 9.8",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Go(Seq(Call("coroutine.yield"), Report("other", 1))), Call("time.sleep", 0), Call("time.sleep", -5), Call("time.sleep", "-1h"), Report("main", 1))
				s.AwaitReports("other", 1)
				s.Ordered("main", "other")
			},
		},
		{
			Name:    "time/duration_forms",
			Claim:   "A duration is a string, a number of nanoseconds or a Duration, everywhere.",
			Clauses: "10.1, 10.2, 10.3, 10.4, 10.5",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, row := range []struct {
					d    any
					want time.Duration
				}{
					{"1.5h", 90 * time.Minute}, {"1h30m45s500ms", 90*time.Minute + 45500*time.Millisecond}, {".5s", time.Second / 2},
					{"2us", 2000}, {"2µs", 2000}, {"7ns", 7}, {5.9, 5}, {5, 5}, {Constant("time.SECOND"), time.Second},
					{Nth(1, Call("time.parse_duration", "3m")), 3 * time.Minute},
				} {
					before := s.Now()
					a.Do(Call("time.sleep", row.d))
					s.True(s.Now().Sub(before) == row.want, "sleep of %v took %s, want %s", row.d, s.Now().Sub(before), row.want)
				}
				for name, want := range map[string]time.Duration{"NANOSECOND": 1, "MICROSECOND": time.Microsecond, "MILLISECOND": time.Millisecond,
					"SECOND": time.Second, "MINUTE": time.Minute, "HOUR": time.Hour} {
					a.Gives(Constant("time."+name), int64(want))
				}
				a.Do(Let("d", Nth(1, Call("time.parse_duration", "1h30m45s"))))
				a.Gives(Values(Text(Get("d")), Method(Get("d"), "nanoseconds"), Method(Get("d"), "microseconds"), Method(Get("d"), "milliseconds"),
					Method(Get("d"), "seconds"), Method(Get("d"), "minutes"), Method(Get("d"), "hours")),
					"1h30m45s", 5445e9, 5445e6, 5445e3, 5445.0, 90.75, 1.5125)
			},
		},
		{
			Name:    "time/bad_durations",
			Claim:   "Bad durations are INVALID: returned by parse_duration, and by the waiting functions returned in Lua and raised in Starlark; other types raise.",
			Clauses: "10.2, 10.4, 10.6, 10.7, 10.8, 10.9",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, d := range []any{"", "5", "1d", "5 s", "h", "1e3s", 1e300} {
					a.Gives(Call("time.parse_duration", d), nil, bad)
					for _, f := range []string{"sleep", "after", "timer", "ticker"} {
						a.Refuses(Call("time."+f, d), bad)
					}
				}
				for _, f := range []string{"after", "timer", "ticker"} {
					a.Refuses(Call("time."+f, 0), positive)
					a.Refuses(Call("time."+f, "-1s"), positive)
				}
				for _, f := range []string{"sleep", "after", "timer", "ticker", "parse_duration"} {
					a.Throws(Call("time."+f, true), Fails(hostapi.Invalid, ""))
					a.Throws(Call("time."+f), Fails(hostapi.Invalid, ""))
				}
				a.Do(timer("1h"))
				a.Refuses(Method(Get("t"), "reset", "soon"), bad)
				a.Refuses(Method(Get("t"), "reset", 0), positive)
			},
		},
		{
			Name:     "time/lua_returns_bad_durations",
			Claim:    "In Lua waiting functions return nil and the error, reset false and the error.",
			Clauses:  "10.6, 10.8, 0.5",
			Language: "lua",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Call("time.after", "x"), nil, bad)
				a.Do(timer("1h"))
				a.Gives(Method(Get("t"), "reset", "x"), false, bad)
			},
		},
		{
			Name:     "time/starlark_raises_bad_durations",
			Claim:    "In Starlark waiting functions raise on bad durations and give one plain result otherwise.",
			Clauses:  "10.6, 0.5",
			Language: "starlark",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Throws(Call("time.after", "x"), bad)
				a.Gives(Call("time.after", "1h"), OfType("channel"))
			},
		},
		{
			Name:    "time/after",
			Claim:   "after yields one Time when d is over, and is then closed; each call makes a new channel.",
			Clauses: "10.7, 10.10",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("c", Nth(1, Call("time.after", "10s"))))
				a.Gives(Equal(Nth(1, Call("time.after", "10s")), Get("c")), false)
				a.Gives(Poll(Get("c")), "empty")
				s.Pass(10*time.Second - 1)
				a.Gives(Poll(Get("c")), "empty")
				s.Pass(1)
				a.Gives(Receive(Get("c")), isTime, true)
				for range 2 {
					a.Gives(Receive(Get("c")), nil, false)
				}
			},
		},
		{
			Name:    "time/timer_states",
			Claim:   "stop and reset of a timer do what the table of 10.8 says for pending, fired and stopped.",
			Clauses: "10.8",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				// Pending.
				a.Do(timer("10s"))
				a.Gives(Method(Get("t"), "stop"), true)
				a.Gives(Receive(ch), nil, false)
				// Stopped.
				a.Gives(Method(Get("t"), "stop"), false)
				a.Gives(Method(Get("t"), "reset", "1s"), false)
				s.Pass(time.Minute)
				a.Gives(Receive(ch), nil, false)
				// Reset while pending.
				a.Do(timer("10s"))
				s.Pass(9 * time.Second)
				a.Gives(Method(Get("t"), "reset", "5s"), true)
				s.Pass(5*time.Second - 1)
				a.Gives(Poll(ch), "empty")
				s.Pass(1)
				a.Gives(Receive(ch), isTime, true)
				a.Gives(Receive(ch), nil, false)
				// Fired, the value unread.
				a.Do(timer("1s"))
				s.Pass(time.Second)
				a.Gives(Method(Get("t"), "stop"), false)
				a.Gives(Method(Get("t"), "reset", "1s"), false)
				a.Gives(Receive(ch), isTime, true)
				s.Pass(time.Minute)
				a.Gives(Receive(ch), nil, false)
			},
		},
		{
			Name:    "time/ticker",
			Claim:   "A ticker yields a Time every d; at most one unread tick is kept, also after stop, which closes the channel.",
			Clauses: "10.9",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("t", Nth(1, Call("time.ticker", "1s"))))
				a.Gives(Values(Equal(ch, ch), Equal(ch, Method(Get("t"), "response"))), true, true)
				a.Gives(Poll(ch), "empty")
				for range 3 {
					s.Pass(time.Second - 1)
					a.Gives(Poll(ch), "empty")
					s.Pass(1)
					a.Gives(Receive(ch), isTime, true)
				}
				s.Pass(5 * time.Second)
				a.Gives(Receive(ch), isTime, true)
				a.Gives(Poll(ch), "empty")
				s.Pass(2 * time.Second)
				a.Gives(Method(Get("t"), "stop"), true)
				a.Gives(Receive(ch), isTime, true)
				a.Gives(Receive(ch), nil, false)
				a.Gives(Method(Get("t"), "stop"), true)
			},
		},
		{
			Name:    "time/ticker_stop_wakes",
			Claim:   "Stopping a ticker or timer wakes who waits on its channel.",
			Clauses: "10.8, 10.9, 8.5",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, f := range []string{"time.ticker", "time.timer"} {
					a.Do(Let("t", Nth(1, Call(f, "1h"))), Go(Report("woken", Receive(ch))))
					a.Gives(Method(Get("t"), "stop"), true)
				}
				for _, r := range s.AwaitReports("woken", 2) {
					s.Same("receive", r, nil, false)
				}
			},
		},
		{
			Name:    "time/order_of_timers",
			Claim:   "Timers fire in order of their due times, those due at the same instant in the order in which they were set.",
			Clauses: "20.9, 20.3",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				for i, d := range []string{"3s", "1s", "2s", "1s", "3s"} {
					a.Do(Go(Seq(Call("time.sleep", d), Report(string("abcde"[i]), 1))))
				}
				s.Pass(5 * time.Second)
				s.Ordered("b", "d", "c", "a", "e")
			},
		},
		{
			Name:    "time/end_with_process",
			Claim:   "Timers end with the process: nothing is pending afterwards.",
			Clauses: "10.11, 2.23",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Start(Lead, Seq(Call("time.after", "1000h"), Call("time.ticker", "1000h"), 1))
				s.Exits(a.PID, 1)
				before := s.Now()
				s.sim.Run()
				s.True(s.Now().Equal(before), "a timer of a dead process fired")
			},
		},
		{
			Name:    "time/points",
			Claim:   "Constructors and methods of Time give what section 10 lists; == is identity.",
			Clauses: "10.12, 10.13, 10.14, 10.15, 10.16, 10.17, 0.12",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("u", Constant("time.utc")), Let("x", Call("time.date", 2024, 2, 30, 13, 4, 5, 600, Get("u"))))
				m := func(name string, args ...any) Code { return Method(Get("x"), name, args...) }
				a.Gives(Values(m("year"), m("month"), m("day"), m("hour"), m("minute"), m("second"), m("nanosecond"), m("weekday"), m("year_day")),
					2024, 3, 1, 13, 4, 5, 600, 5, 61)
				a.Gives(m("date"), 2024, 3, 1)
				a.Gives(m("clock"), 13, 4, 5)
				a.Gives(m("unix"), 1709298245)
				a.Gives(m("format", Constant("time.DATE_ONLY")), "2024-03-01")
				a.Gives(m("format_rfc3339"), "2024-03-01T13:04:05Z")
				a.Gives(Text(Method(m("location"), "string")), "UTC")
				a.Do(Let("y", Call("time.unix", 1709298245, 600)))
				a.Gives(Values(m("equal", Get("y")), Equal(Get("x"), Get("y")), m("before", Get("y")), m("after", Get("y"))), true, false, false, false)
				a.Gives(Method(Method(m("add", "1h"), "sub", Get("x")), "minutes"), 60.0)
				a.Refuses(m("add", "x"), bad)
				a.Gives(Method(m("add_date", 0, 1, 0), "month"), 4)
				a.Gives(Method(m("truncate", Nth(1, Call("time.parse_duration", "1h"))), "minute"), 0)
				a.Gives(Method(m("round", Nth(1, Call("time.parse_duration", "1m"))), "second"), 0)
				a.Throws(m("round", "1h"), Fails(hostapi.Invalid, ""))
				a.Gives(Method(m("in_location", Call("time.fixed_zone", "X", 3600)), "hour"), 14)
				a.Gives(Values(Method(Method(Nth(1, Call("time.parse", Constant("time.RFC3339"), "2024-03-01T13:04:05Z")), "utc"), "hour"),
					m("is_zero"), Method(m("utc"), "hour")), 13, false, 13)
				a.Gives(Call("time.parse", Constant("time.DATE_ONLY"), "yesterday"), nil, Fails(hostapi.Invalid, "cannot parse"))
				a.Gives(Call("time.load_location", ""), nil, Fails(hostapi.Invalid, ""))
				a.Gives(Call("time.load_location", "Nowhere/Land"), nil, Fails(hostapi.NotFound, "unknown time zone"))
				a.Throws(Call("time.date", 2024), Fails(hostapi.Invalid, ""))
				a.Gives(Values(Constant("time.JANUARY"), Constant("time.DECEMBER"), Constant("time.SUNDAY"), Constant("time.SATURDAY")), 1, 12, 0, 6)
				a.Gives(m("in_local"), isTime)
				a.Gives(Method(Call("time.unix", 5, 7), "unix_nano"), 5_000_000_007)
				for _, name := range []string{"RFC3339", "RFC3339NANO", "RFC822", "RFC822Z", "RFC850", "RFC1123", "RFC1123Z", "KITCHEN",
					"STAMP", "STAMP_MILLI", "STAMP_MICRO", "STAMP_NANO", "DATE_TIME", "DATE_ONLY", "TIME_ONLY"} {
					text := m("format", Constant("time."+name))
					a.Gives(Text(text), Where("a time in the layout "+name, func(v hostapi.Value) bool { return strings.Contains(v.Str(), ":") || name == "DATE_ONLY" }))
				}
				a.Gives(Equal(Text(Get("x")), ""), false)
			},
		},
		{
			Name:    "time/one_clock",
			Claim:   "time, os and deadlines use the runtime's clock.",
			Clauses: "10.18, 19.3",
			Virtual: true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Method(Call("time.now"), "unix"), s.Now().Unix())
				a.Gives(Call("os.time"), s.Now().Unix())
				s.Pass(1000 * time.Hour)
				a.Gives(Method(Call("time.now"), "unix"), s.Now().Unix())
				a.Gives(Call("os.time"), s.Now().Unix())
				a.Gives(Call("os.clock"), 3600000.0)
				a.Gives(Values(Call("os.difftime", 5, 3), Constant("os.platform"), Call("os.date", "!%Y-%m-%d %H:%M:%S", 0)), 2.0, "understudy", "1970-01-01 00:00:00")
				a.Throws(Call("os.date", "%Q"), Fails(hostapi.Invalid, ""))
				a.Gives(CallWith("os.time", fields{"year": 2020, "month": 1, "day": 1, "hour": 0}), Any())
				a.Gives(Call("os.date", "!*t", 0), Has(fields{"year": 1970, "month": 1, "day": 1, "hour": 0, "wday": 5, "yday": 1, "isdst": false}))
			},
		},
	}
	for i := range cases {
		cases[i].Solo = true
	}
	return cases
}
