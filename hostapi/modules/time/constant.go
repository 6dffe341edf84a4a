package time

import (
	"strings"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

var unitConsts = []hostapi.Const{
	{Name: "NANOSECOND", Value: hostapi.Int(int64(time.Nanosecond)), Doc: "one nanosecond, in nanoseconds (10.3)"},
	{Name: "MICROSECOND", Value: hostapi.Int(int64(time.Microsecond)), Doc: "one microsecond, in nanoseconds (10.3)"},
	{Name: "MILLISECOND", Value: hostapi.Int(int64(time.Millisecond)), Doc: "one millisecond, in nanoseconds (10.3)"},
	{Name: "SECOND", Value: hostapi.Int(int64(time.Second)), Doc: "one second, in nanoseconds (10.3)"},
	{Name: "MINUTE", Value: hostapi.Int(int64(time.Minute)), Doc: "one minute, in nanoseconds (10.3)"},
	{Name: "HOUR", Value: hostapi.Int(int64(time.Hour)), Doc: "one hour, in nanoseconds (10.3)"},
}

func layoutConsts() []hostapi.Const {
	layouts := []struct{ name, layout string }{
		{"RFC3339", time.RFC3339},
		{"RFC3339NANO", time.RFC3339Nano},
		{"RFC822", time.RFC822},
		{"RFC822Z", time.RFC822Z},
		{"RFC850", time.RFC850},
		{"RFC1123", time.RFC1123},
		{"RFC1123Z", time.RFC1123Z},
		{"KITCHEN", time.Kitchen},
		{"STAMP", time.Stamp},
		{"STAMP_MILLI", time.StampMilli},
		{"STAMP_MICRO", time.StampMicro},
		{"STAMP_NANO", time.StampNano},
		{"DATE_TIME", time.DateTime},
		{"DATE_ONLY", time.DateOnly},
		{"TIME_ONLY", time.TimeOnly},
	}
	out := make([]hostapi.Const, len(layouts))
	for i, l := range layouts {
		out[i] = hostapi.Const{Name: l.name, Value: hostapi.String(l.layout), Doc: "layout " + l.layout + " (10.17)"}
	}
	return out
}

func monthConsts() []hostapi.Const {
	var out []hostapi.Const
	for m := time.January; m <= time.December; m++ {
		out = append(out, hostapi.Const{
			Name: strings.ToUpper(m.String()), Value: hostapi.Int(int64(m)), Doc: "month, 1 to 12 (10.17)",
		})
	}
	return out
}

func weekdayConsts() []hostapi.Const {
	var out []hostapi.Const
	for d := time.Sunday; d <= time.Saturday; d++ {
		out = append(out, hostapi.Const{
			Name: strings.ToUpper(d.String()), Value: hostapi.Int(int64(d)), Doc: "weekday, 0 is Sunday (10.17)",
		})
	}
	return out
}
