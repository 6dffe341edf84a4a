package time

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
	"github.com/understudy-run/understudy/hostapi/modules/internal/faketest"
)

// call calls a function of the module, or a method if self is not nil.
func call(self hostapi.Object, fn string, strict bool, args ...any) (string, hostapi.Value) {
	c := &faketest.Call{Process: &faketest.Process{Time: now}, Object: self, Args: faketest.Values(args...), IsStrict: strict, Load: true}
	f := (*hostapi.Func)(nil)
	if self != nil {
		f = faketest.Method(self, fn)
	} else {
		f = faketest.Func(Module, fn)
	}
	return c.Run(f), c.Result(0)
}

// object makes a time for methods to be called on.
func object(t time.Time) *Time { return &Time{t: t} }

// text shows a time with zone and nanoseconds.
func text(t time.Time) string { return t.Format(time.RFC3339Nano + " MST") }

func TestConstructors(t *testing.T) {
	utc := &Location{loc: time.UTC}
	for _, test := range []struct {
		name string
		fn   string
		args []any
		want time.Time
	}{
		{"10.12: now", "now", nil, now},
		{"10.12: date, local", "date", []any{2026, 2, 3, 4, 5, 6, 7}, time.Date(2026, 2, 3, 4, 5, 6, 7, zone)},
		{"10.12: date in a location", "date", []any{2026, 2, 3, 4, 5, 6, 7, utc}, time.Date(2026, 2, 3, 4, 5, 6, 7, time.UTC)},
		{"10.12: date normalises", "date", []any{2026, 14, -1, 25, 61, 61, 2e9, utc}, time.Date(2027, 1, 31, 2, 2, 3, 0, time.UTC)},
		{"10.12: date, nil location", "date", []any{2026, 2, 3, 4, 5, 6, 7, nil}, time.Date(2026, 2, 3, 4, 5, 6, 7, zone)},
		{"10.12: unix", "unix", []any{1700000000, 5}, time.Unix(1700000000, 5).In(zone)},
		{"10.12: unix, negative", "unix", []any{0, -1}, time.Unix(-1, 999999999).In(zone)},
		{"10.13: zone in the text", "parse", []any{time.RFC3339, "2026-02-03T04:05:06+02:00"}, time.Date(2026, 2, 3, 2, 5, 6, 0, time.UTC).In(time.FixedZone("", 7200))},
		{"10.13: no zone", "parse", []any{time.DateTime, "2026-02-03 04:05:06"}, time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)},
		{"10.13: location", "parse", []any{time.DateOnly, "2026-02-03", &Location{loc: zone}}, time.Date(2026, 2, 3, 0, 0, 0, 0, zone)},
	} {
		got, v := call(nil, test.fn, false, test.args...)
		at, ok := v.Object().(*Time)
		if !ok || text(at.t) != text(test.want) {
			t.Errorf("%s: got %s, want %s", test.name, got, test.want)
		}
	}
}

func TestConstructorErrors(t *testing.T) {
	for _, test := range []struct {
		name string
		fn   string
		args []any
		want string
	}{
		{"10.12: six numbers", "date", []any{2026, 2, 3, 4, 5, 6}, "raise Invalid: *"},
		{"0.9: text", "date", []any{"2026", 2, 3, 4, 5, 6, 7}, "raise Invalid: *must be a number, got string*"},
		{"0.9: fraction", "date", []any{2026, 2.5, 3, 4, 5, 6, 7}, "raise Invalid: *month must be an integer*"},
		{"out of range", "date", []any{1e12, 2, 3, 4, 5, 6, 7}, "raise Invalid: *year out of range*"},
		{"0.9: location", "date", []any{2026, 2, 3, 4, 5, 6, 7, "UTC"}, "raise Invalid: *must be a location, got string*"},
		{"10.12: one number", "unix", []any{1}, "raise Invalid: *"},
		{"0.9: fraction", "unix", []any{1, 0.5}, "raise Invalid: *nanoseconds must be an integer*"},
		{"10.13: bad text", "parse", []any{time.DateOnly, "tomorrow"}, "nil, error(Invalid: *cannot parse*)"},
		{"10.13: no such day", "parse", []any{time.DateOnly, "2026-02-30"}, "nil, error(Invalid: *cannot parse*)"},
		{"0.9: too few", "parse", []any{time.DateOnly}, "raise Invalid: *"},
		{"0.9: type", "parse", []any{time.DateOnly, 2026}, "raise Invalid: *"},
	} {
		for _, strict := range []bool{false, true} {
			if got, _ := call(nil, test.fn, strict, test.args...); !faketest.Matches(test.want, got) {
				t.Errorf("%s %s: got %s, want %s", test.fn, test.name, got, test.want)
			}
		}
	}
}

