package clocknet

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// allows reports whether an answer to a call of os is right, given those of lua5.1
// and lua5.2. The letters of os.date are those of the latter (19.3). What clocks show
// twice, or never, is any of two times in the references, by what they were asked
// before.
func (c call) allows(zone *time.Location, got, lua51, lua52 string) bool {
	switch c.op {
	case "date":
		if format := c.args[0].Str(); lua52 == raised || strings.Contains(format, "%E") || strings.Contains(format, "%O") {
			lua51 = lua52
		}
	case "time", "round_trip":
		switch right, sure := c.right(zone); {
		case !sure:
			return slices.Contains(right, got)
		case len(right) > 1:
			return slices.Contains(right, got) && slices.Contains(right, lua51) && slices.Contains(right, lua52)
		}
	}
	return got == lua52 && got == lua51
}

// period is a time in which the clocks of a place go in one way.
type period struct {
	offset int64
	dst    bool
}

func periodAt(seconds int64, zone *time.Location) period {
	t := time.Unix(seconds, 0).In(zone)
	_, offset := t.Zone()
	return period{int64(offset), t.IsDST()}
}

// right gives the answers among which the references choose: none if the local time
// and what is said about daylight saving time determine one. It is not sure if
// daylight saving time is spoken of where the clocks are changed for another reason:
// there the references give anything, or raise.
func (c call) right(zone *time.Location) (answers []string, sure bool) {
	shows, beyond, dst := c.wanted(zone)
	asked := func(p period) bool { return dst.IsNil() || dst.Bool() == p.dst }
	const day = 24 * 3600
	var valid, skipped []period
	for u := shows - 3*day; u <= shows+3*day; u += 900 {
		switch p := periodAt(u, zone); {
		case periodAt(shows-p.offset, zone) == p:
			valid = append(valid, p)
		default:
			skipped = append(skipped, p)
		}
	}
	valid, skipped = distinct(valid), distinct(skipped)
	fitting := valid
	if len(valid) == 0 {
		fitting = skipped
	}
	fitting = slices.DeleteFunc(slices.Clone(fitting), func(p period) bool { return !asked(p) })
	var offsets []int64
	switch {
	case len(fitting) == 1, len(fitting) == 0 && len(valid) == 1:
		return nil, true
	case len(valid) > 0 && len(fitting) > 0, len(valid) == 0 && dst.IsNil():
		sure = true
		for _, p := range fitting {
			offsets = append(offsets, p.offset)
		}
	case len(valid) == 0:
		for _, p := range skipped {
			offsets = append(offsets, p.offset)
		}
	default:
		for _, p := range valid {
			offsets = append(offsets, p.offset-3600, p.offset+3600)
		}
		for u := shows - 3000*day; u <= shows+3000*day; u += day {
			if p := periodAt(u, zone); asked(p) {
				offsets = append(offsets, p.offset)
			}
		}
	}
	for _, o := range offsets {
		answers = append(answers, quote(strconv.FormatInt(shows-o+beyond, 10)))
	}
	return answers, sure
}

func distinct(list []period) []period {
	var out []period
	for _, p := range list {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// wanted gives what the clocks of the place show at the time asked for, as if it were
// UTC, the seconds that the minute does not have, and what is said about daylight
// saving time.
func (c call) wanted(zone *time.Location) (shows, beyond int64, dst hostapi.Value) {
	if c.op == "round_trip" {
		t := time.Unix(c.args[0].Int(), 0).In(zone)
		_, offset := t.Zone()
		return t.Unix() + int64(offset), 0, hostapi.Bool(t.IsDST())
	}
	number := func(name string, absent int64) int {
		if v := c.field(name); !v.IsNil() {
			return int(v.Int())
		}
		return int(absent)
	}
	second := min(max(number("sec", 0), 0), 59)
	wall := time.Date(number("year", 0), time.Month(number("month", 0)), number("day", 0), number("hour", 12), number("min", 0), second, 0, time.UTC)
	return wall.Unix(), int64(number("sec", 0) - second), c.field("isdst")
}

// field gives one of the fields of os.time.
func (c call) field(name string) hostapi.Value {
	for _, e := range c.args[0].Map().Entries {
		if e.Key.Str() == name {
			return e.Value
		}
	}
	return hostapi.Value{}
}
