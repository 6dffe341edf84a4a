package conformance

import (
	"math"
	"strings"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// valueCases are those of section 1: payloads.
func valueCases() []Case {
	return []Case{
		{
			Name:    "value/round_trip",
			Claim:   "Every kind of payload arrives as it was sent; only numbers that are integral may become ints in a language without ints.",
			Clauses: "1.1, 1.2, 1.4, 1.5, 1.6, 1.7, 1.8, 1.10, 0.7",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				for _, v := range []any{
					nil, true, false, 0, -1, 1 << 53, -(1 << 53), 0.5, -2.25, 1e300, math.Inf(1), math.Inf(-1), math.NaN(),
					"", "text", "\x00\xff\xfe binary", "Grüße", []any{1, 2, 3}, []any{"a", []any{"b"}, fields{"c": 1}},
					fields{"a": 1, "b": fields{"c": []any{1}}}, fields{},
					hostapi.MapOf(hostapi.Entry{Key: hostapi.Int(10), Value: hostapi.String("x")}, hostapi.Entry{Key: hostapi.Float(2.5), Value: hostapi.Bool(true)}),
					hostapi.MapOf(hostapi.Entry{Key: hostapi.Bool(true), Value: hostapi.Int(1)}, hostapi.Entry{Key: hostapi.Bool(false), Value: hostapi.Int(0)}),
				} {
					a.Gives(Send(b.PID, "v", v), true)
					b.Gives(Data(), v)
				}
			},
		},
		{
			Name:    "value/ints_stay_ints",
			Claim:   "An int arrives as an int, a fraction as a float, and negative zero is never seen out of Lua.",
			Clauses: "1.1, 1.4, 1.8",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				for _, v := range []any{7, 1 << 53, 0.5} {
					a.Gives(Send(b.PID, "v", v), true)
					b.Gives(Data(), Exactly(v))
				}
			},
		},
		{
			Name:    "value/lua_integral_numbers",
			Claim:   "Out of Lua an integral number is an int, also beyond 2^53 a float, and negative zero is zero.",
			Clauses: "1.4",
			Solo:    true, Language: "lua",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, row := range [][2]any{
					{3.0, 3}, {math.Copysign(0, -1), 0}, {float64(1 << 53), 1 << 53}, {float64(1<<53) * 2, math.Ldexp(1, 54)}, {2.5, 2.5},
				} {
					a.Gives(Values(row[0]), Exactly(row[1]))
				}
			},
		},
		{
			Name:    "value/lua_tables",
			Claim:   "Out of Lua, keys exactly 1..n make a list, every other table is a map, the empty one an empty map.",
			Clauses: "1.5",
			Solo:    true, Language: "lua",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Table(), Exactly(hostapi.MapOf()))
				a.Gives(Table(1, "a", 2, "b"), Exactly([]any{"a", "b"}))
				a.Gives(Table(2, "b"), Has(fields{}))
				a.Gives(Table(1, "a", 3, "c"), Where("a map of two", func(v hostapi.Value) bool {
					return v.Map() != nil && len(v.Map().Entries) == 2
				}))
				a.Gives(Table(1, "a", "x", 1), Has(fields{"x": 1}))
			},
		},
		{
			Name:    "value/starlark_kinds",
			Claim:   "Out of Starlark ints stay ints, floats floats, lists lists, dicts maps, also if empty.",
			Clauses: "1.6, 1.8",
			Solo:    true, Language: "starlark",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Values(3.0), Exactly(3.0))
				a.Gives(Values(3), Exactly(3))
				a.Gives(List(), Exactly(hostapi.ListOf()))
				a.Gives(Table(), Exactly(hostapi.MapOf()))
			},
		},
		{
			Name:    "value/copied_at_the_call",
			Claim:   "The copy is taken when the call is made: what the sender changes later is invisible.",
			Clauses: "1.3",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(Let("t", List(1, List(2))), Send(b.PID, "v", Get("t")),
					Append(Get("t"), "later"), Append(At(Get("t"), 2), "later"))
				b.Gives(Data(), []any{1, []any{2}})
				a.Do(Let("m", Table("k", 1)), Let("pid", Spawn("spawn", Peer, Serve())),
					Send(Get("pid"), "v", Get("m")), Set(Get("m"), "k", 2))
				s.At(a.Do(Get("pid")).First()).Gives(Data(), fields{"k": 1})
			},
		},
		{
			Name:    "value/private_to_each_receiver",
			Claim:   "Every receiver owns a private, mutable copy, also when one value goes to several.",
			Clauses: "1.3, 1.8",
			Scenario: func(s *Stage) {
				a, b, c := s.Actor(), s.Actor(), s.Actor()
				a.Do(Let("t", List(1)), Send(b.PID, "v", Get("t")), Send(c.PID, "v", Get("t")))
				b.Gives(Seq(Let("t", Data()), Append(Get("t"), "b"), Get("t")), []any{1, "b"})
				c.Gives(Seq(Let("t", Data()), Append(Get("t"), "c"), Get("t")), []any{1, "c"})
				a.Gives(Get("t"), []any{1})
			},
		},
		{
			Name:    "value/exit_value_private_to_each_watcher",
			Claim:   "The value in an EXIT is a private copy of each watcher.",
			Clauses: "1.3, 4.6",
			Scenario: func(s *Stage) {
				a, b, c := s.Actor(), s.Actor(), s.Actor()
				b.Gives(Call("process.monitor", a.PID), true)
				c.Gives(Call("process.monitor", a.PID), true)
				a.Finish([]any{1})
				for _, w := range []*Actor{b, c} {
					w.Gives(Seq(Let("v", Field(Field(Event(), "result"), "value")), Append(Get("v"), 2), Get("v")), []any{1, 2})
				}
			},
		},
		{
			Name:    "value/map_order",
			Claim:   "A map sent from a language without order arrives with numbers ascending, then strings, then false, true.",
			Clauses: "1.9",
			Scenario: func(s *Stage) {
				// Only Starlark shows an order, and the embedding program sends ordered maps.
				m := &hostapi.Map{Unordered: true}
				for _, k := range []hostapi.Value{hostapi.String("b"), hostapi.Bool(true), hostapi.Int(2), hostapi.String("a"), hostapi.Float(1.5), hostapi.Bool(false)} {
					m.Entries = append(m.Entries, hostapi.Entry{Key: k, Value: hostapi.Bool(true)})
				}
				a := s.Actor()
				a.Gives(Values(hostapi.Wrap(m)), Where("a map of six", func(v hostapi.Value) bool {
					if v.Map() == nil || len(v.Map().Entries) != 6 {
						return false
					}
					if s.Language() != "starlark" {
						return true
					}
					text := v.String()
					return text == `{1.5: true, 2: true, a: true, b: true, false: true, true: true}`
				}))
			},
			Solo: true,
		},
		{
			Name:    "value/map_order_between_languages",
			Claim:   "A dict made from a map has the sender's insertion order if the sender was Starlark, else that of 1.9.",
			Clauses: "1.9",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(Send(b.PID, "t", Table("b", 1, 3, 2, "a", 3, -1.5, 4)))
				want := `{-1.5: 4, 3: 2, a: 3, b: 1}`
				if s.Language() == "starlark" {
					want = `{b: 1, 3: 2, a: 3, -1.5: 4}`
				}
				got := b.Do(Data()).First()
				if s.troupe[1].engine.Info().Language == "starlark" {
					s.True(got.String() == want, "the dict is %s, want %s", got, want)
				}
				s.True(len(got.Map().Entries) == 4, "the map has %d entries, want 4", len(got.Map().Entries))
			},
		},
		{
			Name:    "value/sendable_objects",
			Claim:   "A sendable object travels at any depth, and what each receiver gets stands for the same thing; it is no key.",
			Clauses: "1.19",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(Let("badge", Call("stage.badge", "gold")), Send(b.PID, "v", List(Get("badge"), Table("k", Get("badge")))))
				b.Do(Let("t", Data()), Let("x", At(Get("t"), 1)), Let("y", Field(At(Get("t"), 2), "k")))
				b.Gives(Method(Get("x"), "text"), "gold")
				b.Gives(Method(Get("x"), "same", Get("y")), true)
				b.Do(Send(a.PID, "back", Get("y")), Send(a.PID, "back", Get("x")))
				a.Gives(Method(Get("badge"), "same", Data()), true)
				a.Gives(Method(Data(), "same", Get("badge")), true)
				a.Gives(Method(Get("badge"), "same", Call("stage.badge", "gold")), false)
				// As an argument and as a result.
				a.Do(Let("result", Call("process.exec", Peer, Host, Quote(Call("stage.badge", "silver")))))
				a.Gives(Method(Get("result"), "text"), "silver")
			},
		},
		{
			Name:    "value/unsendable",
			Claim:   "Functions, coroutines, channels, cases, messages, timers, times and builders cannot be sent; the call has no effect.",
			Clauses: "1.13, 1.16",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(Send(Self(), "m"), Let("timer", Call("time.timer", "1h")))
				for _, v := range []Code{
					Function(1), Go(1), Call("channel.new"), Call("process.inbox"), Method(Call("channel.new"), "case_receive"), Message(),
					Get("timer"), Call("time.ticker", "1h"), Call("time.now"), Nth(1, Call("time.parse_duration", "1s")),
					Call("time.fixed_zone", "x", 1), Call("process.with_name", "x"), List(Function(1)), Table("k", Call("channel.new")),
				} {
					a.Gives(Send(b.PID, "t", v), nil, Fails(hostapi.Invalid, "cannot send a "))
					a.Do(Send(Self(), "m"))
				}
				s.Quiet()
				b.Gives(Poll(Call("process.inbox")), "empty")
			},
		},
		{
			Name:    "value/refusal_names_the_place",
			Claim:   "A refusal names argument, keys and positions of the offending value, counted from 1.",
			Clauses: "1.16",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Send(Self(), "t", Table("jobs", List(1, 2, Table("done", Function(1))))), nil, Fails(hostapi.Invalid, "#3.jobs[3].done"))
				a.Gives(Send(Self(), "t", 1, Function(1)), nil, Fails(hostapi.Invalid, "#4"))
				a.Gives(Call("process.spawn", Lead, Host, 1, List(Function(1))), nil, Fails(hostapi.Invalid, "#4[1]"))
				s.Quiet()
				a.Gives(Poll(Call("process.inbox")), "empty")
			},
		},
		{
			Name:    "value/depth",
			Claim:   "A value may be nested 128 deep; one more is INVALID, too deep.",
			Clauses: "1.15, 17.8",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Gives(Send(b.PID, "t", Nested(128)), true)
				a.Gives(Send(b.PID, "t", Nested(129)), nil, Fails(hostapi.Invalid, "too deep"))
				b.Do(Message())
				b.Gives(Poll(Call("process.inbox")), "empty")
			},
		},
		{
			Name:    "value/size",
			Claim:   "16 bytes for every value and key plus the bytes of strings, over all values of one call: more than the limit is INVALID, too large.",
			Clauses: "1.15, 17.8, 17.9",
			Solo:    true,
			Scenario: func(s *Stage) {
				s.Entry("app:lead.small", core.Entry{Limits: core.Limits{Payload: hostapi.PayloadLimits{Size: 1024}}})
				a := s.Start("app:lead.small", Serve())
				text := strings.Repeat("x", 1024-16)
				a.Gives(Send(Self(), "t", text), true)
				a.Gives(Send(Self(), "t", text+"x"), nil, Fails(hostapi.Invalid, "too large"))
				a.Gives(Send(Self(), "t", text[:504], text[:504-16]), true)
				a.Gives(Send(Self(), "t", text[:1024-32], 1), true)
				a.Gives(Send(Self(), "t", text[:1024-31], 1), nil, Fails(hostapi.Invalid, "too large"))
				a.Gives(Send(Self(), "t", true, text[:1024-31]), nil, Fails(hostapi.Invalid, "too large"))
				a.Gives(Send(Self(), "t", text[:504], text[:504-15]), nil, Fails(hostapi.Invalid, "too large"))
				a.Gives(Send(Self(), "t", Table("key", text[:1024-16-16-16-3])), true)
				a.Gives(Send(Self(), "t", Table("key", text[:1024-16-16-16-2])), nil, Fails(hostapi.Invalid, "too large"))
			},
		},
		{
			Name:    "value/cycle",
			Claim:   "A value that contains itself is refused; a sub-value that occurs twice is copied twice.",
			Clauses: "1.14",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(Let("t", List(1)), Append(Get("t"), Get("t")))
				a.Gives(Send(b.PID, "t", Get("t")), nil, Fails(hostapi.Invalid, "cyclic value"))
				a.Do(Let("x", List(1)))
				a.Gives(Send(b.PID, "t", List(Get("x"), Get("x"))), true)
				b.Gives(Seq(Let("d", Data()), Append(At(Get("d"), 1), 2), Get("d")), []any{[]any{1, 2}, []any{1}})
			},
		},
		{
			Name:    "value/integer_out_of_range",
			Claim:   "An int beyond 2^53 cannot be sent.",
			Clauses: "1.1, 1.6",
			Solo:    true, Language: "starlark",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("n", 1<<53))
				a.Gives(Send(Self(), "t", Concat(Get("n"), 1)), nil, Fails(hostapi.Invalid, "integer out of range"))
				a.Gives(Send(Self(), "t", Get("n")), true)
			},
		},
		{
			Name:    "value/nil_in_any_position",
			Claim:   "nil is a payload in any position.",
			Clauses: "1.17, 3.13, 3.19",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Gives(Send(b.PID, "t", nil), true)
				a.Gives(Send(b.PID, "t"), true)
				a.Gives(Send(b.PID, "t", 1, nil, 3), true)
				for _, n := range []int{1, 0, 3} {
					b.Gives(Len(Method(Message(), "payloads")), n)
				}
			},
		},
		{
			Name:    "value/error_travels",
			Claim:   "An error travels with kind, message, retryable, details and context; identity does not travel.",
			Clauses: "1.11, 11.5, 11.11",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(Let("e", Call("errors.wrap", CallWith("errors.new", fields{
					"message": "no", "kind": "Odd", "retryable": true, "details": fields{"n": []any{1}}}), "while")))
				a.Gives(Send(b.PID, "t", Get("e"), List(Get("e"))), true)
				b.Do(Let("d", Data()), Let("e", At(Get("d"), 1)))
				b.Gives(Values(Method(Get("e"), "kind"), Method(Get("e"), "message"), Method(Get("e"), "retryable"),
					Method(Get("e"), "details"), Text(Get("e"))), "Odd", "no", true, fields{"n": []any{1}}, "while: no")
				b.Gives(Text(At(At(Get("d"), 2), 1)), "while: no")
				b.Gives(Send(a.PID, "t", Get("e")), true)
				a.Gives(Equal(Data(), Get("e")), false)
			},
		},
		{
			Name:    "value/payload_object_sendable",
			Claim:   "A payload object is sendable at any depth and stands for its data.",
			Clauses: "1.12, 3.20",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Gives(Send(b.PID, "t", []any{1, fields{"k": "v"}}), true)
				b.Do(Let("p", Method(Message(), "payload")))
				b.Gives(Send(a.PID, "t", Get("p")), true)
				b.Gives(Send(a.PID, "t", List(Get("p"))), true)
				a.Gives(Data(), []any{1, fields{"k": "v"}})
				a.Gives(Data(), []any{[]any{1, fields{"k": "v"}}})
			},
		},
		{
			Name:    "value/records_sendable",
			Claim:   "Event, result and options records are sendable as maps of their present fields, with the key from.",
			Clauses: "1.12, 0.8",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Do(Let("pid", Spawn("spawn_monitored", Peer, 5)), Send(b.PID, "t", Event()))
				b.Gives(Seq(Let("d", Data()), Get("d")), exits(Any(), 5))
				b.Gives(Values(Equal(Field(Get("d"), "from"), nil), Field(Field(Get("d"), "result"), "value")), false, 5)
				a.Gives(Send(b.PID, "t", Call("process.get_options")), true)
				b.Gives(Data(), fields{"trap_links": false, "upgradable": false})
			},
		},
		{
			Name:    "value/local_by_reference",
			Claim:   "Values passed over private channels stay inside the process: any value, by reference, never copied.",
			Clauses: "1.18, 8.9",
			Solo:    true,
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("c", Call("channel.new", 4)), Let("t", List(1)), Let("f", Function(1)))
				a.Gives(Seq(Method(Get("c"), "send", Get("t")), Append(Nth(1, Receive(Get("c"))), 2), Get("t")), []any{1, 2})
				for _, slot := range []string{"t", "f", "c"} {
					a.Gives(Seq(Method(Get("c"), "send", Get(slot)), Equal(Nth(1, Receive(Get("c"))), Get(slot))), true)
				}
			},
		},
	}
}
