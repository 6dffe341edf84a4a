package clocknet

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// letter makes a format's letter another one.
func letter(from, to string) func(call) call {
	return func(c call) call {
		if c.op != "date" {
			return c
		}
		parts := strings.Split(c.args[0].Str(), "%%")
		for i := range parts {
			parts[i] = strings.ReplaceAll(parts[i], "%"+from, "%"+to)
		}
		return call{c.op, []hostapi.Value{hostapi.String(strings.Join(parts, "%%")), c.args[1]}}
	}
}

// onFields changes the fields of os.time.
func onFields(change func(fields map[string]hostapi.Value)) func(call) call {
	return func(c call) call {
		if c.op != "time" {
			return c
		}
		fields := map[string]hostapi.Value{}
		for _, e := range c.args[0].Map().Entries {
			fields[e.Key.Str()] = e.Value
		}
		change(fields)
		var entries []hostapi.Entry
		for name, v := range fields {
			entries = append(entries, hostapi.Field(name, v))
		}
		return call{c.op, []hostapi.Value{hostapi.MapOf(entries...)}}
	}
}

// word changes a word of the text that an operation gives.
func word(op string, n int, change func(int) int) func(call, *time.Location, []hostapi.Value) []hostapi.Value {
	return func(c call, _ *time.Location, results []hostapi.Value) []hostapi.Value {
		words := strings.Split(results[0].Str(), " ")
		if c.op != op || op == "date" && !strings.HasSuffix(c.args[0].Str(), "*t") || n >= len(words) {
			return results
		}
		if i, err := strconv.Atoi(words[n]); err == nil {
			words[n] = strconv.Itoa(change(i))
		}
		return append([]hostapi.Value{hostapi.String(strings.Join(words, " "))}, results[1:]...)
	}
}

// planted are mistakes that are easily made in os.date and os.time.
var plantedInOS = []deviation{
	{name: "midnight without hour", call: onFields(func(f map[string]hostapi.Value) {
		if f["hour"].IsNil() {
			f["hour"] = hostapi.Int(0)
		}
	})},
	{name: "isdst not read", call: onFields(func(f map[string]hostapi.Value) { delete(f, "isdst") })},
	{name: "isdst false without isdst", call: onFields(func(f map[string]hostapi.Value) {
		if f["isdst"].IsNil() {
			f["isdst"] = hostapi.Bool(false)
		}
	})},
	{name: "seconds as minutes of the clock", call: onFields(func(f map[string]hostapi.Value) {
		if s := f["sec"]; !s.IsNil() && s.Int() > 59 {
			f["sec"], f["min"] = hostapi.Int(s.Int()%60), hostapi.Int(s.Int()/60+f["min"].Int())
		}
	})},
	{name: "a skipped hour read off the other clock", answer: func(c call, zone *time.Location, results []hostapi.Value) []hostapi.Value {
		if c.op != "time" || c.field("isdst").IsNil() {
			return results
		}
		shows, beyond, dst := c.wanted(zone)
		for u := shows - 24*3600; u <= shows+24*3600; u += 900 {
			p := periodAt(u, zone)
			if p.dst != dst.Bool() && periodAt(shows-p.offset, zone) != p {
				return []hostapi.Value{hostapi.String(strconv.FormatInt(shows-p.offset+beyond, 10))}
			}
		}
		return results
	}},
	{name: "fractions rounded down", call: func(c call) call {
		if c.op == "date" {
			return call{c.op, []hostapi.Value{c.args[0], hostapi.Float(math.Floor(c.args[1].Float()))}}
		}
		return c
	}},
	{name: "UTC is local", call: func(c call) call {
		if c.op == "date" {
			return call{c.op, []hostapi.Value{hostapi.String(strings.TrimPrefix(c.args[0].Str(), "!")), c.args[1]}}
		}
		return c
	}},
	{name: "%U is %W", call: letter("U", "W")},
	{name: "%V is %W", call: letter("V", "W")},
	{name: "%G is %Y", call: letter("G", "Y")},
	{name: "%g is %y", call: letter("g", "y")},
	{name: "%I is %H", call: letter("I", "H")},
	{name: "%e is %d", call: letter("e", "d")},
	{name: "%u is %w", call: letter("u", "w")},
	{name: "%x is %F", call: letter("x", "F")},
	{name: "weekdays from 0", answer: word("date", 6, func(i int) int { return i - 1 })},
	{name: "days of the year from 0", answer: word("date", 7, func(i int) int { return i - 1 })},
	{name: "UTC is not called GMT", answer: func(c call, _ *time.Location, results []hostapi.Value) []hostapi.Value {
		return []hostapi.Value{hostapi.String(strings.ReplaceAll(results[0].Str(), "GMT", "UTC"))}
	}},
}

// recomputed gives another result for an operation on a point in time.
func recomputed(op string, compute func(t time.Time, c call) time.Time) func(call, *time.Location, []hostapi.Value) []hostapi.Value {
	return func(c call, _ *time.Location, results []hostapi.Value) []hostapi.Value {
		if c.op != op {
			return results
		}
		return []hostapi.Value{hostapi.String(compute(momentOf(c.args[0]), c).Format(shown))}
	}
}