func TestArithmetic(t *testing.T) {
	base := time.Date(2024, time.January, 31, 23, 59, 58, 123456789, zone)
	later := base.Add(90 * time.Minute)
	hour := &Duration{d: time.Hour}
	for _, test := range []struct {
		method string
		args   []any
		want   any
	}{
		{"add", []any{"1h30m"}, later},
		{"add", []any{-5}, base.Add(-5)},
		{"add", []any{hour}, base.Add(time.Hour)},
		{"sub", []any{object(later)}, base.Sub(later)},
		{"add_date", []any{0, 1, 0}, base.AddDate(0, 1, 0)}, // to March 2
		{"add_date", []any{-1, 0, 30.0}, base.AddDate(-1, 0, 30)},
		{"before", []any{object(later)}, true},
		{"before", []any{object(base)}, false},
		{"after", []any{object(later)}, false},
		{"after", []any{object(base.Add(-1))}, true},
		{"equal", []any{object(base.UTC())}, true},
		{"equal", []any{object(later)}, false},
		{"utc", nil, base.UTC()},
		{"in_local", nil, base.In(zone)},
		{"in_location", []any{&Location{loc: time.UTC}}, base.UTC()},
		{"round", []any{hour}, base.Round(time.Hour)},
		{"truncate", []any{hour}, base.Truncate(time.Hour)},
	} {
		self := object(base)
		if test.method == "in_local" {
			self = object(base.UTC())
		}
		got, v := call(self, test.method, true, test.args...)
		var want string
		switch w := test.want.(type) {
		case time.Time:
			if o, ok := v.Object().(*Time); ok {
				got = text(o.t)
			}
			want = text(w)
		case time.Duration:
			if o, ok := v.Object().(*Duration); ok {
				got = o.d.String()
			}
			want = w.String()
		default:
			want = fmt.Sprint(w)
		}
		if got != want {
			t.Errorf("10.15: %s%v gives %s, want %s", test.method, test.args, got, want)
		}
		if !self.t.Equal(base) {
			t.Errorf("10.15: %s changed its time", test.method)
		}
	}
}

func TestMethodErrors(t *testing.T) {
	base := object(now)
	for _, test := range []struct {
		name         string
		method       string
		args         []any
		want, strict string
	}{
		{name: "10.15: bad duration", method: "add", args: []any{"x"}, want: badPair, strict: badRaised},
		{name: "10: type", method: "add", args: []any{nil}, want: "raise Invalid: *"},
		{name: "0.9: too few", method: "add", want: "raise Invalid: *"},
		{name: "0.9: type", method: "sub", args: []any{5}, want: "raise Invalid: *must be a time, got number*"},
		{name: "0.9: a duration is no time", method: "equal", args: []any{&Duration{}}, want: "raise Invalid: *must be a time, got duration*"},
		{name: "0.9: three numbers", method: "add_date", args: []any{1, 2}, want: "raise Invalid: *"},
		{name: "0.9: fraction", method: "add_date", args: []any{1, 2, 0.5}, want: "raise Invalid: *days must be an integer*"},
		{name: "10.1: duration objects only", method: "round", args: []any{"1h"}, want: "raise Invalid: *must be a duration, got string*"},
		{name: "10.1: duration objects only", method: "truncate", args: []any{5}, want: "raise Invalid: *must be a duration, got number*"},
		{name: "0.9: type", method: "in_location", args: []any{"UTC"}, want: "raise Invalid: *must be a location*"},
		{name: "0.9: type", method: "format", args: []any{5}, want: "raise Invalid: *"},
	} {
		for _, strict := range []bool{false, true} {
			want := test.want
			if strict && test.strict != "" {
				want = test.strict
			}
			if got, _ := call(base, test.method, strict, test.args...); !faketest.Matches(want, got) {
				t.Errorf("%s %s, strict %v: got %s, want %s", test.method, test.name, strict, got, want)
			}
		}
	}
	if got, _ := call(base, "add", false, "1s"); !faketest.Matches("*, nil", got) {
		t.Errorf("10.15: add in a lenient language gives %s, want a time and nil", got)
	}
}

