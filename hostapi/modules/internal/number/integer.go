// Package number checks the numbers that scripts pass to the modules.
package number

import (
	"math"

	"github.com/understudy-run/understudy/hostapi"
)

// Integer gives v, a number, as an integer between -limit and limit. Another
// value is Invalid, with name in the text.
func Integer(name string, v hostapi.Value, limit int64) (int64, error) {
	switch v.Type() {
	case hostapi.TypeInt:
		if i := v.Int(); -limit <= i && i <= limit {
			return i, nil
		}
	case hostapi.TypeFloat:
		f := v.Float()
		if math.IsNaN(f) || !math.IsInf(f, 0) && f != math.Trunc(f) {
			return 0, hostapi.Errorf(hostapi.Invalid, "%s must be an integer, got %s", name, v)
		}
		if math.Abs(f) <= float64(limit) {
			return int64(f), nil
		}
	default:
		return 0, hostapi.Errorf(hostapi.Invalid, "%s must be a number, got %s", name, v.TypeName())
	}
	return 0, hostapi.Errorf(hostapi.Invalid, "%s out of range: %s", name, v)
}

// Limits of the fields of a date, so that normalising cannot overflow.
const (
	Years   = 1e9
	Months  = 1e10
	Days    = 4e11
	Hours   = 1e13
	Minutes = 5e14
	Seconds = hostapi.MaxInt
)
