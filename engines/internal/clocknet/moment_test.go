package clocknet

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// shown is the layout in which clock.lua shows a point in time.
const shown = "2006-01-02T15:04:05.999999999 Z07:00:00 MST"

// moment draws a point in time: seconds, nanoseconds, zone.
func (g *generator) moment() hostapi.Value {
	seconds := g.seconds()
	if g.IntN(6) == 0 {
		seconds -= seconds % 86400 // where rounding is at a tie, or has nothing to do
	}
	nanoseconds := one(g, 0, 0, 500_000_000, 1, 999_999_999, g.between(0, 999_999_999))
	return hostapi.ListOf(hostapi.Int(seconds), hostapi.Int(nanoseconds), hostapi.String(g.zone.String()))
}

// momentOf is the point in time that a script makes of a value of moment.
func momentOf(v hostapi.Value) time.Time {
	at := v.List().Items
	zone, err := time.LoadLocation(at[2].Str())
	if err != nil {
		panic(err)
	}
	return time.Unix(at[0].Int(), at[1].Int()).In(zone)
}

// layout draws a layout of module time.
func (g *generator) layout() string {
	if g.IntN(3) == 0 {
		return one(g, time.RFC3339, time.RFC3339Nano, time.RFC822, time.RFC822Z, time.RFC850, time.RFC1123, time.RFC1123Z, time.Kitchen, time.Stamp,
			time.StampMilli, time.StampMicro, time.StampNano, time.DateTime, time.DateOnly, time.TimeOnly)
	}
	var b strings.Builder
	for range g.between(1, 8) {
		b.WriteString(one(g, "2006", "06", "01", "1", "Jan", "January", "02", "2", "_2", "002", "__2", "15", "03", "3", "04", "4", "05", "5", "PM", "pm",
			"Mon", "Monday", "MST", "-0700", "-07:00", "-07", "Z0700", "Z07:00", "-070000", "-07:00:00", "05.000", "05.999999", "05,00", ".000"))
		b.WriteString(one(g, " ", "-", ":", "/", "T", "", "é", "x"))
	}
	return b.String()
}

// length draws a duration, as text or as a number of nanoseconds; now and then a bad
// one.
func (g *generator) length() hostapi.Value {
	switch g.IntN(8) {
	case 0:
		return hostapi.Int(g.between(-1<<53, 1<<53))
	case 1:
		return hostapi.Float(one(g, 0.5, -1.9, 1e18, 1e19, math.Inf(1), math.NaN(), g.Float64()*1e12))
	case 2:
		return hostapi.String(one(g, "", "5", "1d", "1 s", "1h-1m", "+0", "-0", "0", "1e3s", ".s", "300000h", "9999999h", "1\u03bcs"))
	}
	var b strings.Builder
	b.WriteString(one(g, "", "", "-", "+"))
	for range g.between(1, 3) {
		fmt.Fprintf(&b, "%d", g.between(0, 200))
		b.WriteString(one(g, "", "", ".5", ".25", ".123456789", "."))
		b.WriteString(one(g, "ns", "us", "µs", "ms", "s", "m", "h"))
	}
	return hostapi.String(b.String())
}

// lengthOf reads a duration by 10.1 and 10.2; false if it is bad.
func lengthOf(v hostapi.Value) (time.Duration, bool) {
	switch v.Type() {
	case hostapi.TypeInt:
		return time.Duration(v.Int()), true
	case hostapi.TypeFloat:
		return time.Duration(v.Float()), math.Abs(v.Float()) < math.MaxInt64
	}
	text := v.Str()
	d, err := time.ParseDuration(text)
	return d, err == nil && text != "+0" && text != "-0" && !strings.Contains(text, "\u03bc")
}