func TestFields(t *testing.T) {
	at := time.Date(2024, time.February, 29, 23, 4, 5, 678, zone) // a Thursday
	for method, want := range map[string]string{
		"unix":           fmt.Sprint(at.Unix()),
		"unix_nano":      fmt.Sprint(at.UnixNano()),
		"date":           "2024, 2, 29",
		"clock":          "23, 4, 5",
		"year":           "2024",
		"month":          "2",
		"day":            "29",
		"hour":           "23",
		"minute":         "4",
		"second":         "5",
		"nanosecond":     "678",
		"weekday":        "4",
		"year_day":       "60",
		"is_zero":        "false",
		"location":       "EST",
		"format_rfc3339": `"2024-02-29T23:04:05-05:00"`,
	} {
		for _, strict := range []bool{false, true} {
			if got, _ := call(object(at), method, strict); got != want {
				t.Errorf("10.15: %s gives %s, want %s", method, got, want)
			}
		}
	}
	if got, want := object(at).String(), "2024-02-29 23:04:05.000000678 -0500 EST"; got != want {
		t.Errorf("0.12: text form %q, want %q", got, want)
	}
	if got := object(time.Now()).String(); faketest.Matches("*m=*", got) {
		t.Errorf("0.12: text form %q shows the monotonic clock", got)
	}
	if got, _ := call(object(time.Time{}), "is_zero", false); got != "true" {
		t.Errorf("10.15: is_zero of the zero time gives %s", got)
	}
	if got, _ := call(object(at), "format", false, "Jan _2, 15h"); got != `"Feb 29, 23h"` {
		t.Errorf("10.15: format gives %s", got)
	}
	if got, want := object(at).ObjectType().Name, "time"; got != want {
		t.Errorf("companion 3.7: type %s, want %s", got, want)
	}
}

func TestUnixNanoFarAway(t *testing.T) {
	for _, at := range []time.Time{
		time.Date(2262, 4, 11, 23, 47, 15, 0, time.UTC),
		time.Date(1677, 9, 21, 0, 12, 45, 0, time.UTC),
	} {
		if _, v := call(object(at), "unix_nano", true); v.Type() != hostapi.TypeInt || v.Int() != at.UnixNano() {
			t.Errorf("10.15: unix_nano of %s is %s, want %d", at, v, at.UnixNano())
		}
	}
	year1 := time.Time{}
	if _, v := call(object(year1), "unix_nano", true); v.Float() != float64(year1.Unix())*1e9 {
		t.Errorf("10.15: unix_nano of %s is %s", year1, v)
	}
	year3000 := time.Date(3000, 1, 1, 0, 0, 0, 0, time.UTC)
	if _, v := call(object(year3000), "unix_nano", true); v.Float() != float64(year3000.Unix())*1e9 {
		t.Errorf("10.15: unix_nano of %s is %s", year3000, v)
	}
}

func TestParseDuration(t *testing.T) {
	const bad = "nil, error(Invalid: *invalid duration*)"
	for _, test := range []struct {
		arg  any
		want string
	}{
		{"1.5h", "1h30m0s, nil"},
		{"1h30m45s500ms", "1h30m45.5s, nil"},
		{".5s", "500ms, nil"},
		{"-2s", "-2s, nil"},
		{"+3ns", "3ns, nil"},
		{"4us", "4µs, nil"},
		{"4µs", "4µs, nil"},
		{"0", "0s, nil"},
		{1500, "1.5µs, nil"},
		{1.9, "1ns, nil"},
		{-1.9, "-1ns, nil"},
		{&Duration{d: time.Minute}, "1m0s, nil"},
		{"", bad}, {"5", bad}, {"1d", bad}, {"5 s", bad}, {" 5s", bad}, {"s", bad}, {"300y", bad},
		{"9999999h", bad}, {1e300, bad}, {math.NaN(), bad}, {math.Inf(1), bad},
		{true, "raise Invalid: *"}, {nil, "raise Invalid: *"}, {&Location{loc: time.UTC}, "raise Invalid: *"},
	} {
		for _, strict := range []bool{false, true} {
			if got, _ := call(nil, "parse_duration", strict, test.arg); !faketest.Matches(test.want, got) {
				t.Errorf("10.1, 10.2, 10.4: parse_duration(%v) gives %s, want %s", test.arg, got, test.want)
			}
		}
	}
}

