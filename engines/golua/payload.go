package golua

import (
	"math"

	lua "github.com/Shopify/go-lua"

	"github.com/understudy-run/understudy/hostapi"
)

// copyPayload takes the payload copy of a value by the rules of section 1.
func copyPayload(th *thread, l *lua.State, v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return cp.Value(v, func(v hostapi.Value) (hostapi.Value, error) {
		if v.Type() == hostapi.TypeTable {
			return copyTable(th, l, v.Ref(), cp)
		}
		return hostapi.Value{}, cp.Refuse(v.TypeName())
	})
}

// copyTable copies a table: as a list if its keys are exactly 1..n (1.5).
func copyTable(th *thread, l *lua.State, raw any, cp *hostapi.Copier) (hostapi.Value, error) {
	l.CheckStack(lua.MinStack)
	l.PushLightUserData(raw)
	_, isModule := contents(l, -1)
	length := l.RawLength(-1)
	l.Pop(1)
	if isModule {
		return hostapi.Value{}, cp.Refuse("module")
	}
	if err := cp.Enter(raw); err != nil {
		return hostapi.Value{}, err
	}
	var entries []hostapi.Entry
	isList := length > 0
	each(th, l, raw, func(key, value any) error {
		if n, ok := key.(float64); !ok || n != math.Trunc(n) || n < 1 || n > float64(length) {
			isList = false
		}
		entries = append(entries, hostapi.Entry{Key: th.value(key), Value: th.value(value)})
		return nil
	})
	var out hostapi.Value
	var err error
	if isList && len(entries) == length {
		out, err = copyList(th, l, entries, cp)
	} else {
		out, err = copyMap(th, l, entries, cp)
	}
	if err == nil {
		cp.Leave()
	}
	return out, err
}

func copyList(th *thread, l *lua.State, entries []hostapi.Entry, cp *hostapi.Copier) (hostapi.Value, error) {
	items := make([]hostapi.Value, len(entries))
	for _, entry := range entries {
		items[entry.Key.Int()-1] = entry.Value
	}
	for i := range items {
		cp.Index(i + 1)
		var err error
		if items[i], err = copyPayload(th, l, items[i], cp); err != nil {
			return hostapi.Value{}, err
		}
	}
	return hostapi.ListOf(items...), nil
}

func copyMap(th *thread, l *lua.State, entries []hostapi.Entry, cp *hostapi.Copier) (hostapi.Value, error) {
	for i := range entries {
		if err := cp.Key(entries[i].Key); err != nil {
			return hostapi.Value{}, err
		}
		var err error
		if entries[i].Value, err = copyPayload(th, l, entries[i].Value, cp); err != nil {
			return hostapi.Value{}, err
		}
	}
	return hostapi.Wrap(&hostapi.Map{Entries: entries, Unordered: true}), nil
}
