package starlark

import (
	"github.com/understudy-run/understudy/hostapi"
	"go.starlark.net/starlark"
)

// copyValue takes the payload copy of a value of the script (clause 1.6). It
// recurses as deep as the payload limits allow.
func copyValue(v starlark.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	switch v := v.(type) {
	case starlark.Int:
		if i, ok := v.Int64(); ok {
			return cp.Value(hostapi.Int(i), nil)
		}
		return hostapi.Value{}, cp.OutOfRange()
	case starlark.Bytes:
		return cp.Value(hostapi.String(string(v)), nil)
	case *module, *libraryModule, starlark.Callable:
		return hostapi.Value{}, cp.Refuse(v.Type())
	}
	if entries, ok := entriesOf(v); ok {
		return copyEntries(v, entries, cp)
	}
	if it, ok := elementsOf(v); ok {
		defer it.Done()
		return copyElements(v, it, cp)
	}
	if h := toHost(v); h.Ref() == nil {
		return cp.Value(h, nil)
	}
	return hostapi.Value{}, cp.Refuse(v.Type())
}

func copyEntries(v starlark.Value, entries []field, cp *hostapi.Copier) (hostapi.Value, error) {
	if err := cp.Enter(v); err != nil {
		return hostapi.Value{}, err
	}
	out := make([]hostapi.Entry, 0, len(entries))
	for _, e := range entries {
		key := toHost(e.key)
		switch k := e.key.(type) {
		case starlark.Int:
			if key.Ref() != nil {
				return hostapi.Value{}, cp.OutOfRange()
			}
		case starlark.Tuple, starlark.Bytes, *starlarkStruct:
			return hostapi.Value{}, cp.Refuse(k.Type() + " as a map key")
		}
		if err := cp.Key(key); err != nil {
			return hostapi.Value{}, err
		}
		x, err := copyValue(e.value, cp)
		if err != nil {
			return hostapi.Value{}, err
		}
		out = append(out, hostapi.Entry{Key: key, Value: x})
	}
	cp.Leave()
	return hostapi.MapOf(out...), nil
}

func copyElements(v starlark.Value, it starlark.Iterator, cp *hostapi.Copier) (hostapi.Value, error) {
	var id any = v
	if _, ok := v.(starlark.Tuple); ok {
		id = new(int) // a tuple has no identity and cannot contain itself directly
	}
	if err := cp.Enter(id); err != nil {
		return hostapi.Value{}, err
	}
	var out []hostapi.Value
	var x starlark.Value
	for i := 1; it.Next(&x); i++ {
		cp.Index(i)
		h, err := copyValue(x, cp)
		if err != nil {
			return hostapi.Value{}, err
		}
		out = append(out, h)
	}
	cp.Leave()
	return hostapi.ListOf(out...), nil
}
