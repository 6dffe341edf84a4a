package hostapi_test

import (
	"testing"

	"github.com/understudy-run/understudy/hostapi"
)

// Clause 0.5: results are several by declaration.
func TestMany(t *testing.T) {
	one := []hostapi.Param{{Name: "a"}}
	two := append(one, hostapi.Param{Name: "b"})
	for _, c := range []struct {
		name            string
		results         []hostapi.Param
		returns         hostapi.Returns
		lenient, strict bool
	}{
		{"nothing", nil, hostapi.Plain, false, false},
		{"one", one, hostapi.Plain, false, false},
		{"two", two, hostapi.Plain, true, true},
		{"value or error", one, hostapi.OrError, true, true},
		{"true or false and error", one, hostapi.OrFalse, true, true},
		{"value, thrown in strict languages", one, hostapi.OrThrow, true, false},
		{"true, thrown in strict languages", one, hostapi.OrFalseOrThrow, true, false},
		{"two, thrown in strict languages", two, hostapi.OrThrow, true, true},
	} {
		f := &hostapi.Func{Results: c.results, Returns: c.returns}
		if f.Many(false) != c.lenient || f.Many(true) != c.strict {
			t.Errorf("%s: %v in lenient, %v in strict languages", c.name, f.Many(false), f.Many(true))
		}
	}
}
