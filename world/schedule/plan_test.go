package schedule

import (
	"testing"
	"time"

	"github.com/understudy-run/understudy/world/cron"
)

// The last time of several that were missed, whatever lies between, and none where none
// was.
func TestLatest(t *testing.T) {
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(text string) time.Time {
		parsed, err := time.Parse(time.DateTime, text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for _, row := range []struct{ cron, every, since, now, want string }{
		{"30 2 * * *", "", "2026-01-05 02:30:00", "2026-01-09 02:29:59", "2026-01-08 02:30:00"},
		{"30 2 * * *", "", "2026-01-05 02:30:00", "2026-01-09 02:30:00", "2026-01-09 02:30:00"},
		{"30 2 * * *", "", "2026-01-05 02:30:00", "2026-01-06 02:29:00", ""},
		{"* * * * *", "", "2020-01-05 02:30:00", "2026-01-09 02:30:30", "2026-01-09 02:30:00"},
		{"@monthly", "", "2020-01-05 02:30:00", "2026-01-31 23:59:59", "2026-01-01 00:00:00"},
		{"0 0 29 2 *", "", "2023-01-05 02:30:00", "2026-01-31 23:59:59", "2024-02-29 00:00:00"},
		{"", "7m", "2026-01-01 00:00:00", "2026-01-01 01:00:00", "2026-01-01 00:56:00"},
		{"", "7m", "2026-01-01 00:56:00", "2026-01-01 01:00:00", ""},
		{"", "1s", "2026-01-01 00:00:00", "2036-01-01 00:00:00", "2036-01-01 00:00:00"},
	} {
		p := plan{zone: time.UTC}
		if row.cron != "" {
			s, err := cron.Parse(row.cron)
			if err != nil {
				t.Fatal(err)
			}
			p.cron = s
		} else {
			p.every, _ = time.ParseDuration(row.every)
		}
		got, ok := p.latest(at(row.since), at(row.now), base)
		if text := got.Format(time.DateTime); ok != (row.want != "") || ok && text != row.want {
			t.Errorf("%s%s since %s, at %s: %s, %v, want %s", row.cron, row.every, row.since, row.now, text, ok, row.want)
		}
	}
}