// timeCall draws a call of module time.
func (g *generator) timeCall() call {
	op := one(g, "format", "parse", "parse", "at", "fields", "round", "truncate", "add", "add_date", "sub", "duration")
	switch op {
	case "format":
		return call{op, []hostapi.Value{g.moment(), hostapi.String(g.layout())}}
	case "parse":
		return call{op, g.parsed()}
	case "at":
		limits := []int64{3000, 30, 60, 50, 100, 100, 2e9}
		args := []hostapi.Value{hostapi.String(g.zone.String())}
		for i, limit := range limits {
			low := -limit
			if i == 0 {
				low = 1800
			}
			args = append(args, hostapi.Int(g.between(low, limit)))
		}
		return call{op, args}
	case "fields":
		return call{op, []hostapi.Value{g.moment()}}
	case "add_date":
		return call{op, []hostapi.Value{g.moment(), hostapi.Int(g.between(-5, 5)), hostapi.Int(g.between(-30, 30)), hostapi.Int(one(g, 0, g.between(-70, 70)))}}
	case "sub":
		return call{op, []hostapi.Value{g.moment(), g.moment()}}
	case "duration":
		return call{op, []hostapi.Value{g.length()}}
	}
	at, d := g.moment(), g.length()
	if g.IntN(2) == 0 { // in the middle between two multiples, or at one
		items := at.List().Items
		at = hostapi.ListOf(hostapi.Int(items[0].Int()/1800*1800), hostapi.Int(one[int64](g, 0, 500_000, 500_000_000)), items[2])
		d = hostapi.String(one(g, "1ms", "1s", "1m", "1h", "24h"))
	}
	return call{op, []hostapi.Value{at, d}}
}

// parsed draws the arguments of a call of parse: a layout, a text in it that may have
// been spoilt, perhaps a zone.
func (g *generator) parsed() []hostapi.Value {
	layout := g.layout()
	text := momentOf(g.moment()).Format(layout)
	if g.IntN(3) == 0 && text != "" {
		i := g.IntN(len(text))
		text = text[:i] + one(g, "", "0", "9", "x", " ", "3") + text[i+1:]
	}
	args := []hostapi.Value{hostapi.String(layout), hostapi.String(text)}
	if g.IntN(2) == 0 {
		args = append(args, hostapi.String(g.zone.String()))
	}
	return args
}

// expected gives the results of a call of module time by Go's package time; none if
// the call must raise.
func (c call) expected() []hostapi.Value {
	text := func(s string) []hostapi.Value { return []hostapi.Value{hostapi.String(s)} }
	show := func(t time.Time) []hostapi.Value { return text(t.Format(shown)) }
	integer := func(i int) int { return int(c.args[i].Int()) }
	switch c.op {
	case "format":
		return text(momentOf(c.args[0]).Format(c.args[1].Str()))
	case "parse":
		zone := time.UTC
		if len(c.args) > 2 {
			zone = momentOf(hostapi.ListOf(hostapi.Int(0), hostapi.Int(0), c.args[2])).Location()
		}
		t, err := time.ParseInLocation(c.args[0].Str(), c.args[1].Str(), zone)
		if err != nil {
			return text("cannot parse")
		}
		return show(t)
	case "at":
		zone := momentOf(hostapi.ListOf(hostapi.Int(0), hostapi.Int(0), c.args[0])).Location()
		return show(time.Date(integer(1), time.Month(integer(2)), integer(3), integer(4), integer(5), integer(6), integer(7), zone))
	case "fields":
		t := momentOf(c.args[0])
		day := fmt.Sprint(t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second())
		return text(fmt.Sprint(day, " ", t.Nanosecond(), int(t.Weekday()), t.YearDay(), t.Unix(), " ", day, " ", t.Location()))
	case "sub":
		a, b := momentOf(c.args[0]), momentOf(c.args[1])
		return text(fmt.Sprint(a.Sub(b), a.Before(b), a.After(b), a.Equal(b)))
	case "add_date":
		return show(momentOf(c.args[0]).AddDate(integer(1), integer(2), integer(3)))
	case "duration":
		d, ok := lengthOf(c.args[0])
		if !ok {
			return text("invalid")
		}
		return append(text(fmt.Sprint(d, d.Microseconds(), d.Milliseconds())), hostapi.Float(d.Seconds()), hostapi.Float(d.Minutes()), hostapi.Float(d.Hours()))
	}
	d, ok := lengthOf(c.args[1])
	if !ok {
		return nil
	}
	switch t := momentOf(c.args[0]); c.op {
	case "round":
		return show(t.Round(d))
	case "truncate":
		return show(t.Truncate(d))
	default:
		return show(t.Add(d))
	}
}

// same compares results; integral floats come out of Lua as integers (1.4).
func same(a, b []hostapi.Value) bool {
	if len(a) != len(b) {
		return false
	}
	number := func(v hostapi.Value) bool { return v.Type() == hostapi.TypeInt || v.Type() == hostapi.TypeFloat }
	for i, x := range a {
		if number(x) && number(b[i]) && x.Float() == b[i].Float() {
			continue
		}
		if !x.Equal(b[i]) {
			return false
		}
	}
	return true
}
