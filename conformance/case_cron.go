package conformance

import "github.com/understudy-run/understudy/hostapi"

// cronCases are those of section 42 that are about schedules.
func cronCases() []Case {
	return []Case{
		{
			Name:    "cron/next",
			Claim:   "An expression is due where its fields say; day and weekday suffice alone where both are restricted.",
			Clauses: "42.8",
			Scenario: func(s *Stage) {
				a := s.Actor()
				// Tuesday.
				a.Do(Let("after", Call("time.date", 2026, 2, 3, 4, 5, 6, 7, Constant("time.utc"))))
				for expression, want := range map[string]string{
					"* * * * *": "2026-02-03T04:06:00Z", "*/20 * * * *": "2026-02-03T04:20:00Z", "5 4 * * *": "2026-02-04T04:05:00Z", "6 4 * * *": "2026-02-03T04:06:00Z",
					"0 9-17/4 * * MON-FRI": "2026-02-03T09:00:00Z", "0 0 13 * 5": "2026-02-06T00:00:00Z", "0 0 13 * *": "2026-02-13T00:00:00Z", "0 0 * * 7": "2026-02-08T00:00:00Z",
					"0 0 * * sun": "2026-02-08T00:00:00Z", "30 1,2 1 mar,JUN *": "2026-03-01T01:30:00Z", "0 0 29 2 *": "2028-02-29T00:00:00Z", "0 0 */10 * *": "2026-02-11T00:00:00Z",
					"@hourly": "2026-02-03T05:00:00Z", "@daily": "2026-02-04T00:00:00Z", "@weekly": "2026-02-08T00:00:00Z", "@monthly": "2026-03-01T00:00:00Z",
				} {
					a.Gives(Method(Call("cron.next", expression, Get("after")), "format_rfc3339"), want)
				}
				zone := Call("time.fixed_zone", "east", 3600)
				a.Gives(Method(Call("cron.next", "0 6 * * *", Get("after"), zone), "format_rfc3339"), "2026-02-03T06:00:00+01:00")
				a.Gives(Method(Call("cron.next", "0 6 * * *", Get("after"), "UTC"), "format_rfc3339"), "2026-02-03T06:00:00Z")
			},
		},
		{
			Name:    "cron/refuses",
			Claim:   "What is malformed is INVALID, and so is what is never due.",
			Clauses: "42.8",
			Scenario: func(s *Stage) {
				a := s.Actor()
				a.Do(Let("after", Call("time.date", 2026, 2, 3, 4, 5, 6, 7, Constant("time.utc"))))
				for _, bad := range []string{
					"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * 32 * *", "* * * 13 *", "* * * * 8", "-1 * * * *", "5-1 * * * *", "1/2 * * * *",
					"*/0 * * * *", "*/x * * * *", "a * * * *", "* * * FEBR *", "* * MON * *", "1, * * * *", "@yearly", "@Daily",
				} {
					a.Gives(Call("cron.next", bad, Get("after")), nil, Fails(hostapi.Invalid, "invalid schedule"))
				}
				a.Gives(Call("cron.next", "0 0 31 2 *", Get("after")), nil, Fails(hostapi.Invalid, "never due"))
				a.Gives(Call("cron.next", "* * * * *", Get("after"), "Nowhere/City"), nil, Fails(hostapi.NotFound, "unknown time zone"))
				a.Gives(Call("cron.next", "* * * * *", Get("after"), ""), nil, Fails(hostapi.Invalid, "time zone"))
				a.Throws(Call("cron.next", "* * * * *", 5), Fails(hostapi.Invalid, ""))
			},
		},
	}
}
