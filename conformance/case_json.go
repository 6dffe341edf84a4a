package conformance

import (
	"math"
	"strings"

	"github.com/understudy-run/understudy/core"
	"github.com/understudy-run/understudy/hostapi"
)

// jsonCases are those of section 42 that are about JSON.
func jsonCases() []Case {
	encode := func(v any) Code { return Call("json.encode", v) }
	decode := func(text string) Code { return Call("json.decode", text) }
	return []Case{
		{
			Name:    "json/encode",
			Claim:   "Every payload has one text, also during the top level: a line, keys by bytes, ints in full, floats in the shortest form that is read back equal.",
			Clauses: "42.1, 0.5",
			Scenario: func(s *Stage) {
				s.Prologue(Lead, Let("top", encode(List(1))))
				a := s.Actor()
				a.Gives(Get("top"), "[1]")
				for _, row := range [][2]any{
					{Values(nil), "null"}, {true, "true"}, {0, "0"}, {-1, "-1"}, {1 << 53, "9007199254740992"},
					{0.5, "0.5"}, {1e300, "1e+300"}, {1e-7, "1e-07"}, {2.5e15, "2500000000000000"}, {math.Ldexp(1, 60), "1.152921504606847e+18"},
					{"", `""`}, {"a\"\\\n\x01é<&>\u2028", "\"a\\\"\\\\\\n\\u0001é<&>\u2028\""},
					{List(1, List("x"), Table("b", 1, "a", 2, "B", 3, "ä", 4)), `[1,["x"],{"B":3,"a":2,"b":1,"ä":4}]`},
				} {
					a.Gives(encode(row[0]), row[1])
				}
			},
		},
		{
			Name:    "json/encode_more_than_payloads",
			Claim:   "A time is written by RFC 3339, an error as its fields, json.null as null, json.number with its digits.",
			Clauses: "42.1, 42.4, 42.5, 22.5",
			Scenario: func(s *Stage) {
				a := s.Actor()
				moment := Call("time.date", 2026, 2, 3, 4, 5, 6, 250000000, Constant("time.utc"))
				a.Gives(encode(List(moment)), `["2026-02-03T04:05:06.25Z"]`)
				a.Gives(encode(CallWith("errors.new", fields{"message": "no", "kind": "Odd", "retryable": true, "details": fields{"n": 1}})),
					`{"details":{"n":1},"kind":"Odd","message":"no","retryable":true}`)
				a.Gives(encode(Table("n", Constant("json.null"))), `{"n":null}`)
				a.Gives(encode(List(Call("json.number", "12345678901234567890.0"))), `[12345678901234567890.0]`)
				for _, bad := range []string{"", "1 ", "0x1", "nan", "01", "[1]", "1,"} {
					a.Throws(Call("json.number", bad), Fails(hostapi.Invalid, "invalid number"))
				}
			},
		},
		{
			Name:    "json/encode_refuses",
			Claim:   "What JSON cannot say is INVALID, and the place is named.",
			Clauses: "42.1, 1.16, 1.13",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, row := range []struct {
					v    any
					text string
				}{
					{math.NaN(), "cannot encode nan at #1"}, {List(math.Inf(1)), "cannot encode inf at #1[1]"},
					{Table("k", List(1, math.Inf(-1))), "cannot encode -inf at #1.k[2]"},
					{List("\xff"), "not UTF-8 at #1[1]"},
					{Function(1), "cannot send a function at #1"}, {List(Call("channel.new")), "cannot send a channel at #1[1]"},
					{Nested(129), "too deep"},
				} {
					a.Gives(encode(row.v), nil, Fails(hostapi.Invalid, row.text))
				}
				a.Gives(CallWith("json.encode", fields{"empty": "list"}, Nested(128)), strings.Repeat("[", 127)+"[]"+strings.Repeat("]", 127))
			},
		},
		{
			Name:    "json/options",
			Claim:   "indent writes lines; what an option cannot be is INVALID, a wrong type raises.",
			Clauses: "42.1, 0.9",
			Scenario: func(s *Stage) {
				a := s.Actor()
				v := Table("b", Table(), "a", List(1, 2))
				a.Gives(CallWith("json.encode", fields{"indent": "  "}, Table("a", List(1, Table("k", true)))), "{\n  \"a\": [\n    1,\n    {\n      \"k\": true\n    }\n  ]\n}")
				a.Gives(CallWith("json.encode", fields{"indent": "x"}, v), nil, Fails(hostapi.Invalid, "indent"))
				a.Gives(CallWith("json.encode", fields{"empty": "x"}, v), nil, Fails(hostapi.Invalid, "empty"))
				a.Throws(CallWith("json.encode", fields{"indent": 2}, v), Fails(hostapi.Invalid, "indent"))
				a.Throws(Call("json.decode", 5), Fails(hostapi.Invalid, ""))
			},
		},
		{
			Name:    "json/decode",
			Claim:   "A text is read as the value that it stands for.",
			Clauses: "42.3, 42.4",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for text, want := range map[string]any{
					"true": true, " 0 ": 0, "-0": 0, "9007199254740992": 1 << 53, "-9007199254740992": -(1 << 53), "0.5": 0.5, "1e3": 1000.0,
					"9007199254740993": "9007199254740993", "-123456789012345678901": "-123456789012345678901",
					`"a\"\\\/\n\u00e9\ud83d\ude00"`: "a\"\\/\né😀", "[1,[\"x\"],{\"a\":{\"b\":2}}]": []any{1, []any{"x"}, fields{"a": fields{"b": 2}}},
					"\n{\t}\r ": fields{},
				} {
					a.Gives(decode(text), want)
				}
				a.Gives(decode("null"), nil)
			},
		},
		{
			Name:    "json/decode_refuses",
			Claim:   "What is not exactly one value of JSON is INVALID, with offset, line and column.",
			Clauses: "42.3, 42.4, 1.15",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, text := range []string{
					"", " ", "[", "[1", "[1,", "[1,]", "{", `{"a"`, `{"a":`, `{"a":1,}`, "{1:2}", `{"a" 1}`, "]", "}", "[}", "nul", "01", "1.", ".5", "+1", "1e", "0x1", "NaN",
					"1 2", "[] []", "'a'", `"a`, `"\x"`, `"\u12"`, "\"\n\"", "// 1", `{"a":1,"a":2}`, "\"\xff\"", `"\ud800"`, "\ufeff1",
				} {
					a.Gives(decode(text), nil, Fails(hostapi.Invalid, "invalid JSON"))
				}
				a.Do(Bind(decode("{\n  \"a\": [1,\n   x]}"), "v", "err"))
				a.Gives(Method(Get("err"), "details"), fields{"offset": 16, "line": 3, "column": 4})
				a.Gives(decode("[1e999]"), nil, Fails(hostapi.Invalid, "number out of range"))
				deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
				a.Gives(decode(deep(129)), nil, Fails(hostapi.Invalid, "too deep"))
				a.Gives(encode(decode(deep(128))), deep(128))
			},
		},
		{
			Name:    "json/size",
			Claim:   "Values that are written or read are bounded as payloads are.",
			Clauses: "42.1, 42.3, 17.8",
			Solo:    true,
			Scenario: func(s *Stage) {
				s.Entry("app:lead.small", core.Entry{Limits: core.Limits{Payload: hostapi.PayloadLimits{Size: 1024}}})
				a := s.Start("app:lead.small", Serve())
				text := strings.Repeat("x", 1024-16)
				a.Gives(encode(text), `"`+text+`"`)
				a.Gives(encode(text+"x"), nil, Fails(hostapi.Invalid, "too large"))
				a.Gives(decode(`"`+text+`"`), text)
				a.Gives(decode(`"`+text+`x"`), nil, Fails(hostapi.Invalid, "too large"))
				a.Gives(decode(`{"k":"`+text[:1024-16-16-16-1]+`"}`), fields{"k": text[:1024-16-16-16-1]})
				a.Gives(decode(`{"k":"`+text[:1024-16-16-16]+`"}`), nil, Fails(hostapi.Invalid, "too large"))
			},
		},
		{
			Name:    "json/lenient",
			Claim:   "lenient takes the last of equal keys, and U+FFFD for what is not UTF-8.",
			Clauses: "42.3",
			Scenario: func(s *Stage) {
				a := s.Actor()
				lenient := func(text string) Code { return CallWith("json.decode", fields{"lenient": true}, text) }
				a.Gives(lenient(`{"a":1,"b":2,"a":3}`), fields{"a": 3, "b": 2})
				a.Gives(lenient("\"a\xffb\\ud800c\""), "a\ufffdb\ufffdc")
				a.Gives(lenient("[1"), nil, Fails(hostapi.Invalid, "invalid JSON"))
			},
		},
		{
			Name:    "json/null",
			Claim:   "json.null is one value, sent as nil; null = true gives it everywhere.",
			Clauses: "42.5, 1.12",
			Scenario: func(s *Stage) {
				a := s.Actor()
				null := Constant("json.null")
				a.Gives(Equal(null, null), true)
				a.Gives(Equal(null, Values(nil)), false)
				a.Gives(Equal(Nth(1, CallWith("json.decode", fields{"null": true}, "null")), null), true)
				a.Gives(Equal(Lookup(Nth(1, CallWith("json.decode", fields{"null": true}, `{"a":null}`)), "a"), null), true)
				a.Gives(Equal(At(Nth(1, CallWith("json.decode", fields{"null": true}, "[1,null]")), 2), null), true)
				a.Gives(encode(Nth(1, decode("[null,1,null]"))), "[null,1,null]")
				a.Gives(Text(null), "null")
				a.Gives(Send(Self(), "t", null, List(1, null, 2)), true)
				a.Gives(Len(Method(Message(), "payloads")), 2)
				a.Gives(Send(Self(), "t", null), true)
				a.Gives(Data(), nil)
				a.Gives(Send(Self(), "t", Call("json.number", "1.50")), true)
				a.Gives(Data(), "1.50")
			},
		},
		{
			Name:    "json/null_after_upgrade",
			Claim:   "Code that replaced other code, of any language, has one json.null too.",
			Clauses: "42.5, 13.12",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("n", Constant("json.null")))
				null := Constant("json.null")
				same := Equal(null, Nth(1, CallWith("json.decode", fields{"null": true}, "null")))
				for i, id := range []any{Peer, Lead, nil} {
					a.Begin(Call("process.upgrade", id, Quote(Seq(Report("new", Values(same, Nth(1, encode(List(null))), Text(null))), Serve()))))
					s.Same("null of the new code", s.AwaitReports("new", i+1)[i], true, "[null]", "null")
				}
			},
		},
		{
			Name:    "json/empty_lists",
			Claim:   "An empty list stays one: from JSON, in a payload, marked.",
			Clauses: "42.2, 1.5",
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Gives(encode(Nth(1, decode(`{"a":[],"b":{},"c":[[]]}`))), `{"a":[],"b":{},"c":[[]]}`)
				a.Do(Send(b.PID, "v", Nth(1, decode("[]")), Nth(1, decode("{}"))))
				b.Do(Let("d", Data()))
				b.Gives(encode(Get("d")), "[[],{}]")
				b.Do(Send(a.PID, "back", At(Get("d"), 1)))
				a.Gives(Data(), Exactly(hostapi.ListOf()))
				a.Gives(encode(Call("json.list")), "[]")
				a.Do(Let("l", Call("json.list", List(1))))
				a.Gives(encode(Get("l")), "[1]")
				a.Gives(encode(Call("json.list", List())), "[]")
				// What is filled is what its keys say.
				a.Do(Let("m", Call("json.list")), Append(Get("m"), "x"))
				a.Gives(encode(Get("m")), `["x"]`)
			},
		},
		{
			Name:    "json/takes_turns",
			Claim:   "A long text does not keep others from running, and its reader can be killed in the middle.",
			Clauses: "42.3, 20.5, 20.6",
			Solo:    true,
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				text := "[" + strings.Repeat("1,", 20_000) + "1]"
				a.Begin(Loop(decode(text)))
				b.Gives(Values(1), 1)
				b.Gives(Call("process.monitor", a.PID), true)
				b.Gives(Call("process.terminate", a.PID), true)
				b.Gives(Field(Event(), "kind"), "pid.exit")
			},
		},
	}
}
