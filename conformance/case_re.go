package conformance

import (
	"strings"

	"github.com/understudy-run/understudy/hostapi"
)

// reCases are those of section 42 that are about regular expressions.
func reCases() []Case {
	return []Case{
		{
			Name:    "re/functions",
			Claim:   "Matches, groups, replacements and parts are those of RE2, by a text or a regexp.",
			Clauses: "42.7",
			Scenario: func(s *Stage) {
				a := s.Actor()
				const date = `(?P<y>\d{4})-(?P<m>\d\d)(-\d\d)?`
				const text = "2026-11, 2025-10-09"
				rows := []struct {
					name string
					args []any
					want any
				}{
					{"matches", []any{text}, true}, {"matches", []any{"x"}, false},
					{"find", []any{text}, []any{"2026-11", "2026", "11", ""}}, {"find", []any{"x"}, nil},
					{"find_all", []any{text}, []any{[]any{"2026-11", "2026", "11", ""}, []any{"2025-10-09", "2025", "10", "-09"}}},
					{"find_all", []any{text, 1}, []any{[]any{"2026-11", "2026", "11", ""}}}, {"find_all", []any{"x"}, []any{}},
					{"groups", []any{text}, fields{"y": "2026", "m": "11"}}, {"groups", []any{"x"}, nil},
					{"replace", []any{text, "${m}/$1$$"}, "11/2026$, 10/2025$"}, {"replace", []any{text, "", 1}, ", 2025-10-09"}, {"replace", []any{"x", "y"}, "x"},
					{"split", []any{"a2026-11b2025-10c"}, []any{"a", "b", "c"}}, {"split", []any{"a2026-11b2025-10c", 2}, []any{"a", "b2025-10c"}},
					{"split", []any{"x"}, []any{"x"}}, {"split", []any{"2026-11"}, []any{"", ""}},
				}
				a.Do(Let("r", Call("re.compile", date)))
				for _, row := range rows {
					a.Gives(Call("re."+row.name, append([]any{date}, row.args...)...), row.want)
					a.Gives(Call("re."+row.name, append([]any{Get("r")}, row.args...)...), row.want)
					a.Gives(Method(Get("r"), row.name, row.args...), row.want)
				}
				a.Gives(Text(Get("r")), date)
				a.Gives(Call("re.find_all", `\b\w`, "to be"), []any{[]any{"t"}, []any{"b"}})
				a.Gives(Call("re.split", "", "aé"), []any{"a", "é"})
				a.Gives(Call("re.quote", "a.b*(c)é"), `a\.b\*\(c\)é`)
				a.Gives(Call("re.find", Call("re.quote", "1+1"), "1+1=2"), []any{"1+1"})
			},
		},
		{
			Name:    "re/refuses",
			Claim:   "A pattern that is malformed or too large is INVALID: returned by compile, raised elsewhere.",
			Clauses: "42.7",
			Scenario: func(s *Stage) {
				a := s.Actor()
				for _, bad := range []string{"(", "a**", `\1`, "(?=a)", "[b-a]", "a{2,1}", `\`, "\xff"} {
					a.Gives(Call("re.compile", bad), nil, Fails(hostapi.Invalid, "invalid pattern"))
					a.Throws(Call("re.find", bad, "a"), Fails(hostapi.Invalid, "invalid pattern"))
				}
				a.Gives(Call("re.compile", strings.Repeat("a", 4097)), nil, Fails(hostapi.Invalid, "pattern too large"))
				a.Gives(Call("re.compile", strings.Repeat("[ab]{100}", 101)), nil, Fails(hostapi.Invalid, "pattern too large"))
				a.Throws(Call("re.find", 1, "a"), Fails(hostapi.Invalid, ""))
				for _, n := range []any{0, -1, 1.5} {
					a.Throws(Call("re.split", "a", "a", n), Fails(hostapi.Invalid, "n must be"))
				}
			},
		},
		{
			Name:    "re/takes_turns",
			Claim:   "A search in a long text does not keep others from running, and can be killed in the middle.",
			Clauses: "42.7, 20.5, 20.6",
			Solo:    true,
			Scenario: func(s *Stage) {
				a, b := s.Actor(), s.Actor()
				a.Begin(Loop(Call("re.matches", "(a|b)+c", strings.Repeat("ab", 10_000))))
				b.Gives(Values(1), 1)
				b.Gives(Call("process.monitor", a.PID), true)
				b.Gives(Call("process.terminate", a.PID), true)
				b.Gives(Field(Event(), "kind"), "pid.exit")
			},
		},
	}
}
