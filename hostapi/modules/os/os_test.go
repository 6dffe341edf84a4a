package os

import (
	"math"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/faketest"
)

var (
	named = hostapi.Field
	num   = func(n int64) hostapi.Value { return hostapi.Int(n) }
	// A Thursday, five hours behind UTC, in winter.
	zone = time.FixedZone("EST", -5*3600)
	now  = time.Date(2026, time.January, 1, 21, 4, 5, 6e8, zone)
)

func call(fn string, named []hostapi.Entry, strict bool, args ...any) string {
	p := &faketest.Process{Time: now, Start: now.Add(-1500 * time.Millisecond)}
	c := &faketest.Call{Process: p, Named: named, IsStrict: strict, Args: faketest.Values(args...), Load: true}
	return c.Run(faketest.Func(Module, fn))
}

func TestTime(t *testing.T) {
	fields := faketest.Fields
	unix := func(t time.Time) string { return num(t.Unix()).String() }
	noon := time.Date(2026, 1, 1, 12, 0, 0, 0, zone)
	for _, test := range []struct {
		name   string
		named  []hostapi.Entry
		strict bool
		args   []any
		want   string
	}{
		{name: "now", want: unix(now)},
		{name: "nil", args: []any{nil}, want: unix(now)},
		{name: "defaults", args: []any{fields()}, want: unix(noon)},
		{
			name: "all fields", args: []any{fields(named("year", num(2024)), named("month", num(2)), named("day", num(29)), named("hour", num(1)), named("min", num(2)), named("sec", num(3)))},
			want: unix(time.Date(2024, 2, 29, 1, 2, 3, 0, zone)),
		},
		{name: "month 14", args: []any{fields(named("month", num(14)))}, want: unix(time.Date(2027, 2, 1, 12, 0, 0, 0, zone))},
		{name: "day 0", args: []any{fields(named("day", num(0)))}, want: unix(time.Date(2025, 12, 31, 12, 0, 0, 0, zone))},
		{name: "second -1", args: []any{fields(named("sec", num(-1)))}, want: unix(noon.Add(-time.Second))},
		{name: "midnight", args: []any{fields(named("hour", num(0)))}, want: unix(noon.Add(-12 * time.Hour))},
		{name: "isdst of another type", args: []any{fields(named("isdst", num(1)))}, want: "raise Invalid: *isdst must be a boolean, got number*"},
		{name: "integral float", args: []any{fields(named("hour", hostapi.Float(2)))}, want: unix(noon.Add(-10 * time.Hour))},
		{name: "by name", strict: true, named: []hostapi.Entry{named("hour", num(2))}, want: unix(noon.Add(-10 * time.Hour))},
		{name: "fields of date", strict: true, named: []hostapi.Entry{named("wday", num(5)), named("yday", num(1)), named("isdst", hostapi.Bool(false))}, want: unix(noon)},
		{name: "list in a strict language", strict: true, args: []any{faketest.Items(num(1))}, want: "raise Invalid: *must be a map*"},
		{name: "number", args: []any{5}, want: "raise Invalid: *"},
		{name: "field of another type", args: []any{fields(named("hour", hostapi.String("2")))}, want: "raise Invalid: *hour must be a number, got string*"},
		{name: "fraction", args: []any{fields(named("hour", hostapi.Float(2.5)))}, want: "raise Invalid: *hour must be an integer*"},
		{name: "NaN", args: []any{fields(named("hour", hostapi.Float(math.NaN())))}, want: "raise Invalid: *hour must be an integer*"},
		{name: "infinity", args: []any{fields(named("hour", hostapi.Float(math.Inf(1))))}, want: "raise Invalid: *hour out of range*"},
		{name: "too many years", args: []any{fields(named("year", num(1<<40)))}, want: "raise Invalid: *year out of range*"},
		{name: "unknown keyword", strict: true, named: []hostapi.Entry{named("hours", num(2))}, want: "raise Invalid: *unknown keyword hours*"},
	} {
		if got := call("time", test.named, test.strict, test.args...); !faketest.Matches(test.want, got) {
			t.Errorf("19.3: os.time, %s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestDate(t *testing.T) {
	for _, test := range []struct {
		name string
		args []any
		want string
	}{
		{"default", nil, `"Thu Jan  1 21:04:05 2026"`},
		{"nil", []any{nil, nil}, `"Thu Jan  1 21:04:05 2026"`},
		{"UTC", []any{"!%c %Z"}, `"Fri Jan  2 02:04:05 2026 GMT"`},
		{"local", []any{"%X %Z"}, `"21:04:05 EST"`},
		{"time given", []any{"!%c", 0}, `"Thu Jan  1 00:00:00 1970"`},
		{"in the local zone", []any{"%H %Z", 0}, `"19 EST"`},
		{"fraction", []any{"!%S", 1.9}, `"01"`},
		{"negative fraction", []any{"!%X", -0.5}, `"00:00:00"`},
		{"fields", []any{"*t"}, `{year: 2026, month: 1, day: 1, hour: 21, min: 4, sec: 5, wday: 5, yday: 1, isdst: false}`},
		{"fields in UTC", []any{"!*t"}, `{year: 2026, month: 1, day: 2, hour: 2, min: 4, sec: 5, wday: 6, yday: 2, isdst: false}`},
		{"*t amid text", []any{"x*t"}, `"x*t"`},
		{"empty", []any{""}, `""`},
		{"unknown letter", []any{"%Q"}, "raise Invalid: *"},
		{"modifiers", []any{"!%Ey %Od", 0}, `"70 01"`},
		{"modifier of another letter", []any{"%Ed"}, "raise Invalid: *unknown conversion \"%E\"*"},
		{"modifier alone", []any{"%O"}, "raise Invalid: *unknown conversion \"%O\"*"},
		{"bare percent", []any{"100%"}, "raise Invalid: *"},
		{"NaN", []any{"%c", math.NaN()}, "raise Invalid: *out of range*"},
		{"infinity", []any{"%c", math.Inf(-1)}, "raise Invalid: *out of range*"},
		{"format of another type", []any{1}, "raise Invalid: *"},
		{"time of another type", []any{"%c", "0"}, "raise Invalid: *"},
	} {
		if got := call("date", nil, false, test.args...); !faketest.Matches(test.want, got) {
			t.Errorf("19.3: os.date, %s: got %s, want %s", test.name, got, test.want)
		}
	}
}

// The expected texts are those of lua5.2 (os.date("!" .. letters, t)).
func TestDateLetters(t *testing.T) {
	sunday := time.Date(2023, time.January, 1, 0, 5, 9, 0, time.UTC)
	leap := time.Date(2024, time.December, 31, 12, 0, 0, 0, time.UTC) // a Tuesday
	for _, test := range []struct{ letters, sunday, leap string }{
		{"%a %A", "Sun Sunday", "Tue Tuesday"},
		{"%b %B", "Jan January", "Dec December"},
		{"%c", "Sun Jan  1 00:05:09 2023", "Tue Dec 31 12:00:00 2024"},
		{"%d/%m/%y %Y", "01/01/23 2023", "31/12/24 2024"},
		{"%H %I %p", "00 12 AM", "12 12 PM"},
		{"%M:%S", "05:09", "00:00"},
		{"%j", "001", "366"},
		{"%U %W", "01 00", "52 53"},
		{"%w", "0", "2"},
		{"%x %X", "01/01/23 00:05:09", "12/31/24 12:00:00"},
		{"%Z %z", "GMT +0000", "GMT +0000"},
		{"%C %D %e %F", "20 01/01/23  1 2023-01-01", "20 12/31/24 31 2024-12-31"},
		{"%g %G %V %u", "22 2022 52 7", "25 2025 01 2"},
		{"%h %r %R %T", "Jan 12:05:09 AM 00:05 00:05:09", "Dec 12:00:00 PM 12:00 12:00:00"},
		{"a%nb%tc", `a\nb\tc`, `a\nb\tc`},
		{"%%d", "%d", "%d"},
	} {
		for at, want := range map[time.Time]string{sunday: test.sunday, leap: test.leap} {
			if got := call("date", nil, false, "!"+test.letters, int(at.Unix())); got != `"`+want+`"` {
				t.Errorf("19.3: %s of %s gives %s, want %q", test.letters, at, got, want)
			}
		}
	}
}

func TestDateWeeks(t *testing.T) {
	monday := time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)
	for day, want := range []string{"00 01", "00 01", "00 01", "00 01", "00 01", "00 01", "01 01", "01 02"} {
		at := monday.AddDate(0, 0, day)
		if got := call("date", nil, false, "!%U %W", int(at.Unix())); got != `"`+want+`"` {
			t.Errorf("19.3: %%U %%W of %s gives %s, want %q", at, got, want)
		}
	}
}

// The expected times are those of lua5.1 and lua5.2, with TZ set, but where the clocks
// show a time twice or never: there they give now one, now the other.
func TestClockChanges(t *testing.T) {
	for _, test := range []struct {
		zone                     string
		year, month, day         int64
		hour, minute, second     int64
		unsaid, daylight, winter int64
	}{
		// Clocks put forward and back in this hour. 2:30 twice: the first, without isdst.
		{"Europe/Berlin", 2024, 3, 31, 2, 30, 0, 1711848600, 1711845000, 1711848600},
		{"Europe/Berlin", 2024, 10, 27, 2, 30, 0, 1729989000, 1729989000, 1729992600},
		// In winter and in summer, here and there.
		{"Europe/Berlin", 2024, 1, 1, 12, 0, 0, 1704106800, 1704103200, 1704106800},
		{"Europe/Berlin", 2024, 7, 1, 12, 0, 0, 1719828000, 1719828000, 1719831600},
		{"America/New_York", 2024, 7, 1, 12, 0, 0, 1719849600, 1719849600, 1719853200},
		{"Australia/Lord_Howe", 2024, 1, 1, 12, 0, 0, 1704070800, 1704070800, 1704072600},
		{"Australia/Lord_Howe", 2024, 7, 1, 12, 0, 0, 1719797400, 1719795600, 1719797400},
		// Irish summer is standard time, and winter an hour less.
		{"Europe/Dublin", 2024, 1, 1, 12, 0, 0, 1704110400, 1704110400, 1704106800},
		// Without daylight saving time near, an hour is assumed.
		{"UTC", 2024, 1, 1, 12, 0, 0, 1704110400, 1704106800, 1704110400},
		{"Pacific/Apia", 2024, 1, 1, 12, 0, 0, 1704063600, 1704060000, 1704063600},
		// Minutes are those of the clock, seconds go by.
		{"Europe/Berlin", 2024, 3, 31, 1, 120, 0, 1711846800, 1711846800, 1711850400},
		{"Europe/Berlin", 2024, 3, 31, 1, 0, 7200, 1711850400, 1711846800, 1711850400},
		{"Europe/Berlin", 2024, 3, 31, 3, 0, -1, 1711846799, 1711846799, 1711850399},
		// A day that the calendar left out, read off the clock before.
		{"Pacific/Apia", 2011, 12, 30, 12, 0, 0, 1325282400, 1325282400, 1325282400},
	} {
		place, err := time.LoadLocation(test.zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, isdst := range []hostapi.Value{{}, hostapi.Bool(true), hostapi.Bool(false)} {
			fields := faketest.Fields(named("year", num(test.year)), named("month", num(test.month)), named("day", num(test.day)),
				named("hour", num(test.hour)), named("min", num(test.minute)), named("sec", num(test.second)), named("isdst", isdst))
			want := test.unsaid
			if !isdst.IsNil() {
				want = map[bool]int64{true: test.daylight, false: test.winter}[isdst.Bool()]
			}
			c := &faketest.Call{Process: &faketest.Process{Time: now.In(place)}, Args: faketest.Values(fields)}
			if got := c.Run(timeFunc); got != num(want).String() {
				t.Errorf("19.3: os.time(%s) in %s is %s, want %d", fields, test.zone, got, want)
			}
		}
	}
}

// os.time(os.date("*t", t)) is t, also in an hour that the clocks show twice.
func TestFieldsBringTheTimeBack(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []int64{1719828000, 1729989000, 1729992600} {
		c := &faketest.Call{Process: &faketest.Process{Time: now.In(berlin)}, Args: faketest.Values("*t", int(at))}
		c.Run(dateFunc)
		c.Args = []hostapi.Value{faketest.Fields(c.Result(0).Map().Entries...)}
		if got, want := c.Run(timeFunc), num(at).String(); got != want {
			t.Errorf("19.3: os.time(os.date(\"*t\", %s)) is %s", want, got)
		}
	}
}

func TestShortYearBeforeChrist(t *testing.T) {
	if got := shortYear(-1); got != "99" {
		t.Errorf("%%y of the year -1 is %s", got)
	}
}

func TestClockAndDifference(t *testing.T) {
	if got := call("clock", nil, true); got != "1.5" {
		t.Errorf("19.3: clock gives %s, want 1.5", got)
	}
	c := &faketest.Call{Process: &faketest.Process{Time: now, Start: now.Add(time.Second)}}
	if got := c.Run(clockFunc); got != "0" {
		t.Errorf("19.3: clock before the start gives %s", got)
	}
	if got := call("difftime", nil, false, 5, 1.5); got != "3.5" {
		t.Errorf("19.3: difftime gives %s, want 3.5", got)
	}
	for _, args := range [][]any{nil, {1}, {1, "2"}} {
		if got := call("difftime", nil, false, args...); !faketest.Matches("raise Invalid: *", got) {
			t.Errorf("0.9: difftime%v gives %s", args, got)
		}
	}
	if v := Module.Consts[0]; v.Name != "platform" || v.Value.Str() != "understudy" {
		t.Errorf("19.3: %s is %s", v.Name, v.Value)
	}
}
