package binding

import (
	"slices"

	"github.com/understudy-run/understudy/hostapi"
)

// Copy takes the payload copy of v by the rules of section 1, counting it in cp:
// what hostapi.Instance.Copy has to do. What has elements becomes a list, what
// has fields a map. What has both is a list if its keys are exactly 1..n with
// n >= 1, a map otherwise (clause 1.5). A container is identified by its
// Value.Ref, which must be comparable and the same every time.
//
// The error is an *hostapi.Error of kind Invalid that names the place.
func Copy(v hostapi.Value, cp *hostapi.Copier, l Language) (hostapi.Value, error) {
	var reference func(hostapi.Value) (hostapi.Value, error)
	reference = func(v hostapi.Value) (hostapi.Value, error) {
		items, isList := l.Elements(v)
		entries, isMap := l.Fields(v)
		switch {
		case isList && (!isMap || isSequence(entries, len(items))):
			return cp.List(v.Ref(), slices.Clone(items), reference)
		case isMap:
			return cp.Map(v.Ref(), slices.Clone(entries), reference)
		}
		return hostapi.Value{}, cp.Refuse(l.TypeName(v))
	}
	return cp.Value(v, reference)
}

// isSequence reports whether the keys are exactly 1..n, with n > 0.
func isSequence(entries []hostapi.Entry, n int) bool {
	for _, e := range entries {
		if k := e.Key; k.Type() != hostapi.TypeInt || k.Int() < 1 || k.Int() > int64(n) {
			return false
		}
	}
	return n > 0 && len(entries) == n
}
