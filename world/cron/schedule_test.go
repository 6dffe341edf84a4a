package cron

import (
	"strings"
	"testing"
	"time"
)

// FuzzNext compares with a look at each minute of some days.
func FuzzNext(f *testing.F) {
	for _, expression := range []string{
		"* * * * *", "*/7 */5 * * *", "0 9-17/4 * * MON-FRI", "30 2 13 * 5", "@daily", "59 23 31 12 7", "1,2,50-59 0 1-7 JAN,jul *", "0 0 31 2 *",
		"", "60 * * * *", "* * 0 * *", "5/2 * * * *", "5-1 * * * *", "*/0 * * * *", "* * * FOO *", "+1 * * * *", "@yearly", "1,,2 * * * *",
	} {
		f.Add(expression, int64(1_772_000_000))
	}
	f.Fuzz(func(t *testing.T, expression string, seconds int64) {
		s, err := Parse(expression)
		if err != nil {
			return
		}
		after := time.Unix(seconds%4_000_000_000, 0).UTC()
		got, ok := s.Next(after, time.UTC)
		if ok && (!got.After(after) || !due(s, got)) {
			t.Fatalf("%q after %s is %s", expression, after, got)
		}
		for at := after.Truncate(time.Minute).Add(time.Minute); at.Before(after.AddDate(0, 0, 4)); at = at.Add(time.Minute) {
			if due(s, at) {
				if !ok || !got.Equal(at) {
					t.Fatalf("%q after %s is %s, %v, want %s", expression, after, got, ok, at)
				}
				return
			}
		}
		if ok && got.Before(after.AddDate(0, 0, 4)) {
			t.Fatalf("%q after %s is %s, where it is not due", expression, after, got)
		}
	})
}

func due(s *Schedule, at time.Time) bool {
	return at.Second() == 0 && at.Nanosecond() == 0 && has(s.minutes, at.Minute()) && has(s.hours, at.Hour()) && s.on(at.Month(), at.Day(), at.Weekday())
}

// Where clocks are changed, a time is due once; what they skip, at once behind the gap.
func TestClocksAreChanged(t *testing.T) {
	const zones = "America/New_York Australia/Lord_Howe Pacific/Apia"
	locations := map[string]*time.Location{}
	for name := range strings.FieldsSeq(zones) {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Skipf("no time zone database: %v", err)
		}
		locations[name] = zone
	}
	for _, row := range []struct{ zone, expression, after, want string }{
		{"America/New_York", "30 2 * * *", "2025-03-08T12:00:00-05:00", "2025-03-09T03:00:00-04:00 2025-03-10T02:30:00-04:00"},
		{"America/New_York", "0 3 * * *", "2025-03-08T12:00:00-05:00", "2025-03-09T03:00:00-04:00 2025-03-10T03:00:00-04:00"},
		{"America/New_York", "0,30 2 * * *", "2025-03-08T12:00:00-05:00", "2025-03-09T03:00:00-04:00 2025-03-10T02:00:00-04:00"},
		{"America/New_York", "30 * * * *", "2025-03-09T01:00:00-05:00", "2025-03-09T01:30:00-05:00 2025-03-09T03:30:00-04:00"},
		{"America/New_York", "30 1 * * *", "2025-11-01T12:00:00-04:00", "2025-11-02T01:30:00-04:00 2025-11-03T01:30:00-05:00"},
		{"America/New_York", "0 2 * * *", "2025-11-01T12:00:00-04:00", "2025-11-02T02:00:00-05:00 2025-11-03T02:00:00-05:00"},
		{"America/New_York", "30 * * * *", "2025-11-02T01:00:00-04:00", "2025-11-02T01:30:00-04:00 2025-11-02T01:30:00-05:00 2025-11-02T02:30:00-05:00"},
		{"America/New_York", "30 1 * * *", "2025-11-02T01:40:00-04:00", "2025-11-03T01:30:00-05:00"},
		// Half an hour, forward on 5 October and back on 6 April.
		{"Australia/Lord_Howe", "15 2 * * *", "2025-10-04T12:00:00+10:30", "2025-10-05T02:30:00+11:00 2025-10-06T02:15:00+11:00"},
		{"Australia/Lord_Howe", "45 1 * * *", "2025-04-05T12:00:00+11:00", "2025-04-06T01:45:00+11:00 2025-04-07T01:45:00+10:30"},
		// There was no 30 December.
		{"Pacific/Apia", "0 12 30 12 *", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00 2012-12-30T12:00:00+14:00"},
	} {
		s, err := Parse(row.expression)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, row.after)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for range strings.Fields(row.want) {
			next, ok := s.Next(at, locations[row.zone])
			if !ok {
				t.Fatalf("%s: never due", row.expression)
			}
			at, got = next, append(got, next.Format(time.RFC3339))
		}
		if text := strings.Join(got, " "); text != row.want {
			t.Errorf("%s in %s after %s: %s, want %s", row.expression, row.zone, row.after, text, row.want)
		}
	}
}
