package conformance

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// errorCases are those of section 11.
func errorCases() []Case {
	e := func(name string) Code { return Method(Get("e"), name) }
	cases := []Case{
		{
			Name:    "error/new",
			Claim:   "errors.new makes an error with kind UNKNOWN, or with the fields given.",
			Clauses: "11.3, 11.4, 11.8, 11.9",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("e", Call("errors.new", "plain")))
				a.Gives(Values(e("kind"), e("message"), e("retryable"), e("details"), Text(Get("e"))), "", "plain", nil, nil, "plain")
				a.Do(Let("d", Table("n", List(1))), Let("e", CallWith("errors.new", fields{"message": "m", "kind": "Mine", "retryable": false, "details": Get("d")})))
				a.Do(Set(Get("d"), "n", 2))
				a.Gives(Values(e("kind"), e("message"), e("retryable"), e("details")), "Mine", "m", false, fields{"n": []any{1}})
				a.Do(Let("e", CallWith("errors.new", fields{"message": "m", "details": Table()})))
				a.Gives(e("details"), nil)
			},
		},
		{
			Name:    "error/new_refuses",
			Claim:   "A violation of errors.new raises INVALID, and so does a second positional argument.",
			Clauses: "11.4, 0.9",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, code := range []Code{
					Call("errors.new"), Call("errors.new", 5), Call("errors.new", "a", "b"),
					CallWith("errors.new", fields{"kind": "X"}), CallWith("errors.new", fields{"message": 1}),
					CallWith("errors.new", fields{"message": "m", "retryable": 1}), CallWith("errors.new", fields{"message": "m", "kind": 1}),
					CallWith("errors.new", fields{"message": "m", "details": 1}),
					CallWith("errors.new", fields{"message": "m", "details": Table("f", Function(1))}),
				} {
					a.Throws(code, Fails(hostapi.Invalid, ""))
				}
			},
		},
		{
			Name:    "error/kinds",
			Claim:   "The kinds are constants of errors.",
			Clauses: "11.2",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for name, kind := range map[string]hostapi.Kind{
					"NOT_FOUND": hostapi.NotFound, "ALREADY_EXISTS": hostapi.AlreadyExists, "INVALID": hostapi.Invalid,
					"PERMISSION_DENIED": hostapi.PermissionDenied, "CONFLICT": hostapi.Conflict, "UNAVAILABLE": hostapi.Unavailable,
					"TIMEOUT": hostapi.Timeout, "RATE_LIMITED": hostapi.RateLimited, "CANCELED": hostapi.Canceled,
					"LIMIT_EXCEEDED": hostapi.LimitExceeded, "INTERNAL": hostapi.Internal, "UNKNOWN": hostapi.Unknown,
				} {
					a.Gives(Constant("errors."+name), string(kind))
				}
			},
		},
		{
			Name:    "error/retryable_of_the_runtime",
			Claim:   "Errors made by the runtime carry the retryable of their kind.",
			Clauses: "11.1, 11.2",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("e", Nth(2, Send("nobody", "t"))))
				a.Gives(Values(e("kind"), e("retryable")), "NotFound", false)
				a.Do(Let("e", Nth(2, Try(Call("channel.new", -1)))))
				a.Gives(Values(e("kind"), e("retryable")), "Invalid", false)
				a.Do(Spawn("spawn_monitored", Lead, Values(nil, "x")), Let("e", Field(Field(Event(), "result"), "error")))
				a.Gives(Values(e("kind"), e("retryable")), "Internal", nil)
			},
		},
		{
			Name:    "error/wrap",
			Claim:   "wrap keeps all fields and puts the context in front of the text; a string becomes an error, nil stays nil.",
			Clauses: "11.5, 11.9",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("i", CallWith("errors.new", fields{"message": "m", "kind": "K", "retryable": true, "details": fields{"n": 1}})),
					Let("e", Call("errors.wrap", Call("errors.wrap", Get("i"), "inner"), "outer")))
				a.Gives(Values(e("kind"), e("message"), e("retryable"), e("details"), Text(Get("e"))), "K", "m", true, fields{"n": 1}, "outer: inner: m")
				a.Gives(Text(Get("i")), "m")
				a.Do(Let("e", Call("errors.wrap", "text", "ctx")))
				a.Gives(Values(e("kind"), e("message"), Text(Get("e"))), "", "text", "ctx: text")
				a.Gives(Call("errors.wrap", nil, "ctx"), nil)
				a.Throws(Call("errors.wrap", 5, "ctx"), Fails(hostapi.Invalid, ""))
			},
		},
		{
			Name:    "error/wrap_bounds_the_text",
			Claim:   "A text form of more than 1 MiB raises INVALID.",
			Clauses: "11.5",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("e", Call("errors.wrap", "m", strings.Repeat("x", 1<<20-3))))
				a.Gives(e("message"), "m")
				a.Throws(Call("errors.wrap", "m", strings.Repeat("x", 1<<20)), Fails(hostapi.Invalid, "error text too long"))
				a.Throws(Call("errors.wrap", Get("e"), "more"), Fails(hostapi.Invalid, "error text too long"))
			},
			Schedules: 2,
		},
		{
			Name:    "error/is",
			Claim:   "is compares the kind and is false for what is no error.",
			Clauses: "11.6, 0.8",
			Scenario: func(s *Stage) {
				a := s.Actor()
				name := "errors.is"
				if s.Language() == "starlark" {
					name = "errors.is_"
				}
				a.Do(Let("e", CallWith("errors.new", fields{"message": "m", "kind": "NotFound"})))
				a.Gives(Values(Call(name, Get("e"), Constant("errors.NOT_FOUND")), Call(name, Get("e"), "Invalid"), Call(name, Call("errors.wrap", Get("e"), "c"), "NotFound"),
					Call(name, nil, "NotFound"), Call(name, "NotFound", "NotFound")), true, false, true, false, false)
			},
		},
		{
			Name:    "error/text",
			Claim:   "Concatenation with a string on either side, and of two errors, uses the text form.",
			Clauses: "11.9, 0.12",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("e", Call("errors.wrap", Call("errors.new", "m"), "c")))
				a.Gives(Values(Concat("x ", Get("e")), Concat(Get("e"), " x"), Concat(Get("e"), Get("e")), Text(Get("e"))), "x c: m", "c: m x", "c: mc: m", "c: m")
			},
		},
		{
			Name:    "error/identity",
			Claim:   "Equality is identity: what is thrown and caught is the identical object.",
			Clauses: "11.11, 11.13, 19.9, 19.13",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("e", Call("errors.new", "m")))
				a.Gives(Values(Equal(Get("e"), Get("e")), Equal(Get("e"), Call("errors.new", "m")), Equal(Nth(2, Try(Throw(Get("e")))), Get("e")),
					Equal(Nth(2, Try(Throw(Nth(2, Try(Throw(Get("e"))))))), Get("e"))), true, false, true, true)
			},
		},
		{
			Name:    "error/details_copied",
			Claim:   "details gives a fresh copy each time.",
			Clauses: "11.8, 11.11",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("e", CallWith("errors.new", fields{"message": "m", "details": fields{"n": 1}})))
				a.Do(Let("d", e("details")), Set(Get("d"), "n", 2))
				a.Gives(e("details"), fields{"n": 1})
			},
		},
		{
			Name:    "error/stack",
			Claim:   "stack is never empty, whoever made the error; call_stack is nil or has frames.",
			Clauses: "11.7, 11.8",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, err := range []Code{Call("errors.new", "m"), Nth(2, Send("nobody", "t")), Nth(2, Try(Call("channel.new", -1))), Call("errors.wrap", "m", "c")} {
					a.Do(Let("e", err))
					a.Gives(e("stack"), Where("a text that is not empty", func(v hostapi.Value) bool { return v.Str() != "" }))
					a.Gives(Call("errors.call_stack", Get("e")), Where("nil, or frames", func(v hostapi.Value) bool {
						if v.IsNil() {
							return true
						}
						frames := v.Map().Get("frames").List()
						return frames != nil && frames.Items[0].Map() != nil
					}))
				}
			},
		},
		{
			Name:    "error/objects",
			Claim:   "Every error of the runtime is an error object, returned or raised.",
			Clauses: "11.1, 0.6",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Gives(Values(Method(Nth(2, Send("nobody", "t")), "kind"), Method(Nth(2, Try(Call("process.send", 1, 2))), "kind")), "NotFound", "Invalid")
			},
		},
	}
	for i := range cases {
		cases[i].Solo = true
	}
	return cases
}
