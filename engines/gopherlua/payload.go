package gopherlua

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/understudy-run/understudy/engines/internal/lualib"
	"github.com/understudy-run/understudy/hostapi"
)

// Copy takes the payload copy of a value of the process.
func (in *instance) Copy(v hostapi.Value, cp *hostapi.Copier) (hostapi.Value, error) {
	return cp.Value(v, func(v hostapi.Value) (hostapi.Value, error) {
		return in.copyRef(v.Ref().(lua.LValue), cp)
	})
}

// copyRef copies a table; all other references are refused (1.13).
func (in *instance) copyRef(v lua.LValue, cp *hostapi.Copier) (hostapi.Value, error) {
	switch v := v.(type) {
	case *lua.LTable:
		if isModule(v) {
			return hostapi.Value{}, cp.Refuse("module")
		}
		return in.copyTable(v, cp)
	case *lua.LFunction:
		return hostapi.Value{}, cp.Refuse("function")
	case *lua.LState:
		return hostapi.Value{}, cp.Refuse("coroutine")
	}
	return hostapi.Value{}, cp.Refuse(v.Type().String())
}

// copyTable copies a list if the keys are exactly 1..n, else a map (1.5).
func (in *instance) copyTable(t *lua.LTable, cp *hostapi.Copier) (hostapi.Value, error) {
	if err := cp.Enter(t); err != nil {
		return hostapi.Value{}, err
	}
	in.unfold(t)
	n, count, other := t.Len(), 0, false
	t.ForEach(func(k, _ lua.LValue) {
		if i, ok := k.(lua.LNumber); !ok || i < 1 || i > lua.LNumber(n) || i != lua.LNumber(int64(i)) {
			other = true
		}
		count++
	})
	if !other && n == count && n > 0 {
		items := make([]hostapi.Value, n)
		for i := range items {
			cp.Index(i + 1)
			var err error
			if items[i], err = in.copyAny(t.RawGetInt(i+1), cp); err != nil {
				return hostapi.Value{}, err
			}
		}
		cp.Leave()
		return hostapi.ListOf(items...), nil
	}
	entries := make([]hostapi.Entry, 0, count)
	var failed error
	t.ForEach(func(k, v lua.LValue) {
		if failed != nil {
			return
		}
		key := value(k)
		if failed = cp.Key(key); failed != nil {
			return
		}
		var x hostapi.Value
		if x, failed = in.copyAny(v, cp); failed == nil {
			entries = append(entries, hostapi.Entry{Key: key, Value: x})
		}
	})
	if failed != nil {
		return hostapi.Value{}, failed
	}
	cp.Leave()
	return hostapi.Wrap(&hostapi.Map{Entries: entries, Unordered: true}), nil
}

func (in *instance) copyAny(v lua.LValue, cp *hostapi.Copier) (hostapi.Value, error) {
	if t, ok := v.(*lua.LTable); ok {
		return in.copyRef(t, cp)
	}
	return in.Copy(value(v), cp)
}

// plainText gives tostring(v) for values without a metatable of their own.
func plainText(v lua.LValue) (string, bool) {
	switch v := v.(type) {
	case lua.LString:
		return string(v), true
	case lua.LNumber:
		return lualib.NumberText(float64(v)), true
	case *lua.LTable:
		if v.Metatable != lua.LNil {
			return "", false
		}
	case *lua.LUserData:
		if o := objectOf(v); o != nil {
			return o.String(), true
		}
	case *lua.LFunction:
		return fmt.Sprintf("function: %p", v), true
	}
	return v.String(), true
}
