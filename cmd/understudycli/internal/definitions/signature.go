package definitions

import (
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// Options gives the parameter by which a lenient language takes the options of a function,
// as fields of a table; nil if there is none.
func Options(f *hostapi.Func) *hostapi.Param {
	if len(f.Keywords) == 0 || len(f.Params) == 0 {
		return nil
	}
	last := &f.Params[len(f.Params)-1]
	if last.Accept&hostapi.AcceptTable == 0 && !(last.Accept&hostapi.AcceptAny != 0 && last.Type == "table") {
		return nil
	}
	return last
}

// Positional gives the parameters that are passed by position: in a strict language not
// the table of options.
func Positional(f *hostapi.Func, strict bool) []hostapi.Param {
	if o := Options(f); strict && o != nil && o.Optional && o.Accept&^(hostapi.AcceptTable|hostapi.AcceptNil) == 0 {
		return f.Params[:len(f.Params)-1]
	}
	return f.Params
}

// ByName gives the options; in a strict language not one that is also a parameter.
func ByName(f *hostapi.Func, strict bool) []hostapi.Param {
	var out []hostapi.Param
	for _, k := range f.Keywords {
		if !strict || !slices.ContainsFunc(f.Params, func(p hostapi.Param) bool { return p.Name == k.Name }) {
			out = append(out, k)
		}
	}
	return out
}
