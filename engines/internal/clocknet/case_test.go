// Package clocknet compares what scripts see of the clock, os.date, os.time and the
// module time, with the reference interpreters of Lua and with Go's package time, on
// random cases in many time zones and around changes of their clocks.
package clocknet

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// call is one case: an operation of clock.lua, with its arguments.
type call struct {
	op   string
	args []hostapi.Value
}

func (c call) String() string { return fmt.Sprint(c.op, hostapi.ListOf(c.args...)) }

// value is the case as scripts get it.
func (c call) value() hostapi.Value {
	return hostapi.MapOf(hostapi.Field("op", hostapi.String(c.op)), hostapi.Field("args", hostapi.ListOf(c.args...)))
}

// zones are those in which cases are made: with and without daylight saving time, of
// half an hour, below zero, with skipped days, and with odd times before 1900.
var zones = []string{
	"UTC", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia",
	"Europe/Dublin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", "Africa/Casablanca", "America/Sao_Paulo",
	"Asia/Tehran", "Pacific/Kwajalein", "America/Juneau", "Europe/London",
}

// generator draws cases of one zone.
type generator struct {
	*rand.Rand
	zone *time.Location
}

func newGenerator(seed uint64, zone *time.Location) *generator {
	stream := uint64(0)
	for _, b := range []byte(zone.String()) {
		stream = stream*31 + uint64(b)
	}
	return &generator{rand.New(rand.NewPCG(seed, stream)), zone}
}

// between gives an integer from low to high.
func (g *generator) between(low, high int64) int64 { return low + g.Int64N(high-low+1) }

// one gives one of some values.
func one[T any](g *generator, of ...T) T { return of[g.IntN(len(of))] }

// seconds gives a time: anywhere, or around a change of the clocks.
func (g *generator) seconds() int64 {
	t := g.between(-2240524800, 4133980800) // 1899 to 2101
	switch g.IntN(10) {
	case 0:
		return g.between(-61e9, 250e9) // year 36 to 9892
	case 1, 2:
		return t
	case 3, 4: // around the turn of a year
		return time.Date(int(g.between(1900, 2100)), 1, 1, 0, 0, 0, 0, g.zone).Unix() + g.between(-4*24*3600, 4*24*3600)
	}
	return g.change(t) + one(g, 0, -1, 1, g.between(-100, 100), g.between(-4000, 4000), g.between(-90000, 90000))
}

// change gives a change of the clocks after t, or t if there is none for some years.
func (g *generator) change(t int64) int64 {
	offset := func(at int64) int {
		_, o := time.Unix(at, 0).In(g.zone).Zone()
		return o
	}
	const step = 20 * 24 * 60 * 60
	for at := t; at < t+300*step; at += step {
		if offset(at) != offset(at+step) {
			return at + int64(sort.Search(step, func(d int) bool { return offset(at+int64(d)) != offset(at) }))
		}
	}
	return t
}

// letters are those of os.date (19.3).
const letters = "aAbBcCdDeFgGhHIjmMnprRStTuUVwWxXyYzZ%"

// format gives a format of os.date; now and then a bad one.
func (g *generator) format() string {
	prefix := one(g, "", "", "!")
	if g.IntN(8) == 0 {
		return prefix + "*t"
	}
	var b strings.Builder
	b.WriteString(prefix)
	for range g.between(1, 10) {
		switch g.IntN(20) {
		case 0:
			b.WriteString("%E" + string("cCxXyYdQ"[g.IntN(8)]))
		case 1:
			b.WriteString("%O" + string("deHImMSuUVwWycQ"[g.IntN(15)]))
		case 2:
			b.WriteString("%" + string("sPklfQiLNE"[g.IntN(10)]))
		case 3:
			b.WriteString(one(g, " ", "*t", "é", "!", "-"))
		default:
			b.WriteString("%" + string(letters[g.IntN(len(letters))]))
		}
	}
	return b.String()
}

// fields gives those of os.time: of a time, perhaps with one that is out of range.
func (g *generator) fields() hostapi.Value {
	t := time.Unix(g.seconds(), 0).In(g.zone)
	f := []int64{int64(t.Year()), int64(t.Month()), int64(t.Day()), int64(t.Hour()), int64(t.Minute()), int64(t.Second())}
	if g.IntN(3) == 0 { // what the clocks skip is found by no time
		f[3], f[4] = g.between(0, 3), g.between(0, 59)
	}
	if g.IntN(3) == 0 {
		i := one(g, 0, 1, 2, 3, 4, 5, 5)
		f[i] += one[int64](g, 1, -1) * g.between(1, []int64{30, 40, 400, 100, 3000, one[int64](g, 10000, 200000)}[i])
	}
	if g.IntN(6) == 0 { // seconds that go by while the clocks are changed
		t = time.Unix(g.change(t.Unix())-g.between(1, 3600), 0).In(g.zone)
		f = []int64{int64(t.Year()), int64(t.Month()), int64(t.Day()), int64(t.Hour()), int64(t.Minute()), int64(t.Second()) + g.between(3600, 10000)}
	}
	var entries []hostapi.Entry
	for i, name := range []string{"year", "month", "day", "hour", "min", "sec"} {
		if i < 3 || g.IntN(6) > 0 {
			entries = append(entries, hostapi.Field(name, hostapi.Int(f[i])))
		}
	}
	if g.IntN(2) == 0 {
		entries = append(entries, hostapi.Field("isdst", hostapi.Bool(g.IntN(2) == 0)))
	}
	return hostapi.MapOf(entries...)
}

// osCall draws a call of os.
func (g *generator) osCall() call {
	switch g.IntN(10) {
	case 0:
		return call{"difference", []hostapi.Value{hostapi.Int(g.seconds()), hostapi.Int(g.seconds())}}
	case 1, 2:
		return call{"round_trip", []hostapi.Value{hostapi.Int(g.seconds())}}
	case 3, 4, 5:
		return call{"time", []hostapi.Value{g.fields()}}
	}
	t := hostapi.Int(g.seconds())
	if g.IntN(8) == 0 {
		t = hostapi.Float(float64(g.seconds()) + float64(g.IntN(1000))/1000)
	}
	return call{"date", []hostapi.Value{hostapi.String(g.format()), t}}
}