func length(v hostapi.Value) time.Duration { d, _ := lengthOf(v); return d }

// plantedInTime are mistakes that are easily made in module time.
var plantedInTime = []deviation{
	{name: "add_date stays in the month", answer: recomputed("add_date", func(t time.Time, c call) time.Time {
		years, months, days := int(c.args[1].Int()), int(c.args[2].Int()), int(c.args[3].Int())
		first := time.Date(t.Year(), t.Month(), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location()).AddDate(years, months, 0)
		last := first.AddDate(0, 1, -1).Day()
		return first.AddDate(0, 0, min(t.Day(), last)-1+days)
	})},
	{name: "add_date adds days of 24 hours", answer: recomputed("add_date", func(t time.Time, c call) time.Time {
		return t.AddDate(int(c.args[1].Int()), int(c.args[2].Int()), 0).Add(time.Duration(c.args[3].Int()) * 24 * time.Hour)
	})},
	{name: "halves are rounded down", answer: recomputed("round", func(t time.Time, c call) time.Time {
		d := length(c.args[1])
		if low := t.Truncate(d); d > 0 && t.Sub(low) <= d/2 {
			return low
		}
		return t.Round(d)
	})},
	{name: "truncate counts from 1970", answer: recomputed("truncate", func(t time.Time, c call) time.Time {
		d := length(c.args[1])
		if d <= 0 {
			return t
		}
		return t.Add(-time.Duration(((t.UnixNano() % int64(d)) + int64(d)) % int64(d)))
	})},
	{name: "truncate goes by the local clock", answer: recomputed("truncate", func(t time.Time, c call) time.Time {
		_, offset := t.Zone()
		shift := time.Duration(offset) * time.Second
		return t.Add(shift).Truncate(length(c.args[1])).Add(-shift)
	})},
	{name: "add goes by the local clock", answer: recomputed("add", func(t time.Time, c call) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond()+int(length(c.args[1])), t.Location())
	})},
	{name: "weeks begin on Monday", answer: word("fields", 7, func(i int) int { return (i + 6) % 7 })},
	{name: "days of the year from 0", answer: word("fields", 8, func(i int) int { return i - 1 })},
	{name: "unix is cut off towards 1970", answer: func(c call, _ *time.Location, results []hostapi.Value) []hostapi.Value {
		if c.op != "fields" || momentOf(c.args[0]).Nanosecond() == 0 {
			return results
		}
		return word("fields", 9, func(i int) int {
			if i < 0 {
				return i + 1
			}
			return i
		})(c, nil, results)
	}},
	{name: "parse ignores the location", call: func(c call) call {
		if c.op == "parse" {
			c.args = c.args[:2]
		}
		return c
	}},
	{name: "parse is local without location", answer: func(c call, zone *time.Location, results []hostapi.Value) []hostapi.Value {
		if c.op == "parse" && len(c.args) == 2 {
			return call{c.op, []hostapi.Value{c.args[0], c.args[1], hostapi.String(zone.String())}}.expected()
		}
		return results
	}},
	{name: "sub has no sign", answer: func(c call, _ *time.Location, results []hostapi.Value) []hostapi.Value {
		if c.op == "sub" {
			return []hostapi.Value{hostapi.String(strings.TrimPrefix(results[0].Str(), "-"))}
		}
		return results
	}},
	{name: "milliseconds are rounded", answer: func(c call, _ *time.Location, results []hostapi.Value) []hostapi.Value {
		if c.op != "duration" || len(results) == 1 {
			return results
		}
		d := length(c.args[0])
		out := slices.Clone(results)
		out[0] = hostapi.String(fmt.Sprint(d, d.Microseconds(), d.Round(time.Millisecond).Milliseconds()))
		return out
	}},
	{name: "hours are whole", answer: func(c call, _ *time.Location, results []hostapi.Value) []hostapi.Value {
		if c.op != "duration" || len(results) == 1 {
			return results
		}
		return append(slices.Clone(results[:3]), hostapi.Float(math.Trunc(results[3].Float())))
	}},
	{name: "a month beyond December stays", call: func(c call) call {
		if c.op == "at" {
			c.args = slices.Clone(c.args)
			c.args[2] = hostapi.Int(min(c.args[2].Int(), 12))
		}
		return c
	}},
}

// The nets find every planted deviation in as many calls as go test makes.
func TestNetsFindPlantedDeviations(t *testing.T) {
	s := subjects(t)[0]
	const count = 2000
	all := drawn(t, count, (*generator).timeCall)
	for _, d := range plantedInTime {
		if !slices.ContainsFunc(zones, func(name string) bool { return len(timeDifferences(t, s, d, name, all[name])) > 0 }) {
			t.Errorf("time: not found: %s", d.name)
		}
	}
	a := askReferences(t, count)
	for _, d := range plantedInOS {
		if !slices.ContainsFunc(zones, func(name string) bool { return len(a.differences(t, s, d, name)) > 0 }) {
			t.Errorf("os: not found: %s", d.name)
		}
	}
}
