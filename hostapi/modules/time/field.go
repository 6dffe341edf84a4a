package time

import (
	"math"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// timeFields lists the methods that give parts and forms of a time.
func timeFields() []*hostapi.Func {
	text := hostapi.Param{Name: "text", Accept: hostapi.AcceptString, Doc: "the text"}
	return []*hostapi.Func{
		method("format", "The time as text by a layout, written with the reference time of 10.13 (10.15).",
			func(c hostapi.Call) (hostapi.Value, error) {
				return hostapi.String(timeOf(c).Format(c.Arg(0).Str())), nil
			}, text, hostapi.Param{Name: "layout", Accept: hostapi.AcceptString, Doc: "one of the constants, or one's own"}),
		method("format_rfc3339", "The time as text like 2006-01-02T15:04:05Z07:00 (10.15).",
			func(c hostapi.Call) (hostapi.Value, error) {
				return hostapi.String(timeOf(c).Format(time.RFC3339)), nil
			}, text),
		integerMethod("unix", "Seconds since 1970 began in UTC", time.Time.Unix),
		method("unix_nano", "Nanoseconds since 1970 began in UTC; in Lua rounded beyond 2^53 (10.15).",
			func(c hostapi.Call) (hostapi.Value, error) { return unixNano(timeOf(c)), nil },
			hostapi.Param{Name: "unix_nano", Accept: hostapi.AcceptNumber, Doc: "integer; a float if more than 292 years away"}),
		tripleMethod("date", "year", "month", "day", func(t time.Time) (int, int, int) {
			year, month, day := t.Date()
			return year, int(month), day
		}),
		tripleMethod("clock", "hour", "minute", "second", time.Time.Clock),
		intMethod("year", "The year", time.Time.Year),
		intMethod("month", "The month, 1 to 12", func(t time.Time) int { return int(t.Month()) }),
		intMethod("day", "The day of the month", time.Time.Day),
		intMethod("hour", "The hour, 0 to 23", time.Time.Hour),
		intMethod("minute", "The minute, 0 to 59", time.Time.Minute),
		intMethod("second", "The second, 0 to 59", time.Time.Second),
		intMethod("nanosecond", "The nanosecond within the second", time.Time.Nanosecond),
		intMethod("weekday", "The weekday, 0 is Sunday", func(t time.Time) int { return int(t.Weekday()) }),
		intMethod("year_day", "The day of the year, 1 to 366", time.Time.YearDay),
		method("is_zero", "Whether it is the zero time, the first instant of year 1 in UTC (10.15).",
			func(c hostapi.Call) (hostapi.Value, error) { return hostapi.Bool(timeOf(c).IsZero()), nil },
			hostapi.Param{Name: "is_zero", Accept: hostapi.AcceptBool, Doc: "the answer"}),
		method("location", "The time zone (10.15).",
			func(c hostapi.Call) (hostapi.Value, error) {
				return hostapi.ObjectOf(&Location{loc: timeOf(c).Location()}), nil
			}, hostapi.Param{Name: "location", Object: locationType, Accept: hostapi.AcceptObject, Doc: "of this time"}),
	}
}

// unixNano is exact as long as 64 bits hold it.
func unixNano(t time.Time) hostapi.Value {
	const limit = math.MaxInt64/int64(time.Second) - 1
	if s := t.Unix(); s < -limit || s > limit {
		return hostapi.Float(float64(s)*1e9 + float64(t.Nanosecond()))
	}
	return hostapi.Int(t.UnixNano())
}

func intMethod(name, doc string, get func(time.Time) int) *hostapi.Func {
	return integerMethod(name, doc, func(t time.Time) int64 { return int64(get(t)) })
}

func integerMethod(name, doc string, get func(time.Time) int64) *hostapi.Func {
	return method(name, doc+" (10.15).",
		func(c hostapi.Call) (hostapi.Value, error) { return hostapi.Int(get(timeOf(c))), nil },
		hostapi.Param{Name: name, Accept: hostapi.AcceptNumber, Doc: "integer"})
}

// tripleMethod makes a method with three integer results.
func tripleMethod(name, first, second, third string, get func(time.Time) (int, int, int)) *hostapi.Func {
	f := &hostapi.Func{
		Name: name,
		Doc:  "The " + first + ", " + second + " and " + third + " (10.15).",
		Run: func(c hostapi.Call) error {
			x, y, z := get(timeOf(c))
			c.Push(hostapi.Int(int64(x)))
			c.Push(hostapi.Int(int64(y)))
			c.Push(hostapi.Int(int64(z)))
			return nil
		},
	}
	for _, result := range []string{first, second, third} {
		f.Results = append(f.Results, hostapi.Param{Name: result, Accept: hostapi.AcceptNumber, Doc: "integer"})
	}
	return f
}
