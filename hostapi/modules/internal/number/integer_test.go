package number

import (
	"math"
	"strings"
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

func TestInteger(t *testing.T) {
	for _, test := range []struct {
		v    hostapi.Value
		want int64
		err  string
	}{
		{hostapi.Int(10), 10, ""},
		{hostapi.Int(-10), -10, ""},
		{hostapi.Float(3), 3, ""},
		{hostapi.Float(-10), -10, ""},
		{hostapi.Int(11), 0, "n out of range"},
		{hostapi.Int(-11), 0, "n out of range"},
		{hostapi.Float(11), 0, "n out of range"},
		{hostapi.Float(math.Inf(-1)), 0, "n out of range"},
		{hostapi.Float(1.5), 0, "n must be an integer"},
		{hostapi.Float(math.NaN()), 0, "n must be an integer"},
		{hostapi.String("1"), 0, "n must be a number, got string"},
	} {
		got, err := Integer("n", test.v, 10)
		if (err != nil) != (test.err != "") || err != nil && !strings.Contains(err.Error(), test.err) || got != test.want {
			t.Errorf("Integer(%s) gives %d, %v; want %d, %q", test.v, got, err, test.want, test.err)
		}
		if err != nil && hostapi.AsError(err).Kind != hostapi.Invalid {
			t.Errorf("Integer(%s) fails with kind %s", test.v, hostapi.AsError(err).Kind)
		}
	}
}
