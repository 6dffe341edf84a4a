package os

import (
	"cmp"
	"slices"
	"time"
)

// wallClock is what the clocks of a place show, as the seconds since 1970 that it
// would stand for in UTC, and whether they are meant to show daylight saving time.
type wallClock struct {
	shows int64
	dst   *bool // nil: not said
}

// instant gives the seconds since 1970 at which the clocks of a place show w (19.3),
// as mktime of the C library does where that is defined.
//
// Of an hour that they show twice the one with the daylight saving time asked for is
// meant, else the first. An hour that they skip is read off a clock that was not put
// forward, or that was if that is asked for. At other times of the year daylight
// saving time that is not in force goes by the nearest time that has it.
func (w wallClock) instant(place *time.Location) int64 {
	readings, skipped := w.readings(place)
	for _, r := range readings {
		if w.dst == nil || r.dst == *w.dst {
			return w.shows - r.offset
		}
	}
	first := w.shows - readings[0].offset
	if skipped {
		return first
	}
	return w.shows - nearestOffset(first, place, *w.dst)
}

// reading is one way to read a clock: its offset from UTC.
type reading struct {
	offset int64
	dst    bool
}

func readingAt(seconds int64, place *time.Location) reading {
	t := time.Unix(seconds, 0).In(place)
	_, offset := t.Zone()
	return reading{int64(offset), t.IsDST()}
}

// readings gives the ways to read w in a place, the earliest first: those in force
// when the clocks show w, or before and after the moment at which they skip it.
//
// Time.ZoneBounds would tell when which are in force, but not beyond the changes that
// the time zone database lists: there its bounds end with the year, which it takes to
// have 365 days.
func (w wallClock) readings(place *time.Location) (found []reading, skipped bool) {
	// Nothing farther away matters: clocks differ from UTC by less than a day, and have
	// skipped a day at most. They are not changed twice within a step.
	const (
		far  = 36 * 60 * 60
		step = 4 * 60 * 60
	)
	first, last := w.shows+far, w.shows-far
	for at := w.shows - far; at <= w.shows+far; at += step {
		r := readingAt(at, place)
		shown := w.shows - r.offset
		if readingAt(shown, place) == r && !slices.Contains(found, r) {
			found = append(found, r)
		}
		first, last = min(first, shown), max(last, shown)
	}
	if len(found) == 0 {
		return []reading{readingAt(first, place), readingAt(last, place)}, true
	}
	slices.SortFunc(found, func(a, b reading) int { return cmp.Compare(b.offset, a.offset) })
	return found, false
}

// nearestOffset gives the offset from UTC in force at a time near t that has daylight
// saving time, or has not. It looks where glibc 2.36 does, some seven years back and
// ahead; a place without such a time is taken to put its clocks forward by
// an hour.
func nearestOffset(t int64, place *time.Location, dst bool) int64 {
	const (
		step = 601200
		far  = 457243209/2 + step
	)
	for distance := int64(step); distance < far; distance += step {
		for _, at := range [...]int64{t - distance, t + distance} {
			if r := readingAt(at, place); r.dst == dst {
				return r.offset
			}
		}
	}
	if dst {
		return readingAt(t, place).offset + 60*60
	}
	return readingAt(t, place).offset - 60*60
}
