package option

import (
	"strings"
	"testing"
	"time"

	"github.com/understudy-run/understudy/hostapi"
)

// 40.2: a timeout is at least 1ms, and a bare number that is less is told apart.
func TestTimeout(t *testing.T) {
	for _, c := range []struct {
		v    hostapi.Value
		want time.Duration
		text string
	}{
		{hostapi.Value{}, time.Minute, ""},
		{hostapi.String("1ms"), time.Millisecond, ""},
		{hostapi.Int(1_000_000), time.Millisecond, ""},
		{hostapi.Float(2.5e9), 2500 * time.Millisecond, ""},
		{hostapi.Int(5), 0, "numbers are nanoseconds"},
		{hostapi.Float(0), 0, "numbers are nanoseconds"},
		{hostapi.String("999us"), 0, "at least 1ms"},
		{hostapi.String("-1s"), 0, "at least 1ms"},
		{hostapi.String("soon"), 0, "invalid duration"},
	} {
		d, err := Timeout(c.v, time.Minute)
		if c.text == "" && (err != nil || d != c.want) || c.text != "" && (err == nil || !strings.Contains(err.Error(), c.text)) {
			t.Errorf("%s gives %s, %v", c.v, d, err)
		}
	}
}
