package cron

import (
	"strconv"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// Schedule says when something is due, by clauses 42.8 and 49.2. Immutable.
type Schedule struct {
	minutes, hours, days, months, weekdays uint64 // a bit for each number
	// either: one of day and weekday suffices, since both are restricted.
	either bool
	// elapsed: the hour is * or */n.
	elapsed bool
}

// horizon is how many years ahead something must be due.
const horizon = 5

const longest = 1 << 10 // bytes of an expression

// field is what numbers and names a field may have.
type field struct {
	name     string
	min, max int
	names    string // of three letters each, from min on
}

var fields = [5]field{
	{"minute", 0, 59, ""},
	{"hour", 0, 23, ""},
	{"day", 1, 31, ""},
	{"month", 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"},
	{"weekday", 0, 7, "SUNMONTUEWEDTHUFRISAT"},
}

// Parse reads a cron expression. The error is Invalid "invalid schedule".
func Parse(expression string) (*Schedule, error) {
	if len(expression) > longest {
		return nil, hostapi.Errorf(hostapi.Invalid, "invalid schedule: more than %d bytes", longest)
	}
	switch text := strings.TrimSpace(expression); text {
	case "@hourly":
		expression = "0 * * * *"
	case "@daily":
		expression = "0 0 * * *"
	case "@weekly":
		expression = "0 0 * * 0"
	case "@monthly":
		expression = "0 0 1 * *"
	}
	texts := strings.Fields(expression)
	if len(texts) != len(fields) {
		return nil, hostapi.Errorf(hostapi.Invalid, "invalid schedule: %d fields, want minute, hour, day, month and weekday", len(texts))
	}
	s := &Schedule{either: texts[2] != "*" && texts[4] != "*"}
	s.elapsed = texts[1] == "*" || strings.HasPrefix(texts[1], "*/") && !strings.Contains(texts[1], ",")
	for i, bits := range [...]*uint64{&s.minutes, &s.hours, &s.days, &s.months, &s.weekdays} {
		var ok bool
		if *bits, ok = fields[i].read(texts[i]); !ok {
			return nil, hostapi.Errorf(hostapi.Invalid, "invalid schedule: %s %q", fields[i].name, texts[i])
		}
	}
	if s.weekdays&(1<<7) != 0 { // 7 is Sunday
		s.weekdays |= 1
	}
	return s, nil
}

// read gives the numbers that a field stands for, as bits.
func (f *field) read(text string) (bits uint64, ok bool) {
	for part := range strings.SplitSeq(text, ",") {
		span, step, stepped := strings.Cut(part, "/")
		low, high, every := f.min, f.max, 1
		if span != "*" {
			first, last, ranged := strings.Cut(span, "-")
			if low, ok = f.number(first); !ok {
				return 0, false
			}
			high = low
			if ranged {
				if high, ok = f.number(last); !ok || high < low {
					return 0, false
				}
			} else if stepped {
				return 0, false
			}
		}
		if stepped {
			if every, ok = digits(step); !ok || every < 1 || every > f.max {
				return 0, false
			}
		}
		for n := low; n <= high; n += every {
			bits |= 1 << n
		}
	}
	return bits, true
}

// number reads a number or a name.
func (f *field) number(text string) (int, bool) {
	if len(text) == 3 {
		i := strings.Index(f.names, strings.ToUpper(text))
		return f.min + i/3, i >= 0 && i%3 == 0
	}
	n, ok := digits(text)
	return n, ok && f.min <= n && n <= f.max
}

// digits reads one or two digits.
func digits(text string) (int, bool) {
	n, err := strconv.ParseUint(text, 10, 8)
	return int(n), err == nil && len(text) <= 2
}

func has(bits uint64, n int) bool { return bits&(1<<n) != 0 }

// on reports whether it is due at some time of a day.
func (s *Schedule) on(month time.Month, day int, weekday time.Weekday) bool {
	if !has(s.months, int(month)) {
		return false
	}
	d, w := has(s.days, day), has(s.weekdays, int(weekday))
	if s.either {
		return d || w
	}
	return d && w
}

// Next gives the first time behind after at which it is due, by the clocks of a zone;
// false if there is none within five years.
func (s *Schedule) Next(after time.Time, zone *time.Location) (time.Time, bool) {
	after = after.In(zone)
	end := after.AddDate(horizon, 0, 0)
	next := s.byClock
	if s.elapsed {
		next = s.byMinute
	}
	at, ok := next(after, end)
	return at, ok && !at.After(end)
}

// byMinute looks at one moment after the other: what clocks show twice is due twice, what
// they skip is not due.
func (s *Schedule) byMinute(after, end time.Time) (time.Time, bool) {
	at := after.Add(time.Minute - time.Duration(after.Second())*time.Second - time.Duration(after.Nanosecond()))
	for !at.After(end) {
		switch {
		case !s.on(at.Month(), at.Day(), at.Weekday()) || !has(s.hours, at.Hour()):
			at = at.Add(time.Duration(60-at.Minute()) * time.Minute)
		case !has(s.minutes, at.Minute()):
			at = at.Add(time.Minute)
		default:
			return at, true
		}
	}
	return time.Time{}, false
}

// byClock looks at what clocks show on one day after the other. That of the day before may
// be due now, where clocks skip a day.
func (s *Schedule) byClock(after, end time.Time) (time.Time, bool) {
	// Days are counted in UTC, where each has its 24 hours.
	day := time.Date(after.Year(), after.Month(), after.Day()-1, 0, 0, 0, 0, time.UTC)
	last := time.Date(end.Year(), end.Month(), end.Day()+1, 0, 0, 0, 0, time.UTC)
	for ; !day.After(last); day = day.AddDate(0, 0, 1) {
		if !s.on(day.Month(), day.Day(), day.Weekday()) {
			continue
		}
		for hour := range 24 {
			for minute := 0; minute < 60 && has(s.hours, hour); minute++ {
				if !has(s.minutes, minute) {
					continue
				}
				shown := day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute)
				if at := moment(shown, after.Location()); at.After(after) {
					return at, true
				}
			}
		}
	}
	return time.Time{}, false
}

// moment gives the first moment at which the clocks of a zone show what a time in UTC
// says; if they skip it, the first behind the gap.
func moment(shown time.Time, zone *time.Location) time.Time {
	t := time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), 0, 0, zone)
	begin, end := t.ZoneBounds()
	switch d := clock(t).Sub(shown); {
	case d > 0:
		return begin
	case d < 0:
		return end
	}
	if !begin.IsZero() {
		_, offset := begin.Add(-1).Zone()
		if earlier := shown.Add(-time.Duration(offset) * time.Second).In(zone); earlier.Before(begin) && clock(earlier).Equal(shown) {
			return earlier
		}
	}
	return t
}

// clock gives what clocks show at a moment, as a time in UTC.
func clock(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}