func TestDurationMethods(t *testing.T) {
	d := &Duration{d: -(time.Hour + 30*time.Minute + 1999*time.Nanosecond)}
	for method, want := range map[string]hostapi.Value{
		"nanoseconds":  hostapi.Int(-5400000001999),
		"microseconds": hostapi.Int(-5400000001),
		"milliseconds": hostapi.Int(-5400000),
		"seconds":      hostapi.Float(-5400.000001999),
		"minutes":      hostapi.Float(d.d.Minutes()),
		"hours":        hostapi.Float(d.d.Hours()),
	} {
		if got, v := call(d, method, false); !v.Equal(want) {
			t.Errorf("10.5: %s gives %s, want %s", method, got, want)
		}
	}
	if d.ObjectType().Name != "duration" {
		t.Errorf("companion 3.7: type %s", d.ObjectType().Name)
	}
}

func TestLocations(t *testing.T) {
	for _, test := range []struct {
		name string
		fn   string
		args []any
		want string
	}{
		{"10.14", "load_location", []any{"Europe/Berlin"}, "Europe/Berlin, nil"},
		{"10.14", "load_location", []any{"UTC"}, "UTC, nil"},
		{"10.14: that of the runtime", "load_location", []any{"Local"}, "EST, nil"},
		{"10.14: empty", "load_location", []any{""}, "nil, error(Invalid: *)"},
		{"10.14: unknown", "load_location", []any{"Mars/Olympus"}, "nil, error(NotFound: *unknown time zone*)"},
		{"19.1: no files", "load_location", []any{"../../etc/passwd"}, "nil, error(NotFound: *unknown time zone*)"},
		{"0.9: type", "load_location", []any{5}, "raise Invalid: *"},
		{"10.14", "fixed_zone", []any{"X", 3600}, "X"},
		{"0.9: fraction", "fixed_zone", []any{"X", 0.5}, "raise Invalid: *offset_seconds must be an integer*"},
		{"0.9: too few", "fixed_zone", []any{"X"}, "raise Invalid: *"},
	} {
		for _, strict := range []bool{false, true} {
			if got, _ := call(nil, test.fn, strict, test.args...); !faketest.Matches(test.want, got) {
				t.Errorf("%s %s(%v): got %s, want %s", test.name, test.fn, test.args, got, test.want)
			}
		}
	}
	_, v := call(nil, "fixed_zone", false, "X", 3600)
	l := v.Object().(*Location)
	if got, _ := call(l, "string", false); got != `"X"` || l.ObjectType().Name != "location" {
		t.Errorf("10.14: %s:string() gives %s", l.ObjectType().Name, got)
	}
	if _, offset := now.In(l.loc).Zone(); offset != 3600 {
		t.Errorf("10.14: offset %d", offset)
	}
}

func TestConstants(t *testing.T) {
	want := map[string]any{
		"NANOSECOND": 1, "MICROSECOND": 1000, "MILLISECOND": 1000000, "SECOND": 1000000000, "MINUTE": 60000000000, "HOUR": 3600000000000,
		"RFC3339": time.RFC3339, "RFC3339NANO": time.RFC3339Nano, "RFC822": time.RFC822, "RFC822Z": time.RFC822Z, "RFC850": time.RFC850,
		"RFC1123": time.RFC1123, "RFC1123Z": time.RFC1123Z, "KITCHEN": time.Kitchen, "STAMP": time.Stamp, "STAMP_MILLI": time.StampMilli,
		"STAMP_MICRO": time.StampMicro, "STAMP_NANO": time.StampNano, "DATE_TIME": time.DateTime, "DATE_ONLY": time.DateOnly, "TIME_ONLY": time.TimeOnly,
		"JANUARY": 1, "FEBRUARY": 2, "MARCH": 3, "APRIL": 4, "MAY": 5, "JUNE": 6, "JULY": 7, "AUGUST": 8, "SEPTEMBER": 9, "OCTOBER": 10, "NOVEMBER": 11, "DECEMBER": 12,
		"SUNDAY": 0, "MONDAY": 1, "TUESDAY": 2, "WEDNESDAY": 3, "THURSDAY": 4, "FRIDAY": 5, "SATURDAY": 6,
		"utc": "UTC", "localtz": "EST",
	}
	task := (&faketest.Call{Process: &faketest.Process{Time: now}}).Task()
	if len(Module.Consts) != len(want) {
		t.Errorf("10.3, 10.14, 10.17: %d constants, want %d", len(Module.Consts), len(want))
	}
	for _, k := range Module.Consts {
		got := k.Value
		if k.Make != nil {
			got = hostapi.String(k.Make(task).Object().(*Location).String())
		}
		if w, ok := want[k.Name]; !ok || !got.Equal(faketest.Values(w)[0]) {
			t.Errorf("10.3, 10.14, 10.17: %s is %s, want %v", k.Name, got, w)
		}
	}
}
