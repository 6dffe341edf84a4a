package hostapi_test

import (
	"math"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"1.5h": 90 * time.Minute, "1h30m45s500ms": time.Hour + 30*time.Minute + 45500*time.Millisecond,
		".5s": 500 * time.Millisecond, "-2s": -2 * time.Second, "+3ns": 3, "0": 0, "1us": time.Microsecond, "1µs": time.Microsecond,
	} {
		if got, ok := hostapi.ParseDuration(text); !ok || got != want {
			t.Errorf("%q gives %v, %v; want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "5", "1d", "5 s", " 5s", "5s ", "+0", "-0", "1μs", "s", ".s", "1e3s", "9223372036854775808ns", "300000000h", "--1s", "1h-1m"} {
		if got, ok := hostapi.ParseDuration(text); ok {
			t.Errorf("%q is accepted as %v", text, got)
		}
	}
}

func TestDurationOf(t *testing.T) {
	for _, c := range []struct {
		v    hostapi.Value
		want time.Duration
		ok   bool
	}{
		{hostapi.Int(5), 5, true},
		{hostapi.Float(2.9), 2, true}, // fractions are truncated
		{hostapi.Float(-2.9), -2, true},
		{hostapi.String("5s"), 5 * time.Second, true},
		{hostapi.Float(math.NaN()), 0, false},
		{hostapi.Float(math.Inf(1)), 0, false},
		{hostapi.Float(1e19), 0, false},
		{hostapi.Bool(true), 0, false},
		{hostapi.Value{}, 0, false},
	} {
		if got, ok := hostapi.DurationOf(c.v); got != c.want || ok != c.ok {
			t.Errorf("%s gives %v, %v; want %v, %v", c.v, got, ok, c.want, c.ok)
		}
	}
}

// FuzzParseDuration checks that what is accepted has the form of clause 10.2.
func FuzzParseDuration(f *testing.F) {
	for _, s := range []string{"1h30m", "0", ".5s", "-2s", "1µs", "5", "1d"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := hostapi.ParseDuration(s)
		if !ok {
			return
		}
		if back, ok := hostapi.ParseDuration(d.String()); d != 0 && (!ok || back != d) {
			t.Errorf("%q gives %v, which reads as %v, %v", s, d, back, ok)
		}
		for _, r := range s {
			switch {
			case '0' <= r && r <= '9', r == '.', r == '+', r == '-', r == 'n', r == 'u', r == 'µ', r == 'm', r == 's', r == 'h':
			default:
				t.Errorf("%q with %q is accepted", s, r)
			}
		}
	})
}
